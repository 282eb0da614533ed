# A point of the grid that cannot run is found before anything runs.
try cisup propagate -D 60 -S 3 -T 5,10,500 --csv figures.csv
try cisup propagate -D 60,4 -S 3,7 -T 5 --csv figures.csv
try cisup propagate -D 1000 -T 200:600:100 --dry-run
plan() { cisup "$@" | sed 's/ x 500 samples.*//'; }
try plan propagate -D 2000 -T 200:600:100 --dry-run
try plan propagate -D 800:1000:100,2000 -T 10 -S 3,5 -L 2 --dry-run
try plan propagate -D 60 -S 3 -T 5,max,7 --dry-run
try plan propagate -D 60 -S 3 -T 7 -K 3 --dry-run
