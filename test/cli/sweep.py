#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sweep.py CISUP DATA: a sweep is the runs of propagate, whatever happens to it.

Kills with SIGKILL at random moments (the fractions come from CISUP_SEED), several
processes on one journal, claims of dead and of stopped processes, damaged journals, full
disks.
"""
import contextlib
import csv
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, DATA = sys.argv[1:3]
os.environ["OMP_NUM_THREADS"] = "1"  # faster when other tests run beside this one
SEED = int(os.environ.get("CISUP_SEED", "1"))
PATIENCE = 100  # seconds; never waited for by a test that passes

# 216 cells; setUpClass sets how long they take.
SMALL = {
    "fixed": {"D": 60, "L": 2, "networks": 3, "samples": 100, "scheme": "best"},
    "grid": {
        "S": [2, 3, 4],
        "T": [4, 8, "max"],
        "weights": ["capped", "plain"],
        "z": [1, [1, 3]],
        "seed": [1, 2, 3, 4, 5, 6],
    },
}
CELLS = 216


def start(*arguments, program=PROGRAM, **more):
    return subprocess.Popen(
        [program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def cisup(*arguments, expect=0, **more):
    process = start(*arguments, **more)
    out, err = process.communicate(timeout=PATIENCE)
    if process.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {process.returncode}\n{err}")
    return out if expect == 0 else err


def kill(process):
    process.kill()
    process.communicate()


def status(journal):
    process = start("sweep", "--journal", journal, "--status", "--json")
    out, err = process.communicate()
    # While the journal is being made it is not there, or empty.
    return json.loads(out) if out else {"running": 0, "done": 0}


def cells_done(journal):
    """As status, but at once."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as c:
            return c.execute("SELECT count(records) FROM cell").fetchone()[0]
    except sqlite3.Error:  # it is being made
        return 0


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.01)


def query(journal, sql):
    connection = sqlite3.connect(journal)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


