# What the program places holds, in each scheme and form.
for scheme in best td design random prime ref greedy 'prime --hop S-1' 'ref --reflect' 'ref --hop S-1' 'greedy --even-out yes' 'best --even-out no'; do
    for options in '' '-T 200'; do
        cisup allocate -D 400 -d 4 -S 4 --scheme $scheme $options -o a.mtx -q --force
        cisup check -q -S 4 a.mtx || echo "$scheme $options: violated"
    done
done
rm a.mtx
verdict() { cisup check "$@" | sed '/^load/s/, cv.*//'; }
cisup allocate -D 1000 -T 10 --scheme ref -o a.mtx -q
cisup allocate -D 1000 -T 10 --scheme ref -o a.mtx.gz -q
cisup allocate -D 1000 -T 10 --scheme ref -o a.csv -q
try verdict a.mtx
try verdict a.mtx.gz
try verdict -S 6 -N 250 a.csv
try verdict a.csv
try verdict - <a.mtx
try verdict - <a.mtx.gz
try cisup check -q a.csv
# A wrong S is a violation.
try cisup check -S 5 a.mtx
try cisup check -S 7 a.csv
json() { cisup check --json "$@" | sed 's/,"seconds":.*/}/'; }
try json -S 5 a.mtx
# An embedding of whole blocks: T d columns.
cisup export -D 60 -S 3 -T 5 -L 1 --form full -o out -q
try verdict -S 3 out/E1.mtx
try cisup check -S 3 --lenient out/U1.mtx
