cat >masks.json <<'END'
{"construction":"masks","kind":["relu","signed","relu"],"N":4,"S":2,"T":4,"z":1,"L":3,"d":1,
"parts":[[[0,2],[0,3],[1,2],[1,3]],[[0,2],[1,3],[1,2],[0,3]]],
"w":[[[1]],[[0.5]],[[-1]],[[2]]],"beta":[[0.25],[0],[-0.5],[1]],"offset":1,"strength":2,
"mode":"relu",
"active":[[0],[3]],"input":[[[1]],[[-0.5]]]}
END
fields() { sed 's/,"\([a-zA-Z_]*\)":\[/\n\1 [/g' | sed 's/],\[/],\n [/g'; }
cisup run --weights masks.json | fields
echo "# the other engine; results in the file are not looked at"
cisup run --weights masks.json >a.json
cisup run --weights --engine assembled masks.json | cmp - a.json
for field in record masks circuit_states readout W bias mask_parts A; do
    sed "s/\"mode\"/\"$field\":[],&/" masks.json | cisup run --weights - | cmp - a.json
done
for mode in masked-relu masked-linear linear; do
    sed "s/\"mode\":\"relu\"/\"mode\":\"$mode\"/" masks.json >a.json
    echo "# $mode"
    try cisup run --engine assembled a.json
    cisup run a.json | sed 's/.*"readout"/"readout"/'
done
