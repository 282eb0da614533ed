# SPDX-License-Identifier: GPL-3.0-or-later
"""memory_failures.py PROGRAM DATA LIBRARY: whatever request for memory fails, a command
ends with exit code 4 and a message, or prints and writes what it does without failure."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

program, data, library = (os.path.abspath(path) for path in sys.argv[1:4])
FIRST, MORE = 70, 40  # failures tried of each command: the first, and some of the others

NETWORK = """{"N":3,"S":2,"T":2,"z":1,"L":2,"d":2,"base_allocation":[[0,1],[1,2]],
"permutations":[[1,0]],"w":[[[1,0],[0,1]],[[0,1],[1,0]]],"b":[0,0],"scheme":"capped",
"mode":"relu","active":[[0]],"input":[[[1,0.5]]]}"""
SMALL = "-D 60 -T 8 -S 2 -L 2"
COMMANDS = [
    "theory --json -D 100 -T 20 -S 3 -z 1,",
    "theory --json -D 100 -T 20 -S 3",
    "allocate -D 200 -S 3 -T 20 --scheme random --json -o o.csv --force",
    "check a.csv --json",
    "allocate -D 400 -S 2 --cycle 2 --json -o y.csv --csv z.csv --force",
    "check --scheme td --cycle 2 -D 240 -S 3 -T 300 --json",
    f"circuits {data}/example_circuits.csv --gate --json",
    f"propagate {SMALL} --scheme ref -K 2 -M 8 -z 1,2 --json --worst 2 --exclude x.csv",
    "run n.json --weights",
    f"export {SMALL} --scheme ref -o e --force",
    "claims --list --json",
    f"capacity -D 60 -S 2 -L 2 --scheme ref -z 1 --budget 0.5 -M 8 -K 12 --json",
]
ABORTED = b"flint"  # of a library that ends the process


def run(command, **more):
    env = dict(os.environ, LC_ALL="C", OMP_NUM_THREADS="1", LD_PRELOAD=library, **more)
    env.pop("FAIL_AT", None) if "FAIL_AT" not in more else None
    return subprocess.run([program] + command.split(), env=env, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=120, check=False)


def printed(result):
    text = re.sub(rb'"(seconds|build_s|run_s|peak_bytes)":[-0-9.e+]+', b"", result.stdout)
    return re.sub(rb"[-0-9.e+]+ s\b", b"", text)


def written():
    files = {}
    for folder, _, names in os.walk("."):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                files[os.path.join(folder, name)] = file.read()
    return files


def fault(got, want, files):
    if got.returncode == want.returncode:
        if want.returncode == 0 and printed(got) != printed(want):
            return "output differs"
        return "files differ" if want.returncode == 0 and written() != files else None
    if got.returncode == 4 and got.stderr:
        return None
    if got.returncode < 0 and ABORTED in got.stderr.lower():
        return None
    return f"exit {got.returncode}: {got.stderr[-150:].decode(errors='replace')}"


def clean():
    for name in os.listdir("."):
        if ".tmp" in name:
            shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)


def attempt(command):
    run(command)  # from now on there are old files to replace
    want = run(command)
    files = written()
    requests = int(re.search(rb"REQUESTS (\d+)", want.stderr).group(1))
    step = max(1, (requests - FIRST) // MORE)
    points = list(range(1, min(requests, FIRST) + 1)) + list(
        range(FIRST + 1, requests + 1, step))
    faults = 0
    for point in points:
        got = run(command, FAIL_AT=str(point))
        wrong = fault(got, want, files)
        clean()
        if wrong:
            faults += 1
            print(f"{command}: request {point} of {requests}: {wrong}")
    print(f"{command}: exit {want.returncode}, {len(points)} of {requests} requests tried")
    return faults


folder = tempfile.mkdtemp()
os.chdir(folder)
try:
    with open("n.json", "w", encoding="ascii") as file:
        file.write(NETWORK)
    with open("x.csv", "w", encoding="ascii") as file:
        file.write("circuit\n1\n2\n")
    subprocess.run([program] + "allocate -D 200 -S 3 -T 20 -o a.csv -q".split(), check=True)
    sys.exit(1 if sum([attempt(command) for command in COMMANDS]) else 0)
finally:
    shutil.rmtree(folder)
