#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_masks.py CISUP EXPORT_MASKS DATA: networks that carry masks, exported and run by SciPy.

Runs the layers ReLU(W A + b) as they stand in the files, with what manifest.json says and nothing
else, on the samples of data/masks_networks.json: read-outs, activations and masks are those that the
program prints, the labels those of the layout.

Tolerance: as in test_masks_exact.c. Matrices are compared exactly: files have 17 digits.
"""
import csv
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import scipy.io

PROGRAM, EXPORT, DATA = sys.argv[1:4]
FILE = Path(DATA) / "masks_networks.json"
CASES = json.loads(FILE.read_text())["cases"]
TOLERANCE = 1e-12


class Export:
    def __init__(self, folder, case, file):
        self.folder = Path(folder)
        subprocess.run([EXPORT, file, str(case), folder], check=True)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.matrix = {entry["file"].split(".")[0]: scipy.io.mmread(self.folder / entry["file"]).tocsr()
                       for entry in self.manifest["files"]}
        self.L = len(self.manifest["offset"])
        with open(self.folder / "neurons.csv") as file:
            self.neurons = list(csv.DictReader(file))

    def run(self, active, inputs):
        """A^0 .. A^L and the read-outs [L][T d] of one sample."""
        d = len(inputs[0])
        a = np.zeros(self.manifest["inputs"])
        for t, x in zip(active, inputs):
            a[t * (d + 1) : (t + 1) * (d + 1)] = [1, *x]
        every, readouts = [a], []
        for l in range(1, self.L + 1):
            a = np.maximum(self.matrix[f"W{l}"] @ a + self.matrix[f"b{l}"].toarray()[:, 0], 0)
            every.append(a)
            readouts.append(self.matrix[f"U{l}"] @ a + self.manifest["readout_constant"][l - 1])
        return every, readouts


class Masks(unittest.TestCase):
    coded = False

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.file = Path(cls.scratch.name) / "networks.json"
        cls.file.write_text(json.dumps({"cases": [case | {"mask_codes": cls.coded} for case in CASES]}))
        cls.exports = [Export(Path(cls.scratch.name) / str(k), k, cls.file) for k in range(len(CASES))]
        cls.printed = {}
        for engine in ("batched", "assembled"):
            done = subprocess.run([PROGRAM, "run", cls.file, "--weights", "--engine", engine],
                                  capture_output=True, text=True, check=True)
            cls.printed[engine] = [json.loads(line) for line in done.stdout.splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def assertNear(self, got, want):
        got, want = np.asarray(got), np.asarray(want)
        self.assertEqual(got.shape, want.shape)
        self.assertLessEqual(abs(got - want).max(), TOLERANCE * max(1, abs(want).max()))

    def test_scipy_reads_out_what_the_program_does(self):
        for engine, printed in self.printed.items():
            for x, case, out in zip(self.exports, CASES, printed):
                for m, (active, inputs) in enumerate(zip(case["active"], case["input"])):
                    every, readouts = x.run(active, inputs)
                    for l in range(x.L):
                        self.assertNear(readouts[l], np.ravel(out["readout"][l][m]))
                    for l in range(x.L + 1):
                        self.assertNear(every[l], out["A"][l][m])

    def test_the_program_prints_what_the_independent_implementation_found(self):
        for printed in self.printed.values():
            for case, out in zip(CASES, printed):
                self.assertEqual(out["masks"], case["masks"])
                self.assertNear(out["circuit_states"], case["circuit_states"])
                self.assertNear(out["readout"], case["readout"])

    def test_printed_layers_are_the_exported_ones(self):
        for x, out in zip(self.exports, self.printed["batched"]):
            for l in range(1, x.L + 1):
                W, b = x.matrix[f"W{l}"], x.matrix[f"b{l}"]
                self.assertTrue((W.toarray() == np.array(out["W"][l - 1])).all())
                self.assertTrue((b.toarray()[:, 0] == np.array(out["bias"][l - 1])).all())
                self.assertTrue((W.data != 0).all())

    def test_labels_tell_every_neuron(self):
        for x, case, out in zip(self.exports, CASES, self.printed["batched"]):
            N, d, c = case["N"], case["d"], len(case["parts"])
            row = iter(x.neurons)
            for l in range(1, x.L + 1):
                kinds = [("data", (l - 1) % c)] * d + [("mask", h) for h in out["mask_parts"][l - 1]]
                for block, (kind, part) in enumerate(kinds):
                    for slot in range(N):
                        want = dict(neuron=block * N + slot, layer=l, kind=kind, part=part,
                                    block=block, slot=slot)
                        self.assertEqual(next(row), {k: str(v) for k, v in want.items()})
                self.assertEqual(x.matrix[f"W{l}"].shape[0], len(kinds) * N)
            self.assertIsNone(next(row, None))

    def test_mask_neurons_hold_the_complement_of_the_masks(self):
        for x, case in zip(self.exports, CASES):
            for m, (active, inputs) in enumerate(zip(case["active"], case["input"])):
                every, _ = x.run(active, inputs)
                for label in x.neurons:
                    if label["kind"] == "mask":
                        kb = every[int(label["layer"])][int(label["neuron"])]
                        self.assertEqual(kb, 1 - case["masks"][m][int(label["part"])][int(label["slot"])])

    def test_an_export_is_replaced_by_the_next(self):
        before = {p.name: p.read_bytes() for p in self.exports[0].folder.iterdir()}
        again = Export(self.exports[0].folder, 0, self.file)
        self.assertEqual({p.name: p.read_bytes() for p in again.folder.iterdir()}, before)


def columns_of(W, b, row):
    """What a neuron sees: its bias and its entries by column."""
    at = W.indptr[row], W.indptr[row + 1]
    return b.toarray()[row, 0], dict(zip(W.indices[slice(*at)], W.data[slice(*at)]))


class Codes(Masks):
    """The same networks with codes of masks."""
    coded = True

    def labels(self, x, l):
        return [label for label in x.neurons if int(label["layer"]) == l]

    def test_labels_tell_every_neuron(self):
        for x, case, out in zip(self.exports, CASES, self.printed["batched"]):
            N, S, d, c = case["N"], case["S"], case["d"], len(case["parts"])
            for l in range(1, x.L + 1):
                labels = self.labels(x, l)
                masks, codes = out["mask_parts"][l - 1], out["code_parts"][l - 1]
                blocks = [("data", (l - 1) % c)] * d + [("mask", h) for h in masks]
                want = [(kind, part, block, slot) for block, (kind, part) in enumerate(blocks)
                        for slot in range(N)]
                bits = (len(labels) - len(want)) // (S * len(codes)) if codes else 0
                want += [("code", h, g, j) for h in codes for g in range(S) for j in range(bits)]
                self.assertIn(masks, [[], [(l - 1) % c]])
                self.assertEqual(codes, sorted({(later - 1) % c for later in range(l + 1, x.L + 1)}))
                self.assertEqual([tuple(label.values()) for label in labels],
                                 [tuple(map(str, (k, l, *w))) for k, w in enumerate(want)])
                self.assertEqual(x.matrix[f"W{l}"].shape[0], len(want))

    def test_mask_neurons_hold_the_complement_of_the_masks(self):
        """In layer 1; from layer 2 on they hold the mask itself."""
        for x, case in zip(self.exports, CASES):
            for m, (active, inputs) in enumerate(zip(case["active"], case["input"])):
                every, _ = x.run(active, inputs)
                for label in x.neurons:
                    if label["kind"] == "mask":
                        l, part, slot = (int(label[k]) for k in ("layer", "part", "slot"))
                        held = every[l][int(label["neuron"])]
                        K = case["masks"][m][part][slot]
                        self.assertEqual(held, K if l > 1 else 1 - K)

    def test_closed_neurons_miss_a_bit_and_open_ones_none(self):
        """Data see the bits of their words with weight -(B + o), and these are 0 or 1."""
        for x, case in zip(self.exports, CASES):
            N, d, c = case["N"], case["d"], len(case["parts"])
            for m, (active, inputs) in enumerate(zip(case["active"], case["input"])):
                every, _ = x.run(active, inputs)
                for l in range(2, x.L + 1):
                    bits = {int(b["neuron"]) for b in self.labels(x, l - 1) if b["kind"] == "code"}
                    close = -(x.manifest["strength"][l - 1] + x.manifest["offset"][l - 1])
                    for k in range(d * N):
                        _, entries = columns_of(x.matrix[f"W{l}"], x.matrix[f"b{l}"], k)
                        word = [(j, w) for j, w in entries.items() if j in bits]
                        self.assertTrue(all(w == close for _, w in word))
                        missing = sum(every[l - 1][j] for j, _ in word)
                        if case["masks"][m][(l - 1) % c][k % N]:
                            self.assertEqual(missing, 0)
                        elif word:
                            self.assertGreaterEqual(missing, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
