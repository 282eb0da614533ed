# Sizes that do not go together; circuits that do not fit.
try cisup allocate -D 3
try cisup allocate -D 1000 -d 1001
try cisup allocate -S 251
try cisup allocate -D 80000000000
try cisup allocate -S 1
try cisup allocate -S 1 --dry-run
try cisup allocate -T 2016
try cisup allocate -T 558 --scheme ref
try cisup allocate --hop S-1
try cisup allocate --scheme td --reflect
try cisup allocate --scheme ref --effort 1
try cisup allocate -T 558 --scheme prime
try cisup allocate -T 606 --scheme greedy --json
try cisup allocate -T 2016 --dry-run
try cisup allocate -T 2016 -o a.mtx
try cisup allocate -D 15 -d 1 -S 3 -T 36 --scheme random
try cisup propagate -D 3
try cisup propagate -S 251
try cisup propagate -T 2016
try cisup propagate --preset published -T 558
try cisup propagate -T 2016 --dry-run
try cisup propagate -S 1 -T max
try cisup propagate -T 5 -z 6
try cisup propagate -T 5,10 -z 1,6 -K 1 -M 2 -q
try cisup propagate -T 1 -K 1 -M 2 -q
for family in rotation3 rotation4 step2; do try cisup propagate --family $family -d 5; done
try cisup propagate --family gate -d 2
try cisup propagate --gate
try cisup propagate --input-file inputs.csv
try cisup export -o out -T 2016
try cisup export -o out -T 2016 --dry-run
try cisup export -o out --family rotation3 -d 4
