# The published network; then with a budget, beside the loads of an allocation.
try cisup theory -L 3
try cisup theory -T max --scheme ref -L 2 -z 2 --budget 0.5
try cisup theory -T 1 -L 1
try cisup theory --quiet
