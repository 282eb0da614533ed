#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ends.py CISUP SIGNAL_AT_OPEN: what is left when a program ends early.

Signals leave no drafts and keep their meaning, ignored ones stay ignored, a reader who has gone ends a
long grid, and of programs that write one name at the same time one wins. The preloaded SIGNAL_AT_OPEN stops programs, or sends
them a signal, where they have made a draft: nothing depends on how fast they are.
"""
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, SIGNAL_AT_OPEN = sys.argv[1:3]
ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PATIENCE = 300  # seconds: far more than is needed, far less than the grids here would take
LONG = ["propagate", "-D", "200", "-S", "3", "-T", "20", "-L", "4", "-M", "400", "-z", "1", "-q", "--threads", "1"]
# Its one network takes ten minutes.
ENDLESS = [*LONG, "-D", "20000", "-T", "20000", "-K", "1", "-M", 10**6, "--engine", "batched"]
# About 90 MB and 800 files; they are never finished here.
ALLOCATE = ["allocate", "-D", "40000", "-S", "6", "--scheme", "td", "-q"]
EXPORT = ["export", "-D", "4000", "-S", "3", "-T", "2000", "-L", "100", "-q"]


class Folder(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self.scratch.name)
        self.running = []

    def tearDown(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        self.scratch.cleanup()

    def start(self, *arguments, handler=signal.SIG_DFL, number=signal.SIGSTOP, at=None, **more):
        """at: of a file, the first to be made under such a name sends the process that signal."""
        def prepare():
            for number in ENDS:
                signal.signal(number, handler)

        env = dict(os.environ)
        if at:
            env.update(LD_PRELOAD=SIGNAL_AT_OPEN, SIGNAL_AT_OPEN=at, SIGNAL_NUMBER=str(int(number)))
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, preexec_fn=prepare, env=env,
                                   stderr=subprocess.PIPE, text=True, **more)
        self.running.append(process)
        return process

    def start_and_stop(self, *arguments, at="*.tmp", **more):
        """Stopped in its midst, when there is a draft."""
        process = self.start(*arguments, at=at, **more)
        how = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        self.assertEqual(how.si_code, os.CLD_STOPPED, "ended without a draft")
        self.assertTrue(list(self.folder.glob("*.tmp")))
        return process

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


class Signals(Folder):
    def test_no_draft_is_left(self):
        commands = [([*ALLOCATE, "-o", "out.csv"], "*.tmp"), ([*ALLOCATE, "-o", "out.mtx"], "*.tmp"),
                    ([*EXPORT, "-o", "out"], "*.tmp/E2.mtx*")]
        for command, at in commands:
            for number in ENDS:
                with self.subTest(command=command[0], number=number):
                    process = self.start_and_stop(*command, at=at)
                    process.send_signal(number)
                    process.send_signal(signal.SIGCONT)
                    self.assertEqual(process.wait(PATIENCE), -number)
                    self.assertEqual(self.names(), [])

    def check_some_networks(self, name):
        """The file has the rows of one report, and goes."""
        with open(self.folder / name) as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len([row for row in rows if row["record"] == "error"]), 24)
        done = {int(row["networks_done"]) for row in rows}
        self.assertEqual(len(done), 1)
        self.assertTrue(1 <= done.pop() < 10**6)
        (self.folder / name).unlink()

    def test_an_orderly_end(self):
        for number in ENDS:
            with self.subTest(number=number):
                name = f"{number.name}.csv"
                process = self.start_and_stop(*LONG, "-K", 10**6, "--csv", name)
                process.send_signal(number)
                process.send_signal(signal.SIGCONT)
                self.assertEqual(process.wait(PATIENCE), 128 + number)
                self.assertEqual(self.names(), [name])
                self.check_some_networks(name)

    def test_one_network_is_finished_however_early_the_signal(self):
        for number in ENDS:
            with self.subTest(number=number):
                name = f"{number.name}.csv"
                process = self.start(*LONG, "-T", "20,21", "-K", 10**6, "--csv", name, at="*.tmp", number=number)
                self.assertEqual(process.wait(PATIENCE), 128 + number)
                self.assertEqual(self.names(), [name])
                self.check_some_networks(name)  # of the first shape alone

    def test_a_second_signal_ends_at_once(self):
        for number in ENDS:
            with self.subTest(number=number):
                process = self.start_and_stop(*ENDLESS, "--csv", "twice.csv")
                process.send_signal(number)
                process.send_signal(signal.SIGCONT)
                while process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                    time.sleep(0.01)
                self.assertIn(process.returncode, [-signal.SIGTERM, -number])
                self.assertEqual(self.names(), [])

    def test_checks_and_searches_end_in_order(self):
        commands = [["check", "--scheme", "td", "-D", "4000000", "-S", "6", "-T", "1000000000", "--threads", "1"],
                    ["allocate", "-D", "400", "-S", "6", "--effort", "1000000", "-o", "out.mtx", "--csv", "out.csv"]]
        for command in commands:
            for number in ENDS[:2]:
                with self.subTest(command=command[0], number=number):
                    pause = 0.2  # until it is past its beginning: before, a signal ends it at once
                    while True:
                        process = self.start(*command, stdout=subprocess.DEVNULL)
                        time.sleep(pause)
                        process.send_signal(number)
                        if process.wait(PATIENCE) != -number or pause > PATIENCE:
                            break
                        pause *= 2
                    self.assertEqual(process.returncode, 128 + number)
                    self.assertEqual(process.stderr.read(), f"cisup: stopped by signal {int(number)}\n")
                    self.assertEqual(self.names(), [])

    def test_what_was_ignored_stays_ignored(self):
        for command in ([*LONG, "-K", "300", "--csv", "out"], [*ALLOCATE, "-o", "out"]):
            process = self.start_and_stop(*command, handler=signal.SIG_IGN)
            for number in ENDS:
                process.send_signal(number)
            process.send_signal(signal.SIGCONT)
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertEqual(self.names(), ["out"])
            (self.folder / "out").unlink()

    def test_what_a_killed_run_has_left_is_in_nobodys_way(self):
        """In a new process namespace every run has the same number; here names are drawn."""
        seen = set()
        for _ in range(3):
            process = self.start_and_stop(*ALLOCATE, "-o", "out.mtx")
            process.kill()
            process.wait()
            new = set(self.names()) - seen
            self.assertEqual(len(new), 1)
            self.assertNotIn(str(process.pid), new.pop().split(".")[2])
            seen = set(self.names())


class Readers(Folder):
    def test_a_grid_ends_with_its_reader(self):
        grid = ["-S", "3", "-T", "5", "-z", "1", "-L", "2", "-K", "2", "-M", "2", "--threads", "1"]
        grid += ["-D", "100:20000"]  # hours
        for more in ([], ["--csv", "-"], ["--json"], ["--json", "--csv", "figures.csv"]):
            with self.subTest(more=more):
                process = self.start("propagate", *grid, *more, stdout=subprocess.PIPE)
                process.stdout.readline()
                process.stdout.close()
                self.assertEqual(process.wait(PATIENCE), 4)
                self.assertIn("cannot write to standard output: Broken pipe", process.stderr.read())
        self.assertEqual(self.names(), ["figures.csv"])

    def test_searches_end_with_their_reader(self):
        small = ["-S", "3", "-z", "1", "-L", "2", "--networks", "24", "--samples", "8", "--threads", "1"]
        for more in ([], ["--json"]):
            for command in (["capacity", *small, "-D", "100:100000", "--construction", "published", "--budget", "9"],
                            ["frontier", *small, "--along", "D", "--at", "100:100000", "--budget", "9"]):
                with self.subTest(command=command[0], more=more):
                    process = self.start(*command, *more, stdout=subprocess.PIPE)
                    process.stdout.readline()
                    process.stdout.close()
                    self.assertEqual(process.wait(PATIENCE), 4)


class Races(Folder):
    def race(self, command, count, at="*.tmp"):
        """Starts some that are stopped at their drafts, and lets all finish together."""
        processes = [self.start_and_stop(*command, at=at) for _ in range(count)]
        for process in processes:
            process.send_signal(signal.SIGCONT)
        codes = [process.wait(PATIENCE) for process in processes]
        self.assertEqual(sorted(codes), [0] + [4] * (count - 1))
        for process, code in zip(processes, codes):
            self.assertEqual(bool(code), "out" in process.stderr.read())

    def test_of_many_writers_one_wins(self):
        self.race([*LONG, "-K", 200, "--csv", "out.csv"], 4)
        self.assertIn("out.csv", self.names())

    def test_of_many_exports_one_wins(self):
        self.race(["export", "-D", 60, "-S", 3, "-T", 5, "-q", "-o", "out"], 4, at="*.tmp/*")
        self.assertTrue((self.folder / "out" / "manifest.json").exists())

    def test_what_is_made_meanwhile_is_kept(self):
        process = self.start_and_stop(*LONG, "-K", 200, "--csv", "out.csv")
        (self.folder / "out.csv").write_text("precious\n")
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(PATIENCE), 4)
        self.assertEqual((self.folder / "out.csv").read_text(), "precious\n")
        draft, = self.folder.glob("*.tmp")
        self.assertIn(draft.name, process.stderr.read())
        self.assertTrue(draft.read_text().startswith("record,"))

    def test_a_folder_made_meanwhile_is_kept(self):
        process = self.start_and_stop("export", "-D", 60, "-S", 3, "-T", 5, "-L", 40, "-q", "-o", "out", at="*.tmp/*")
        (self.folder / "out").mkdir()
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(PATIENCE), 4)
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        draft, = self.folder.glob("*.tmp")
        self.assertIn(draft.name, process.stderr.read())
        self.assertTrue((draft / "manifest.json").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
