# Designs as other programs write them (test/data/README.md), each by one command.
here=$DATA/../test/data
for file in "$here"/*; do cp "$file" .; done
verdict() { cisup check "$@" | sed '/^load  /s/, cv.*//; /^  load/d'; cisup check -q "$@"; }
try verdict --one-based fano_from_1.txt
try verdict fano_list.txt
try verdict affine_5.csv
try verdict --one-based la_jolla_9_3_2.txt
try verdict --lambda 2 biplane_11.txt
try verdict biplane_11.txt
try verdict --one-based near_pencil_6.txt
try verdict affine_5_transposed.mtx
try verdict --transposed affine_5_transposed.mtx
# From 1 without being told: the verdict is the same, and there is a note.
try verdict fano_from_1.txt
# By content: through pipes, without names, compressed.
piped() { file=$1; shift; cat "$file" | verdict_of_pipe "$@"; }
verdict_of_pipe() { cisup check --json "$@" | sed 's/,"load_min.*"format"/ ... "format"/; s/,"seconds.*//'; }
for file in fano_list.txt affine_5.csv affine_5_transposed.mtx; do try piped $file -; done
try piped near_pencil_6.txt --one-based -
try piped biplane_11.txt --lambda 2 -
gzip -n affine_5.csv fano_list.txt
mv fano_list.txt.gz fano
try piped affine_5.csv.gz -
try verdict fano
cisup allocate -D 30 -d 1 -S 4 -T 3 --scheme ref -o - 2>/dev/null | sed 's/^[1-9].*/& /' >matrix
try verdict_of_pipe matrix
# A witness in the numbers of the file, the largest overlap and who has it.
sed 's/^2 3 5$/1 2 5 6/' fano_from_1.txt >bad
try cisup check --one-based bad
try cisup check --one-based --json bad | sed 's/,"seconds.*//'
sed 's/^0 1 4 5 8$/0 1 4 5 9/; s/^0 2 3 4 8$/0 3 4 5 9/' biplane_11.txt >bad
try cisup check --lambda 2 bad
try verdict_of_pipe --lambda 2 bad
try verdict --lambda 4 bad
# Values, and what cannot be.
sed -e 's/pattern/real/' -e '/^[0-9]* [0-9]*$/s/$/ 0.5/' affine_5_transposed.mtx >half.mtx
try cisup check half.mtx
try verdict --lenient --transposed half.mtx
try cisup check --transposed fano
try cisup check --lambda 0 fano
try cisup check --lambda 2 --cycle 2 fano
try cisup check --lambda 2 --scheme td
try cisup check --one-based fano
printf '1 2 3\n1 4 five\n' >bad
try cisup check bad
printf '[[0, 1, 2], [0, 3, 1.5]]' >bad
try cisup check bad
printf 'Blocks of C(6,3,2)\n1 2 3\n1 2 4\n' >bad
try verdict --one-based -N 6 bad
try cisup check --one-based -N 3 bad
# A circuit a line, and back.
cisup allocate -D 30 -d 1 -S 4 -T 11 --scheme ref -o a.blocks -q
try cat a.blocks
try verdict -N 30 a.blocks
