# Both ways to assemble weights give the same bytes.
sizes="-D 200 -T 60 -S 4 -L 3 --seed 5"
for weights in plain balanced split capped; do
    for way in auto products direct; do
        cisup export $sizes --weights $weights --assemble $way -o $weights.$way -q
    done
    cmp_all() {
        for file in $weights.products/*.mtx; do
            cmp "$file" "$weights.$1/${file##*/}" || echo "$file"
        done
    }
    cmp_all direct
    cmp_all auto
    echo "$weights $(ls $weights.direct | wc -l)"
done
for way in products direct; do
    cisup propagate $sizes -z 2 -K 2 -M 20 --engine assembled --assemble $way --json |
        grep -v '"record":"timing"' >$way.json
done
cmp products.json direct.json && wc -l <direct.json
try cisup propagate $sizes --assemble products
try cisup export $sizes --assemble both -o other
cat >network.json <<'END'
{"N": 4, "S": 2, "T": 3, "z": 1, "L": 2, "d": 2,
"base_allocation": [[0,1],[1,2],[2,3]], "permutations": [[1,0,2]],
"w": [[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0,1]]], "b": [-0.5,0.25],
"active": [[0]], "input": [[[1,2]]]}
END
for way in products direct; do
    cisup run --engine assembled --weights --assemble $way network.json >$way.json
done
cmp products.json direct.json && wc -c <direct.json
try cisup run --assemble direct network.json
