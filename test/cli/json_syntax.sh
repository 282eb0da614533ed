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
