# Sizes of all matrices, in each form and weight scheme.
sizes() { grep '"\(file\|rows\|columns\|entries\)"' "$1/manifest.json" | tr -d ' \n' | sed 's/"file"/\n"file"/g'; echo; }
for weights in plain balanced split capped; do
    cisup export -q -D 50 -d 3 --family rotation3 -S 3 -T 5 -L 2 --weights $weights -o $weights
    echo $weights
    sizes $weights
done
cisup export -q -D 50 -d 3 --family rotation3 -S 3 -T 5 -L 2 --form full -o full
echo full
sizes full
head -n 3 full/E1.mtx
# The same seed gives the same bytes; another network of it others.
export='export -q -D 50 -d 3 --family rotation3 -S 3 -T 5 -L 2 --form full'
cisup $export -o again && diff -r full again && echo same
cisup $export --network 1 -o other
cisup $export --seed 2 -o seed
for folder in other seed; do cmp -s full/W2.mtx $folder/W2.mtx || echo "$folder: different"; done
cisup $export --gzip -o zipped
for file in E1 U1 B1 w1 wbar1 W2 W2_left W2_right allocation; do
    gzip -dc zipped/$file.mtx.gz | cmp - full/$file.mtx
done
