# What cannot run of a grid is left out and said before anything runs; the rest runs.
small='propagate -K 1 -M 2 -L 1'
try cisup $small -D 60 -S 3 -T 5,10,500 -z 1,7 -q --csv figures.csv
alone() { cisup $small "$@" -q --csv alone.csv --force && tail -n +2 alone.csv >>all.csv; }
head -n 1 figures.csv >all.csv
alone -D 60 -S 3 -T 5 -z 1
alone -D 60 -S 3 -T 10 -z 1,7
cmp all.csv figures.csv && echo the same as alone
try cisup $small -D 60,4 -S 3,7 -T 5 -z 1 -q
try cisup $small -D 60 -S 3 -T 4 -z 1,2 -q --mode linear,relu --cycle 3 --scheme ref \
    --construction masks,published --csv modes.csv
head -n 1 modes.csv >all.csv
alone -D 60 -S 3 -T 4 -z 1,2 --cycle 3 --construction masks
for mode in linear relu; do alone -D 60 -S 3 -T 4 -z 1,2 --mode $mode --scheme ref; done
cmp all.csv modes.csv && echo the same as alone
cut -d, -f 25,28 modes.csv | uniq
json() { cisup "$@" --json | grep infeasible; }
try json $small -D 60 -S 3 -T max,36 -z 36,2,35,1
try json $small -D 60 -S 3 -T 4 -z 1 --construction masks --mode linear,relu
# Of scheme random only the run knows.
try json $small -D 60 -S 3 -T 1,35 -z 1 --scheme random
# Nothing can run: the first reason, and nothing is written.
try cisup $small -D 60 -S 3 -T 500,600 -z 1 --csv none.csv --json
try cisup $small -D 60 -S 3 -T 5 -z 7,6
try cisup $small -D 28 -S 3 -T 8 -z 1 --scheme random --json
try cisup $small --mode relu,relu
try cisup $small --mode relu,
try cisup $small --mode relu,lineer
try cisup $small --construction masks,published,x
try cisup $small --mode relu,linear --circuit-file -
# A file of circuits that are not there ends it.
echo 7 >sets
try cisup $small -D 60 -S 3 -T 5,10 --active-file sets -q
try cisup propagate -D 1000 -T 200:600:100 --dry-run
plan() { cisup "$@" | sed 's/ x 500 samples.*//'; }
try plan propagate -D 2000 -T 200:600:100 --dry-run
try plan propagate -D 800:1000:100,2000 -T 10 -S 3,5 -L 2 --dry-run
try plan propagate -D 60 -S 3 -T 5,max,7 --dry-run
try plan propagate -D 60 -S 3 -T 7 -K 3 --dry-run
