# Networks that carry masks, from the options to the figures, and what they refuse.
show() {
    echo "$ cisup $*"
    cisup "$@" 2>err.txt || echo "exit $?"
    sed 's/^/2> /' err.txt | grep -v 'built in\|searched for'
}
small="-D 200 -S 3 -L 4 -K 2 -M 40 --threads 1"
show propagate --construction masks $small -T 60 -z 1,2 --all
show propagate --construction masks $small -T 60 -z 2 --cycle 3 --offset safe --fresh -q --json |
    python3 -c '
import json, sys
for line in sys.stdin:
    if not line.startswith("{"): print(line, end=""); continue
    r = json.loads(line)
    if r["record"] == "run": print({k: r["params"][k] for k in ("d", "T", "family", "weights", "construction", "cycle", "offset", "strength")}, r["N"], "%.4g" % r["P"])
    if r["record"] == "error" and r["state"] == "active" and r["quantity"] == "x": print(r["layer"], "%.4g" % r["mse"], "%.4g" % r["theory"]["refined"])
'
# An engine gives the figures of any other, to rounding.
for engine in batched sparse assembled; do
    cisup propagate --construction masks $small -T 60 -z 2 --engine $engine -q --json |
        grep '"layer":4,"state":"active","quantity":"x"' | sed 's/.*"mse":\(0.[0-9]\{6\}\).*/'$engine' \1/'
done
cisup propagate --construction masks $small -T 60 -z 2 --implicit -q --json |
    grep '"layer":4,"state":"active","quantity":"x"' | sed 's/.*"mse":\(0.[0-9]\{6\}\).*/implicit \1/'
# Threads do not show.
for threads in 1 3; do
    cisup propagate --construction masks -D 200 -S 3 -L 4 -K 2 -M 40 -T 60 --threads $threads -q --json |
        grep -v timing >$threads.json
done
cmp 1.json 3.json && echo the same
# Circuits of one's own, with biases of their own and a linear output.
printf '%s\n' circuit,layer,i,j,value 0,1,0,0,1 0,1,0,,0.5 0,1,1,0,-1 0,2,0,1,1 0,2,0,0,-2 1,1,0,0,2 1,1,1,,0.25 1,2,0,0,1 1,2,1,1,1 >own.csv
show propagate --construction masks --circuit-file own.csv -T 20 -D 60 -S 2 -K 1 -M 8 -z 1 --linear output --all
# As many as fit; and one more.
show propagate --construction masks -D 60 -S 3 -T max -K 1 -M 2 -z 1 -L 2 --dry-run
show propagate --construction masks -D 60 -S 3 -T 30 -K 1 -M 2 -z 1 -L 2
# A computed cycle has 0 circuits with N/S = 12, 29^2 with N/S = 30 and S = 2.
show propagate --construction masks -D 400 -S 8 -T 20 -K 1 -M 2 -z 1 -L 4 --implicit
show propagate --construction masks -D 240 -S 2 -T 841 -K 1 -M 2 -z 1 -L 4 --implicit --dry-run
show propagate --construction masks -D 240 -S 2 -T 842 -K 1 -M 2 -z 1 -L 4 --implicit --dry-run
# What such networks do not have.
for options in '--weights split' '--kappa rows' '--w-correction 2' '--center 0.1' --keep-order '--scheme ref' \
    '--even-out yes' '--preset published' '--family rotation4' '--family gate' '--mode linear' '--mode masked-linear' \
    '--cycle 1' '--cycle 17' '--offset -1' '--offset x' '--strength -0.5' '--linear all' '-D 11'; do
    show propagate --construction masks $small -T 60 -z 1 $options
done
for options in '--cycle 2' '--offset 1' '--strength safe' '--linear all' '--family rotation2'; do
    show propagate -K 1 -M 1 $options
done
show capacity --construction masks -D 200 -S 3 -L 3 -z 1,2 --budget 0.3 --networks 12 -M 20 --tolerance 0.2 --threads 1
show capacity --construction masks -D 200 -S 3 -L 3 -z 1 --budget 0.3 --schemes td,ref
