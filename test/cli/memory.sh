# What cannot fit is refused with what it would take, before any work.
try cisup allocate -S 1 -T 100000000000
try cisup allocate -D 4000000 -S 3 -T max
try cisup allocate -D 10000000 --scheme random -T 5
try cisup propagate -M 1000000000000000000
try cisup propagate -L 1000000000000
try cisup propagate -L 9223372036854775807
try cisup propagate -D 100000000 -S 3 -T 100000000000
try cisup export -o out -D 100000000 -S 3 -T 100000000000
try cisup export -o out -D 1000 -L 9223372036854775807
echo 'circuit,layer,i,j,value
0,1,1000000,0,1' >wide.csv
try cisup circuits wide.csv
