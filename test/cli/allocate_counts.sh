# The counts of docs/math.md, section 2: schemes prime, ref, greedy, and ref with hop S-1.
count() { cisup allocate -d 1 "$@" | sed -n 's/^circuits *\([0-9]*\) .*/\1/p'; }
while read -r N S; do
    echo N=$N S=$S: $(count -D $N -S $S --scheme prime) $(count -D $N -S $S --scheme ref) \
        $(count -D $N -S $S --scheme greedy) $(count -D $N -S $S --scheme ref --hop S-1)
done <<END
20 3
30 4
100 4
200 6
250 6
500 5
500 6
1000 6
END
numbers() { cisup allocate "$@" | sed -n -e '/^circuits/p' -e 's/^\(capacity.*\),.*bound \([0-9]*\).*/\1 of \2/p' -e 's/^\(load.*\), cv.*/\1/p'; }
try numbers
try numbers -D 1000 -d 4 -S 6 -T max --scheme ref
try numbers -D 1003 -T 557
try numbers -T 1
try numbers -D 12 -S 3 -T 1
try numbers -S 2 -D 1000 -d 2 --scheme ref --hop S-1
try numbers -S 1 -T 1000
try numbers -S 1 -T 1000 --scheme random
try numbers --scheme ref --reflect
try numbers -T 300 --scheme random --seed 7
try numbers -D 1000000 -S 5 -T 100000
