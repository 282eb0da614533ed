# SPDX-License-Identifier: GPL-3.0-or-later
"""terms.py PROGRAM SOURCE: docs/glossary.md is what `cisup help terms` prints, and every
name in JSON lines and CSV is among its words."""
import json
import re
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1:3]
DATA = SOURCE + "/data"
SMALL = "-D 200 -S 3 -T 30 -L 2 -K 3 -M 8"
RUNS = [
    f"propagate {SMALL} -z 1,2 --terms --worst 2", f"propagate {SMALL} -z 1 --exclude 2",
    f"propagate {SMALL} --dry-run", f"propagate {SMALL} -z 1,31 --mode relu,linear",
    f"propagate {SMALL} -z 1 --construction masks --input-noise 0.1 --robust-masks",
    f"propagate --circuit-file {DATA}/example_circuits.csv --gate -D 200 -S 3 -T 6 -K 2 -M 4"
    f" --gate-steepness 4 --input-file {DATA}/example_inputs.csv",
    "allocate -D 200 -S 3 --cycle 2 -o x.mtx", "allocate -D 200 -S 3 -T 20",
    "allocate -D 40 -S 3 --plan", "check x.mtx --cycle 2", "check --scheme td -D 400 -S 4",
    "check --scheme td -D 400 -S 4 --algebra", "check --scheme td -D 400 -S 4 --sample 3",
    f"circuits {DATA}/example_circuits.csv --gate",
    "theory --scheme ref --construction masks --budget 0.1",
    "capacity -D 200 -S 3 -L 2 -z 1 --budget 0.3 -K 12 -M 10 --tolerance 0.3",
    "frontier --along D --at 100,200 -S 3 -L 2 --budget 0.4 -K 12 -M 10 --tolerance 0.4",
    "claims --only 1 --quick", "export -D 40 -T 5 -S 3 -L 2 --dry-run -o e",
]  # fmt: skip


def cisup(*words, folder="."):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, cwd=folder)
    assert done.returncode in (0, 1), (words, done.stderr)
    return done.stdout


def names(value):
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values())) if value else set()
    return set().union(*map(names, value)) if isinstance(value, list) else set()


printed = cisup("help", "terms")
with open(SOURCE + "/docs/glossary.md", encoding="utf-8") as file:
    assert file.read() == printed, "docs/glossary.md is not `cisup help terms`"
paragraphs = re.sub(r"\n  ", " ", printed)
known = {word for entry in re.findall(r"\*\*(.*?)\*\*", paragraphs) for word in entry.split(", ")}

used = {}
with tempfile.TemporaryDirectory() as folder:
    for run in RUNS:
        for line in cisup(*run.split(), "--json", folder=folder).splitlines():
            if line.startswith("{"):
                used.update({name: run for name in names(json.loads(line))})
    header = cisup(*f"propagate {SMALL} -z 1 --csv -".split()).splitlines()[0]
    used.update({name: "--csv" for name in header.split(",")})
unknown = {name: run for name, run in used.items() if name not in known}
assert not unknown, f"not in the glossary (apps/common/terms.c): {unknown}"
assert len(used) > 100, used
