# Networks that are computed, not stored: what they do not have.
small='-D 400 -S 4 -T 50 -L 2 -K 1 -M 2 -z 1'
run="cisup propagate --implicit $small -q"
try $run
try $run --scheme best
try $run --scheme ref
try $run --scheme sts
try $run --even-out yes
try $run --terms
try $run --worst 2
try $run --exclude 2
try $run --kappa rows
try $run --engine assembled
try $run --precision single
try $run -T 3000
try cisup propagate --implicit --circuit-file own.csv
try cisup propagate --implicit --precision single -D 400000000 -S 20 -T 250000000000 -z 2 -L 3 -K 1 -M 1 --threads 1 --dry-run
# Nothing depends on the number of threads.
cisup propagate --implicit $small -M 9 --json --threads 1 | grep -v timing >one
cisup propagate --implicit $small -M 9 --json --threads 3 | grep -v timing | cmp - one && echo same
