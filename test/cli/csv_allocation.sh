csv() { # the lines of a file
    printf '%s\n' "$@" >a.csv
    echo "# $*"
    try cisup check a.csv
}
h=circuit,neuron
csv 0,1
csv neuron,circuit 0,1
csv Circuit,Neuron 0,1
csv circuit,neuron,layer 0,1,1
csv circuit 0
csv $h
csv '' ''
csv $h 0
csv $h 0,1,2
csv $h '0;1'
csv $h 0,x
csv $h 0,
csv $h ,1
csv $h 0,1.5
csv $h 0,1e3
csv $h 0,nan
csv $h 0,+1
csv $h 0,-1
csv $h -1,0
csv $h 0,99999999999999999999
csv $h 9223372036854775807,0
csv $h 0,3000000000
csv $h 0,1 2,1
csv $h 1,1
csv $h 0,1 1,2 0,2 0,1
csv $h '"0,1'
csv $h '0,1"2'
csv $h '0,"1"2'
csv $h "0,'1'"
printf 'circuit,neuron\n0,\0001\n' >a.csv
try cisup check a.csv
printf 'circuit,neuron\n0,1\n0,7\n' >a.csv
try cisup check -N 7 a.csv
try cisup check -N 8 a.csv