class Sweep(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.journal = self.path("s.sqlite")
        self.running = []
        self.addCleanup(lambda: [kill(p) for p in self.running if p.returncode is None])

    def path(self, name):
        return str(Path(self.folder.name) / name)

    def spec(self, spec):
        Path(self.path("s.json")).write_text(json.dumps(spec))
        return self.path("s.json")

    def begin(self, spec, journal=None):
        more = ["--journal", journal] if journal else []
        self.running.append(start("sweep", spec, "-q", *more))
        return self.running[-1]

    def exported(self, journal):
        whole = ["sweep", "--journal", journal, "--export"]
        return cisup(*whole, "--json"), cisup(*whole, "--csv", "-")

    def ends(self, *processes):
        for p in processes:
            _, err = p.communicate(timeout=PATIENCE)
            self.assertEqual((p.returncode, err), (0, ""))

    def check_journal(self, journal, lost):
        """Every cell finished once; begun once more for each that died at work."""
        rows = query(journal, "SELECT runs, claims FROM cell")
        self.assertEqual(len(rows), CELLS)
        self.assertEqual({runs for runs, _ in rows}, {1})
        self.assertLessEqual(sum(claims - 1 for _, claims in rows), lost)
        self.assertEqual(query(journal, "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(query(journal, "PRAGMA foreign_key_check"), [])
        self.assertEqual(query(journal, "PRAGMA journal_mode"), [("wal",)])
        return sum(claims - 1 for _, claims in rows)


class Survives(Sweep):
    @staticmethod
    def timed(spec):
        began = time.monotonic()
        cisup("sweep", spec)
        return time.monotonic() - began

    @classmethod
    def setUpClass(cls):
        """The sweep that is left alone, of some 4 seconds also under a sanitizer."""
        cls.shared = tempfile.TemporaryDirectory()
        probe, spec = (str(Path(cls.shared.name) / name) for name in ("probe.json", "alone.json"))
        part = {**SMALL["grid"], "seed": [1]}
        Path(probe).write_text(json.dumps({**SMALL, "grid": part}))
        took = cls.timed(probe) * 6
        SMALL["fixed"]["samples"] = max(8, min(2000, int(100 * 4 / took)))
        Path(spec).write_text(json.dumps(SMALL))
        cls.took = cls.timed(spec)
        cls.start = cls.timed(spec)  # of a process that finds nothing to do
        cls.alone = spec.replace(".json", ".sqlite")

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def test_left_alone(self):
        self.assertEqual(self.check_journal(self.alone, 0), 0)

    def test_killed_twenty_times(self):
        spec, rng = self.spec(SMALL), random.Random(SEED)
        print(f"CISUP_SEED={SEED}, {self.took:.1f} s alone", file=sys.stderr)
        kills = 0

        def kill_some_time(process):
            end = time.monotonic() + self.start + rng.random() * self.took / 20
            most = cells_done(self.journal) + CELLS // 40  # should it be faster by now
            while time.monotonic() < end and cells_done(self.journal) < most:
                time.sleep(0.001)
            kill(process)
            self.assertEqual(process.returncode, -signal.SIGKILL)  # was at work

        while kills < 20:
            both = [self.begin(spec) for _ in range(1 + (kills % 4 == 0))]
            rng.shuffle(both)
            for process in both:  # the other one goes on meanwhile
                kill_some_time(process)
                kills += 1
        self.assertLess(status(self.journal)["done"], CELLS)
        self.ends(self.begin(spec), self.begin(spec))
        self.assertEqual(self.exported(self.journal), self.exported(self.alone))
        lost = self.check_journal(self.journal, kills)
        self.assertGreater(lost, 0)  # some were killed at work on a cell
        print(f"{kills} kills, {lost} cells begun again", file=sys.stderr)

    def test_two_processes_do_no_cell_twice(self):
        spec = self.spec(SMALL)
        self.ends(*[self.begin(spec) for _ in range(2)])
        self.assertEqual(self.check_journal(self.journal, 0), 0)
        shares = query(self.journal, "SELECT count(*) FROM cell GROUP BY worker")
        self.assertEqual(len(shares), 2, "one has done everything")
        self.assertEqual(self.exported(self.journal), self.exported(self.alone))

    def test_many_processes_begin_at_once(self):
        """All find the journal empty; one of them fills it."""
        spec = self.spec({"fixed": SMALL["fixed"], "grid": {"seed": [1, 2, 3, 4]}})
        connection = sqlite3.connect(self.journal)
        connection.execute("BEGIN IMMEDIATE")
        all_of_them = [self.begin(spec) for _ in range(6)]
        time.sleep(0.5)  # they wait for the lock
        connection.close()
        self.ends(*all_of_them)
        self.assertEqual(query(self.journal, "SELECT runs, claims FROM cell"), [(1, 1)] * 4)

    def test_threads_leave_no_trace(self):
        spec = {**SMALL, "grid": {**SMALL["grid"], "seed": [3]}}
        self.ends(self.begin(self.spec(spec)))
        whole = self.exported(self.journal)
        cisup("sweep", self.path("s.json"), "--journal", self.path("b"), "--threads", 2)
        self.assertEqual(self.exported(self.path("b")), whole)

    def test_ended_by_a_signal(self):
        spec = self.spec(SMALL)
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.begin(spec)
            wait_for(lambda: status(self.journal)["running"] > 0)
            process.send_signal(number)
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 128 + number)
            self.assertEqual(status(self.journal)["running"], 0)
        held = "SELECT count(*) FROM cell WHERE records IS NULL AND worker IS NOT NULL"
        self.assertEqual(query(self.journal, held), [(0,)])
        self.ends(self.begin(spec))
        self.assertEqual(self.exported(self.journal), self.exported(self.alone))

    def test_export_of_a_part(self):
        """What is done is a beginning of the whole when one process has done it."""
        process = self.begin(self.spec(SMALL))
        wait_for(lambda: status(self.journal)["done"] >= 3)
        kill(process)
        whole = self.exported(self.alone)
        for form, all_of_it in zip(([], ["--csv", "-"]), whole):
            p = start("sweep", "--journal", self.journal, "--export", *form)
            out, err = p.communicate()
            self.assertEqual(p.returncode, 1)
            self.assertIn(f"of {CELLS} cells are not done", err)
            self.assertTrue(all_of_it.startswith(out))
            self.assertGreater(len(out), 1000)


class Claims(Sweep):
    HEAVY = {
        "fixed": {"D": 60, "S": 3, "L": 2, "samples": 200, "z": 1, "scheme": "best"},
        "grid": {"T": [8, 9], "networks": [300, 301]},
    }

    def hold(self, spec):
        """A process that is stopped at work on a cell."""
        process = self.begin(spec)
        while True:
            wait_for(lambda: status(self.journal)["running"] == 1)
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            if status(self.journal)["running"] == 1:
                return process
            process.send_signal(signal.SIGCONT)

    def test_a_claim_lasts_as_long_as_its_process(self):
        spec = self.spec(self.HEAVY)
        holder = self.hold(spec)
        done = status(self.journal)["done"]
        self.assertLess(done, 4)
        held = query(self.journal, "SELECT id FROM cell WHERE records IS NULL AND worker > 0")
        other = self.begin(spec)
        wait_for(lambda: status(self.journal)["done"] == 3)
        time.sleep(0.5)  # five times the pause between two looks
        self.assertIsNone(other.poll())
        claims = f"SELECT claims, runs FROM cell WHERE id = {held[0][0]}"
        self.assertEqual(query(self.journal, claims), [(1, 0)])
        kill(holder)
        self.ends(other)
        self.assertEqual(query(self.journal, claims), [(2, 1)])

    def test_a_stopped_process_finishes_its_cell(self):
        spec = self.spec(self.HEAVY)
        holder = self.hold(spec)
        other = self.begin(spec)
        wait_for(lambda: status(self.journal)["done"] == 3)
        holder.send_signal(signal.SIGCONT)
        self.ends(other, holder)
        self.assertEqual(query(self.journal, "SELECT claims, runs FROM cell"), [(1, 1)] * 4)

    def test_claims_do_not_move_with_a_copy(self):
        spec = self.spec(self.HEAVY)
        holder = self.hold(spec)
        copy = self.path("copy.sqlite")
        with sqlite3.connect(self.journal) as a, sqlite3.connect(copy) as b:
            a.backup(b)
        self.ends(self.begin(spec, copy))
        holder.send_signal(signal.SIGCONT)
        self.ends(holder)
        self.assertEqual(self.exported(self.journal), self.exported(copy))


class Content(Sweep):
    def options(self, parameters):
        """The parameters of a cell on the command line of propagate."""
        letters = {"networks": "-K", "samples": "-M"}
        for name, value in parameters.items():
            if isinstance(value, bool):
                if value != (name == "reshuffle"):
                    yield "--keep-order" if name == "reshuffle" else "--" + name
                continue
            long = "-" + name if len(name) == 1 else "--" + name.replace("_", "-")
            yield letters.get(name, long)
            yield ",".join(map(str, value)) if isinstance(value, list) else value

    def check_records(self, lines, options):
        own = cisup("propagate", *options, "--json").splitlines()
        drop = ('"record":"timing"', '"record":"assumption"')
        self.assertEqual(lines, [x for x in own if not any(d in x for d in drop)])

    def check_rows(self, rows, options, varied):
        own = list(csv.DictReader(io.StringIO(cisup("propagate", *options, "--csv", "-"))))
        self.assertEqual(len(rows), len(own))
        # there layer by layer, here as the records: errors first
        every_z = list(dict.fromkeys(r["z"] for r in own))
        own.sort(key=lambda r: (every_z.index(r["z"]), r["record"] == "open"))
        for ours, theirs in zip(rows, own):
            self.assertLessEqual(theirs.items(), ours.items())
            for name, value in varied.items():
                if len(name) == 1:  # a size: compared above
                    continue
                text = ours["parameter_worst" if name == "worst" else name]
                if isinstance(value, bool):
                    value = str(value).lower()
                self.assertEqual(type(value)(text), value)

    def check_cells(self, spec):
        """The parameters of the cells, after comparing each with its run of propagate."""
        path = self.spec(spec)
        lines = cisup("sweep", path, "--json").splitlines()
        text = cisup("sweep", path, "--csv", "-", "--export")
        table = list(csv.DictReader(io.StringIO(text)))
        parameters, records = [], []
        for line in lines:
            record = json.loads(line)
            if record["record"] == "cell":
                self.assertEqual(record["cell"], len(parameters))
                parameters.append(record["parameters"])
                records.append([])
            else:
                records[-1].append(line)
        for k, given in enumerate(parameters):
            options = [*self.options(given), "-q"]
            self.check_records(records[k], options)
            params = json.loads(records[k][0])["params"]
            for name in given.keys() - {"preset", "worst"}:
                value = [given[name]] if name == "z" and given[name] in (1, 2) else given[name]
                if value != "max":
                    self.assertEqual(params[name], value, name)
            rows = [r for r in table if r["cell"] == str(k)]
            self.check_rows(rows, options, {n: given[n] for n in spec["grid"]})
        return parameters

    def excluded(self):
        Path(self.path("out.csv")).write_text("circuit\n3\n5\n")
        return self.path("out.csv")

    def test_a_cell_is_a_run_of_propagate(self):
        fixed = {"networks": 2, "samples": 9}
        for more, grid in (
            ({"D": 60, "T": 5, "S": 3}, {"scheme": ["ref", "greedy"], "hop": ["S", "S-1"],
              "reflect": [False, True], "even_out": ["no", "yes"]}),
            ({"T": "max", "S": 2, "z": [1, 2]}, {"D": [40, 61], "weights": ["plain", "split"],
              "mode": ["masked-linear", "relu"], "reshuffle": [True, False]}),
            ({"D": 48, "S": 2, "T": 6}, {"family": ["rotation3", "gate"], "fresh": [True],
              "margin": [1, 0.1], "seed": [0, 2**63 - 1], "z": [1, [3, 2]]}),
            ({"D": 48, "S": 2, "T": 6, "weights": "balanced"}, {"center": [0.1, 1e-7],
              "engine": ["auto", "batched", "sparse", "assembled"], "d": [4]}),
            ({"D": 48, "S": 2, "T": 6, "kappa": "rows"}, {"w_correction": [0.3, 2]}),
            ({"D": 60, "S": 3, "T": 12, "z": 2}, {"terms": [False, True], "worst": [1, 3],
              "exclude": ["1", "4", self.excluded()]}),
            ({"preset": "published", "samples": 3, "networks": 1}, {"L": [1, 2]}),
        ):  # fmt: skip
            with self.subTest(grid=grid):
                Path(self.journal).unlink(missing_ok=True)
                parameters = self.check_cells({"fixed": {**fixed, **more}, "grid": grid})
                # the last name of the grid is the fastest
                names = list(grid)
                order = [tuple(grid[n].index(p[n]) for n in names) for p in parameters]
                self.assertEqual(order, sorted(set(order)))

    def test_circuits_of_ones_own(self):
        file = f"{DATA}/example_circuits.csv"
        fixed = {"circuit_file": file, "D": 60, "S": 2, "networks": 2, "samples": 3,
                 "gate": True}  # fmt: skip
        self.check_cells({"fixed": fixed, "grid": {"seed": [1, 2]}})

    def test_one_row_a_cell_with_everything(self):
        spec = {"fixed": {"D": 48, "S": 2, "L": 2, "networks": 2, "samples": 3},
                "grid": {"T": [5, 6], "z": [1, [1, 2]], "seed": [7, 8]}}  # fmt: skip
        lines = cisup("sweep", self.spec(spec), "--json").splitlines()
        records = [json.loads(line) for line in lines]
        rows = query(self.journal, "SELECT id, parameters, seed, records FROM cell ORDER BY id")
        text = "".join(
            json.dumps({"record": "cell", "cell": k, "parameters": json.loads(p)},
                       separators=(",", ":")) + "\n" + r
            for k, p, _, r in rows
        )  # fmt: skip
        self.assertEqual(text.splitlines(), lines)
        self.assertEqual([seed for _, _, seed, _ in rows], [7, 8] * 4)
        ((version, stored, files),) = query(self.journal, "SELECT * FROM sweep")
        self.assertEqual(json.loads(stored), spec)
        self.assertEqual(files, "{}")
        self.assertEqual({r["version"] for r in records if r["record"] == "run"}, {version})
        # the view has the main columns of every error record
        expected, cell, params = [], None, None
        for r in records:
            cell = r["cell"] if r["record"] == "cell" else cell
            params = r["params"] if r["record"] == "run" else params
            if r["record"] == "error":
                names = ["z", "layer", "state", "quantity", "mse", "mse_lo", "mse_hi"]
                shape = [params[n] for n in "DdTS"]
                expected.append((cell, *shape, *(r[n] for n in names)))
        found = query(self.journal, "SELECT * FROM figure")
        self.assertEqual(len(found), len(expected))
        for a, b in zip(sorted(found, key=str), sorted(expected, key=str)):
            for x, y in zip(a, b):  # SQLite reads numbers to 15 digits
                self.assertTrue(x == y or abs(x - y) <= 1e-14 * abs(y), (a, b))

    def test_status(self):
        cisup("sweep", self.spec(SMALL), "-q")
        s = status(self.journal)
        keys = ["record", "cells", "done", "infeasible", "running", "open", "seconds"]
        self.assertEqual(list(s), keys)
        self.assertEqual((s["cells"], s["done"], s["running"], s["open"]), (CELLS, CELLS, 0, 0))
        ((spent,),) = query(self.journal, "SELECT sum(seconds) FROM cell")
        self.assertAlmostEqual(s["seconds"], spent, delta=1e-9)


class Refuses(Sweep):
    SPEC = {"fixed": {"D": 48, "S": 2, "L": 2, "networks": 1, "samples": 2, "T": 5},
            "grid": {"seed": list(range(40))}}  # fmt: skip

    def refused(self, expect, *texts, arguments=(), **more):
        before = Path(self.journal).read_bytes() if Path(self.journal).exists() else None
        err = cisup("sweep", self.path("s.json"), *arguments, expect=expect, **more)
        for text in (self.journal, *texts):
            self.assertIn(text, err)
        after = Path(self.journal).read_bytes() if Path(self.journal).exists() else None
        return before == after

    def change(self, sql):
        with sqlite3.connect(self.journal) as connection:
            connection.executescript(sql)
        connection.close()

    def test_files_that_are_no_journal(self):
        self.spec(self.SPEC)
        for content in (b"no database, but long enough to be taken for one\n" * 100, b"x"):
            Path(self.journal).write_bytes(content)
            for arguments in ([], ["--status"], ["--export"]):
                self.assertTrue(self.refused(3, "is no journal of a sweep", arguments=arguments))
        os.remove(self.journal)
        self.change("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
        self.assertTrue(self.refused(3, "is no journal of a sweep"))

    def test_an_empty_journal_is_a_new_one(self):
        spec = self.spec(self.SPEC)
        Path(self.journal).touch()
        self.refused(3, "is empty", arguments=["--status"])
        cisup("sweep", spec)
        self.assertEqual(status(self.journal)["done"], 40)

    def test_another_version_or_format(self):
        cisup("sweep", self.spec(self.SPEC))
        whole = self.exported(self.journal)
        self.change("UPDATE sweep SET version = '0.0.7'")
        self.refused(2, "0.0.7")
        self.assertEqual(self.exported(self.journal), whole)  # reading is allowed
        self.change("PRAGMA user_version = 2")
        for arguments in ([], ["--status"], ["--export"]):
            self.refused(3, "format 2", arguments=arguments)

    def test_files_that_have_changed(self):
        circuits, out = Path(self.path("c.csv")), Path(self.path("out.csv"))
        circuits.write_text(Path(DATA, "example_circuits.csv").read_text())
        out.write_text("circuit\n1\n")
        fixed = {"circuit_file": str(circuits), "D": 60, "S": 2, "samples": 2, "gate": True}
        spec = self.spec({"fixed": {**fixed, "T": 9, "z": 1}, "grid": {"exclude": ["2", str(out)]}})
        cisup("sweep", spec)
        cisup("sweep", spec)
        for file in (circuits, out):
            before = file.read_text()
            file.write_text(before.replace("1", "2", 1))
            self.refused(2, "have changed")
            file.write_text(before)
        cisup("sweep", spec)

    def test_damaged_journals(self):
        spec = self.spec(self.SPEC)
        cisup("sweep", spec)
        content = Path(self.journal).read_bytes()
        damaged = {
            "truncated": content[: len(content) // 2],
            "overwritten": content[:4096] + bytes(range(256)) * 16 * (len(content) // 4096 - 1),
        }
        for name, wrong in damaged.items():
            with self.subTest(name):
                Path(self.journal).write_bytes(wrong)
                for arguments in (["--export"], ["--export", "--csv", self.path("a.csv")]):
                    self.refused(3, "malformed", arguments=arguments)
                self.assertFalse(Path(self.path("a.csv")).exists())
        Path(self.journal).write_bytes(content)
        self.change("UPDATE cell SET records = 'x' WHERE id = 3")
        err = cisup("sweep", spec, "--export", "--csv", self.path("a.csv"), expect=3)
        self.assertIn("the journal is damaged: cell 3", err)

    def test_read_only_journals(self):
        cisup("sweep", self.spec(self.SPEC))
        whole = self.exported(self.journal)
        os.chmod(self.folder.name, 0o777)
        os.chmod(self.journal, 0o444)
        user = {}
        if os.geteuid() == 0:  # another user, who need not get at the folder of the program
            user = {"user": 65534, "program": shutil.copy(PROGRAM, self.path("cisup"))}
        self.refused(4, "Permission denied", **user)
        out = cisup("sweep", "--journal", self.journal, "--export", **user)
        self.assertEqual(out, whole[0])
        beside = [n for n in os.listdir(self.folder.name) if n.startswith("s.sqlite-")]
        self.assertEqual(beside, [])  # nothing that the next one could use
        os.chmod(self.folder.name, 0o555)
        out = cisup("sweep", "--journal", self.journal, "--export", **user)
        self.assertEqual(out, whole[0])

    def test_full_disks(self):
        """The limit is on the size of files; the whole takes more than 100 kB."""
        spec = self.spec(self.SPEC)

        def limit(size):
            def set_limit():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

            return {"preexec_fn": set_limit, "restore_signals": False}

        for size in (0, 3000, 20000, 50000):
            self.refused(4, "disk I/O error", **limit(size))
        cisup("sweep", spec)
        self.assertEqual(query(self.journal, "SELECT DISTINCT runs FROM cell"), [(1,)])
        self.assertEqual(query(self.journal, "PRAGMA integrity_check"), [("ok",)])
        parts = self.exported(self.journal)
        cisup("sweep", spec, "--journal", self.path("other.sqlite"))
        self.assertEqual(parts, self.exported(self.path("other.sqlite")))

    def test_a_locked_csv_is_found_before_the_work(self):
        spec = self.spec(self.SPEC)
        Path(self.path("a.csv")).write_text("mine")
        cisup("sweep", spec, "--csv", self.path("a.csv"), expect=4)
        self.assertFalse(Path(self.journal).exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
