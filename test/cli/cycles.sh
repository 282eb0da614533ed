# Cycles of allocations: placed, planned, written, checked.
try cisup allocate -D 940 -S 5 --cycle 2 -T 557
try cisup allocate -D 400 -S 2 --cycle 2
try cisup allocate -D 400 -S 2 --cycle 3 -T 700 --json
try cisup allocate -D 400 -S 2 --cycle 2 --csv -
try cisup allocate -D 125 -d 1 -S 8 --cycle 2 --plan
try cisup allocate -D 400 -S 2 --cycle 2 --dry-run --json
try cisup allocate -D 100000000 -d 1 -S 8 --cycle 3 --plan
verdict() { cisup check "$@" | sed -e '/^load/s/, cv.*//' -e '/^  /d'; cisup check -q "$@"; }
cisup allocate -D 22 -d 1 -S 2 --cycle 2 -T 60 -o good.csv -q
sed -i /^#/d good.csv
cisup allocate -D 22 -d 1 -S 2 --cycle 2 -T 60 -o good.mtx -q
sed -n '1,5p' good.mtx
sed -n '2,5p' good.csv
try verdict --cycle 2 good.csv
try verdict --cycle 2 good.mtx
try verdict --cycle 2 -S 2 good.csv
try verdict --cycle 2 -S 3 good.csv
try verdict --cycle 4 good.csv
try verdict --cycle 3 good.csv
try verdict --cycle 3 -N 45 good.csv
# A second meeting in another part: circuit 0 is in 0, 13 and 26, 39, circuit 11 in 0.
grep '^11,' good.csv | tr '\n' ' '
sed 's/^11,29$/11,26/' good.csv >bad.csv
try verdict --cycle 2 bad.csv
# A neuron in the wrong part; one too many; one too few.
sed 's/^7,22$/7,4/' good.csv >bad.csv
grep '^7,' bad.csv | tr '\n' ' '
try verdict --cycle 2 bad.csv
{ cat good.csv; echo 7,43; } >bad.csv
try verdict --cycle 2 bad.csv
sed '/^7,22$/d' good.csv >bad.csv
try verdict --cycle 2 bad.csv
record() { cisup check --json "$@" | sed 's/.*\("holds.*\),"load_min.*/\1/'; }
try record --cycle 2 good.csv
try record --cycle 2 bad.csv
# Computed.
try cisup check --scheme td --cycle 2 -D 940 -S 5 --algebra
try verdict --scheme td --cycle 3 -D 940 -S 5
try verdict --scheme td --cycle 2 -D 400 -S 2 -T 2500
try cisup check --scheme td --cycle 2 -D 400 -S 2 -T 2500 --algebra
# What does not go together.
try cisup allocate --cycle 2 --scheme ref
try cisup allocate --cycle 2 --effort 3
try cisup allocate --cycle 1
try cisup allocate --cycle 0
try cisup allocate -D 400 -S 2 --cycle 2 -T 2501
try cisup allocate -D 400 -S 2 --cycle 2 -T 2501 --plan
try cisup check --scheme pairs --cycle 2
try cisup check --scheme td --cycle 2 --sample 5
try cisup check --cycle 1 good.csv
