#!/bin/sh
# Prints the table of docs/allocations.md: circuits of scheme best, Johnson's bound and
# the published scheme. Usage: bench/allocation_table.sh build/apps/cisup
set -eu
cisup=$1
field() { # field NAME of a JSON line on standard input
    sed "s/.*\"$1\":\([0-9]*\).*/\1/"
}
echo "| N | S | best | Johnson's bound | % | ref |"
echo "|---|---|---|---|---|---|"
for N in 50 100 250 500 1000 2500 10000; do
    for S in 3 4 6 8 10 16; do
        plan=$("$cisup" allocate -D $N -d 1 -S $S --scheme best --plan --json)
        T=$(echo "$plan" | field circuits)
        bound=$(echo "$plan" | field bound)
        ref=$("$cisup" allocate -D $N -d 1 -S $S --scheme ref --dry-run --json | field capacity)
        echo "| $N | $S | $T | $bound | $((1000 * T / bound / 10)).$((1000 * T / bound % 10)) | $ref |"
    done
done
