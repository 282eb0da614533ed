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
