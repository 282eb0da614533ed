# The engine of networks that carry masks: what it lacks, when it is taken, its plan.
masks="--construction masks -K 1 -M 2 -L 2"
try cisup propagate --engine reduced
try cisup propagate --construction masks -T 400 --engine reduced --terms
try cisup propagate --construction masks -T 400 --engine reduced --worst 2
try cisup propagate --construction masks -T 400 -z 1 --engine reduced --exclude 2
try cisup propagate --construction masks -T 400 --engine reduced --precision single
try cisup propagate $masks -D 400 -S 3 -T 400 --engine reduced --strength 2
try cisup capacity --budget 0.1 --construction masks --engine reduced --precision single
engines() { cisup propagate $masks "$@" --json | grep -o '"engines":[^]]*]'; }
try engines -D 400 -S 3 -T 400 -z 1,4 --engine reduced
try engines -D 940 -S 5 -T 2209 -z 1,40
try engines -D 940 -S 5 -T 2209 -z 3 --implicit
cisup propagate $masks -D 940 -S 5 -T 2209 -z 3 --implicit --json | grep -o "\"implicit\":[a-z]*"
try engines -D 940 -S 5 -T 2209 -z 3 --implicit --strength 20
try engines -D 940 -S 5 -T 2209 -z 3 --implicit --precision single
try engines -D 40000000 -S 10 -T 900000000001 -z 3 --implicit
bytes() { cisup propagate $masks "$@" --threads 1 --dry-run --json | grep -o '"N":[^,]*,"bytes":[^,]*'; }
try bytes -D 40000000 -S 10 -T 900000000001 -z 3 --implicit
try bytes -D 40000000 -S 10 -T 900000000001 -z 3 --implicit --engine sparse
try bytes -D 3000000000 -S 100 -T 10000000000000 -z 3 --implicit
try engines -D 3000000000 -S 100 -T 10000000000000 -z 3 --implicit
