small='allocate -D 60 -S 3 -q'
mkdir folder
echo mine >mine.mtx
echo mine >mine.csv
for file in nofolder/a.mtx nofolder/a.csv nofolder/a.mtx.gz '' mine.mtx mine.csv folder; do
    try cisup $small -o "$file"
    try cisup $small --csv "$file"
done
try cisup $small -o folder --force
try cisup $small -o mine.mtx/a.mtx
cat mine.mtx mine.csv
# Both files or none.
try cisup $small -o a.mtx --csv nofolder/a.csv
try cisup $small -o a.mtx --csv mine.csv
try cisup $small -o nofolder/a.mtx --csv a.csv
try cisup $small -o mine.csv --csv a.csv
try cisup $small -o same.csv --csv same.csv
# Only .mtx is compressed.
try cisup $small -o a.csv.gz
try cisup $small -o .gz
try cisup $small -o a.mtx.gz
try cisup $small -o a.mtx.gz
try cisup $small -o a.mtx.gz --force
try cisup check -q a.mtx.gz
# One thing on standard output.
try cisup $small -o - --json
try cisup $small -o - --csv -
try cisup $small --csv - --json
seats() { cisup allocate -D 15 -d 1 -S 3 -T 2 "$@"; }
try seats -o -
try seats -o a.csv -q
try cisup check -q a.csv
try seats --dry-run -o b.csv
