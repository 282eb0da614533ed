for word in foo '' REF pri; do try cisup allocate --scheme "$word"; done
try cisup allocate --hop 3
try cisup allocate --hop s
for option in scheme hop weights kappa engine mode; do
    try cisup propagate --$option foo
done
# Families are added; the first is enough here.
try cisup propagate --family foo 2>&1 | sed 's/rotation3.*/rotation3.../'
try cisup export -o out --form dense
try cisup run --engine dense network.json
