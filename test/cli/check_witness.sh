# N = 30, S = 4: circuit 0 sits in 0 1 2 3, circuit 7 in 0 4 8 12, 8 in 16 20 24 28.
verdict() { cisup check "$@" | sed -n '/^max\|^holds\|^witness/p'; cisup check -q "$@"; }
cisup allocate -D 30 -d 1 -S 4 -T 11 --scheme ref -o good.csv -q
cisup allocate -D 30 -d 1 -S 4 -T 11 --scheme ref -o good.mtx -q
try verdict good.csv
sed 's/^7,4$/7,1/' good.csv >bad.csv
try verdict bad.csv
sed 's/^5 8$/2 8/' good.mtx >bad.mtx
try verdict bad.mtx
sed -e 's/^7,4$/7,3/' -e 's/^7,8$/7,2/' good.csv >bad.csv
try verdict bad.csv
sed -e 's/^8,16$/8,0/' -e 's/^8,20$/8,12/' good.csv >bad.csv
try verdict bad.csv
# Two pairs of circuits clash; the smallest neurons are named, then the circuits.
sed -e 's/^8,16$/8,8/' -e 's/^8,20$/8,12/' -e 's/^7,4$/7,1/' good.csv >bad.csv
try verdict bad.csv
# The same circuit twice.
{ cat good.csv; sed -n 's/^3,/11,/p' good.csv; } >bad.csv
try verdict bad.csv
# One neuron too few, one too many, none.
sed '/^7,4$/d' good.csv >bad.csv
try cisup check bad.csv
{ cat good.csv; echo 7,29; } >bad.csv
try cisup check bad.csv
try cisup check -S 4 bad.csv
sed '/^0,3$/d' good.csv >bad.csv
try cisup check bad.csv
witness() { cisup check --json "$@" | sed 's/.*\("holds.*"witness":.*\),"load_min.*/\1/'; }
sed 's/^7,4$/7,1/' good.csv >bad.csv
try witness bad.csv
try witness good.csv
