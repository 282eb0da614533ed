# Noise on the inputs of networks, and what it does not go with.
small='propagate -D 60 -S 3 -T 12 -L 2 -K 2 -M 4 -z 1'
cisup $small --construction masks --input-noise 0.1 --json -q | sed -n 's/.*\("input_noise":[^,]*\),.*\("engines":[^]]*]\).*/\1 \2/p'
cisup $small --input-noise 0 --json -q | grep -c input_noise
for option in --terms '--worst 1' '--exclude 1' --implicit '--engine sparse' '--engine assembled'; do
    try cisup $small --input-noise 0.1 $option
done
try cisup $small --input-noise -1
try cisup $small --input-noise inf
try cisup $small --robust-masks --input-noise 0.1
try cisup $small --construction masks --robust-masks
