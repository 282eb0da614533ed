#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_readouts.py CISUP DATA: the file of `propagate --readouts`, read by numpy.load.

Its arrays are those that `cisup run` prints of the network.json that `cisup export` writes for the same
network, and give the errors that propagate reports. Shares no code with the program.

Tolerance: JSON has 17 digits, so arrays agree to the bit; means of errors to rounding, 1e-12 for some
1000 terms.
"""
import json
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

PROGRAM, DATA = (str(Path(word).resolve()) for word in sys.argv[1:3])
OWN = ["--circuit-file", f"{DATA}/example_circuits.csv", "--input-file", f"{DATA}/example_inputs.csv"]
SIZES = ["-D", "103", "-S", "3", "-T", "20", "-L", "3", "--seed", "5"]
CASES = {
    "capped": SIZES,
    "balanced": [*SIZES, "--weights", "balanced"],
    "gate": [*SIZES, "-d", "5", "--family", "gate", "--fresh"],
    "own": ["-D", "100", "-S", "3", *OWN, "--gate"],
    "masks": [*SIZES, "--construction", "masks"],
    "codes": [*SIZES, "--construction", "masks", "--mask-codes", "--cycle", "3"],
    "biases": ["-D", "120", "-S", "2", *OWN, "--linear", "output", "--construction", "masks"],
}
M = 11  # more than one batch of 8


def cisup(*arguments, expect=0, folder="."):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=folder)
    if done.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return done


class Readouts(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)

    def propagate(self, *options, name="r.npz", expect=0):
        """The records, and the arrays."""
        lines = cisup("propagate", *options, "--json", "--force", "--readouts", self.root / name, expect=expect).stdout
        with np.load(self.root / name) as file:
            return [json.loads(line) for line in lines.splitlines()], {k: file[k] for k in file}

    def test_arrays_are_what_run_prints_of_the_exported_network(self):
        for name, options in CASES.items():
            for z in (1, 3):
                folder = self.root / f"{name}{z}"
                cisup("export", "-q", "-o", folder, "-M", M, "-z", z, *options)
                out = json.loads(cisup("run", folder / "network.json").stdout)
                given = json.loads((folder / "network.json").read_text())
                _, a = self.propagate(*options, "-K", 2, "-M", 12, "-z", z, "--readout-samples", M,
                                      name=f"{name}{z}.npz")
                self.assertEqual(sorted(a), sorted(["circuit", "run"] + [
                    f"{k}_z{z}" for k in ("active", "input", "circuit_states", "readout")]))
                self.assertEqual(a["circuit"].tolist(), list(range(out["T"])))
                for key, want in (("active", given["active"]), ("input", given["input"]),
                                  ("circuit_states", out["circuit_states"]), ("readout", out["readout"])):
                    got, want = a[f"{key}_z{z}"], np.array(want)
                    self.assertEqual(got.shape, want.shape, name)
                    self.assertTrue((got == want).all(), f"{name}, z = {z}: {key}")
                    self.assertEqual(got.dtype, np.dtype("<i8" if key == "active" else "<f8"))

    def errors(self, a, z, l, state):
        active, est = a[f"active_z{z}"], a[f"readout_z{z}"][l - 1]
        exact = np.zeros_like(est)
        is_active = np.zeros(est.shape[:2], bool)
        place = {t: k for k, t in enumerate(a["circuit"])}
        for m, sets in enumerate(active):
            for k, t in enumerate(sets):
                exact[m, place[t]] = a[f"circuit_states_z{z}"][l][m, k]
                is_active[m, place[t]] = True
        squares = ((est - exact) ** 2).sum(axis=2)
        return squares[is_active if state == "active" else ~is_active]

    def check_errors(self, options, zs):
        lines, a = self.propagate(*options, "-K", 1, "-M", M, "--readout-samples", M)
        for r in lines:
            if r["record"] == "error" and r["quantity"] == "readout":
                want = np.mean(self.errors(a, r["z"], r["layer"], r["state"]))
                self.assertAlmostEqual(r["mse"], want, delta=1e-12 * max(1, want))
        self.assertEqual({k for k in a if k.startswith("active")}, {f"active_z{z}" for z in zs})
        run = json.loads(a["run"][()])
        self.assertEqual(run, lines[0])
        return a

    def test_errors_are_those_of_the_run(self):
        self.check_errors([*SIZES, "-z", "1,2,4"], (1, 2, 4))
        for mode in ("masked-relu", "masked-linear", "linear"):
            self.check_errors([*SIZES, "-z", "2", "--mode", mode], (2,))
        for engine in ("sparse", "assembled"):
            self.check_errors([*SIZES, "-z", "2", "--engine", engine], (2,))

    def test_circuits_left_out_are_not_there(self):
        (self.root / "out.csv").write_text("circuit\n3\n17\n")
        a = self.check_errors([*SIZES, "-z", "2", "--exclude", self.root / "out.csv"], (2,))
        self.assertEqual(a["circuit"].tolist(), [t for t in range(20) if t not in (3, 17)])
        self.assertFalse(set(a["active_z2"].ravel()) & {3, 17})
        a = self.check_errors([*SIZES, "-z", "2", "--exclude", "2"], (2,))
        self.assertEqual(len(a["circuit"]), 18)

    def test_given_sets_are_the_active_ones(self):
        path = self.root / "sets"
        path.write_text("4 2\n7 1\n0 19\n")
        a = self.check_errors([*SIZES, "--active-file", path], (2,))
        self.assertEqual(a["active_z2"][:4].tolist(), [[2, 4], [1, 7], [0, 19], [2, 4]])
        path.write_text("4 2\n7\n")
        done = cisup("propagate", *SIZES, "--active-file", path, "--readouts", self.root / "s.npz", expect=2)
        self.assertIn("set 1 of --active-file has 1 circuits, not 2", done.stderr)

    def test_threads_give_the_same_bytes(self):
        for threads in (1, 2, 5):
            self.propagate(*SIZES, "-K", 2, "-M", 30, "-z", 2, "--readout-samples", 30, "--threads", threads,
                           name=f"{threads}.npz")
        first = (self.root / "1.npz").read_bytes()
        for threads in (2, 5):
            self.assertEqual((self.root / f"{threads}.npz").read_bytes(), first)

    def test_the_archive_is_sound_and_aligned(self):
        self.propagate(*SIZES, "-K", 1, "-M", 3, "-z", 2)
        data = (self.root / "r.npz").read_bytes()
        with zipfile.ZipFile(self.root / "r.npz") as archive:
            self.assertIsNone(archive.testzip())
            for info in archive.infolist():
                self.assertEqual(info.compress_type, zipfile.ZIP_STORED)
                start = info.header_offset
                name, extra = (int.from_bytes(data[start + k : start + k + 2], "little") for k in (26, 28))
                self.assertEqual((start + 30 + name + extra) % 64, 0)

    def test_existing_files_and_inputs_are_kept(self):
        out = self.root / "r.npz"
        out.write_text("mine")
        small = [*SIZES, "-K", 1, "-M", 3, "-z", 2, "-q", "--readouts"]
        self.assertIn("exists already", cisup("propagate", *small, out, expect=4).stderr)
        self.assertEqual(out.read_text(), "mine")
        cisup("propagate", *small, out, "--force")
        np.load(out)["readout_z2"]
        sets = self.root / "sets"
        sets.write_text("4 2\n")
        given = [*SIZES, "--active-file", sets, "--force", "--readouts"]
        self.assertIn("is the input of --active-file", cisup("propagate", *given, sets, expect=2).stderr)
        self.assertIn("is the file of --csv", cisup("propagate", *small, out, "--csv", out, "--force", expect=2).stderr)
        self.assertEqual(sets.read_text(), "4 2\n")
        missing = self.root / "none" / "r.npz"
        cisup("propagate", *small, missing, expect=4)
        cisup("propagate", *small, self.root / "dry.npz", "--dry-run")
        self.assertEqual(sorted(p.name for p in self.root.iterdir()), ["r.npz", "sets"])

    def test_what_does_not_go_together_is_refused(self):
        small = [*SIZES, "-K", 1, "-M", 3, "-z", 2]
        for options, said in (
            (["--precision", "single"], "--readouts: not with --precision single"),
            (["--input-noise", "0.1"], "--readouts: not with --input-noise"),
            (["-D", "100,120"], "--readouts: not with several shapes"),
            (["-D", "10000", "-S", "3", "-T", "100", "--implicit"], "--readouts: not with --implicit"),
            (["--readout-samples", "4"], "--readout-samples 4: a network has 3 samples"),
            (["-D", "40000", "-d", "4", "-T", "100000", "-M", "500", "--readout-samples", "500"],
             "--readouts r.npz: 4.8 GB, and an .npz holds 4.2 GB"),
        ):
            done = cisup("propagate", *small, *options, "--readouts", "r.npz", expect=2, folder=self.root)
            self.assertIn(said, done.stderr)
        self.assertIn("--readout-samples: needs --readouts",
                      cisup("propagate", *small, "--readout-samples", 2, expect=2).stderr)
        self.assertIn("a file is needed", cisup("propagate", *small, "--readouts", "-", expect=2).stderr)
        self.assertEqual(list(self.root.iterdir()), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
