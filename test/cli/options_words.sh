for word in foo '' REF pri; do try cisup allocate --scheme "$word"; done
try cisup allocate --hop 3
try cisup allocate --hop s
for option in scheme hop family weights kappa engine mode; do
    try cisup propagate --$option foo
done
try cisup export -o out --form dense
try cisup run --engine dense network.json
