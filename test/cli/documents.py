# SPDX-License-Identifier: GPL-3.0-or-later
"""documents.py PROGRAM SOURCE DOCUMENT: what stands in docs/DOCUMENT.md is so. Its commands
("    $ ...") print what stands there, in a folder that holds the files it shows: blocks
between lines of ```, named in the text before them. Blocks of ```c are in the sources."""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM, SOURCE, DOCUMENT = sys.argv[1:4]
PATH = str(Path(PROGRAM).resolve().parent) + ":/usr/bin:" + os.environ["PATH"]

commands, files, code = [], {}, []
name, fence, is_output = None, None, False
for line in Path(SOURCE, f"docs/{DOCUMENT}.md").read_text(encoding="utf-8").splitlines():
    if fence is not None and line == "```":
        text = "\n".join(fence[1]) + "\n"
        if fence[0] == "c":
            code.append((name, text))
        else:
            files[name] = text
        fence = None
    elif fence is not None:
        fence[1].append(line)
    elif line.startswith("```"):
        fence = (line[3:], [])
    elif line.startswith("    $ "):
        commands.append((line[6:], []))
        is_output = True
    elif commands and is_output and (not line or line.startswith("    ")):
        commands[-1][1].append(line[4:])
    else:
        is_output = False
        for name in re.findall(r"`([\w./]+\.(?:c|h|csv|py))`", line):
            pass
assert len(commands) > (10 if DOCUMENT == "tutorial" else 2)
assert len(code) == (3 if DOCUMENT == "contributing" else 0)

for path, text in code:
    assert text in Path(SOURCE, path).read_text(encoding="utf-8"), (path, text)

with tempfile.TemporaryDirectory() as folder:
    for path, text in files.items():
        Path(folder, path).write_text(text, encoding="utf-8")
    for command, expected in commands:
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True,
                              env=dict(os.environ, PATH=PATH, LC_ALL="C"))  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
        want, got = "\n".join(expected).rstrip(), done.stdout.rstrip()
        difference = "\n".join(difflib.unified_diff(want.split("\n"), got.split("\n")))
        assert want == got, f"{command}\n{difference}"
