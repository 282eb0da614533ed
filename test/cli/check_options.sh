# What has no effect is refused.
cisup allocate -D 80 -d 1 -S 3 -T 20 --scheme ref -o a.mtx -q
cisup allocate -D 80 -d 1 -S 3 -T 20 --scheme ref -o a.csv -q
for option in '-D 40' '-d 4' '-T 3' '-T max' '--seed 1' '--sample 3' --algebra; do try cisup check -q a.mtx $option; done
try cisup check -q a.mtx -N 3
try cisup check -q a.mtx -N 80
try cisup check -q a.csv -N 81
for option in --lenient '-N 250' '--seed 1' '--seed 4 --algebra' '--memory 1M --sample 3' '--memory 1M --algebra'; do
    try cisup check -q --scheme td $option
done
try cisup check -q --scheme td --memory 10M
# More neurons than the memory given can count.
try cisup check -q a.csv -N 2147483647 --memory 1G
