# Every command that works on several threads gives the same bytes on 1, 2 and 5.
small='-D 200 -S 4 -T 40 -L 3 -K 3 -M 19 -z 1,2'
same() { # NAME COMMAND...: --threads where the command has it, else the environment
    name=$1
    shift
    for threads in 1 2 5; do
        rm -rf out.d out.sqlite
        case "$1" in
        export | run) OMP_NUM_THREADS=$threads cisup "$@" ;;
        *) cisup "$@" --threads $threads ;;
        esac 2>&1 | grep -v '"record":"timing"' | sed 's/"seconds":[^,}]*//' >bytes$threads
        [ ! -d out.d ] || cat out.d/* >>bytes$threads
    done
    cmp bytes1 bytes2 && cmp bytes1 bytes5 && [ -s bytes1 ] && echo "$name: same"
}
for engine in auto batched sparse assembled; do
    same "propagate $engine" propagate $small --json --engine $engine
done
same 'propagate single' propagate $small --json --precision single
same 'propagate terms' propagate $small --json --terms
same 'propagate worst' propagate $small --json --worst 3
same 'propagate exclude' propagate -D 200 -S 4 -T 40 -L 3 -K 3 -M 19 -z 2 --json --exclude 3
same 'propagate implicit' propagate $small --json --implicit
same 'propagate gate' propagate -D 400 -S 4 -T 40 -L 3 -K 2 -M 9 -z 1 --json --family gate
cisup allocate -D 2000 -S 6 -T 2000 -o a.csv -q
sed '/^7,/{h;s/^7,/2000,/;x;G;}' a.csv >twice.csv
same 'check' check a.csv --json
same 'check, a circuit twice' check twice.csv --json
same 'check computed' check --scheme td -D 2000 -S 6 -T 2000 --json
same 'capacity' capacity -D 60 -S 3 -L 3 -M 16 --tolerance 0.2 -z 1 --budget 0.3 --json
same 'frontier' frontier --along D --at 60,80 -S 3 -L 2 -M 8 --tolerance 0.2 --budget 0.3 --json
same 'claims' claims --only 4,9,16 -K 3 -M 9 --json
same 'sweep' sweep "$DATA/example_sweep.json" --journal out.sqlite --json
same 'export' export -D 200 -S 4 -T 40 -L 2 -o out.d
same 'run' run "$DATA/exact_networks.json"
