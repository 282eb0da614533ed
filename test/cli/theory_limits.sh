# What binds, and where nothing does.
limits() { cisup theory "$@" >text; code=$?; sed -n '/^largest/,/^published/p' text | sed '$d'; rm text; return $code; }
try limits --budget 0.2 --scheme best
try limits --budget 0.2 --scheme random -T 100
try limits --budget 0.001 -z 4
try limits --deviations 1
try limits -D 4 -S 1 -T 1 -L 1 --budget 0.1
try limits -L 6 --budget 0.1 -b 0.5
