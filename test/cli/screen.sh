# What a person sees of a run. Each preset and scheme is said; an exact run is said to be.
show() { try cisup propagate -K 4 -M 40 "$@"; }
show -z 1
show -z 1 -L 2
show -L 3 -z 1 -D 1000 -T 557 -d 4 -S 6
show -z 1 --construction masks -L 3
show -z 2,3 --construction masks -L 3 --cycle 3
show -z 1 -L 3 -T 100
show -z 1 -L 3 --scheme td -T 100
show -z 1 -L 3 -D 400 -T 50,60 -S 3
show -z 1 -L 40 --mode masked-linear
show -z 1 -L 3 -K 1
show -z 1 -L 3 --terms --worst 2
cp "$DATA/example_circuits.csv" own.csv
show -z 1 -L 3 --circuit-file own.csv --gate -T 60 -S 5
show -z 1 -L 2 --family step2 -T 40 --weights plain
show -z 1 -L 1 --all
