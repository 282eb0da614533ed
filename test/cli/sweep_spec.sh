# A spec is refused before anything runs, with its place; no journal is made.
spec() {
    printf '%s\n' "$1" >s.json
    echo "# $1"
    try cisup sweep s.json -q
    rm -f s.json
}
fixed() { spec "{\"fixed\":{$1},\"grid\":{\"seed\":[1,2]}}"; }
grid() { spec "{\"grid\":{$1}}"; }
try cisup sweep none.json
for root in '' '[]' '5' '{}' '{"fixed":{}}' '{"grid":{}}' '{"grid":[]}' '{"grid":{"T":5}}' \
    '{"grid":{"T":[]}}' '{"grid":{"T":{}}}' '{"grid":{"T":[5,6]},"cells":4}' \
    '{"fixed":[1],"grid":{"T":[5]}}' '{"fixed":{"T":5},"grid":{"T":[5]}}' \
    '{"grid":{"T":[5]},"grid":{"T":[6]}}' '{"grid":{"T":[5],"T":[6]}}' '{"grid":{"T":[5}'; do
    spec "$root"
done
for entry in '"foo":5' '"width":60' '"keep_order":true' '"even-out":"no"' '"threads":1' '"":1' \
    '"json":true'; do fixed "$entry"; done
for entry in '"D":"60"' '"D":60.5' '"D":0' '"D":-1' '"D":null' '"D":[60]' '"D":"max"' \
    '"T":"most"' '"T":true' '"d":0' '"L":"2"' '"z":0' '"z":[]' '"z":[1,0]' '"z":["1"]' \
    '"z":"1,2"' '"mode":"foo"' '"mode":5' '"mode":""' '"reflect":1' '"reshuffle":"no"' \
    '"margin":"1"' '"margin":0' '"w_correction":-1' '"seed":-1' '"seed":1.5' \
    '"seed":9223372036854775808' '"networks":0' '"samples":0' '"gate":true' \
    '"circuit_file":5' '"circuit_file":"none.csv"' '"input_file":"none.csv"'; do fixed "$entry"; done
grid '"T":[5,0]'
grid '"T":[5,6,5]'
grid '"z":[1,[1,2],[1,"2"]]'
grid '"weights":["plain","capped","worst"]'
# Each value is allowed, together they are not.
spec '{"fixed":{"D":60,"T":5,"S":3},"grid":{"scheme":["ref","best"],"reflect":[false,true]}}'
spec '{"fixed":{"D":60,"S":3},"grid":{"T":[5,6],"z":[5,6]}}'
seq -s, 1 1001 >list
spec "{\"grid\":{\"seed\":[$(cat list)],\"T\":[$(cat list)]}}" | cut -c 1-60
# Too many cells are refused before a value is looked at.
seq -s, 1 1000001 >list
spec "{\"grid\":{\"T\":[-1,$(cat list)]}}" | cut -c 1-60
# The same value written in another way.
grid '"margin":[1,1.0]'
grid '"center":[0.5,1e-1,5e-1,0.1]'
grid '"z":[1,2,[1]]'
grid '"z":[1,[1,2,1]]'
fixed '"z":[3,3]'
grid '"seed":[9223372036854775806,9223372036854775807,9223372036854775806]'
# Files that a spec names are beside it.
mkdir specs
cp "$DATA/example_circuits.csv" specs/c.csv
echo '{"fixed":{"circuit_file":"c.csv","gate":true,"D":60,"S":2,"z":1},"grid":{"samples":[1]}}' >specs/s.json
try cisup sweep specs/s.json
try cisup sweep --journal specs/s.sqlite
cd specs || exit 1
try cisup sweep s.json
