# Offset and strength of networks that carry masks by a pilot run, and what says how they were chosen.
small="propagate --construction masks -D 200 -S 3 -L 4 -K 2 -M 40 -T 60 -z 2 --threads 1"
params() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["record"] == "run": print({k: v[:6] if "." in v else v for k, v in r["params"].items() if k[:6] in ("offset", "streng")})
    if r["record"] == "error" and r["state"] == "active" and r["quantity"] == "x": print(r["layer"], r["theory"]["refined"] is not None)
    if r["record"] == "open" and r["block"] == 0: print("breaches", r["breaches"])
'
}
for options in '' '--offset safe' '--offset 2' '--offset pilot --strength pilot' '--strength 0.5'; do
    echo "$options"
    cisup $small $options -q --json | params
done
cisup $small --offset pilot --strength pilot --all 2>/dev/null | grep -o 'offset.*'
# Another seed has the same pilot run; a sweep records it, too.
cisup $small --offset pilot --seed 5 -q --json | params | grep pilot
cat >spec.json <<'SPEC'
{"fixed":{"construction":"masks","D":200,"S":3,"L":4,"T":60,"z":2,"networks":2,"samples":40},"grid":{"offset":["safe","pilot"]}}
SPEC
cisup sweep spec.json --journal j.sqlite -q
cisup sweep spec.json --journal j.sqlite --export --json | grep '"record":"run"' | params
cisup export --construction masks -D 60 -S 2 -T 30 -L 3 --offset pilot --strength pilot -o out -q
python3 -c '
import json
m = json.load(open("out/manifest.json"))
print(m["params"]["offset"], m["params"]["offset_from"], ["%.4g" % o for o in m["offset"]], ["%.4g" % b for b in m["strength"]])
'
for options in --implicit '--input-noise 0.1' '--offset pilots'; do try cisup $small --offset pilot $options; done
try cisup capacity --construction masks -D 200 -S 3 -L 3 -z 1 --budget 0.3 --strength pilot
try cisup propagate --offset pilot
