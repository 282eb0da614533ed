cp "$DATA/example_circuits.csv" own.csv
rows() { # the rows of a file of inputs
    printf '%s\n' circuit,input,i,value "$@" >a.csv
    echo "# $*"
    try cisup propagate -D 60 -S 3 -K 1 -M 4 -q --circuit-file own.csv --gate --input-file a.csv
}
rows
rows 0,0,0
rows 0,0,0,x
rows 0,0,0,nan
rows 0,0,0,inf
rows -1,0,0,1
rows 0,-1,0,1
rows 0,0,-1,1
rows 0,0,3,1
rows 0,0.5,0,1
rows 0,1,0,1
rows 0,0,0,1 0,2,0,1
rows 1,0,0,1
rows 0,9223372036854775807,0,1
rows 0,0,99999999999999999999,1
rows 0,0,0,1 0,0,0,1
# One circuit's inputs are those of all; else there must be as many as circuits.
rows 0,0,0,1
rows 0,0,0,1 1,0,0,1
rows 0,0,0,1 1,0,0,1 2,0,0,1
rows 0,0,0,1 1,0,0,1 2,0,0,1 3,0,0,1
rows 0,0,0,1e-400
printf 'circuit,i,input,value\n0,0,0,1\n' >a.csv
try cisup propagate --circuit-file own.csv --gate --input-file a.csv
# A circuit of two neurons, gated, has no data neuron beyond 1.
printf 'circuit,layer,i,j,value\n0,1,1,0,1\n' >own.csv
rows 0,0,1,1
rows 0,0,2,1
