#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""harmless.py CISUP: what files and arguments hold does not control the terminal."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
ESCAPES = ["\x1b[31m", "\x9b31m", "\x7f", "\x1b]0;x\x07"]
RAW = b"\x1b[31m \x9b31m \xc2\x9b31m \x7f"
NETWORK = {"N": 3, "S": 2, "T": 1, "z": 1, "L": 1, "d": 1}


class Harmless(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def check(self, *arguments, content=None, codes=(2, 3, 4), name="file"):
        if content is not None:
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(content)
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True)
        self.assertIn(done.returncode, codes)
        self.assertEqual(done.stdout, b"")
        text = done.stderr.decode()  # raises for what is no UTF-8
        wrong = [c for c in text if c != "\n" and (c < " " or "\x7f" <= c <= "\x9f")]
        self.assertEqual(wrong, [], text)
        self.assertIn("?", text)

    def sweep(self, spec):
        self.check("sweep", "file", content=json.dumps(spec).encode(), codes=(3, 4))

    def test_sweeps(self):
        for e in ESCAPES:
            with self.subTest(e):
                self.sweep({e: 1})
                self.sweep({"grid": {e: [1]}})
                self.sweep({"fixed": {e: 1}, "grid": {"T": [4]}})
                self.sweep({"grid": {"weights": [e]}})
                self.sweep({"fixed": {"circuit_file": e}, "grid": {"seed": [1]}})
                self.sweep({"grid": {"exclude": [e], "T": [5]}})
        self.check("sweep", "file", content=b'{"grid": ' + RAW, codes=(3,))

    def test_networks(self):
        for e in ESCAPES:
            with self.subTest(e):
                for field in ("scheme", "mode"):
                    network = json.dumps({**NETWORK, field: e}).encode()
                    self.check("run", "file", content=network, codes=(3,))
        self.check("run", "file", content=RAW, codes=(3,))

    def test_other_files(self):
        self.check("check", "file.mtx", content=RAW + b"\n", name="file.mtx", codes=(3,))
        self.check("check", "file.csv", name="file.csv", codes=(3,),
                   content=b"circuit,neuron\n0," + RAW + b"\n")  # fmt: skip
        for command in (["circuits"], ["propagate", "--circuit-file"]):
            self.check(*command, "file.csv", name="file.csv", codes=(3,),
                       content=b"circuit,layer,i,j,value\n0,1," + RAW + b",0,1\n")  # fmt: skip

    def test_arguments(self):
        for arguments in ([RAW], ["check", RAW], ["propagate", RAW], ["propagate", "-T", RAW],
                          ["propagate", "--weights", RAW], ["theory", "--scheme", RAW],
                          ["propagate", "-T", "4", "--exclude", RAW]):  # fmt: skip
            with self.subTest(arguments):
                self.check(*arguments)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
