# SPDX-License-Identifier: GPL-3.0-or-later
"""progress.py PROGRAM: the line that tells how far a run is stays within the terminal."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

for columns in (10, 25, 80):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    run = subprocess.Popen(
        [sys.argv[1], "propagate", "-D", "400", "-T", "100", "-K", "40", "-z", "1",
         "--threads", "1", "--csv", "-"],
        stdout=subprocess.DEVNULL, stderr=theirs, env=dict(os.environ, TERM="xterm"))  # fmt: skip
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 4096):
            text += part
    except OSError:  # the other end is closed
        pass
    assert run.wait() == 0
    lines = [re.sub(rb"\033\[K", b"", line) for line in text.split(b"\r")]
    assert any(line.startswith(b"network") for line in lines), text
    assert max(len(line) for line in lines) < columns, (columns, lines)
    os.close(ours)
