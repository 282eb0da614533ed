# A network that carries its masks, beside the published one.
masks() { cisup theory "$@" --construction masks >text; code=$?; sed -n '/^network that/,$p' text; rm text; return $code; }
try masks -z 1 -L 2
try masks -d 2 -S 3 -z 2 -L 4 -T 2000 --budget 0.3 --cycle 3
try masks -d 2 -S 1 -z 2 -L 17 -T 466 --budget 0.1
try masks -d 2 -S 1 -z 3 -L 3 -T 100000 --fresh
lines() { cisup theory --construction masks --json "$@" | grep -c '"name":"masks_'; }
try lines -L 2
try lines -L 2 --budget 0.1
try cisup theory --construction foo
try cisup theory --cycle 2
try cisup theory --construction masks --cycle 1
try cisup theory --construction masks -S 167
