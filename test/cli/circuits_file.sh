rows() { # the rows of a file of circuits
    printf '%s\n' circuit,layer,i,j,value "$@" >a.csv
    echo "# $*"
    try cisup circuits a.csv
}
rows
rows 0,1,0,0
rows 0,1,0,0,1,1
rows 0,1,0,0,x
rows 0,1,0,0,
rows 0,1,0,0,nan
rows 0,1,0,0,-inf
rows 0,1,0,0,1e999
rows 0,1,0,0,0x1p3
rows x,1,0,0,1
rows 0,,0,0,1
rows 0,1,,0,1
rows 0,1,0.5,0,1
rows -1,1,0,0,1
rows 0,0,0,0,1
rows 0,1,-1,0,1
rows 0,1,0,-1,1
rows 0,1,0,99999999999,1
rows 0,99999999999999999999,0,0,1
rows 9223372036854775807,1,0,0,1
rows 1,1,0,0,1
rows 0,1,0,0,1 2,1,0,0,1
rows 0,2,0,0,1
rows 0,1,0,0,1 0,3,0,0,1
rows 0,1,0,0,1 0,2,0,0,1 1,1,0,0,1
rows 0,1,0,0,1 0,1,1,1,1 0,1,0,0,1
rows 0,1,0,,1 0,1,0,,1
rows 0,1,0,,-1 1,1,0,,-2
rows '"0,1,0,0,1'
rows 0,1,0,0,'1"'
printf 'circuit,layer,j,i,value\n0,1,0,0,1\n' >a.csv
try cisup circuits a.csv
try cisup propagate --circuit-file a.csv
cp "$DATA/example_circuits.csv" own.csv
try cisup circuits own.csv
for option in '-T max' '-T 2,3' '-z 4' '-L 4' '-d 4'; do
    # shellcheck disable=SC2086
    try cisup propagate --circuit-file own.csv --gate $option
done
# Figures that no circuit sets are none.
printf '%s\n' circuit,layer,i,j,value 0,1,0,0,0 >a.csv
try cisup circuits a.csv
try cisup circuits a.csv --json
