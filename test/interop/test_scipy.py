#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_scipy.py CISUP READ_CHOLMOD DATA: exported matrices, read by SciPy and CHOLMOD.

Rebuilds the weights of every scheme from the embeddings, the circuits' weights and
kappa or c of the manifest by the formulas of docs/math.md, sections 3 and 4, and
compares them with the exported ones. Shares no code with the program.

Tolerances: an entry of W is a sum of at most T terms of size about |w|, each with a few
roundings, so 1e-15 * T * 10 covers it; with T <= 25 here, 1e-12 is generous and still
far below any error in a formula.
"""
import csv
import gzip
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse as sp

PROGRAM, READ_CHOLMOD, DATA = sys.argv[1:4]
SCHEMES = ["plain", "balanced", "split", "capped"]
NETWORK = ["-D", "103", "-S", "3", "-T", "25", "-L", "3", "--seed", "5"]  # N = 25, 3 spare
TOLERANCE = 1e-12


def cisup(*arguments, expect=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def largest(a):
    return 0.0 if 0 in a.shape else abs(a).max()


class Export:
    """An exported network: every matrix of the manifest as scipy read it."""

    def __init__(self, folder, *options):
        self.folder = Path(folder)
        cisup("export", "-q", "-o", folder, *options)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        m = self.manifest
        self.D, self.d, self.T, self.S, self.N, self.L = (
            {**m["params"], "N": m["N"]}[k] for k in "DdTSNL")
        self.matrix = {}
        for entry in m["files"]:
            path = self.folder / entry["file"]
            self.matrix[entry["file"].split(".")[0]] = scipy.io.mmread(path).tocsc()

    def __getitem__(self, name):
        return self.matrix[name]

    def slots(self, l):
        """N x T: e_t^l, taken from the first block of the full embedding."""
        E = self[f"E{l}"]
        return E[: self.N, :: self.d] if E.shape[0] == self.D else E

    def whole_weights(self, l):
        W = self[f"W{l}"].toarray()
        if f"W{l}_left" in self.matrix:
            W = W + (self[f"W{l}_left"] @ self[f"W{l}_right"]).toarray()
        return W

    def common(self, l):
        return self[f"wbar{l}"].toarray()


def centered(export, l):
    """(3.7): column t d + i holds v_t^l = e_t/S - c (1 - e_t) in block i."""
    N, d, D, T = export.N, export.d, export.D, export.T
    e = export.slots(l).toarray()
    v = e / export.S - export.manifest["center"] * (1 - e)
    V = np.zeros((D, T * d))
    for i in range(d):
        V[i * N : (i + 1) * N, i::d] = v
    return V


def capped_gram(export, l, factor):
    """C^l and kappa of (4.5)."""
    e, before = export.slots(l).toarray(), export.slots(l - 1).toarray()
    G = np.minimum(1, e @ before.T)
    T, S = export.T, export.S
    pairs = e.T @ G @ before
    Q = np.triu(pairs, 1).sum()
    return G, factor * Q / (S * S * T * (T - 1) / 2 - Q)


def rebuilt_weights(export, l):
    """(4.1)-(4.4) from the other exported matrices."""
    N, d, D, T, S = export.N, export.d, export.D, export.T, export.S
    E, U, w = export[f"E{l}"], export[f"U{l - 1}"], export[f"w{l}"]
    wbar = export.common(l)
    scheme = export.manifest["params"]["weights"]
    if scheme == "plain":
        return (E @ w @ U).toarray()
    if scheme == "balanced":
        return centered(export, l) @ w.toarray() @ export[f"E{l - 1}"].T.toarray()
    every = sp.kron(sp.identity(T), wbar)
    W = (E @ (w - every) @ U).toarray()
    if scheme == "split":
        return W + centered(export, l) @ every.toarray() @ export[f"E{l - 1}"].T.toarray()
    G, _ = capped_gram(export, l, 1.0)
    C = G - export.manifest["kappa"][l - 2] * (1 - G)
    W[: d * N, : d * N] += np.kron(wbar, C) / S
    return W


class Exported(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = Path(cls.scratch.name)
        cls.full = {}
        for scheme in SCHEMES:
            cls.full[scheme] = Export(
                cls.root / scheme, *NETWORK, "--form", "full", "--weights", scheme
            )
        cls.fresh = Export(
            cls.root / "fresh", "-D", "102", "-d", "5", "-S", "4", "-T", "7", "-L", "3",
            "--family", "gate", "--fresh", "--scheme", "ref", "--reflect", "--form", "full",
        )  # fmt: skip
        cls.dense = Export(
            cls.root / "dense", "-D", "60", "-d", "3", "-S", "4", "-T", "10", "-L", "2",
            "--family", "random-relu", "--form", "full", "--weights", "split",
            "--center", "0.03125",
        )  # fmt: skip

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def networks(self):
        return [*self.full.values(), self.fresh, self.dense]

    def assertNear(self, a, b, what=""):
        self.assertEqual(a.shape, b.shape, what)
        self.assertLessEqual(largest(a - b), TOLERANCE * (1 + largest(b)), what)

    def test_manifest_tells_the_sizes(self):
        for x in self.networks():
            listed = {entry["file"] for entry in x.manifest["files"]}
            there = {p.name for p in x.folder.iterdir()} - {
                "manifest.json", "allocation.csv", "permutations.csv", "network.json"}
            self.assertEqual(listed, there)
            for entry in x.manifest["files"]:
                a = x[entry["file"].split(".")[0]]
                self.assertEqual(a.shape, (entry["rows"], entry["columns"]), entry)
                self.assertEqual(a.nnz, entry["entries"], entry)
            self.assertEqual(x.N, x.D // x.d)
            self.assertEqual(len(x.manifest["kappa"]), x.L - 1)

    def test_files_keep_the_dialect(self):
        for x in self.networks():
            for entry in x.manifest["files"]:
                data = (x.folder / entry["file"]).read_bytes()
                lines = data.split(b"\n")
                self.assertIn(
                    lines[0],
                    [b"%%MatrixMarket matrix coordinate " + f + b" general"
                     for f in (b"pattern", b"integer", b"real")],
                )  # fmt: skip
                self.assertNotIn(b"\r", data)
                self.assertEqual(lines[-1], b"")
                head = [line for line in lines[1:] if line.startswith(b"%")]
                for line in head:
                    self.assertLess(len(line), 1000)
                    if line.startswith(b"% cisup "):
                        json.loads(line[8:])
                entries = [line.split() for line in lines[2 + len(head) : -1]]
                places = [(int(f[1]), int(f[0])) for f in entries]
                self.assertEqual(places, sorted(set(places)))

    def test_embeddings_have_S_ones_a_column(self):
        for x in self.networks():
            for l in range(1, x.L + 1):
                E = x[f"E{l}"]
                self.assertEqual(E.shape, (x.D, x.T * x.d))
                self.assertTrue((E.data == 1).all())
                self.assertTrue((np.asarray(E.sum(axis=0)) == x.S).all())
                for i in range(x.d):  # (3.1): the same slots in every block
                    block = E[i * x.N : (i + 1) * x.N, i :: x.d]
                    self.assertEqual((block != x.slots(l)).nnz, 0)
                self.assertEqual(E.nnz, x.d * x.slots(l).nnz)

    def test_circuits_share_at_most_one_neuron(self):
        for x in self.networks():
            for l in range(1, x.L + 1):
                overlap = (x.slots(l).T @ x.slots(l)).toarray()
                self.assertTrue((np.diag(overlap) == x.S).all())
                self.assertLessEqual((overlap - x.S * np.eye(x.T)).max(), 1)
                cisup("check", "-q", "-S", x.S, x.folder / f"E{l}.mtx")

    def test_layers_reshuffle_one_allocation(self):
        for x in self.networks():
            base = {tuple(c) for c in x["allocation"].T.toarray()}
            self.assertEqual(len(base), x.T)
            self.assertEqual((x.slots(1) != x["allocation"]).nnz, 0)
            for l in range(2, x.L + 1):
                self.assertEqual({tuple(c) for c in x.slots(l).T.toarray()}, base)
                self.assertGreater((x.slots(l) != x["allocation"]).nnz, 0)
            with open(x.folder / "allocation.csv") as file:
                rows = list(csv.reader(file))
            self.assertEqual(rows[0], ["circuit", "neuron"])
            t, n = np.array(rows[1:], dtype=int).T
            from_csv = sp.coo_matrix((np.ones(len(t)), (n, t)), x["allocation"].shape)
            self.assertEqual((from_csv.tocsc() != x["allocation"]).nnz, 0)

    def test_unembedding_is_the_transpose_over_S(self):
        for x in self.networks():
            for l in range(1, x.L + 1):
                E, U = x[f"E{l}"], x[f"U{l}"]
                self.assertEqual((U * x.S != E.T).nnz, 0)
                self.assertNear((U @ E).diagonal(), np.ones(x.T * x.d))  # (3.3)

    def test_biases_are_those_of_the_family(self):
        for x in self.full.values():
            b = [-0.5, -1.5, -1.0, -1.0]
            for l in range(1, x.L + 1):
                B = x[f"B{l}"].toarray()[:, 0]
                self.assertTrue((B[: x.d * x.N] == np.repeat(b, x.N)).all())
                self.assertTrue((B[x.d * x.N :] == 0).all())
        self.assertEqual(self.dense["B1"].nnz, 0)

    def test_circuit_weights_are_those_of_the_family(self):
        for x in self.full.values():
            for l in range(1, x.L + 1):
                common = np.zeros((4, 4))
                common[:2, :2] = [[2, -2], [2, -2]]
                common[2:, :2] = [[2, -2], [2, -2]]  # 1 + b with b = 1
                self.assertTrue((x.common(l) == common).all())
                w = x[f"w{l}"].toarray()
                for t in range(x.T):
                    block = w[4 * t : 4 * t + 4, 4 * t : 4 * t + 4]
                    R = block[2:, 2:]
                    self.assertNear(R @ R.T, np.eye(2))
                    self.assertGreater(np.linalg.det(R), 0)
                    r = R.sum(axis=1)
                    self.assertNear(block[2:, 0], 2 - r)
                    self.assertNear(block[2:, 1], -(2 - r))
                    self.assertTrue((block[:2] == common[:2]).all())
                    w[4 * t : 4 * t + 4, 4 * t : 4 * t + 4] = 0
                self.assertEqual(np.count_nonzero(w), 0)
        x = self.fresh
        for l in range(1, x.L + 1):  # a gate declares nothing: the mean
            w = x[f"w{l}"].toarray()
            blocks = [w[5 * t : 5 * t + 5, 5 * t : 5 * t + 5] for t in range(x.T)]
            self.assertNear(x.common(l), np.mean(blocks, axis=0))
        self.assertGreater(largest(x["w1"] - x["w2"]), 0.1)

    def test_weights_are_those_of_the_formulas(self):
        for x in self.networks():
            for l in range(2, x.L + 1):
                what = f"{x.folder.name}, layer {l}"
                W = x.whole_weights(l)
                self.assertNear(W, rebuilt_weights(x, l), what)
                used = x.d * x.N
                self.assertEqual(np.count_nonzero(W[used:]) + np.count_nonzero(W[:, used:]), 0)

    def test_schemes_differ(self):
        for l in (2, 3):
            every = [x.whole_weights(l) for x in self.full.values()]
            for k, W in enumerate(every):
                for other in every[:k]:
                    self.assertGreater(largest(W - other), 0.01)

    def test_kappa_is_that_of_the_formula(self):
        corrected = Export(self.root / "corrected", *NETWORK, "--w-correction", "1.25")
        for x, factor in ((self.full["capped"], 1.0), (self.fresh, 1.0), (corrected, 1.25)):
            for l in range(2, x.L + 1):
                _, kappa = capped_gram(x, l, factor)
                self.assertAlmostEqual(x.manifest["kappa"][l - 2], kappa, delta=1e-12 * kappa)
        for scheme in ("plain", "balanced", "split"):
            kappas = self.full[scheme].manifest["kappa"]
            self.assertTrue(all(not kappa for kappa in kappas), kappas)

    def test_center_is_that_of_the_formula(self):
        for scheme in ("balanced", "split"):
            x = self.full[scheme]
            P = x.S * (x.T * x.S / x.N - 1) / (x.T - 1)  # (2.5)
            self.assertAlmostEqual(x.manifest["center"], P / (x.S * (x.S - P)), delta=1e-15)
        self.assertEqual(self.dense.manifest["center"], 0.03125)

    def test_block_form_says_the_same(self):
        for scheme in SCHEMES:
            full = self.full[scheme]
            block = Export(self.root / f"block-{scheme}", *NETWORK, "--weights", scheme)
            self.assertEqual(set(block.matrix), set(full.matrix))
            for name in full.matrix:
                if name[0] not in "EU":
                    mine = (block.folder / f"{name}.mtx").read_bytes()
                    self.assertEqual(mine, (full.folder / f"{name}.mtx").read_bytes(), name)
            for l in range(1, full.L + 1):
                self.assertEqual((block[f"E{l}"] != full.slots(l)).nnz, 0)
                self.assertEqual((block[f"U{l}"] * full.S != block[f"E{l}"].T).nnz, 0)

    def test_gzip_says_the_same(self):
        plain = self.full["capped"]
        zipped = Export(self.root / "zipped", *NETWORK, "--form", "full", "--gzip")
        self.assertEqual(set(zipped.matrix), set(plain.matrix))
        for name, a in plain.matrix.items():
            self.assertEqual((zipped[name] != a).nnz, 0)
            with gzip.open(zipped.folder / f"{name}.mtx.gz") as file:
                self.assertEqual(file.read(), (plain.folder / f"{name}.mtx").read_bytes())

    def test_cholmod_reads_the_same(self):
        for x in (self.full["capped"], self.full["balanced"], self.dense):
            for entry in x.manifest["files"]:
                path = x.folder / entry["file"]
                done = subprocess.run(
                    [READ_CHOLMOD, path], capture_output=True, text=True, check=True
                )
                rows, columns, nnz, total, weighted = done.stdout.split()
                a = x[path.stem].tocoo()
                self.assertEqual((int(rows), int(columns), int(nnz)), (*a.shape, a.nnz))
                # Sums of nnz numbers in another order: nnz roundings of partial sums.
                scale = 1e-15 * a.nnz * abs(a.data).sum() if a.nnz else 0.0
                self.assertAlmostEqual(float(total), a.data.sum(), delta=scale)
                heavy = (a.row + 3 * a.col) * a.data
                self.assertAlmostEqual(
                    float(weighted), heavy.sum(), delta=scale * 4 * max(a.shape)
                )

    def test_our_reader_takes_scipys_files(self):
        a = self.full["plain"]["allocation"]
        for field in ("real", "integer", "pattern"):
            path = self.root / f"{field}.mtx"
            scipy.io.mmwrite(path, a, field=field, symmetry="general")
            found = json.loads(cisup("check", "--json", path))
            self.assertTrue(found["holds"])
            self.assertEqual((found["circuits"], found["neurons"]), (25, 25))
        bad = a.tolil()
        bad[:, 7] = bad[:, 3]
        path = self.root / "bad.mtx"
        scipy.io.mmwrite(path, bad.tocoo(), symmetry="general")
        found = json.loads(cisup("check", "--json", path, expect=1))
        self.assertEqual(found["base"], 1)
        self.assertEqual(found["witness"]["circuits"], [4, 8])
        shared = sorted(a[:, 3].nonzero()[0] + 1)[:2]
        self.assertEqual(found["witness"]["neurons"], shared)


class OwnCircuits(unittest.TestCase):
    FILE = Path(DATA) / "example_circuits.csv"

    def mlps(self):
        """v [layers][T][m][m] and beta [layers][T][m] of the file."""
        with open(self.FILE) as file:
            rows = list(csv.DictReader(file))
        T = 1 + max(int(r["circuit"]) for r in rows)
        L = max(int(r["layer"]) for r in rows)
        m = 1 + max(max(int(r["i"]), int(r["j"] or 0)) for r in rows)
        v, beta = np.zeros((L, T, m, m)), np.zeros((L, T, m))
        for r in rows:
            l, t, i = int(r["layer"]) - 1, int(r["circuit"]), int(r["i"])
            if r["j"]:
                v[l, t, i, int(r["j"])] = float(r["value"])
            else:
                beta[l, t, i] = float(r["value"])
        return v, beta

    def test_the_gate_is_that_of_the_formula(self):
        v, beta = self.mlps()
        L, T, m = beta.shape
        for margin in (1.0, 2.385):
            with tempfile.TemporaryDirectory() as root:
                x = Export(
                    Path(root) / "own", "-D", "100", "-S", "3", "--circuit-file", self.FILE,
                    "--gate", "--margin", margin, "--form", "full",
                )  # fmt: skip
                self.assertEqual((x.T, x.L, x.d), (T, L, m + 2))
                for l in range(1, L + 1):
                    gated = []
                    for t in range(T):
                        w = np.zeros((m + 2, m + 2))
                        w[:2, :2] = [[2, -2], [2, -2]]
                        w[2:, 0] = beta[l - 1, t] + margin
                        w[2:, 1] = -(beta[l - 1, t] + margin)
                        w[2:, 2:] = v[l - 1, t]
                        gated.append(w)
                    whole = sp.block_diag(gated).toarray()
                    self.assertLess(largest(x[f"w{l}"].toarray() - whole), 1e-15)
                    self.assertLess(largest(x.common(l) - np.mean(gated, axis=0)), 1e-15)
                    b = np.repeat([-0.5, -1.5] + m * [-margin], x.N)
                    self.assertTrue((x[f"B{l}"].toarray()[: len(b), 0] == b).all())
                    if l > 1:
                        gap = largest(x.whole_weights(l) - rebuilt_weights(x, l))
                        self.assertLess(gap, TOLERANCE)

    def test_a_lone_active_circuit_is_exact_in_layer_1(self):
        # Also when circuits share neurons (D = 20: 7 circuits on N = 4 neurons).
        for D, S, T in ((100, 4, 3), (100, 4, 7), (30, 2, 6), (20, 2, 3)):
            lines = cisup(
                "propagate", "--circuit-file", self.FILE, "--gate", "-z", 1, "-D", D,
                "-S", S, "-T", T, "-K", 3, "-M", 8, "--json",
            ).splitlines()  # fmt: skip
            records = [json.loads(line) for line in lines]
            assumptions = [r for r in records if r["record"] == "assumption"]
            self.assertEqual([r["name"] for r in assumptions], ["A1", "A2", "A3", "A4"])
            first = [
                r for r in records
                if r["record"] == "error" and r["layer"] == 1 and r["state"] == "active"
            ]  # fmt: skip
            self.assertEqual({r["quantity"] for r in first}, {"readout", "on", "x"})
            for r in first:
                # A read-out is a mean of S equal numbers below 10: S roundings.
                self.assertLessEqual(r["mse"], (10 * S * 2.3e-16) ** 2 * 5, r)
                self.assertLessEqual(r["worst"], 10 * S * 2.3e-16 * 5, r)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
