# Every kind of text that is not a size, for every option that takes one.
for value in x '' 7x ' 7' +7 10.5 1e30 0x10 99999999999999999999 -5 0 max NaN; do
    try cisup allocate -D "$value"
done
for value in x 1.5 -1 0 max 9223372036854775808; do
    try cisup allocate -d "$value"
    try cisup allocate -S "$value"
    try cisup check -S "$value" a.mtx
    try cisup check -N "$value" a.csv
    for option in -d -L -K -M; do try cisup propagate "$option" "$value"; done
    try cisup export -o out -L "$value"
done
try cisup check -N 3000000000 a.csv
try cisup propagate --threads -1
try cisup propagate --threads two
try cisup propagate --threads 5000
try cisup export -o out --network -1
