# No output is a file that the command reads, nor a second output, whatever its name.
cat >s.json <<'END'
{"fixed": {"D": 60, "S": 3, "L": 2, "networks": 1, "samples": 2, "T": 4},
 "grid": {"z": [1, 2], "exclude": ["out.csv"]}}
END
echo circuit >out.csv
echo 3 >>out.csv
mkdir folder
ln -s ../s.sqlite folder/link
ln -s folder/none dangling
try cisup sweep s.json -q
for name in s.sqlite ./s.sqlite folder/../s.sqlite folder/link s.sqlite-wal ./s.sqlite-shm \
    s.sqlite-journal out.csv; do
    try cisup sweep s.json -q --csv $name --force
    try cisup sweep --journal folder/link --export --csv $name --force
done | grep -v '^exit'
try cisup sweep s.json --csv ./s.json --force
try cisup sweep --journal s.sqlite --status
try cisup sweep none.json --journal new.sqlite --csv ./new.sqlite
try cisup sweep s.json --journal new.sqlite --csv ./new.sqlite
ln s.json hard.json
try cisup sweep s.json --csv hard.json --force
head -n 1 s.json out.csv
# Circuits, inputs and excluded circuits.
own='propagate --circuit-file c.csv --input-file i.csv -D 60 -S 3 -T 4 -z 1 -K 1 -M 2 -q'
cat >c.csv <<'END'
circuit,layer,i,j,value
0,1,0,0,1
0,2,0,0,1
END
cat >i.csv <<'END'
circuit,input,i,value
0,0,0,1
END
for name in ./c.csv folder/../i.csv out.csv; do
    try cisup $own --exclude out.csv --csv $name --force
done
head -n 1 c.csv i.csv
try cisup $own --csv dangling --force
ls folder
# Two outputs.
small='allocate -D 60 -S 3 -q'
ln -s x.csv x.link
try cisup $small -o x.csv --csv ./x.csv
try cisup $small -o x.csv --csv x.link --force
echo 1 >x.csv
try cisup $small -o x.csv --csv x.link --force
try cisup $small -o folder/x.csv --csv x.csv --force
try cisup $small -o /dev/null --csv /dev/null
