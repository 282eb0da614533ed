small='propagate -D 60 -S 3 -T 5 -L 2 -K 1 -M 2 -z 1 -q'
mkdir folder
echo mine >mine.csv
for file in nofolder/a.csv '' mine.csv folder; do try cisup $small --csv "$file"; done
try cisup $small --csv folder --force
cat mine.csv
try cisup $small --csv a.csv
try cisup $small --csv a.csv
try cisup $small --csv a.csv --force
head -n 1 a.csv
try cisup $small --csv - --json
try cisup $small --csv b.csv --dry-run
try cisup $small -T 5000 --csv b.csv
