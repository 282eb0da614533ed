#!/bin/sh
# Predicted (9.4) over measured mean square error of active x in masked-linear networks, at
# shapes that its terms were not fitted on, z = 1..4, l = 2..4, as a table; last how many
# cells are within 10 %. Usage: bench/refined_table.sh build/apps/cisup [K] [M]
set -eu
cisup=$1 K=${2:-20} M=${3:-500}
echo "| D, T, S, b | z | l = 2 | l = 3 | l = 4 |"
echo "|---|---|---|---|---|"
while read -r D T S b; do
    "$cisup" propagate -D "$D" -d 4 -T "$T" -S "$S" -L 4 -z 1,2,3,4 --margin "$b" \
        --scheme ref --mode masked-linear -K "$K" -M "$M" --json |
        grep '"quantity":"x"' | grep '"state":"active"' | sed "s/^/$D $T $S $b /"
done <<LIST |
1200 450 5 0.5
1600 900 5 0.5
1000 700 4 2
1200 300 8 1
1400 1500 3 1
LIST
    awk '
    function field(name) {
        match($0, "\"" name "\":[-+0-9.e]*")
        return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
    }
    field("layer") >= 2 {
        ratio = field("refined") / field("mse")
        row = (row == "" ? sprintf("| %s, %s, %s, %s | %s |", $1, $2, $3, $4, field("z")) : row) \
            sprintf(" %.3f |", ratio)
        cells++
        within += ratio > 0.9 && ratio < 1.1
    }
    field("layer") == 4 { print row; row = "" }
    END { printf "\n%d of %d cells within 10 %%\n", within, cells }'
