# Own circuits wider than any that are computed (16): every engine has them, and the same
# figures.
for d in 20 40; do
    awk -v d=$d 'BEGIN {
        print "circuit,layer,i,j,value"
        for (t = 0; t < 4; t++)
            for (i = 0; i < d; i++)
                for (j = 0; j < d; j++)
                    printf "%d,1,%d,%d,%.2f\n", t, i, j, ((7 * t + 3 * i + 5 * j) % 11 - 3) / d
    }' >wide.csv
    for engine in auto sparse batched assembled; do
        echo "# d = $d, $engine"
        cisup propagate --circuit-file wide.csv -D ${d}00 -S 4 -T 40 -L 3 -z 2 -K 2 -M 9 \
            --engine $engine -q --csv - >figures || echo "exit $?"
        awk -F, '$1 == "error" && $7 > 1 { printf "layer %s %s %.6g %.6g\n", $8, $9, $11, $16 }' figures
    done
done
