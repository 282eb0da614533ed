for value in 0 -1 nan NaN inf -inf 1e999 0x1p3 1,5 x '' '1 '; do
    try cisup propagate --margin "$value"
done
try cisup circuits --margin 0 circuits.csv
try cisup circuits --gate --margin -2 circuits.csv
try cisup propagate --w-correction -0.1
try cisup propagate --w-correction nan
try cisup propagate --center nan
try cisup propagate --center inf
for seed in -1 x 1.5 '' 9223372036854775808 18446744073709551616; do
    try cisup allocate --seed "$seed"
done
try cisup propagate --seed 0x10
