# SPDX-License-Identifier: GPL-3.0-or-later
"""screen.py PROGRAM: text on a terminal fits its width, and is coloured unless unwanted; that of
theory and claims takes the room there is."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

RUN = [sys.argv[1], "propagate", "-z", "1", "-K", "3", "-M", "20", "--threads", "1"]


def shown(columns, *options, run=RUN, **variables):
    """What a terminal of so many columns gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment.update({"TERM": "xterm", **variables})
    running = subprocess.Popen([*run, *options], stdout=theirs, stderr=subprocess.DEVNULL,
                               env=environment)  # fmt: skip
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 4096):
            text += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert running.wait() == 0
    return text.decode().replace("\r\n", "\n")


def without_colour(text):
    for code in ("\033[1m", "\033[31m", "\033[0m"):
        text = text.replace(code, "")
    return text


plain = subprocess.run(RUN, capture_output=True, text=True, check=True).stdout
assert "\033" not in plain

colour = shown(80)
assert "\033[1m" in colour and "\033[31m" in colour, colour
assert without_colour(colour) == plain
for text in (shown(80, NO_COLOR="1"), shown(80, TERM="dumb")):
    assert text == plain
unwanted = shown(80, "--no-color")
assert "\033" not in unwanted and unwanted.split("  why")[0] == plain.split("  why")[0]
assert shown(80, NO_COLOR="") == colour  # set, but empty: no wish (no-color.org)
assert shown(200) == colour

for columns in (40, 45, 55, 65, 75, 79):
    lines = without_colour(shown(columns)).split("\n")
    table = [line for line in lines if re.match(r"    \d |layer +error", line)]
    assert len(table) == 6 and max(map(len, table)) <= columns, (columns, table)
    words = max((line for line in lines if "cisup" not in line), key=len)
    assert len(words) <= columns or len(words.split()) == 1 or words.startswith("z ="), words

# Whatever is asked for, at most 30 lines of 80 columns for one z.
for options in (["-L", "60"], ["-L", "1"], ["--construction", "masks"], ["-T", "2000", "-S", "3"],
                ["--mode", "linear"], ["-L", "30", "--weights", "plain"]):  # fmt: skip
    text = subprocess.run([*RUN, *options], capture_output=True, text=True, check=True).stdout
    lines = text.splitlines()
    assert len(lines) < 30 and max(map(len, lines)) <= 80, text

# The same words in every width; tables of theory in pieces, where there is no room.
for run in ([sys.argv[1], "theory", "-L", "3"], [sys.argv[1], "claims", "--list"]):
    texts = {columns: shown(columns, run=run) for columns in (60, 80, 121, 160, 400)}
    for columns, text in texts.items():
        assert columns < 80 or max(map(len, text.split("\n"))) <= columns, (columns, text)
        if run[1] == "claims":
            assert text.split() == texts[400].split(), columns
        else:
            parts = 2 if columns < 5 + 8 * 13 else 1  # eight curves of 13 columns
            assert text.count("\nlayer ") == 2 * parts, (columns, text)
    assert texts[60] != texts[80] != texts[160]
wide = shown(121, "--quick", "--only", "2", "-K", "2", "-M", "1", run=[sys.argv[1], "claims"])
assert re.search(r"\n    collisions +exactly +0 ", wide), wide
narrow = shown(120, "--quick", "--only", "2", "-K", "2", "-M", "1", run=[sys.argv[1], "claims"])
assert re.search(r"\n    collisions\n  exactly +0 ", narrow), narrow
