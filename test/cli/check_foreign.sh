# Files of other origin. The Fano plane: any two of its 7 lines share one of 7 points.
verdict() { cisup check "$@" | sed '/^load  /s/, cv.*//'; cisup check -q "$@"; }
printf '\357\273\277circuit,neuron\r\n"6","2"\r\n6,4\r\n 6 , 5\r\n\r\n' >fano.csv
for seat in 0,0 0,1 0,2 1,0 1,3 1,4 2,0 2,5 2,6 3,1 3,3 3,5 4,1 4,4 4,6 5,2 5,3 5,6; do
    printf '%s\r\n' $seat
done >>fano.csv
try verdict fano.csv
try verdict -N 9 fano.csv
cat >pattern.mtx <<END
%%MatrixMarket matrix coordinate pattern general
%made by hand
% in two lines
4 3 6
4 3
1 1
2 1
3 2
1 2
2 3
END
try verdict pattern.mtx
sed -e 's/pattern/real/' -e '/^[0-9] [0-9]$/s/$/ 2.385e-1/' pattern.mtx >real.mtx
try cisup check real.mtx
try verdict --lenient real.mtx
sed -e 's/pattern/integer/' -e '/^[0-9] [0-9]$/s/$/ -3/' pattern.mtx >integer.mtx
try cisup check integer.mtx
try verdict --lenient integer.mtx
cat >habits.mtx <<END
%%matrixmarket MATRIX Coordinate Pattern Symmetric
3 3 3
% a triangle: each circuit holds the other two
2 1

3 1
3 2
END
try cisup check habits.mtx
try verdict --lenient habits.mtx
sed 's/$/\r/' pattern.mtx >crlf.mtx
try cisup check crlf.mtx
try verdict --lenient crlf.mtx
{ cat pattern.mtx; echo 2 3; } | sed 's/^4 3 6$/4 3 7/' >twice.mtx
try cisup check twice.mtx
try verdict --lenient twice.mtx
# A byte order mark, one % and a diagonal of zeros are lenient, too.
{ printf '\357\273\277 %s\n' '%MatrixMarket matrix coordinate pattern general'; sed 1d pattern.mtx; } >mark.mtx
try cisup check mark.mtx
try verdict --lenient mark.mtx
printf '%s\n' '%%MatrixMarket matrix coordinate real skew-symmetric' '2 2 2' '1 1 0' '2 1 5' >skew.mtx
try verdict --lenient skew.mtx
