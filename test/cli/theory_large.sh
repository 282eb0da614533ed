# Theory builds nothing: sizes of which no array could be made are welcome.
first() { cisup theory "$@" >text; code=$?; sed -n 1,8p text; rm text; return $code; }
try first -T 4611686018427387904
try first -T 9223372036854775807 -z 9223372036854775807
try first -D 8589934588 -S 2147483647 -T 10
try first -D 8589934588 -S 2147483647 -T 10 --scheme ref
try cisup theory -T 4611686018427387904 --scheme ref
