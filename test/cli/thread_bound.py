# SPDX-License-Identifier: GPL-3.0-or-later
"""--threads n is a bound: no command that takes it has more threads alive at any time,
though the environment offers 7; and each takes more than one if it may. The jobs are
large enough that every part of them would like more.

    thread_bound.py PROGRAM LIBRARY DATA"""
import os
import pathlib
import subprocess
import sys
import tempfile

program, library, data = (os.path.abspath(a) for a in sys.argv[1:])
# Millions of multiplications: to find G, and to assemble W.
large = "-D 40000 -T 30000 -S 10 -L 2 -K 1 -M 17 -z 1 --json"
wide = "-D 4000 -T 8000 -S 6 -L 2 -K 1 -M 17 -z 1 --json"
small = "-D 400 -S 4 -T 200 -L 3 -K 2 -M 19 -z 1 --json"
# The allocation to check has more than a million pairs of neurons.
cases = [
    "check --scheme td -D 20000 -S 8 -T 60000 --json",
    "capacity -D 60 -S 3 -L 3 -M 32 --tolerance 0.2 -z 1 --budget 0.1 --json",
    "frontier --along D --at 60,80 -S 3 -L 2 -M 32 --tolerance 0.2 --budget 0.1 --json",
    "claims --only 1,4,16 -K 3 -M 19 --json",
    f"sweep {data}/example_sweep.json --journal journal.sqlite --json",
    f"propagate {small} --implicit",
    f"propagate {small} --worst 3",
    f"propagate {small} --precision single",
    f"propagate {large} --terms",
    f"propagate {large} --kappa rows",
    f"propagate {wide} --engine assembled",
] + [f"propagate {large} --engine {e}" for e in ("auto", "batched", "sparse")]


def most_alive(arguments, threads, folder):
    count = pathlib.Path(folder, "count")
    count.unlink(missing_ok=True)
    pathlib.Path(folder, "journal.sqlite").unlink(missing_ok=True)
    environment = dict(os.environ, OMP_NUM_THREADS="7", OMP_DYNAMIC="false",
                       OMP_WAIT_POLICY="passive", LD_PRELOAD=library,
                       COUNT_THREADS=str(count))
    environment["ASAN_OPTIONS"] = (environment.get("ASAN_OPTIONS", "")
                                   + ":verify_asan_link_order=0")
    command = [program, *arguments.split(), "--threads", str(threads)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True,
                          text=True)
    if done.returncode not in (0, 1):  # claims may not hold with so few samples
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return int(count.read_text())


faults = []
with tempfile.TemporaryDirectory() as folder:
    for case in cases:
        for threads in (1, 2):
            found = most_alive(case, threads, folder)
            if found != threads:
                faults.append(f"{case} --threads {threads}: {found} threads")
print("\n".join(faults) or f"{len(cases)} commands keep to --threads")
sys.exit(bool(faults))
