# Options that the others leave without effect are refused; a default that is given
# changes nothing; names are not abbreviated.
cat >own.csv <<'END'
circuit,layer,i,j,weight
1,1,1,1,1
END
small='cisup propagate -D 60 -S 2 -T 1 -z 1 -K 1 -M 1 -q'
try $small --circuit-file own.csv --gate --family step2
try $small --circuit-file own.csv --gate --fresh
try $small --weights plain --kappa rows
try $small --weights plain --w-correction 5
try $small --center 0.3
try $small --circuit-file - --input-file -
try $small --network 1
try cisup check --algeb
short='cisup propagate -z 1 -K 2 -M 4 --json'
$short | grep -v '"record":"timing"' >bare
for option in '-L 5' '-D 1000' '-T 557' '-S 6' '-d 4' '--preset published'; do
    $short $option | grep -v '"record":"timing"' | cmp - bare && echo "$option: same"
done
