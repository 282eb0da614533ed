#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_network.py CISUP DATA: the network.json of an export is the exported network.

`cisup run` of it gives the read-outs that the exported matrices give when NumPy runs them on its samples,
and the errors that `cisup propagate` measures in the same network. Shares no code with the program.

Tolerance: a read-out is some 10^3 additions and products of numbers of size 1 to 10 in another order, through
3 layers: 10^3 roundings of 1e-16 and, behind the capped weights, cancelling terms 10 times as large.
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import scipy.io

PROGRAM, DATA = sys.argv[1:3]
TOLERANCE = 1e-12
OWN = ["--circuit-file", f"{DATA}/example_circuits.csv", "--input-file", f"{DATA}/example_inputs.csv"]
SIZES = ["-D", "103", "-S", "3", "-L", "3", "--seed", "5"]
PUBLISHED = {
    "capped": [*SIZES, "-T", "25"],
    "plain": [*SIZES, "-T", "25", "--weights", "plain"],
    "rows": [*SIZES, "-T", "25", "--kappa", "rows", "--w-correction", "1.25"],
    "balanced": [*SIZES, "-T", "25", "--weights", "balanced", "--form", "full"],
    "split": [*SIZES, "-T", "25", "--weights", "split", "--center", "0.03125", "--keep-order"],
    "fresh": [*SIZES, "-d", "5", "-T", "7", "--family", "gate", "--fresh"],
    "own": ["-D", "100", "-S", "3", *OWN, "--gate"],
    "one": ["-D", "40", "-S", "2", "-T", "2", "-L", "1"],
}
MASKS = {
    "rotations": [*SIZES, "-T", "20"],
    "safe": [*SIZES, "-T", "20", "--offset", "safe"],
    "pilot": [*SIZES, "-T", "20", "--offset", "pilot", "--strength", "pilot"],
    "codes": [*SIZES, "-T", "20", "--mask-codes", "--cycle", "3"],
    "relu": [*SIZES, "-T", "9", "-d", "3", "--family", "random-relu", "--fresh"],
    "biases": ["-D", "120", "-S", "2", *OWN, "--linear", "output"],
    "two": ["-D", "40", "-S", "2", "-T", "2", "-L", "2", "--offset", "safe"],
}


