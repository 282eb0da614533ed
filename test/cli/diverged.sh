# Networks that diverge: nothing of what ran over may look like a small error.
B='propagate -D 200 -S 2 -T 1000 -L 72 -K 1 -M 2 -z 3 --weights plain --seed 1'
last() { cisup $B --all "$@" | grep '^ *72 ' | tr -s ' '; }
try last --precision single --engine batched
try last --precision single --engine sparse
single='--precision single --csv -'
cisup $B $single -q --engine batched | grep 'error,.*,72,3,72,' | cut -d, -f-16 >batched
cisup $B $single -q --engine sparse | grep 'error,.*,72,3,72,' | cut -d, -f-16 | cmp - batched && cat batched
cisup $B --precision single --json | sed -n '/"record":"error".*"layer":72,"state":"active","quantity":"x"/p
/"record":"open".*"layer":72,"block":0/p'
rm batched
cat >nan.json <<'END'
{"N": 3, "S": 2, "T": 3, "z": 1, "L": 3, "d": 1, "base_allocation": [[0, 1], [0, 2], [1, 2]],
 "permutations": [[0, 1, 2], [0, 1, 2]], "w": [[[1e+200]], [[-1e+200]], [[1e+200]]], "b": [0],
 "active": [[0]], "input": [[[1e+150]]]}
END
try cisup run nan.json
try cisup run nan.json --engine assembled
