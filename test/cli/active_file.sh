# Active sets from a file, and bad requests for that.
small='propagate -D 60 -S 3 -T 12 -L 2 -K 2 -M 4'
printf '7 2\n\n2, 7,5\t\r\n1' >sets.txt
printf '\n' >none.txt
printf '1 2\n3 -2\n' >negative.txt
printf '1 2\n3 x\n' >word.txt
printf '1 2\n\n7 2 7\n' >twice.txt
printf '1 2\n0 12 4\n' >beyond.txt
printf '1 2\0 3\n' >nul.txt
: >empty.txt
cisup $small --active-file sets.txt --json -q | sed -n 's/.*"z":\[\(.*\)\],"mode.*"active_file":\("[^"]*"\).*/\1 \2/p'
cisup $small --active-file none.txt --construction masks --csv none.csv -q
grep inactive none.csv | cut -d, -f 1-6,8-16 | sed 2q
for file in negative word twice beyond nul empty missing; do
    try cisup $small --active-file $file.txt --csv out.csv
done
try cisup $small --active-file .
try cisup $small --active-file sets.txt -z 3
try cisup $small --active-file sets.txt --exclude 1
try cisup $small --active-file sets.txt -T 12,7
printf '0\n' >out.csv
try cisup $small --active-file out.csv --csv out.csv --force
