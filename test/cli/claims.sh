# The ledger of claims: the list, what has no chance in it, and bad options.
try cisup claims --list
try cisup claims --list --only 3,21 --json
seconds() { cisup "$@" >text; code=$?; sed 's/ [0-9.]*s$/ ...s/' text; rm text; return $code; }
try seconds claims --only 1,2,5 -K 2 -M 1
try cisup claims --only 2 --quiet
try cisup claims --list --quiet
try cisup claims --only 99
try cisup claims --only 0
try cisup claims --only x
try cisup claims -K 1
try cisup claims -M 0
try cisup claims --threads 5000
try cisup claims --seed -1
try cisup claims file
