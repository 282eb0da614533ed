small='export -D 60 -S 3 -T 5 -L 2 -q'
mkdir folder
echo mine >mine
echo mine >folder/mine
try cisup $small -o nofolder/out
try cisup $small -o ''
try cisup $small -o folder
try cisup $small -o mine
try cisup $small -o mine --force
try cisup $small -o mine/out
cat mine
try cisup $small -o out
try cisup $small -o out
try cisup $small -o out --force
try cisup $small -o folder --force
cat folder/mine
try cisup $small -o zipped --gzip
