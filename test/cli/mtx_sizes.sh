for sizes in '' 3 '3 2' '3 2 2 2' 'x 2 2' '3.0 2 2' '-3 2 2' '3 -2 2' '3 2 -2' \
    '99999999999999999999 2 2' '3 99999999999999999999 2' '4611686018427387905 2 2' \
    '3 2 1000000000000000' '1000000000000000 1000000000000000 1000000000000000' \
    '3000000000 2 2' '3 4000000000000000000 2' '2 2 2' '3 1 2' \
    '3 1 1' '3 2 3'; do
    printf '%%%%MatrixMarket matrix coordinate pattern general\n%s\n1 1\n3 2\n' \
        "$sizes" >a.mtx
    echo "# $sizes"
    try cisup check a.mtx
done
for sizes in '0 0 0' '3 0 0' '0 2 0' '3 2 0'; do
    printf '%%%%MatrixMarket matrix coordinate pattern general\n%s\n' "$sizes" >a.mtx
    echo "# $sizes"
    try cisup check a.mtx
done
