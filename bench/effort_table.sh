#!/bin/sh
# Every cell of data/allocation_targets.csv: the target (column
# with_searched_small_blocks), the circuits scheme best plans, and, where those are fewer,
# what the least of the efforts 1, 4 and 16 (above N = 1000 only 1) that reaches the
# target finds, else the most found. Seed 1. Usage: bench/effort_table.sh build/apps/cisup
set -eu
cisup=$1
targets=$(dirname "$0")/../data/allocation_targets.csv
count() { # count N S EFFORT
    "$cisup" allocate -D $1 -d 1 -S $2 --scheme best --effort $3 --seed 1 --dry-run --json |
        sed 's/.*"capacity":\([0-9]*\).*/\1/'
}
cells=0 planned=0 searched=0 beaten=0
echo "| N | S | target | planned | reached | effort | |"
echo "|---|---|---|---|---|---|---|"
while IFS=, read -r N S bound post plain target ours; do
    plan=$(count $N $S 0) best=$plan used=0
    for effort in 1 4 16; do
        if [ $best -ge $target ] || { [ $N -gt 1000 ] && [ $effort -gt 1 ]; }; then break; fi
        found=$(count $N $S $effort)
        if [ $found -gt $best ]; then best=$found used=$effort; fi
    done
    mark=
    if [ $best -lt $target ]; then mark=short; fi
    if [ $best -gt $target ]; then mark=beaten beaten=$((beaten + 1)); fi
    cells=$((cells + 1))
    planned=$((planned + (plan >= target)))
    searched=$((searched + (best >= target)))
    echo "| $N | $S | $target | $plan | $best | $used | $mark |"
done <<EOF
$(tail -n +2 "$targets")
EOF
echo
echo "$cells cells: $planned reach the target as planned, $searched with effort; $beaten beat it"
