cat >network.json <<'END'
{
"N": 4, "S": 2, "T": 3, "z": 2, "L": 3, "d": 2,
"base_allocation": [[0,1],[1,2],[2,3]],
"permutations": [[1,0,2],[2,1,0]],
"w": [[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0,1]]],
"b": [-0.5,0.25],
"active": [[0,1],[2,1]],
"input": [[[1,2],[1,1]],[[3,4],[0,1]]]
}
END
runs() { cisup run "$@" >/dev/null; }
value() {
    sed "s/^\"$1\": .*[^,]\(,*\)$/\"$1\": $2\1/" network.json >a.json
    echo "# $1: $2"
    try runs a.json
}
try runs network.json
value permutations '[[0,0,2],[2,1,0]]'
value permutations '[[0,1,2],[2,1,3]]'
value permutations '[[0,1,2],[2,1,-1]]'
value permutations '[[0,1,2],[2,1,0.5]]'
value permutations '[[0,1,2],[2,1,1e300]]'
value permutations '[[0,1,2]]'
value permutations '[[0,1,2],[2,1]]'
value permutations '[[0,1,2],[2,1,0],[0,1,2]]'
value active '[[0,3],[2,1]]'
value active '[[0,-1],[2,1]]'
value active '[[0,0],[2,1]]'
value active '[[0,1],[2]]'
value active '[[0,1]]'
value active '[[0,1],[2,1],[0,1]]'
value active '[[0,"1"],[2,1]]'
value input '[[[1,2],[1,1]],[[3,4],[0]]]'
value input '[[[1,2],[1,1]],[[3,4],[0,null]]]'
value base_allocation '[[0,0],[1,2],[2,3]]'
value base_allocation '[[0,4],[1,2],[2,3]]'
value base_allocation '[[0,-1],[1,2],[2,3]]'
value base_allocation '[[0,1],[1,2]]'
value base_allocation '[[0,1],[1,2],[2]]'
value base_allocation '[[0,1.5],[1,2],[2,3]]'
value base_allocation '[[1,0],[2,1],[3,2]]'
value w '[[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0,"1"]]]'
value w '[[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0]]]'
value w '[[[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0,1]]]]'
value b '[-0.5]'
value b '[-0.5,0.25,0]'
value b '[[-0.5,0.25],[0,0]]'
# The second case of three is the bad one; the first was printed.
sed 's/"active": .*/"active": [[0,0],[2,1]],/' network.json >bad.json
{ echo '{"cases":['; cat network.json; echo ,; cat bad.json; echo ,; cat network.json; echo ']}'; } >a.json
lines() { cisup run "$1" >lines; status=$?; wc -l <lines; rm lines; return $status; }
try lines a.json
try lines - <network.json
