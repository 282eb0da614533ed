#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""formats.py CISUP DATA: docs/formats.md names every record and every field that is printed, and no other.

The document is read as it stands: every {"record":"NAME", ...} in it is taken apart into the fields of
its outer level, in their order.
"""
import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, DATA = sys.argv[1:3]
DOCUMENT = (Path(DATA).parent / "docs" / "formats.md").read_text()
SMALL = "-D 60 -S 3 -T 12 -L 2 -K 2 -M 4 -z 1 --threads 1".split()
SEARCH = "-D 60 -S 3 -L 2 -M 8 --tolerance 0.2 --threads 1 --budget 0.5".split()


def whole_object(text):
    """The object that text begins with."""
    depth = 0
    for k, c in enumerate(text):
        depth += (c in "{[") - (c in "}]")
        if depth == 0:
            return text[: k + 1]
    raise AssertionError("an object without end: " + text[:60])


def fields(text):
    """Names in the outer level; values, and what stands in braces or brackets, are left out."""
    inner, depth = "", 0
    for c in text[1:-1]:
        depth += c in "{["
        inner += c if depth == 0 else ""
        depth -= c in "}]"
    return re.findall(r'(?<![:|"\w])"(\w+)"', inner)


def documented():
    found = {}
    for match in re.finditer(r'\{"record":"([a-z-]+)"', DOCUMENT):
        text = whole_object(DOCUMENT[match.start() :])
        found.setdefault(match.group(1), []).append((fields(text), text))
    return found


def printed(*arguments, expect=(0,)):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def printed_until_stopped(*arguments):
    """Of a search without end behind one that has an end."""
    for pause in (1, 2, 4, 8, 16, 32, 64, 128):
        with subprocess.Popen(
            [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as run:
            first = run.stdout.readline()
            time.sleep(pause)
            run.terminate()
            lines = [json.loads(line) for line in [first, *run.stdout]]
        if any(r["record"] == "unfinished" for r in lines):
            break
    return lines


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        allocation = folder / "a.csv"
        spec, journal = folder / "s.json", folder / "s.sqlite"
        spec.write_text('{"fixed":{"D":40,"S":3,"samples":2,"L":2},"grid":{"T":[4,9000]}}')
        runs = [
            ["allocate", "-D", 60, "-S", 3, "-T", 12, "-q", "-o", allocation],
            ["allocate", "-D", 60, "-S", 3, "--json"],
            ["allocate", "-D", 60, "-S", 3, "--plan", "--json"],
            ["allocate", "-D", 60, "--dry-run", "--json"],
            ["allocate", "-D", 60, "-S", 3, "--cycle", 2, "--json"],
            ["allocate", "-D", 60, "-S", 3, "--cycle", 2, "--plan", "--json"],
            ["check", allocation, "--json"],
            ["check", "--scheme", "td", "-D", 60, "-S", 2, "--cycle", 2, "--json"],
            ["check", "--scheme", "td", "-D", 400, "-S", 4, "--sample", 5, "--json"],
            ["check", "--scheme", "td", "-D", 400, "-S", 4, "--algebra", "--json"],
            ["theory", "--budget", 0.2, "--json"],
            ["theory", "--scheme", "ref", "--json"],
            ["capacity", *SEARCH, "-z", 1, "--schemes", "best,ref", "--json"],
            ["frontier", *SEARCH[2:], "--along", "D", "--at", "60,80", "--json"],
            ["claims", "--list", "--json"],
            ["claims", "--only", 1, "--quick", "--json"],
            ["circuits", Path(DATA) / "example_circuits.csv", "--gate", "--json"],
            ["propagate", *SMALL, "--terms", "--worst", 2, "--exclude", 1, "--json"],
            ["propagate", *SMALL, "--dry-run", "--json"],
            ["sweep", spec, "--journal", journal, "--json"],
            ["sweep", "--journal", journal, "--status", "--json"],
            ["run", Path(DATA) / "exact_networks.json"],
            ["run", Path(DATA) / "masks_networks.json"],
        ]
        cls.lines = [r for run in runs for r in printed(*run)]
        endless = ["-D", "60,4000", "-z", "1", "-K", "100000", "--tolerance", "1e-6", "--json"]
        cls.lines += printed("propagate", *SMALL, "-T", "12,9000", "--json", expect=(1,))
        cls.lines += printed_until_stopped("capacity", *SEARCH[2:], *endless)
        cls.document = documented()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_record_is_printed_and_documented(self):
        self.assertEqual({r["record"] for r in self.lines}, set(self.document))

    def test_every_field_is_printed_and_documented(self):
        open_ended = {"theory", "assumption", "dry-run"}  # below
        for r in self.lines:
            if r["record"] not in open_ended:
                self.assertIn(list(r), [names for names, _ in self.document[r["record"]]])

    def test_fields_that_depend_on_the_kind(self):
        ((names, text),) = self.document["theory"]
        common = names[: names.index("binds") + 1]
        for r in self.lines:
            if r["record"] == "theory":
                (own,) = re.findall(rf"^ *{r['kind']}  +(.*?)}}?$", text, re.MULTILINE)
                self.assertEqual(list(r), common + fields("{" + own + "}"))
        ((names, _),) = self.document["assumption"]
        for r in self.lines:
            if r["record"] == "assumption":
                self.assertEqual(list(r)[:3], names)
                for name in list(r)[3:]:
                    self.assertIn(f"`{name}`", DOCUMENT)
        ((names, _),) = self.document["dry-run"]
        for r in self.lines:
            if r["record"] == "dry-run":
                self.assertIn("bytes", r)
                self.assertLessEqual(set(names) - {"seconds"}, set(r))

    def test_parameters_of_a_run_are_listed(self):
        (text,) = re.findall(r"`params` holds every parameter: (.*?)\. `g`", DOCUMENT, re.DOTALL)
        always, sometimes = text.split("and where they are given")
        for r in self.lines:
            if r["record"] == "run":
                given = [n for n in re.findall(r"`(\w+)`", sometimes) if n in r["params"]]
                self.assertEqual(list(r["params"]), re.findall(r"`(\w+)`", always) + given)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
