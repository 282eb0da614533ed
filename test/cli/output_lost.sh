# What cannot be written is said, with exit code 4.
small='-D 60 -S 3 -T 5'
run='-L 1 -K 1 -M 2 -z 1' # below the 4096 bytes that a stream holds back
try_to /dev/full cisup --help
try_to /dev/full cisup --version
for command in allocate check circuits propagate run export; do
    try_to /dev/full cisup $command --help
done
try_to /dev/full cisup allocate $small
try_to /dev/full cisup allocate $small --json
try_to /dev/full cisup allocate $small --csv -
try_to /dev/full cisup allocate $small -o -
try_to /dev/full cisup allocate $small --dry-run
try_to /dev/full cisup propagate $small $run
try_to /dev/full cisup propagate $small $run --json
try_to /dev/full cisup propagate $small $run --csv -
try_to /dev/full cisup propagate $small $run --json --csv figures.csv
try_to /dev/full cisup propagate $small --dry-run
cisup allocate $small -q -o a.mtx
try_to /dev/full cisup check a.mtx
try_to /dev/full cisup check a.mtx --json
try cisup allocate $small -q -o /dev/full
try cisup allocate $small -q --csv /dev/full
try cisup propagate $small $run -q --csv /dev/full
try cisup propagate $small $run -q --csv /dev/full --force
try cisup allocate $small -q -o /dev/null
try cisup allocate $small -q -o /dev/null --force
[ -c /dev/full ] && [ -c /dev/null ] && echo 'the devices are still there'
# Without standard output, or with a reader that has gone: no drafts are left, and
# the output does not end up in another file.
closed() { cisup "$@" >&-; }
try closed allocate $small --csv figures.csv
try closed propagate $small $run --json --csv more.csv
grep -c record more.csv
gone() { { sleep 0.2; cisup "$@"; echo "exit $?" >&2; } | :; }
try gone propagate $small -K 1 -M 2 -z 1,2 -L 5 --json --csv gone.csv
try gone check a.mtx
