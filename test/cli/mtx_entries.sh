pattern() { # the entries of a 3 x 2 matrix
    printf '%%%%MatrixMarket matrix coordinate %s general\n3 2 2\n' "$1" >a.mtx
    shift
    printf '%s\n' "$@" >>a.mtx
    echo "# $*"
    try cisup check a.mtx
}
pattern pattern '0 1' '1 2'
pattern pattern '1 0' '1 2'
pattern pattern '4 1' '1 2'
pattern pattern '1 1' '1 3'
pattern pattern '-1 1' '1 2'
pattern pattern '1 1' '1 1'
pattern pattern '1 1'
pattern pattern '1 1' '3 2' '2 2'
pattern pattern '1 1' '3'
pattern pattern '1 1' '3 2 1'
pattern pattern '1 1' '3 x'
pattern pattern '1 1' '3.5 2'
pattern pattern '1 1' '99999999999999999999 2'
pattern pattern '1 1' '' '3 2'
pattern pattern '1 1' '% late comment' '3 2'
pattern pattern '1 1' '3 2' '% last comment'
pattern real '1 1 1' '3 2 nan'
pattern real '1 1 inf' '3 2 1'
pattern real '1 1 1e999' '3 2 1'
pattern real '1 1' '3 2 1'
pattern real '1 1 1.5D+02' '3 2 1'
pattern real '1 1 0x1p3' '3 2 1'
pattern integer '1 1 1.5' '3 2 1'
pattern integer '1 1 9007199254740993' '3 2 1'
printf '%%%%MatrixMarket matrix coordinate pattern general\r\n3 2 1\r\n1 1\r\n' >a.mtx
try cisup check a.mtx
printf '%%%%MatrixMarket matrix coordinate pattern general\n3 1 1\n1 \0001\n' >a.mtx
try cisup check a.mtx
