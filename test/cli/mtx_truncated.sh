# A file cut anywhere: the banner, the metadata, the sizes, an entry, between entries.
cisup allocate -D 120 -S 4 -T 10 --scheme ref -q -o whole.mtx
cisup allocate -D 120 -S 4 -T 10 --scheme ref -q -o whole.mtx.gz
size=$(wc -c <whole.mtx)
for bytes in 0 1 14 40 49 50 80 191 201 281 $((size - 5)) $((size - 4)) $((size - 1)); do
    head -c $bytes whole.mtx >cut.mtx
    echo "# the first $bytes of $((size)) bytes"
    try cisup check cut.mtx
done
# No cut gives a wrong answer.
answers=0
bytes=0
while [ $bytes -lt "$size" ]; do
    head -c $bytes whole.mtx >cut.mtx
    cisup check -q cut.mtx 2>/dev/null
    [ $? -eq 3 ] || answers=$((answers + 1))
    bytes=$((bytes + 7))
done
echo "$answers cuts were accepted"
for bytes in 0 1 2 9 10 11 40 100; do
    head -c $bytes whole.mtx.gz >cut.mtx.gz
    echo "# the first $bytes bytes, compressed"
    try cisup check cut.mtx.gz
done
size=$(wc -c <whole.mtx.gz)
head -c $((size - 4)) whole.mtx.gz >cut.mtx.gz
try cisup check cut.mtx.gz
# A flipped bit shows in the check sum.
{ head -c $((size - 6)) whole.mtx.gz && printf x && tail -c 5 whole.mtx.gz; } >cut.mtx.gz
try cisup check cut.mtx.gz
