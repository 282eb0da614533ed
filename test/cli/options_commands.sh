try cisup
try cisup frobnicate
try cisup -x
try cisup ''
for command in allocate check circuits propagate run export; do
    try cisup $command --frobnicate
    try cisup $command -Y
done
try cisup check
try cisup circuits
try cisup run
try cisup export
try cisup check a.mtx b.mtx
try cisup circuits a.csv b.csv
try cisup run a.json b.json
try cisup allocate a.mtx
try cisup propagate 5
try cisup export out
try cisup export -z 600 -o out
try cisup allocate --json=yes
try cisup propagate --quiet=1
