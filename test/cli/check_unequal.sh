# Circuits of different sizes are a violation; the overlaps are told all the same.
seats() { # the neurons of circuits 0, 1, ...
    t=0
    echo circuit,neuron >a.csv
    for circuit; do
        for n in $circuit; do echo $t,$n; done >>a.csv
        t=$((t + 1))
    done
    sed -e 1d -e 's/,/ /' a.csv | { echo "%%MatrixMarket matrix coordinate pattern general"
        echo 9 $t $(sed 1d a.csv | wc -l); awk '{print $2 + 1, $1 + 1}'; } >a.mtx
    try cisup check a.csv
    try cisup check --json a.mtx
}
try() { # seconds differ
    echo "\$ $*"
    "$@" 2>&1 | sed 's/,"seconds":.*/}/'
}
seats '0 1 2' '3 4 5 6' '0 3'
seats '0 1 2' '3 4 5 6' '0 3 2'
cisup check -q a.csv; echo "exit $?"
try cisup check -S 4 a.csv
try cisup check --memory 100k a.mtx
# The sizes may be told where the file cannot be read again.
cat a.mtx | try cisup check -
cat a.csv | try cisup check /dev/stdin
