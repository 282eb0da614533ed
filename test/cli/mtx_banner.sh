body='3 2 2
1 1
3 2'
for banner in '' '3 2 2' '%' '%%MatrixMarke matrix coordinate pattern general' \
    '%%matrixmarket matrix coordinate pattern general' '%%MatrixMarket' \
    '%%MatrixMarket matrix' '%%MatrixMarket vector coordinate pattern general' \
    '%%MatrixMarket matrix array real general' \
    '%%MatrixMarket matrix coordinate complex general' \
    '%%MatrixMarket matrix coordinate pattern' \
    '%%MatrixMarket matrix coordinate pattern symmetric' \
    '%%MatrixMarket matrix coordinate real skew-symmetric' \
    '%%MatrixMarket matrix coordinate complex hermitian' \
    '%%MatrixMarket matrix coordinate pattern general x'; do
    printf '%s\n%s\n' "$banner" "$body" >a.mtx
    echo "# $banner"
    try cisup check a.mtx
done
