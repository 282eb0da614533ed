# Threads that the system does not give are exit code 4, never that of a violated property.
cisup allocate -D 2000 -S 6 -T 2000 -o a.csv -q
OMP_STACKSIZE=50000G try cisup check -q a.csv --threads 20
OMP_STACKSIZE=50000G try cisup check --scheme td -D 40000 -S 6 -T 100000 -q --threads 3
OMP_STACKSIZE=50000G try cisup propagate -q -K 2 -M 20 --threads 2
OMP_STACKSIZE=50000G OMP_NUM_THREADS=2 try cisup export -D 4000 -S 6 -T 2000 -L 2 -o e -q
OMP_STACKSIZE=50000G try cisup check -q a.csv --threads 1
# As many as the work has parts, whatever is asked for.
OMP_NUM_THREADS=5000 try cisup propagate -D 100 -S 3 -T 10 -K 2 -M 9 -q
try cisup propagate -D 100 -S 3 -T 10 -K 2 -M 9 -q --threads 1024
# The same limits in every command; 0 is all.
try cisup check -q a.csv --threads 0
try cisup check -q a.csv --threads 1025
try cisup propagate --threads 1025
try cisup capacity --budget 1 --threads 1025
try cisup claims --threads 1025
try cisup sweep --threads -1
