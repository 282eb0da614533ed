for option in -D -d -T -S -o --csv --scheme --hop --seed; do try cisup allocate $option; done
for option in -D -z -L -K -M --margin --mode --circuit-file; do try cisup propagate $option; done
try cisup check a.mtx -S
try cisup export -o
try cisup run --engine
