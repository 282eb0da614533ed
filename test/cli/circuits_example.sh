cp "$DATA/example_circuits.csv" "$DATA/example_inputs.csv" .
verdicts() { cisup circuits "$@" | sed -n 's/^\(A[1-4]\) [^:]* \(holds\|fails\).*/\1 \2/p'; }
try verdicts --gate example_circuits.csv
sizes() { cisup circuits "$@" | sed -n 1p; }
try sizes --gate example_circuits.csv
# Without reshuffling, errors or neighbours, the sizes are what counts here.
small='propagate -D 200 -S 3 -K 1 -M 5 -z 1 -L 2 --circuit-file example_circuits.csv --gate'
shape() { cisup "$@" | sed -n '/circuits (/p'; }
try shape $small
try shape $small -T 2
try shape $small -T 7
try shape $small -T 7 --input-file example_inputs.csv
try cisup propagate -q -D 200 -S 3 -K 1 -M 5 --circuit-file example_circuits.csv
