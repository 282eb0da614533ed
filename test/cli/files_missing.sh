cp "$DATA/example_circuits.csv" own.csv
mkdir folder folder.mtx folder.csv
: >empty.mtx
: >empty.csv
: >empty.mtx.gz
: >empty.json
for file in missing.mtx missing.mtx.gz missing.csv missing folder folder.mtx folder.csv \
    empty.mtx empty.mtx.gz empty.csv ''; do
    try cisup check "$file"
done
for file in missing.csv folder empty.csv; do
    try cisup circuits $file
    try cisup propagate --circuit-file $file
    try cisup export -o out --circuit-file $file
    try cisup propagate --circuit-file own.csv --gate --input-file $file
done
for file in missing.json folder empty.json; do try cisup run $file; done
try cisup check - </dev/null
try cisup run - </dev/null
