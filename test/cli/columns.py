# SPDX-License-Identifier: GPL-3.0-or-later
"""columns.py PROGRAM FOLDER: text fits 80 columns, in every golden output in FOLDER and in
every page of help.

Not meant for reading in a terminal, and so of any width: JSON, CSV, commands ("$ ") and
what --all prints. Messages ("2> ") are one line each, however long a file's name in them."""
import re
import subprocess
import sys
from pathlib import Path

PROGRAM, FOLDER = sys.argv[1:3]
COMMANDS = ["allocate", "check", "circuits", "propagate", "sweep", "capacity", "frontier",
            "theory", "claims", "run", "export"]  # fmt: skip
FREE = re.compile(r'[$#%{"\[]|2> |cisup: |[^ ,]*(,[^ ,]*){3}')


def wide(path):
    """Lines of text that are too long, each once."""
    found, is_all = [], False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("$ "):
            is_all = "--all" in line.split()
        if len(line) > 80 and not is_all and not FREE.match(line):
            found.append(line)
    return found


cases = {path.stem: wide(path) for path in sorted(Path(FOLDER).glob("*.out"))}
assert len(cases) > 50
bad = {name: lines for name, lines in cases.items() if lines}
assert not bad, bad

for words in [["--help"], ["help", "terms"], ["--version"]] + [["help", c] for c in COMMANDS]:
    page = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True).stdout
    assert page and max(map(len, page.splitlines())) <= 80, (words, page)
    assert page.endswith("\n") and not re.search(r"[ \t]+$", page, re.M), words
    if words[-1] in COMMANDS:  # every option in a group, at least one example
        assert "\nExamples\n  cisup " + words[-1] in page and "\nOptions\n" not in page, page
