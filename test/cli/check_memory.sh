# The same report with little memory, from files in any order.
cisup allocate -D 8000 -d 1 -S 3 -T 20000 --scheme ref -o a.mtx -q
cisup allocate -D 8000 -d 1 -S 3 -T 20000 --scheme ref -o a.mtx.gz -q
cisup allocate -D 8000 -d 1 -S 3 -T 20000 --scheme ref -o a.csv -q
sed -i /^#/d a.csv
sed '1!G;h;$!d' a.csv | sed -e '$d' -e '1i circuit,neuron' >back.csv
{ sed -n 1,3p a.mtx; sed 1,3d a.mtx | sort; } >rows.mtx
verdict() { cisup check "$@" | sed -e '/^load/s/, cv.*//' -e '/^  /d'; }
try verdict --memory 400k a.mtx
try verdict --memory 400k a.mtx.gz
try verdict --memory 400k --threads 3 a.csv
try verdict --memory 400k -N 8000 back.csv
try verdict --memory 400k rows.mtx
try verdict --memory 400k - <a.mtx
# Less than that is not enough for the counters.
try cisup check --memory 1 a.mtx
try cisup check --memory 100k --threads 3 a.csv
# What would have to be read twice cannot come from a pipe.
try cisup check --memory 400k - <rows.mtx
# Rows are kept in $TMPDIR when they do not fit.
TMPDIR=$PWD/nowhere
export TMPDIR
cisup check -q --memory 400k a.csv 2>err
echo "exit $?"
sed -e "s|$PWD||" -e 's/cisup-[^:]*/cisup-.../' err
unset TMPDIR
# A planted overlap has the same name everywhere.
sed '3s/.*/7,0/;4s/.*/7,0/' a.csv >twice.csv
try cisup check --memory 400k twice.csv
sed -n 's/^19999,/20000,/p' a.csv | cat a.csv - >bad.csv
for memory in 400k 1M 100M; do try verdict --memory $memory bad.csv; done
for size in 0 -1 1x 1.5G 1GG '' 99999999T; do try cisup check --memory "$size" a.csv; done
try cisup check --threads 0 a.csv
try cisup check --threads 2000 a.csv
