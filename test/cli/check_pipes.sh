# What is no regular file is read once: it is told whether that was enough.
cisup allocate -D 8000 -d 1 -S 3 -T 20000 --scheme ref -o a.csv -q
sed -i /^#/d a.csv
sed '1!G;h;$!d' a.csv | sed -e '$d' -e '1i circuit,neuron' >back.csv
piped() { file=$1; shift; cat "$file" | cisup check -q "$@"; }
try piped a.csv --memory 400k /dev/stdin
try piped back.csv --memory 400k /dev/stdin
try piped back.csv --memory 100M /dev/stdin
mkfifo pipe
cat back.csv >pipe &
try cisup check -q --memory 400k pipe
wait
cat a.csv >pipe &
try cisup check -q --memory 400k pipe
wait
# A file behind /dev/stdin can be read again.
again() { cisup check -q --memory 400k /dev/stdin <back.csv; }
try again
