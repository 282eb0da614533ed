# Where output goes to: open descriptors, links, permissions, folders.
small='allocate -D 15 -d 1 -S 3 -T 2 -q'
ln -s /proc/self/fd/1 stdout
for force in '' --force; do
    { echo before; cisup $small -o stdout $force; echo after; } >got
    [ -h stdout ] && cat got
    cisup $small -o stdout $force >>got
    grep -c . got
    cisup $small -o stdout $force | grep -c .
done
echo old >kept.csv
chmod 600 kept.csv
ln -s kept.csv link.csv
try cisup $small -o link.csv
try cisup $small -o link.csv --force
[ -h link.csv ] && stat -c %a kept.csv && grep -c . kept.csv
ln -s nothing.csv dangling.csv
try cisup $small -o dangling.csv
try cisup $small -o dangling.csv --force
[ -h dangling.csv ] && grep -c . nothing.csv
# A folder is exchanged whole: nothing of an older, deeper network stays.
export='export -D 60 -S 3 -T 5 -q'
try cisup $export -L 1 -o out/ | tail -n 1
try cisup $export -L 1 -o out// | tail -n 2
cisup $export -L 3 -o deep && chmod 750 deep && ln -s deep shallow
try cisup $export -L 1 -o shallow/ --force
[ -h shallow ] && stat -c %a deep && diff -r out deep && echo same
# Files of others are not lost.
echo mine >deep/notes.txt
try cisup $export -L 1 -o deep --force
rm deep/notes.txt
mkdir deep/sub
try cisup $export -L 1 -o deep --force
rmdir deep/sub
rm deep/manifest.json
try cisup $export -L 1 -o deep --force | sed 's/: .* in it is/: ... in it is/'
echo '{"schema": "other/1", "files": []}' >deep/manifest.json
try cisup $export -L 1 -o deep --force | sed 's/: .* in it is/: ... in it is/'
mkdir empty
try cisup $export -L 1 -o empty --force | tail -n 1
try cisup $export -L 1 -o /
ls
# A named pipe gets all rows.
echo '{"fixed": {"D": 60, "S": 3, "T": 4, "L": 1, "networks": 1, "samples": 2}, "grid": {"z": [1, 2]}}' >s.json
mkfifo pipe
cat pipe >piped.csv &
cisup sweep s.json -q --csv pipe
wait
cisup sweep s.json -q --csv - | cmp - piped.csv && [ -p pipe ] && echo piped
