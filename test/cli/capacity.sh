# T, its interval and what binds; figures of errors are left to json_lines.py.
columns() { cisup "$@" >text 2>err; code=$?; grep -v "searched for" err >&2; cut -c 1-66 text | sed '/^  error there/d; s/ *$//'; rm text err; return $code; }
cp "$DATA/example_circuits.csv" own.csv
small='-D 60 -S 3 -L 3 -M 16 --tolerance 0.1 --threads 1 --construction published'
try columns capacity $small -z 1 --budget 0.3
try columns capacity $small -z 1 --budget 0.3 --mode masked-linear --fresh
try columns capacity $small -z 1,2 --budget 0.3 --schemes best,ref
try columns capacity $small -z 1 -S 2:3 --budget 0.3
# A budget above everything: the allocation binds.
try columns capacity $small -z 2 --budget 50
# One below everything: no T; the circuits' own ReLU is missing in a linear network.
try columns capacity $small -z 1 --budget 0.001 --family random-relu -d 4 --mode masked-linear
try columns capacity $small -z 1 --budget 0.001 --family random-relu -d 4 --mode masked-linear -q
try columns capacity $small -z 2 --worst 0.5
try columns capacity $small -z 2 --worst 0.5 --budget 0.3
try columns capacity $small -z 1 --budget 0.2 --state inactive
try columns capacity $small -z 1 --budget 0.1 --family step2
try columns capacity $small -z 1 --budget 0.5 --circuit-file own.csv --gate -L 2
# Everything is tried; what is given up, what the best compares to and the next commands.
try columns capacity -D 200 -L 3 -M 16 --tolerance 0.1 -z 2 --budget 30%
try columns capacity -D 200 -L 3 -M 16 --tolerance 0.1 -z 1 --budget 30% --absolute
