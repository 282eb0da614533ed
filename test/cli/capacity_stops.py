#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""capacity_stops.py CISUP: a signal ends a search, which then says what it has found.

The first search of each run is soon over, the second never, as its tolerance is out of
reach; the signal comes some time after the first row, later if there was nothing to tell.
"""
import json
import re
import signal
import subprocess
import sys
import time
import unittest

PROGRAM = sys.argv[1]
PAUSES = [2**k for k in range(9)]  # seconds
ENDLESS = (
    "-S 3 -L 2 -M 8 --threads 1 --tolerance 1e-6 -K 100000 --construction published".split()
)
BY_D = [*ENDLESS, "--budget", "0.5", "-z", "1"]


def stopped(number, *arguments, rows=1):
    """Exit code, output and errors of a run that is sent a signal after some rows."""
    for pause in PAUSES:
        done = stopped_after(pause, number, arguments, rows)
        if "unfinished" in done[1]:
            break
    return done


def stopped_after(pause, number, arguments, rows):
    with subprocess.Popen(
        [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        text = "".join(run.stdout.readline() for _ in range(rows))
        time.sleep(pause)
        run.send_signal(number)
        rest, errors = run.communicate()
        return run.returncode, text + rest, errors


class Stops(unittest.TestCase):
    def check_unfinished(self, r):
        self.assertEqual(r["record"], "unfinished")
        self.assertGreaterEqual(r["runs"], r["networks"])
        self.assertGreater(r["networks"], 0)
        self.assertGreater(r["at"], 0)
        self.assertNotIn("T", r["params"])
        if r["within"] and r["above"]:
            self.assertLess(r["within"], r["above"])
        if r["T"]:
            self.assertTrue(r["T_lo"] <= r["T"] <= r["T_hi"])

    def test_records_of_a_search_that_was_stopped(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for command in (
                ["capacity", *BY_D, "-D", "60,4000"],
                ["frontier", *BY_D, "--along", "D", "--at", "60,4000"],
            ):
                exit_code, text, errors = stopped(number, *command, "--json")
                first, last = [json.loads(line) for line in text.splitlines()]
                self.assertEqual(exit_code, code)
                self.assertEqual((first["record"], first["params"]["D"]), ("capacity", 60))
                self.assertEqual((last["by"], last["params"]["D"]), ("budget", 4000))
                self.assertIsNone(last["by_budget"])
                self.check_unfinished(last)
                self.assertRegex(errors, rf"^cisup: stopped by signal {int(number)} at T = \d+\n$")

    def test_the_text_names_the_best_so_far(self):
        # one circuit of all neurons fits; of three neurons many do
        exit_code, text, _ = stopped(
            signal.SIGINT, "capacity", *ENDLESS[2:], "-z", "1", "-D", "4000", "--budget", "0.5",
            "-S", "1000,3", rows=6,
        )  # fmt: skip
        self.assertEqual(exit_code, 130)
        self.assertRegex(text, r"(?m)^published    3  unfinished, .*; \d+ networks, \d+ runs$")
        self.assertRegex(text, r"(?m)^interrupted; best so far: published, S = 1000: T = 1\b")

    def test_quiet_ones_say_nothing(self):
        for pause in PAUSES:
            code, text, errors = stopped_after(
                pause, signal.SIGINT, ["capacity", *BY_D, "-D", "4000", "-q"], 0
            )
            if code != -signal.SIGINT:  # the search had begun
                break
        self.assertEqual((code, text), (130, ""))
        self.assertTrue(re.match("cisup: stopped by signal 2", errors))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
