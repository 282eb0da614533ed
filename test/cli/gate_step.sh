# The step of the gate: what is out of range, or has no effect, is refused by its name.
cp "$DATA/example_circuits.csv" circuits.csv
small='cisup propagate -D 60 -T 8 -S 2 -L 2 -z 1 -K 1 -M 2 --threads 1'
for step in '--gate-steepness 1.5' '--gate-steepness 1' '--gate-steepness 0' \
    '--gate-steepness -8' '--gate-steepness 1e7' '--gate-steepness nan' \
    '--gate-shift 1' '--gate-shift 0' '--gate-shift -0.5' '--gate-shift 1e-7' \
    '--gate-steepness 3 --gate-shift 2'; do
    try $small $step
done
try cisup theory --gate-steepness 1.25
try cisup capacity --budget 0.1 --gate-shift 2
try cisup circuits --gate --gate-steepness 1 circuits.csv
try cisup circuits --gate-steepness 8 circuits.csv
try $small --family rotation3 --gate-steepness 8
try $small --family identity --gate-shift 0.25
try $small --circuit-file circuits.csv --gate-steepness 8
# Given as it is, it changes nothing; else it stands among the parameters.
$small --json | grep -v timing >plain
$small --json --gate-steepness 2 --gate-shift 0.5 | grep -v timing >same
cmp plain same && grep -c gate_ plain
params() { grep -o '"gate_steepness":[^,}]*,"gate_shift":[^,}]*' | uniq; }
$small --json --gate-steepness 8 | params
$small --json --family step2 --gate-shift 0.25 | params
$small --json -T 3 --circuit-file circuits.csv --gate --gate-steepness 4 | params
cisup theory --json --gate-steepness 8 | params
cisup theory --gate-steepness 8 | grep -e gate: -e ' closed ' -e '^. closed_leading'
cisup export -D 60 -T 8 -S 2 -L 2 --gate-steepness 8 -o out -q && params <out/manifest.json
echo '{"fixed":{"D":60,"T":8,"S":2,"L":2,"z":1,"networks":1,"samples":2,"gate_shift":0.25},
"grid":{"gate_steepness":[2,8]}}' >s.json
cisup sweep s.json -q --json | params
try cisup sweep s.json -q --csv s.csv
cut -d, -f1-2 s.csv | uniq
sed 's/,8/,1/' s.json >bad.json
try cisup sweep bad.json -q
# A2: noise of the on-value alone, 1/4 and 13/16 of the on-pair, then of the data.
for margin in 1 1000; do
    for k in 2 8; do
        cisup circuits --gate --margin "$margin" --gate-steepness "$k" \
            circuits.csv --json | grep -o '"on_tolerance":[^,}]*'
    done
done
