#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_export_as.py CISUP: the same network exported as Matrix Market, as SciPy's .npz and as tensors.

Matrices are compared to the bit with those that scipy.io.mmread reads (17 digits). The tensors are read by
the rules of the format, and by the package safetensors where there is one.
"""
import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse as sp

PROGRAM = sys.argv[1]
SIZES = ["-D", "103", "-S", "3", "-T", "20", "-L", "3", "--seed", "5"]
CASES = {
    "block": SIZES,
    "full": [*SIZES, "--form", "full", "--weights", "split", "--fresh"],
    "masks": [*SIZES, "--construction", "masks", "--mask-codes"],
}


def cisup(*arguments, expect=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return done


def read_tensors(path):
    """The tensors and the metadata; what the format asks for is asserted."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    assert length % 8 == 0 and data[8:9] == b"{"
    header = json.loads(data[8 : 8 + length], object_pairs_hook=unique)
    metadata = header.pop("__metadata__")
    assert all(isinstance(text, str) for text in metadata.values())
    end, tensors = 0, {}
    for name, of in header.items():
        kind = np.dtype({"F64": "<f8", "I64": "<i8"}[of["dtype"]])
        begin, stop = of["data_offsets"]
        assert begin == end and stop - begin == kind.itemsize * int(np.prod(of["shape"]))
        part = data[8 + length + begin : 8 + length + stop]
        tensors[name] = np.frombuffer(part, kind).reshape(of["shape"])
        end = stop
    assert 8 + length + end == len(data)
    return tensors, metadata


def unique(pairs):
    assert len({name for name, _ in pairs}) == len(pairs), "a name twice"
    return dict(pairs)


class As(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = {}
        for name, options in CASES.items():
            for kind in ("mtx", "npz", "safetensors"):
                cls.folder[name, kind] = Path(cls.scratch.name) / f"{name}-{kind}"
                cisup("export", "-q", "--as", kind, "-o", cls.folder[name, kind], *options)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def manifest(self, name, kind):
        return json.loads((self.folder[name, kind] / "manifest.json").read_text())

    def matrices(self, name):
        folder = self.folder[name, "mtx"]
        return {e["file"].split(".")[0]: (e, scipy.io.mmread(folder / e["file"]).tocsc())
                for e in self.manifest(name, "mtx")["files"]}

    def assertSame(self, a, b, what):
        self.assertEqual(a.shape, b.shape, what)
        self.assertEqual((a != b).nnz, 0, what)
        self.assertEqual(a.nnz, b.nnz, what)

    def test_npz_is_what_scipy_loads(self):
        for name in CASES:
            folder, want = self.folder[name, "npz"], self.matrices(name)
            for entry in self.manifest(name, "npz")["files"]:
                stem = entry["file"].removesuffix(".npz")
                a = sp.load_npz(folder / entry["file"])
                self.assertEqual(a.format, "csc")
                self.assertTrue((a.data != 0).all())
                self.assertSame(a, want[stem][1], f"{name}: {stem}")
                self.assertEqual(entry, {**want.pop(stem)[0], "file": entry["file"]})
            self.assertEqual(want, {}, name)

    def check_tensors(self, name, tensors):
        want, d = self.matrices(name), 4
        for entry in self.manifest(name, "safetensors")["files"]:
            stem = entry["tensor"]
            told, a = want.pop(stem)
            self.assertEqual(entry, {**told, "file": "network.safetensors", "tensor": stem})
            if stem + ".values" in tensors:
                parts = [tensors.pop(f"{stem}.{part}") for part in ("values", "row_indices", "ccol_indices")]
                got = sp.csc_matrix(tuple(parts), tensors.pop(stem + ".size"))
                self.assertTrue(got.has_sorted_indices and (got.data != 0).all())
                self.assertSame(got, a, f"{name}: {stem}")
                continue
            dense = tensors.pop(stem)
            if stem.startswith(("B", "b")):
                self.assertTrue((dense == a.toarray()[:, 0]).all(), stem)
            elif stem.startswith("wbar"):
                self.assertTrue((dense == a.toarray()).all(), stem)
            else:
                self.assertEqual(dense.shape, (20, d, d))
                self.assertTrue((sp.block_diag(dense).toarray() == a.toarray()).all(), stem)
        self.assertEqual((want, tensors), ({}, {}), name)

    def test_tensors_are_the_matrices(self):
        for name in CASES:
            tensors, metadata = read_tensors(self.folder[name, "safetensors"] / "network.safetensors")
            self.check_tensors(name, tensors)
            said = json.loads(metadata.pop("cisup"))
            self.assertEqual(metadata, {"format": "pt"})
            manifest = self.manifest(name, "safetensors")
            del manifest["files"]
            self.assertEqual(said, manifest)
            self.assertEqual(said["params"]["seed"], 5)

    def test_the_package_reads_the_same(self):
        try:
            from safetensors.numpy import load_file
        except ImportError:
            self.skipTest("no package safetensors")
        for name in CASES:
            self.check_tensors(name, load_file(self.folder[name, "safetensors"] / "network.safetensors"))

    def test_the_rest_is_the_same(self):
        for name in CASES:
            texts = {p.name for p in self.folder[name, "mtx"].iterdir()
                     if p.suffix == ".csv" or p.name == "network.json"}
            self.assertGreater(len(texts), 1)
            for kind in ("npz", "safetensors"):
                for text in texts:
                    self.assertEqual((self.folder[name, kind] / text).read_bytes(),
                                     (self.folder[name, "mtx"] / text).read_bytes())
            self.assertEqual({p.name for p in self.folder[name, "safetensors"].iterdir()},
                             texts | {"manifest.json", "network.safetensors"})

    def test_exports_of_one_kind_replace_those_of_another(self):
        out = Path(self.scratch.name) / "turns"
        for kind in ("safetensors", "npz", "safetensors", "mtx"):
            cisup("export", "-q", *SIZES, "--as", kind, "-o", out, "--force")
            self.assertEqual({p.name for p in out.iterdir()},
                             {p.name for p in self.folder["block", kind].iterdir()})
        done = cisup("export", *SIZES, "--as", "npz", "--gzip", "-o", out, expect=2)
        self.assertIn("--gzip: only with --as mtx", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
