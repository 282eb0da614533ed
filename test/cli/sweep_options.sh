cat >s.json <<'END'
{"fixed": {"D": 60, "S": 3, "L": 2, "networks": 1, "samples": 2, "scheme": "best"},
 "grid": {"T": [4, 5, 500], "z": [1, [1, 2]]}}
END
try cisup sweep
try cisup sweep --status
try cisup sweep s.json s.json
try cisup sweep s.json --foo
try cisup sweep s.json --threads 5000
try cisup sweep s.json --status --export
try cisup sweep s.json --status --csv a.csv
try cisup sweep s.json --json --csv -
try cisup sweep s.json --csv s.sqlite
try cisup sweep - --quiet
try cisup sweep s.json --status
try cisup sweep s.json --export
try cisup sweep --journal none.sqlite
try cisup sweep --journal none.sqlite --export
try cisup sweep s.json --journal nofolder/s.sqlite
mkdir folder
try cisup sweep s.json --journal folder
try cisup sweep s.json --journal /dev/null
try cisup sweep s.json
try cisup sweep s.json
try cisup sweep s.json -q
try cisup sweep s.json --status
try cisup sweep --journal s.sqlite --status
try cisup sweep s.json -q --csv a.csv
try cisup sweep s.json -q --csv a.csv
try cisup sweep --journal s.sqlite --export --csv b.csv
cmp a.csv b.csv && sed -n '1p;$p' b.csv
cisup sweep --journal s.sqlite --export >c.jsonl
cisup sweep --journal s.sqlite --export --json | cmp - c.jsonl
cisup sweep s.json --json -q | cmp - c.jsonl
cisup sweep - --journal s.sqlite --export <s.json | cmp - c.jsonl
grep -v '"record":"error"\|"record":"open"' c.jsonl | grep -v '"record":"run"'
# Another spec in the same journal.
other() {
    sed "$1" s.json >other.json
    try cisup sweep other.json --journal s.sqlite --export
}
other 's/"D": 60/"D": 64/'
other 's/"L": 2, //'
other 's/"L": 2/"L": 2, "seed": 1/'
other 's/500/501/'
other 's/"T": \(.*\), "z": \(.*\)}}/"z": \2, "T": \1}}/'
other 's/, "z":.*\]\]/, "z": [1]/'
other 's/"D": 60, "S": 3/"S": 3, "D": 60/' | sed -n '$p'
try_to /dev/full cisup sweep s.json
try_to /dev/full cisup sweep s.json --json
try_to /dev/full cisup sweep s.json --export
# The example of the documentation.
try cisup sweep "$DATA/example_sweep.json" --journal example.sqlite --csv figures.csv | sed 's|\$ .*/data/|$ cisup sweep |'
