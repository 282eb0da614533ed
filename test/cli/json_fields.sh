cat >network.json <<'END'
{
"N": 4,
"S": 2,
"T": 3,
"z": 1,
"L": 2,
"d": 2,
"scheme": "capped",
"mode": "relu",
"c_unembed": 0.5,
"w_correction": 1.25,
"kappa_rows": false,
"base_allocation": [[0,1],[1,2],[2,3]],
"permutations": [[1,0,2]],
"w": [[[1,0],[0,1]],[[2,0],[0,2]],[[1,1],[0,1]]],
"b": [-0.5,0.25],
"wbar": [[1,0],[0,1]],
"active": [[0],[2]],
"input": [[[1,2]],[[3,4]]],
"family": "by hand"
}
END
runs() { cisup run "$1" >/dev/null; }
try runs network.json
for field in N S T z L d base_allocation permutations w b active input; do
    sed "/^\"$field\"/d" network.json >a.json
    echo "# without $field"
    try runs a.json
done
for field in scheme mode c_unembed w_correction kappa_rows wbar; do
    sed "/^\"$field\"/d" network.json >a.json
    echo "# without $field"
    try runs a.json
done
value() { # field value
    sed "s/^\"$1\": .*/\"$1\": $2,/" network.json >a.json
    echo "# $1: $2"
    try runs a.json
}
for field in N S T z L d; do
    for bad in 0 -1 1.5 '"2"' null '[2]' true; do value $field "$bad"; done
done
value S 5
value z 4
value z 2
value T 2
value T 4
value L 3
value d 3
value N 3
value N 3000000000
value T 4611686018427387904
value T 1000000000000000
value L 1000000000000
value d 1099511627776
value scheme '"foo"'
value scheme 5
value mode '"foo"'
value mode '""'
value c_unembed '"x"'
value w_correction null
value w_correction -1
value kappa_rows 1
for field in base_allocation permutations w b wbar active input; do
    for bad in null 5 '"x"' '[]' '[5]' '{}' '[[]]' '[[[[[5]]]]]'; do value $field "$bad"; done
done
# Unknown fields; results of a run may stand beside what it was given.
with() {
    sed "s/^\"N\": 4,/&$1,/" network.json >a.json
    echo "# with $1"
    try runs a.json
}
for more in '"Scheme":"plain"' '"c_umembed":0.3' '"":1' '"N S":1' '"n":4' '"cells":[]' \
    '"note":"mine"' '"A":[],"W":0,"kappa":[],"circuit_states":[],"readout":[],"record":"network"'; do
    with "$more"
done
for around in '"note":"mine"' '"scheme":"plain"'; do
    printf '{%s,"cases":[%s]}\n' "$around" "$(cat network.json)" >a.json
    echo "# around: $around"
    try runs a.json
done
