# Allocations that are computed: all pairs, a sample, the theorem.
verdict() { cisup check "$@" | sed -e '/^load/s/, cv.*//' -e '/^  /d'; }
try verdict --scheme td -D 1000
try verdict --scheme td -D 1000 -S 6 -T 557 --memory 60k --threads 2
try verdict --scheme td -D 250 -d 1 -T 2011
try verdict --scheme td -D 5 -d 1 -S 2 -T max
try verdict --scheme td -D 1000 --sample 20
try verdict --scheme td -D 100000 -d 1 -S 10 -T 1000 --sample 3 --seed 5
try cisup check --scheme td -D 1000 --algebra
try cisup check --scheme td -D 100000000 -d 1 -S 10 --algebra
try cisup check --scheme td -D 25000 -d 1 -S 32 -T 1000 --algebra -q
# Every scheme that is computed.
for scheme in 'pairs -D 400' 'sts -D 444' 'affine -S 5' 'affine -S 9 -D 3000 -T 7000' \
    'projective -S 6 -D 1600' 'ref -S 1 -T 300'; do
    try verdict --scheme $scheme
    try verdict --scheme $scheme --sample 20
    try cisup check --scheme $scheme --algebra
done
try verdict --scheme affine -D 100000000 -d 1 -S 9 --algebra
record() { cisup check --json "$@" | sed 's/"seconds":.*/"seconds":.../'; }
try record --scheme td -D 1000 --sample 7
try record --scheme td -D 1000 --algebra
try record --scheme td -D 60 -S 3 -T 20
try record --scheme affine -S 4 --algebra
# What does not go together.
try cisup check --scheme td a.csv
try cisup check --scheme ref
try cisup check --scheme sts -S 4
try cisup check --scheme affine -S 6
try cisup check --scheme nothing
try cisup check --sample 3 a.csv
try cisup check --algebra a.csv
try cisup check --scheme td --sample 3 --algebra
try cisup check --scheme td -T 5,6
try cisup check --scheme td -T 100000
try cisup check --scheme td -D 3
try cisup check --scheme td -S 1
try cisup check --scheme td -D 100000000 -d 1 -S 10
