#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""journal.py CISUP DATA FAIL_PREAD: the journal of a sweep as a file.

Its name is that of a file; who looks at it leaves nothing behind and sees what is
committed; a damaged or foreign one is refused. FAIL_PREAD is a library to preload.
"""
import contextlib
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, DATA, FAIL_PREAD = map(os.path.abspath, sys.argv[1:4])
os.environ["OMP_NUM_THREADS"] = "1"
SPEC = {
    "fixed": {"D": 48, "S": 2, "L": 2, "networks": 1, "samples": 2, "T": 5, "z": [1, 2],
              "terms": True, "worst": 2, "exclude": "out.csv"},
    "grid": {"seed": list(range(12))},
}  # fmt: skip
HEAVY = {"fixed": {"D": 60, "S": 3, "L": 2, "T": 8, "samples": 200, "z": 1, "scheme": "best"},
         "grid": {"networks": [10**7]}}  # fmt: skip
OTHER = 65534  # a user


class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chmod, folder.name, 0o755)
        self.folder = Path(folder.name)
        (self.folder / "out.csv").write_text("circuit\n3\n")
        self.spec(SPEC)

    def spec(self, spec, name="s.json"):
        (self.folder / name).write_text(json.dumps(spec))

    def start(self, *arguments, cwd=None, program=PROGRAM, **more):
        process = subprocess.Popen([program, "sweep", *arguments], cwd=cwd or self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def sweep(self, *arguments, expect=0, **more):
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, expect, err)
        return out if expect == 0 else err

    def query(self, sql, journal="s.sqlite"):
        with contextlib.closing(sqlite3.connect(self.folder / journal)) as connection:
            rows = connection.execute(sql).fetchall()
            connection.commit()
        return rows

    def names(self):
        return sorted(os.listdir(self.folder))

    def hold(self, spec, done=0):
        """A process stopped at work on a cell that takes for ever, after so many others."""
        self.spec(spec)
        process = self.start("s.json", "-q")
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while self.counts() != (1, done):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        return process

    def counts(self):
        out = self.start("--journal", "s.sqlite", "--status", "--json").communicate()[0]
        status = json.loads(out or '{"running": 0, "done": 0}')
        return status["running"], status["done"]


class Names(Journal):
    def test_a_name_is_that_of_a_file(self):
        for name in (":memory:", "file:x.sqlite", "file:y.sqlite?mode=memory", "a?b#c%20d"):
            with self.subTest(name):
                self.sweep("s.json", "--journal", name, "-q")
                self.assertEqual(self.query("SELECT DISTINCT runs, claims FROM cell", name), [(1, 1)])
                self.sweep("s.json", "--journal", name, "-q")
                self.assertEqual(self.query("SELECT count(*) FROM worker", name), [(2,)])
                self.sweep("--journal", name, "--status")
                self.sweep("--journal", str(self.folder / name), "--status")
        self.assertNotIn("x.sqlite", self.names())

    def test_links(self):
        (self.folder / "far").mkdir()
        os.symlink("far/real.sqlite", self.folder / "s.sqlite")
        (self.folder / "far" / "real.sqlite").touch()
        holder = self.hold(HEAVY)
        self.assertIn("real.sqlite-wal", os.listdir(self.folder / "far"))
        holder.kill()

    def test_files_are_relative_to_the_spec(self):
        sub = self.folder / "sub"
        sub.mkdir()
        shutil.copy(Path(DATA, "example_circuits.csv"), sub / "c.csv")
        (sub / "out.csv").write_text("circuit\n2\n")
        fixed = {"circuit_file": "c.csv", "D": 60, "S": 2, "samples": 2, "networks": 1,
                 "gate": True, "z": 1}  # fmt: skip
        spec = {"fixed": fixed, "grid": {"seed": [1], "exclude": ["out.csv", "1"]}}
        self.spec(spec, "sub/s.json")
        here = self.sweep("sub/s.json", "--json", "-q")
        self.assertEqual(self.sweep("s.json", "--json", "-q", cwd=sub), here)
        self.assertEqual(self.sweep(str(sub / "s.json"), "--json", "-q", cwd="/"), here)
        self.assertEqual(self.sweep("--journal", "sub/s.sqlite", "--json", "-q"), here)
        self.assertEqual(json.loads(here.splitlines()[1])["params"]["circuit_file"], "c.csv")
        # away from its spec a journal has its files beside itself, unless the spec is named
        self.sweep("sub/s.json", "--journal", "j.sqlite", "-q")
        err = self.sweep("--journal", "j.sqlite", "-q", expect=4)
        self.assertIn("cannot open c.csv", err)
        self.assertEqual(self.sweep("sub/s.json", "--journal", "j.sqlite", "--json"), here)
        spec["fixed"]["circuit_file"] = "none.csv"
        self.spec(spec, "sub/t.json")
        self.assertIn("sub/none.csv", self.sweep("sub/t.json", expect=4))


class Looking(Journal):
    def as_other(self):
        """Another user; the program itself need not be within its reach."""
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.folder.chmod(0o777)
        return {"user": OTHER, "program": shutil.copy(PROGRAM, self.folder / "cisup")}

    def test_nothing_is_left_behind(self):
        self.sweep("s.json", "-q")
        whole = self.sweep("--journal", "s.sqlite", "--export")
        before = self.names()
        for user in ({}, self.as_other() if os.geteuid() == 0 else {}):
            for arguments in (["s.json", "--status"], ["s.json", "--export"]):
                self.sweep(*arguments, **user)
            self.assertEqual([n for n in self.names() if n != "cisup"], before)
        self.assertEqual(self.sweep("s.json", "--export"), whole)

    def test_another_user_does_not_hinder_the_owner(self):
        user = self.as_other()
        self.sweep("s.json", "-q", preexec_fn=self.little_room, restore_signals=False,
                   expect=4)
        (self.folder / "s.sqlite").chmod(0o644)
        os.chown(self.folder / "s.sqlite", OTHER - 1, OTHER - 1)
        self.sweep("s.json", "--status", expect=1, **user)
        self.assertEqual([n for n in self.names() if n.startswith("s.sqlite-")], [])
        self.sweep("s.json", "-q", **{**user, "user": OTHER - 1})

    @staticmethod
    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))

    def test_read_only_folders(self):
        self.sweep("s.json", "-q")
        whole = self.sweep("s.json", "--export")
        user = self.as_other()
        self.assertEqual([n for n in self.names() if n.startswith("s.sqlite")], ["s.sqlite"])
        (self.folder / "s.sqlite").chmod(0o444)
        self.folder.chmod(0o555)
        self.assertEqual(self.sweep("s.json", "--export", **user), whole)
        self.sweep("s.json", "--status", **user)

    def test_a_log_without_its_owner(self):
        """What a killed process has committed is seen, with and without -shm."""
        fixed = {k: v for k, v in SPEC["fixed"].items() if k != "networks"}
        holder = self.hold({"fixed": fixed, "grid": {"networks": [1, 2, 100000]}}, done=2)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        self.assertGreater((self.folder / "s.sqlite-wal").stat().st_size, 0)
        seen = self.start("s.json", "--export").communicate()[0]
        self.assertIn('"record":"cell","cell":0', seen)
        (self.folder / "s.sqlite-shm").unlink()
        self.assertEqual(self.start("s.json", "--export").communicate()[0], seen)
        self.assertNotIn("s.sqlite-shm", self.names())
        # Bytes after the last commit, and a log that belongs to another state, count for nothing.
        log = (self.folder / "s.sqlite-wal").read_bytes()
        (self.folder / "s.sqlite-wal").write_bytes(log + log[32:5000])
        self.assertEqual(self.start("s.json", "--export").communicate()[0], seen)
        (self.folder / "s.sqlite-wal").write_bytes(log[:-4000])
        part = self.start("s.json", "--export").communicate()[0]
        self.assertTrue(seen.startswith(part) and len(part) <= len(seen))
        # As SQLite sees it.
        (self.folder / "s.sqlite-wal").write_bytes(log)
        rows = self.query("SELECT records FROM cell WHERE records IS NOT NULL ORDER BY id")
        lines = [x for x in seen.splitlines(True) if '"record":"cell"' not in x]
        self.assertEqual("".join(r for r, in rows), "".join(lines))

    def test_while_others_write(self):
        """Every look is a state that was committed, also while the log begins anew."""
        cells = 300
        self.spec({"fixed": SPEC["fixed"], "grid": {"seed": list(range(cells))}})
        writers = [self.start("s.json", "-q") for _ in range(2)]
        done = -1
        while any(w.poll() is None for w in writers):
            process = self.start("s.json", "--export")
            out, err = process.communicate()
            if "empty" in err or "cannot open" in err or "has no cells" in err:
                continue
            self.assertIn(process.returncode, (0, 1), err)
            now = out.count('"record":"cell"')
            self.assertGreaterEqual(now, done)
            done = now
            self.query("PRAGMA wal_checkpoint(RESTART)")
        for w in writers:
            self.assertEqual(w.communicate(), ("", ""))
        self.assertEqual(self.query("PRAGMA integrity_check"), [("ok",)])

    def test_a_copy_without_its_log(self):
        holder = self.hold(HEAVY)
        shutil.copy(self.folder / "s.sqlite", self.folder / "copy.sqlite")
        err = self.sweep("--journal", "copy.sqlite", "--status", expect=3)
        self.assertIn("needs its -wal file", err)
        shutil.copy(self.folder / "s.sqlite-wal", self.folder / "copy.sqlite-wal")
        self.sweep("--journal", "copy.sqlite", "--status", expect=1)
        holder.kill()


class Damage(Journal):
    def setUp(self):
        super().setUp()
        self.sweep("s.json", "-q")
        self.sound = (self.folder / "s.sqlite").read_bytes()

    def damage(self, sql, journal="s.sqlite"):
        with contextlib.closing(sqlite3.connect(self.folder / journal)) as connection:
            connection.executescript(sql)

    def refused(self, sql, *commands):
        for arguments in commands:
            with self.subTest(sql=sql, arguments=arguments):
                (self.folder / "s.sqlite").write_bytes(self.sound)
                self.damage(sql)
                err = self.sweep(*arguments, expect=3)
                self.assertRegex(err, "damaged|no such|malformed|others")

    EXPORTS = (["s.json", "--json", "-q"], ["--journal", "s.sqlite", "--export"],
               ["s.json", "--export", "--csv", "-"], ["s.json", "--csv", "a.csv"])  # fmt: skip
    ALL = (*EXPORTS, ["s.json"], ["s.json", "--status"])

    def test_cells(self):
        for sql in ("DELETE FROM cell WHERE id = 1", "DELETE FROM cell WHERE id = 11",
                    "DELETE FROM cell WHERE id = 0", "UPDATE cell SET id = 99 WHERE id = 3",
                    "UPDATE cell SET id = -1 WHERE id = 3", "DELETE FROM cell",
                    "INSERT INTO cell (id, parameters, seed) VALUES (12, '{}', 1)"):  # fmt: skip
            self.refused(sql, *self.ALL)

    def test_parameters(self):
        swap = "UPDATE cell SET parameters = replace(parameters, '\"T\":5', '\"T\":6') WHERE id = 2"
        self.refused(swap, *self.EXPORTS)
        for text in ("''", "'x'", "'{}'", "parameters || ' '"):
            self.refused(f"UPDATE cell SET parameters = {text} WHERE id = 2", *self.EXPORTS)
        undone = "UPDATE cell SET records = NULL, runs = 0 WHERE id = 2;"
        self.refused(undone + swap, ["s.json"], ["--journal", "s.sqlite", "-q"])

    def test_records(self):
        ((records,),) = self.query("SELECT records FROM cell WHERE id = 2")
        sets = ["'garbage' || char(27) || '[31m'", "''", "substr(records, 1, 500)",
                "substr(records, 1, length(records) - 1)", "records || char(10)", "records || '{}'",
                "records || records", "'[1]' || char(10)", "'{\"record\":\"error\"}' || char(10)",
                "records || '{\"record\":\"infeasible\",\"reason\":\"\"}' || char(10)",
                "substr(records, instr(records, char(10)) + 1)",
                "CAST(x'7b00' AS TEXT)"]  # fmt: skip
        for text in sets:
            self.refused(f"UPDATE cell SET records = {text} WHERE id = 2", *self.EXPORTS)
        lines = records.splitlines(True)
        kinds = {json.loads(line)["record"]: k for k, line in enumerate(lines)}
        self.assertEqual(set(kinds), {"run", "excluded", "error", "term", "open", "worst"})
        for k in kinds.values():  # the loss of a line of any kind
            rest = "".join(lines[:k] + lines[k + 1 :]).replace("'", "''")
            self.refused(f"UPDATE cell SET records = '{rest}' WHERE id = 2", self.EXPORTS[1])

    def test_other_tables(self):
        """Among them a trigger that would forge results."""
        for sql in ("CREATE TRIGGER t AFTER INSERT ON worker BEGIN "
                    "UPDATE cell SET records = 'forged'; END",
                    "CREATE TABLE mine (x)", "CREATE VIEW mine AS SELECT 1", "DROP VIEW figure",
                    "DROP INDEX unfinished", "ALTER TABLE cell RENAME COLUMN records TO lines",
                    "ALTER TABLE cell ADD COLUMN more TEXT", "DROP TABLE worker"):  # fmt: skip
            self.refused("PRAGMA legacy_alter_table = ON;" + sql, *self.ALL)
        (self.folder / "s.sqlite").write_bytes(self.sound)
        self.damage("ANALYZE")  # tables of SQLite's own
        self.sweep("s.json", "--export")
        self.sweep("s.json")

    def test_what_others_make_of_a_journal(self):
        whole = self.sweep("s.json", "--export")
        self.damage("VACUUM INTO 'a.sqlite'".replace("a.sqlite", str(self.folder / "a.sqlite")))
        self.damage("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM")
        for journal in ("s.sqlite", "a.sqlite"):
            self.assertEqual(self.sweep("--journal", journal, "--export"), whole)
            self.sweep("s.json", "--journal", journal)
            self.assertEqual(self.sweep("--journal", journal, "--export"), whole)

    @unittest.skipIf("asan" in subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout,
                     "a sanitizer must be loaded first")  # fmt: skip
    def test_a_disk_that_cannot_be_read(self):
        for after in (0, 5000):
            for arguments in (["s.json", "--status"], ["s.json", "--export"], ["s.json"]):
                more = {"LD_PRELOAD": FAIL_PREAD, "FAIL_PREAD_AFTER": str(after)}
                err = self.sweep(*arguments, expect=4, env={**os.environ, **more})
                self.assertIn("Input/output error", err)


class Terminal(Journal):
    def test_progress_shows_cells(self):
        self.spec({"fixed": {**HEAVY["fixed"], "networks": 300}, "grid": {"seed": list(range(40))}})
        master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "vt100"}
        process = subprocess.Popen([PROGRAM, "sweep", "s.json"], cwd=self.folder, stderr=slave,
                                   stdout=subprocess.DEVNULL, env=environment)  # fmt: skip
        os.close(slave)
        shown, is_asked = "", False
        with contextlib.suppress(OSError):
            while select.select([master], [], [], 300)[0]:
                shown += os.read(master, 4096).decode()
                if not is_asked and re.search(r"cell ([2-9]|\d\d) of 40, ", shown):
                    process.send_signal(signal.SIGINT)
                    is_asked = True
        os.close(master)
        self.assertEqual(process.wait(), 130)
        self.assertRegex(shown, r"\rcell \d+ of 40, network \d+ of 300, \d+ s left\033\[K")
        last = shown.rsplit("\033[K", 1)[1]
        ((done,),) = self.query("SELECT count(records) FROM cell")
        said = f"cisup: {done} of 40 cells are done; the same command goes on with the others"
        self.assertEqual(last.strip(), said)

    def test_a_reader_that_goes(self):
        self.sweep("s.json", "-q")
        process = self.start("s.json", "--export")
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        self.assertEqual(process.wait(), 4)
        self.assertIn("cannot write to standard output", err)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
