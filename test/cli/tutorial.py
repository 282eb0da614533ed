# SPDX-License-Identifier: GPL-3.0-or-later
"""tutorial.py PROGRAM SOURCE: the commands of docs/tutorial.md print what stands there."""
import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM, SOURCE = sys.argv[1:3]
PATH = str(Path(PROGRAM).resolve().parent) + ":" + os.environ["PATH"]

commands, is_output = [], False
for line in Path(SOURCE, "docs/tutorial.md").read_text(encoding="utf-8").splitlines():
    if line.startswith("    $ "):
        commands.append((line[6:], []))
        is_output = True
    elif commands and is_output:
        is_output = not line or line.startswith("    ")
        if is_output:
            commands[-1][1].append(line[4:])
assert len(commands) > 10

with tempfile.TemporaryDirectory() as folder:
    for command, expected in commands:
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True,
                              env=dict(os.environ, PATH=PATH, LC_ALL="C"))  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
        want, got = "\n".join(expected).rstrip(), done.stdout.rstrip()
        difference = "\n".join(difflib.unified_diff(want.split("\n"), got.split("\n")))
        assert want == got, f"{command}\n{difference}"
