version() { cisup "$1" >text; code=$?; sed 's/[0-9.]*$/.../' text; rm text; return $code; }
try version --version
try version version
first() { cisup "$@" >text; code=$?; sed -n 1p text; rm text; return $code; }
try first --help
try first help
for command in allocate check circuits propagate sweep capacity frontier theory claims run export; do
    try first $command --help
    try first $command -?
    try first $command -h
    try first help $command
    cisup $command --usage >usage; echo "--usage: exit $?"; rm usage
done
try first -h
try first help terms
try cisup help propogate
try cisup helo
try cisup allocate --schema best
try cisup allocate --scheme bets
try cisup allocate --plna
try cisup propagate --net 3
try cisup propagate --zzz
