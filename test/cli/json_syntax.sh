text() {
    printf "$1" >a.json
    echo "# $1"
    try cisup run a.json
}
text '{'
text '{"N":'
text '{"N":1,}'
text '{N:1}'
text "{'N':1}"
text '{"N":1} 2'
text '{"N":1}{"N":1}'
text '{"N":4,"N":5}'
text '{"N":NaN}'
text '{"N":Infinity}'
text '{"N":1e999}'
text '{"N":99999999999999999999}'
text '{"N":01}'
text '{"N":"\377"}'
text '{"N":1\n\n,"S":\n}'
text '\357\273\277{}'
text null
text 5
text '"network"'
text '[]'
text '[5]'
text '{}'
text '{"cases":[]}'
text '{"cases":5}'
text '{"cases":{}}'
text '{"cases":[null]}'
# A byte order mark.
text '\357\273\277{"N":1,}'
text '\357\273{"N":1}'
text '\357\273\277\357\273\277{"N":1}'
text '\357'
sed '1s/^/\xef\xbb\xbf/' "$DATA/exact_networks.json" >a.json
cisup run "$DATA/exact_networks.json" >b.jsonl
cisup run a.json | cmp - b.jsonl
cisup run - <a.json | cmp - b.jsonl
printf '\357\273\277{"fixed":{"D":60,"T":5,"S":3,"networks":1,"samples":1},"grid":{"L":[1]}}' >s.json
try cisup sweep s.json
