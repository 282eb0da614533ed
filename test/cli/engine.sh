# The engine sparse: what it does not have, that records name the engine, and that
# nothing depends on the number of threads.
small='propagate -D 400 -S 5 -T 50 -L 2 -K 1 -M 2 -z 1 -q'
sparse="cisup $small --engine sparse"
try $sparse --terms
try $sparse --worst 2
try $sparse --exclude 2
try $sparse --kappa rows
try $sparse --precision single
try cisup propagate --implicit -D 400 -S 4 -T 50 -L 2 -z 1 --engine batched
try cisup propagate --implicit -D 400 -S 4 -T 50 -L 2 -K 1 -M 2 -z 1 -q --engine sparse
try cisup capacity --budget 0.1 --engine sparse --kappa rows
large='propagate -D 40000 -S 10 -T 10000 -L 2 -K 2 -M 19 -z 1,2 --json'
head='s/.*"networks_done":2,//'
for engine in auto batched sparse; do
    for threads in 1 3; do
        cisup $large --engine $engine --threads $threads | grep -v timing >$engine$threads
    done
    sed -n "1$head;1p" ${engine}1
    cmp ${engine}1 ${engine}3 && echo same
done
grep -v '"record":"run"' auto1 >auto
grep -v '"record":"run"' sparse1 | cmp - auto && echo same
