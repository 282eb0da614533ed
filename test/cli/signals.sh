# A signal ends a run in order: what was measured is kept, drafts are gone.
long='propagate -D 200 -S 3 -T 20 -L 4 -M 400 -z 1 -K 100000 -q --threads 1'
for signal in TERM INT; do
    sh -c 'trap - INT; exec "$@"' sh cisup $long --csv $signal.csv &
    sleep 0.5
    kill -$signal $!
    wait $!
    echo "$signal: exit $?"
    grep -c '^error' $signal.csv
done
ls
