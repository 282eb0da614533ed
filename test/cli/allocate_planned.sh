# Planned packings: the construction, its count, and that files of it hold.
try cisup allocate -D 250 -d 1 -S 6 --scheme best --plan
try cisup allocate -D 57 -d 1 -S 8 --scheme design --plan
try cisup allocate -D 250 -d 1 -S 6 --scheme td --plan
try cisup allocate -D 1000000 -d 1 -S 16 --scheme td --plan --json
try cisup allocate -D 250 -d 1 -S 6 --scheme ref --plan
try cisup allocate -D 62 -d 1 -S 4 --scheme affine --plan
try cisup allocate -D 400 -d 1 -S 5 --scheme projective --plan
try cisup allocate -D 3000 -d 1 -S 4 --scheme design --plan
try cisup allocate -D 30 -d 1 -S 2 --scheme pairs --plan
try cisup allocate -D 250 -d 1 -S 6 --scheme sts
try cisup allocate -D 250 -d 1 -S 3 --scheme pairs
try cisup allocate -D 250 -d 1 -S 6 --scheme affine
try cisup allocate -D 250 -d 1 -S 7 --scheme projective
try cisup allocate -D 250 -d 1 -S 6 --scheme best -T 2016
for scheme in best td design 'best -T 557' 'ref -T 557' 'ref -T 557 --even-out yes'; do
    echo "# $scheme"
    cisup allocate -D 250 -d 1 -S 6 --scheme $scheme -q -o a.mtx --force
    cisup check a.mtx | grep -e circuits -e '^load' -e holds | sed 's/, cv.*//'
done
for scheme in 'affine -S 8' 'projective -S 5' 'pairs -S 2' 'sts -S 3'; do
    echo "# $scheme"
    cisup allocate -D 500 -d 1 --scheme $scheme -q -o a.mtx --force
    cisup check a.mtx | grep -e circuits -e '^load' -e holds | sed 's/, cv.*//'
done
echo '# a search adds circuits'
for effort in 0 3; do
    cisup allocate -D 100 -d 1 -S 7 --scheme best --effort $effort -q -o a.mtx --force
    cisup check a.mtx | grep -e circuits -e holds
done
# A number of neurons, and the plan certified step by step.
try cisup allocate -N 1000 -S 7 --plan
try cisup allocate -N 250 -d 1 -S 6 --dry-run
try cisup allocate -N 250 -D 1000
try cisup allocate -N 9223372036854775807 -d 4
certified() { cisup check --algebra "$@"; }
try certified --scheme best -D 250 -d 1 -S 6
try certified --scheme best -D 66 -d 1 -S 6 -T 100
try certified --scheme design -D 61 -d 1 -S 8
certified --scheme best -D 1000 -d 1 -S 7 --json | sed 's/"seconds.*//'
try certified --scheme best -D 250 -d 1 -S 6 -T 2016
try certified --scheme ref -D 250 -d 1 -S 6
# Files say where they come from: the command makes the same bytes again.
cisup allocate -D 66 -d 1 -S 6 -o e.mtx -q
cisup allocate -D 66 -d 1 -S 6 -o a.csv -q
cisup allocate -D 66 -d 1 -S 6 --effort 0.01 -o a.blocks -q
for file in e.mtx a.csv a.blocks; do grep cisup $file; done
command=$(sed -n 's/.*"command":"\([^"]*\)".*/\1/p' a.csv)
$command -q -o b.csv && cmp a.csv b.csv && echo same
for file in e.mtx a.csv a.blocks; do cisup check -q $file && echo holds; done
