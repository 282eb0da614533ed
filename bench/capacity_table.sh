#!/bin/sh
# Prints the tables of docs/capacity.md: the largest T of ReLU networks of rotation4
# circuits. Usage: bench/capacity_table.sh build/apps/cisup
set -eu
cisup=$1

# searches OPTION...: D z L scheme T low high limit, one search a line
searches() {
    "$cisup" capacity --construction published -d 4 -S 6 --tolerance 0.05 -K 60 --json "$@" |
        grep '"record":"capacity"' |
        sed -E 's/.*"D":([0-9]+).*"L":([0-9]+),"scheme":"([a-z]+)".*"z":([0-9]+).*"T":([0-9]+),"T_lo":([0-9]+),"T_hi":([0-9]+).*"binds":"?([a-z-]+).*"error_at_T":.*/\1 \4 \2 \3 \5 \6 \7 \8/'
}

for budget in 0.1 0.3; do
    echo "Budget $budget, scheme best:"
    echo
    echo "| D | z | L = 2 | L = 3 | L = 4 | L = 5 |"
    echo "|---|---|---|---|---|---|"
    for L in 2 3 4 5; do
        searches -D 500,1000,2000,4000 -z 1,2,3 -L $L --scheme best --budget $budget || :
    done | awk '{
        key = $1 " | " $2
        if (!(key in row)) order[++keys] = key
        row[key] = row[key] sprintf(" %s (%s-%s) %s |", $5, $6, $7, $8)
    } END { for (k = 1; k <= keys; k++) print "| " order[k] " |" row[order[k]] }'
    echo
done

echo "Gain of best over ref at L = 3:"
echo
echo "| budget | z | D | best | ref | gain |"
echo "|---|---|---|---|---|---|"
for budget in 0.1 0.3; do
    searches -D 500,1000,2000,4000 -z 1,2,3 -L 3 --schemes best,ref --budget $budget |
        awk -v budget=$budget '
            { cell = sprintf("%s (%s-%s) %s", $5, $6, $7, $8) }
            $4 == "best" { T = $5; best = cell }
            $4 == "ref" { printf "| %s | %s | %s | %s | %s | %.2f |\n",
                budget, $2, $1, best, cell, T / $5 }'
done