def cisup(*arguments, expect=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return done


class Case:
    """An export, its network.json and what `cisup run` makes of that."""

    def __init__(self, folder, options, samples):
        self.folder, self.options, self.samples = Path(folder), options, samples
        cisup("export", "-q", "-o", folder, "-M", samples, *options)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.matrix = {e["file"].split(".")[0]: scipy.io.mmread(self.folder / e["file"]).toarray()
                       for e in self.manifest["files"]}
        self.network = json.loads((self.folder / "network.json").read_text())
        self.L, self.T, self.d = (self.network[k] for k in "LTd")

    def run(self, *options):
        return json.loads(cisup("run", self.folder / "network.json", *options).stdout)

    def __getitem__(self, name):
        return self.matrix[name]

    def published(self, active, inputs):
        """(6.1), (7.1): read-outs [L][T d] of one sample."""
        d = self.d
        x = np.zeros(self.T * d)
        for t, a in zip(active, inputs):
            x[t * d : (t + 1) * d] = a
        readouts = []
        for l in range(1, self.L + 1):
            if l > 1:
                W = self[f"W{l}"]
                if f"W{l}_left" in self.matrix:
                    W = W + self[f"W{l}_left"] @ self[f"W{l}_right"]
                pre = W @ A + self[f"B{l}"][:, 0]
            else:
                pre = self[f"B{l}"][:, 0] + self.embed(self["w1"] @ x)
            A = np.maximum(pre, 0)
            readouts.append(self.read_out(l, A))
        return readouts

    def slots(self, l):
        """e^l, N x T."""
        E = self[f"E{l}"]
        return E[: self.network["N"], :: self.d] if "full" in self.options else E

    def embed(self, y):
        """E^1 y: number t d + i goes to the neurons of circuit t in block i."""
        out = np.zeros(self["B1"].shape[0])
        blocks = self.slots(1) @ y.reshape(self.T, self.d)
        out[: blocks.size] = blocks.T.ravel()
        return out

    def read_out(self, l, A):
        """e/S - c (1 - e), (3.3) or (3.7), of every block."""
        d, N, e = self.d, self.network["N"], self.slots(l)
        v = e / self.network["S"] - self.manifest["center"] * (1 - e)
        return (v.T @ A[: d * N].reshape(d, N).T).ravel()

    def masks(self, active, inputs):
        """A^0 and then A^l = ReLU(W A + b): read-outs as the manifest says."""
        d = self.d
        A = np.zeros(self.manifest["inputs"])
        for t, x in zip(active, inputs):
            A[t * (d + 1) : (t + 1) * (d + 1)] = [1, *x]
        readouts = []
        for l in range(1, self.L + 1):
            A = np.maximum(self[f"W{l}"] @ A + self[f"b{l}"][:, 0], 0)
            readouts.append(self[f"U{l}"] @ A + self.manifest["readout_constant"][l - 1])
        return readouts


class Networks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        root = cls.root = Path(cls.scratch.name)
        cls.published = {n: Case(root / n, o, 5) for n, o in PUBLISHED.items()}
        cls.masks = {n: Case(root / n, [*o, "--construction", "masks"], 5) for n, o in MASKS.items()}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def assertNear(self, got, want, what):
        got, want = np.asarray(got), np.asarray(want)
        self.assertEqual(got.shape, want.shape, what)
        self.assertLessEqual(np.max(abs(got - want), initial=0), TOLERANCE * np.max(abs(want), initial=1), what)

    def test_matrices_give_the_read_outs(self):
        for name, x in {**self.published, **self.masks}.items():
            n = x.network
            self.assertEqual(len(n["active"]), 5)
            forward = x.masks if n["construction"] == "masks" else x.published
            for engine in ("batched", "assembled"):
                out = x.run("--engine", engine)
                for m, (active, inputs) in enumerate(zip(n["active"], n["input"])):
                    for l, want in enumerate(forward(active, inputs)):
                        self.assertNear(np.ravel(out["readout"][l][m]), want, f"{name}, {engine}")

    def test_weights_are_the_exported_ones(self):
        for name, x in self.published.items():
            out = x.run("--weights")
            self.assertNear(out["kappa"], x.manifest["kappa"] if x.manifest["params"]["weights"] == "capped"
                            else [], name)
            used = x.d * x.network["N"]
            for l in range(2, x.L + 1):
                W = x[f"W{l}"]
                if f"W{l}_left" in x.matrix:
                    W = W + x[f"W{l}_left"] @ x[f"W{l}_right"]
                self.assertNear(out["W"][l - 2], W[:used, :used], name)
        for name, x in self.masks.items():  # to the bit: offsets and strengths are the same
            out = x.run("--weights")
            for l in range(1, x.L + 1):
                self.assertTrue((np.array(out["W"][l - 1]) == x[f"W{l}"]).all(), name)
                self.assertTrue((np.array(out["bias"][l - 1]) == x[f"b{l}"][:, 0]).all(), name)

    def test_samples_are_those_of_propagate(self):
        for name, x in {**self.published, **self.masks}.items():
            if name == "pilot":  # another pilot: it runs with all options of propagate
                continue
            options = [o for o in x.options if o not in ("--form", "full")]
            z = x.network["z"]
            lines = cisup("propagate", *options, "-K", 1, "-M", 5, "-z", z, "--json").stdout.splitlines()
            mse = {(r["layer"], r["state"]): r["mse"] for r in map(json.loads, lines)
                   if r["record"] == "error" and r["quantity"] == "readout" or
                   r["record"] == "error" and r["quantity"] == "x" and name in self.masks}
            out = x.run()
            for l in range(1, x.L + 1):
                active, others = [], []
                for m, sets in enumerate(x.network["active"]):
                    est = np.array(out["readout"][l - 1][m])
                    active += [((est[t] - out["circuit_states"][l][m][k]) ** 2).sum() for k, t in enumerate(sets)]
                    others += [(est[t] ** 2).sum() for t in range(x.T) if t not in sets]
                for state, errors in (("active", active), ("inactive", others)):
                    if errors:
                        self.assertAlmostEqual(mse[l, state], np.mean(errors), delta=TOLERANCE * 10, msg=name)

    def test_the_number_of_active_circuits_is_that_of_the_option(self):
        x = Case(self.root / "four", [*PUBLISHED["capped"], "-z", "4"], 2)
        self.assertEqual(np.shape(x.network["active"]), (2, 4))
        self.assertEqual(self.published["one"].network["z"], 2)
        self.assertEqual(self.published["capped"].network["z"], 3)
        done = cisup("export", *PUBLISHED["one"], "-z", 3, "-o", self.root / "none", expect=2)
        self.assertIn("--active 3: there are 2 circuits", done.stderr)
        self.assertFalse((self.root / "none").exists())

    def test_another_network_of_the_seed_is_another(self):
        x = Case(self.root / "second", [*PUBLISHED["capped"], "--network", "1"], 5)
        self.assertNotEqual(x.network["active"], self.published["capped"].network["active"])
        self.assertNotEqual(x.network["permutations"], self.published["capped"].network["permutations"])

    def test_a_large_network_is_left_out_and_said_so(self):
        wide = ["-S", "1", "-L", "1", "--family", "identity", "-T", "100"]
        for d, is_there in ((140, True), (141, False)):  # 100 + T d (d+1) + d (d+1) + 3 (1+d) numbers
            folder = self.root / f"wide{d}"
            done = cisup("export", *wide, "-d", d, "-D", 100 * d, "-o", folder)
            said = json.loads((folder / "manifest.json").read_text())["run_file"]
            numbers = 100 + 101 * d * (d + 1) + 3 * (1 + d)
            self.assertEqual(numbers <= 2000000, is_there)
            self.assertEqual((folder / "network.json").exists(), is_there)
            reason = f"{numbers} numbers; at most 2000000 are written as JSON"
            self.assertEqual(said, {"file": "network.json" if is_there else None, "z": 3, "samples": 1,
                                    "reason": None if is_there else reason})
            self.assertEqual(f"network.json is left out: {reason}" in done.stderr, not is_there)
            bound = json.loads(cisup("export", *wide, "-d", d, "-D", 100 * d, "-o", "e", "--dry-run",
                                     "--json").stdout)["bytes"]
            self.assertGreaterEqual(bound, sum(f.stat().st_size for f in folder.iterdir()
                                               if f.name != "manifest.json"))

    def test_an_input_bound_below_the_inputs_is_refused(self):
        network = dict(self.masks["safe"].network, input_bound=0.5)
        path = self.root / "bound.json"
        path.write_text(json.dumps(network))
        self.assertIn('field "input_bound": 0.5, but there is an input of',
                      cisup("run", path, expect=3).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
