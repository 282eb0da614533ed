try cisup capacity
try cisup capacity --budget 0
try cisup capacity --budget x
try cisup capacity --worst -1
try cisup capacity --budget 1 --confidence 1
try cisup capacity --budget 1 --confidence 0.4
try cisup capacity --budget 1 --tolerance 0
try cisup capacity --budget 1 -K 11
try cisup capacity --budget 1 --threads 4097
try cisup capacity --budget 1 --schemes best,foo
try cisup capacity --budget 1 --schemes best,
try cisup capacity --budget 1 --schemes best --scheme ref
try cisup capacity --budget 1 --schemes best,ref --reflect
try cisup capacity --budget 1 --scheme best --reflect
try cisup capacity --budget 1 --quantity y
try cisup capacity --budget 1 --quantity x --family step2
try cisup capacity --budget 1 --state signal
try cisup capacity --budget 1 -T 5
try cisup capacity --budget 1 -D 3
try cisup capacity --budget 1 -S 251
try cisup capacity --budget 1 -D 60 -S 15 -z 2
try cisup capacity --budget 1 -D 60 -S 3,15 -z 1,2
try cisup capacity --budget 1 --circuit-file nofile.csv
try cisup capacity --budget 1 --precision single --engine assembled
try cisup capacity --budget 1 file
try cisup frontier --budget 1
try cisup frontier --budget 1 --along D
try cisup frontier --budget 1 --along D --at 5 -D 5
try cisup frontier --budget 1 --along T --at 5
try cisup frontier --budget 1 --along L --at 1
try cisup frontier --budget 1 --along D --at 60,80 -z 1,2
try cisup frontier --budget 1 --along z --at 1,2 -D 60,80
try cisup frontier --budget 1 --along D --at 60,0
try cisup frontier --budget 1 --along D --at 60,3
try cisup frontier --along D --at 60,80
try cisup frontier --budget 1 --along L --at 2,3 --circuit-file own.csv
