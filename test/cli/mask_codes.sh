# Codes of masks: D is the widest layer still, every engine gives the same, and what is refused.
show() {
    echo "$ cisup $*"
    cisup "$@" 2>err.txt || echo "exit $?"
    sed 's/^/2> /' err.txt | grep -v 'built in\|searched for'
}
small="--construction masks --mask-codes --cycle 3 -L 4 -K 2 -M 40 --threads 1"
for engine in batched sparse reduced assembled; do
    cisup propagate $small -D 160 -S 2 -T 200 -z 3 --engine $engine -q --json |
        grep '"layer":4,"state":"active","quantity":"x"' | sed 's/.*"mse":\([0-9.]\{8\}\).*/'$engine' \1/'
done
cisup propagate $small -D 160 -S 2 -T 200 -z 3 --implicit -q --json |
    grep '"layer":4,"state":"active","quantity":"x"' | sed 's/.*"mse":\([0-9.]\{8\}\).*/implicit \1/'
# The N of D neurons in the widest layer, whole and coded: of z = 3 the code has more bits.
for codes in '' --mask-codes; do
    for z in 1 2 3; do
        cisup propagate --construction masks -D 4000 -S 1 -T 100 -z $z -L 3 --cycle 3 $codes --dry-run | sed 's/, 20 net.*//'
    done
done
# The same in an export, whose widest layer has no more than D neurons.
for z in 1 2 3; do
    cisup export --construction masks --mask-codes -D 160 -S 2 -T 30 -L 4 --cycle 3 -z $z -o out$z -q
    python3 -c '
import csv, collections, json
rows = list(csv.DictReader(open("out'$z'/neurons.csv")))
widths = collections.Counter((r["layer"], r["kind"]) for r in rows)
print(json.load(open("out'$z'/manifest.json"))["N"], max(collections.Counter(r["layer"] for r in rows).values()), *("%s %s %d" % (*k, n) for k, n in sorted(widths.items())), sep="\n")
'
done
show theory --construction masks --mask-codes -D 4000 -d 2 -S 1 -T 1000 -z 2 -L 3 --cycle 3 --budget 0.1 | grep -e masks_neurons -e masks_recursion -e exit -e '2>'
show capacity --construction masks --mask-codes -D 200 -S 2 -L 3 -z 2 --budget 0.3 --networks 12 -M 20 --tolerance 0.2 --threads 1
# The largest cycle here is the dual of a packing, which has no groups.
show propagate $small -D 396 -S 8 -T 20 -z 1 --dry-run --cycle 2
show propagate --construction masks -D 400 -S 8 -T 20 -z 1 -L 4 --dry-run
show propagate -K 1 -M 1 --mask-codes
show propagate $small -D 160 -S 2 -T 100 -z 2 --input-noise 0.1
show theory --mask-codes
show theory --construction masks --mask-codes --cycle 17
show theory --construction masks --mask-codes -D 20 -d 4 -S 4 -z 2
