for list in '' , 5, ,5 5,,6 5:1 1: :5 1::2 1:5:0 1:5:-1 1:5:2:7 1-5 0 0:3 5,0 -3 x 1,x 2.5 \
    1e3 99999999999999999999 1:99999999999 max:5 1:max; do
    try cisup propagate -T "$list"
done
for option in -D -S -z; do
    try cisup propagate $option max
    try cisup propagate $option 1,max
    try cisup propagate $option 3:1
done
try cisup allocate -T 1,2
try cisup allocate -T 1:3
try cisup allocate -T max,max
for option in -D -T -S; do try cisup export -o out $option 5,6; done
