# A signal ends a run in order: what was measured is kept, drafts are gone. A shell has
# its background jobs ignore SIGINT, and what is ignored stays so.
long='propagate -D 200 -S 3 -T 20 -L 4 -M 400 -z 1 -K 100000 -q --threads 1'
begun() { while ! ls "$1".*.tmp "$1" 2>/dev/null | grep -q .; do sleep 0.01; done; }
for signal in TERM INT HUP; do
    env --default-signal=INT,HUP cisup $long --csv $signal.csv &
    begun $signal.csv
    kill -$signal $!
    wait $!
    echo "$signal: exit $?"
    grep -c '^error' $signal.csv
done
short='propagate -D 200 -S 3 -T 20 -L 4 -M 400 -z 1 -K 300 -q --threads 1'
env --ignore-signal=INT,TERM,HUP cisup $short --csv ignored.csv &
begun ignored.csv
for signal in TERM INT HUP; do kill -$signal $!; done
wait $!
echo "ignored: exit $?"
ls
