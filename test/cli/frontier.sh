columns() { cisup "$@" >text 2>err; code=$?; grep -v "searched for" err >&2; cut -c 1-66 text | sed '/^  error there/d; s/, from .*//; s/ *$//'; rm text err; return $code; }
small='--construction published -M 16 --tolerance 0.1 --threads 1 --mode masked-linear --fresh'
try columns frontier --along D --at 60:120:30 -S 3 $small -L 3 --budget 0.3
try columns frontier --along L --at 3,5 -S 3 $small -D 80 --budget 0.3
try columns frontier --along z --at 1,2 -S 3 $small -D 80 -L 3 --budget 0.5
try columns frontier --along S --at 2,3 $small -D 80 -L 3 --budget 0.3 --schemes ref
# Where the allocation binds there is nothing to fit.
try columns frontier --along D --at 60,80 -S 3 $small -L 3 --budget 50
