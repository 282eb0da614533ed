# Every command within 128 kB of stack, those of its threads included: plans whose sizes
# are padded one by one, a plan on 2^31 points, networks on all engines, files.
ulimit -s 128
quiet() { echo "$ cisup $*"; cisup "$@" >/dev/null 2>&1; echo "exit $?"; }
small='-D 60 -S 3 -T 20 -L 2 -M 40 -K 2 --threads 3'
quiet allocate --plan -N 250 -S 6
quiet allocate --plan -N 1450 -S 30
quiet allocate --plan -N 2147483647 -S 8
quiet allocate --plan -N 1024 -S 32 --cycle 2
quiet allocate -N 250 -S 6 -o rows.mtx
quiet allocate -N 100 -S 5 --effort 0.01
quiet check rows.mtx -N 250 --threads 3
quiet check rows.mtx -N 250 --memory 60k --threads 3
quiet check --scheme td -D 1000 --algebra
for engine in batched sparse assembled; do quiet propagate $small --engine $engine; done
for engine in batched sparse reduced assembled; do
    quiet propagate --construction masks -D 200 -S 3 -T 60 -L 3 -M 40 -K 2 --threads 3 --engine $engine
done
quiet propagate $small --terms --worst 3 --json
quiet theory
quiet theory --construction masks --json
quiet capacity -D 60 -S 3 -L 2 -z 1 --budget 0.3 --threads 3
quiet export -D 60 -S 3 -T 20 -L 2 -o out
quiet claims --quick --only 20 -K 2 -M 10
echo '{"fixed": {"D": 60, "S": 3, "L": 2, "networks": 1, "samples": 2}, "grid": {"T": [4, 5]}}' >s.json
quiet sweep s.json
quiet sweep s.json --export
