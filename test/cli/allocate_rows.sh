# N = 30, S = 4: circuits 0 and 6 to 10 are given in docs/math.md, section 2.
rows() { cisup allocate -D 30 -d 1 -S 4 --scheme ref -T 11 -q -o /dev/stdout "$@" | awk -F, '/^[0-9]/ { row[$1] = row[$1] " " $2 } END { for (t = 0; t < 11; t++) print t ":" row[t] }'; }
try rows
try rows --hop S-1
try rows --reflect
# The first circuits do not depend on how many there are.
cisup allocate -D 30 -d 1 -S 4 --scheme ref -q -o /dev/stdout | grep -v '^#' | head -n 45 >all
cisup allocate -D 30 -d 1 -S 4 --scheme ref -T 11 -q -o /dev/stdout | grep -v '^#' | cmp - all && echo same
cisup allocate -D 30 -d 1 -S 4 -T 9 --scheme random --seed 3 -o a.csv -q
cisup allocate -D 30 -d 1 -S 4 -T 9 --scheme random --seed 3 -o b.csv -q
cisup allocate -D 30 -d 1 -S 4 -T 9 --scheme random --seed 4 -o c.csv -q
cmp a.csv b.csv && echo 'the seed decides'
sed -i /^#/d a.csv c.csv
cmp -s a.csv c.csv || echo 'another seed, other circuits'
