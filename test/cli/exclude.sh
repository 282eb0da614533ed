# Circuits left out of the networks, and bad requests for that.
small='propagate -D 60 -S 3 -T 12 -L 2 -K 2 -M 4 -z 1'
printf 'circuit\n7\n2\n' >two.csv
printf 'circuit\n7\n-2\n' >negative.csv
printf 'circuit\n7\nx\n' >word.csv
printf 'circuit\n7\n2\n7\n' >twice.csv
printf 'circuit\n7\n12\n' >beyond.csv
printf 'circuit\n' >empty.csv
printf '7\n2\n' >headless.csv
try cisup $small -q --exclude two.csv
try cisup $small -q --exclude 3 --worst 9
for file in negative word twice beyond empty headless missing; do
    try cisup $small --exclude $file.csv --csv out.csv
done
try cisup $small --exclude 0
try cisup $small --exclude 12
try cisup $small --exclude 99999999999999999999
try cisup $small --exclude 3 -z 1,2
try cisup $small --exclude 11 -z 2
try cisup $small --exclude 3 --worst 10
try cisup $small --worst 13
try cisup $small --worst 0
try cisup $small -T 12,7 --exclude two.csv --csv out.csv
cisup $small --exclude two.csv 2>&1 | sed -n 's/.*left out/left out/p'
cisup $small --exclude 3 2>&1 | sed -n 's/.*left out/left out/p'
