# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: their matrices are those of `cisup export`, bit for bit, and samples pass through them as
the matrices say. Tolerance: sums of some hundred numbers of size 10, 1e-12."""
import gc
import json
import pickle
import subprocess

import numpy as np
import pytest
import scipy.io
import scipy.sparse

import cisup
from conftest import words_of

SHAPES = [dict(D=120, T=40, S=3, L=3, weights=weights, seed=seed)
          for seed, weights in enumerate(["plain", "balanced", "split", "capped"], 3)]
CARRIED = [dict(D=130, T=40, S=2, L=4, construction="masks", seed=5),
           dict(D=130, T=40, S=2, L=4, c=3, construction="masks", family="random-relu", d=3, seed=6),
           dict(D=130, T=40, S=2, L=4, construction="masks", mask_codes=True, active=2, seed=7)]


def export(tmp_path, options):
    options = {"cycle" if name == "c" else name: value for name, value in options.items()}
    form = [] if "construction" in options else ["--form", "full"]
    subprocess.run([cisup.program(), "export", "-o", tmp_path / "net", *form, *words_of(options)], check=True, capture_output=True)
    return json.loads((tmp_path / "net/manifest.json").read_text()), lambda name: scipy.io.mmread(
        tmp_path / "net" / f"{name}.mtx").tocsc()


def equal(a, b):
    return a.shape == b.shape and (a != b).nnz == 0


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["weights"])
def test_matrices_are_those_of_export(tmp_path, shape):
    net = cisup.Network.make(scheme="best", **shape)
    manifest, matrix = export(tmp_path, shape)
    assert net.N == manifest["N"] and net.D == 120
    for l in range(1, 4):
        assert equal(net.E(l), matrix(f"E{l}")) and equal(net.U(l), matrix(f"U{l}"))
        assert (net.bias(l)[:, None] == matrix(f"B{l}").toarray()).all()
        if l > 1:
            assert equal(net.W(l), matrix(f"W{l}")) and net.W(l).indices.dtype == np.int64
            left, right = net.background(l)
            assert left.shape[1] == (0 if shape["weights"] == "plain" else 4)
            if left.shape[1]:
                assert equal(left, matrix(f"W{l}_left")) and equal(right, matrix(f"W{l}_right"))
            assert net.kappa(l) == (manifest["kappa"][l - 2] if shape["weights"] == "capped" else 0.0)


@pytest.mark.parametrize("shape", CARRIED, ids=["rotation2", "random-relu", "codes"])
def test_layers_with_masks_are_those_of_export(tmp_path, shape):
    net = cisup.Network.make(**shape)
    manifest, matrix = export(tmp_path, shape)
    assert net.N == manifest["N"] and net.D <= 130 and net.width(0) == manifest["inputs"]
    rows = np.genfromtxt(tmp_path / "net/neurons.csv", delimiter=",", names=True, dtype=None, encoding=None)
    for l in range(1, 5):
        assert equal(net.W(l), matrix(f"W{l}")) and equal(net.U(l), matrix(f"U{l}"))
        assert (net.bias(l)[:, None] == matrix(f"b{l}").toarray()).all()
        assert net.constant(l) == manifest["readout_constant"][l - 1]
        assert net.carried(l) == (manifest["offset"][l - 1], manifest["strength"][l - 1])
        labels = net.labels(l)
        assert len(labels) == net.width(l)
        for label, row in zip(labels, rows[rows["layer"] == l]):
            assert (label["kind"], label["block"], label["slot"]) == (row["kind"], row["block"], row["slot"])
            assert label["part"] is None or label["part"] == row["part"]


@pytest.mark.parametrize("shape", SHAPES + CARRIED, ids=lambda shape: shape.get("weights", "masks"))
def test_samples_pass_as_the_matrices_say(shape):
    net = cisup.Network.make(**shape)
    active, x = net.sample(11, 2, seed=4)
    run = net.run(active, x, layers=range(net.L + 1))
    a = net.embed(active, x)
    for l in range(1, net.L + 1):
        a = np.maximum(a @ net.dense(l).T + net.bias(l), 0.0)
        assert run.A[l] == pytest.approx(a, abs=1e-12)
        assert net.read(a, l) == pytest.approx(run.readout[l - 1], abs=1e-12)
    assert (run.errors == np.stack([[[run.readout[l, m, t] - run.states[l + 1, m, k] for k, t in enumerate(row)]
                                     for m, row in enumerate(active)] for l in range(net.L)])).all()
    only = net.run(active, x, layers=[2], readouts=False)
    assert list(only.A) == [2] and (only.A[2] == run.A[2]).all() and only.readout is None
    assert (net.run(active, x, threads=1).readout == run.readout).all()


def test_one_circuit_of_a_network_with_masks_has_no_error(rng):
    """Theorem 4, biases of their own; plain numbers of size 10."""
    mlps = [[(rng.normal(size=(2, 3)), rng.normal(size=2)), (rng.normal(size=(1, 2)), rng.normal(size=1))]
            for _ in range(60)]
    c = cisup.Circuits.from_mlps(mlps, linear="output", carried=True)
    net = cisup.Network(cisup.cycle(40, 2, 2, 60), c, largest_input=10)
    x = rng.normal(size=(60, 3))
    active = np.arange(60)
    y = c.outputs(net.run(active, x).readout[-1, active, active])
    for t, ((w, b), (v, g)) in enumerate(mlps):
        assert y[t] == pytest.approx(v @ np.maximum(w @ x[t] + b, 0) + g, abs=1e-12)


def test_the_networks_of_a_run_are_these():
    """Errors of networks 0 and 1 of measure are those of Network.make with that number."""
    sets = [[3], [17], [5], [30]]
    how = dict(D=120, T=40, S=3, L=3, seed=9)
    found = cisup.measure(scheme="best", networks=2, samples=4, active=sets, **how).errors
    want = found.query("layer == 3 and state == 'active' and quantity == 'readout'").mse.item()
    squares = [np.mean(np.sum(net.run(np.array(sets), seed=9).errors[-1] ** 2, -1))
               for net in (cisup.Network.make(network=k, **how) for k in range(2))]
    assert np.mean(squares) == pytest.approx(want, rel=1e-12)


def test_matrices_outlive_the_network():
    net = cisup.Network.make(**SHAPES[3])
    w, want = net.W(2), net.W(2).toarray()
    true = cisup.Network.make(**CARRIED[0])
    v, wanted = true.W(3), true.W(3).toarray()
    del net, true
    gc.collect()
    assert (w.toarray() == want).all() and (v.toarray() == wanted).all() and cisup.memory_live() > 0
    with pytest.raises(ValueError):
        w.data[0] = 1.0
    own = w.copy()
    own.data[0] += 1.0


def test_pickles():
    for shape in (SHAPES[1], CARRIED[2]):
        net = cisup.Network.make(**shape)
        back = pickle.loads(pickle.dumps(net))
        active, x = net.sample(5, 2)
        assert (back.run(active, x).readout == net.run(active, x).readout).all()
        assert equal(back.W(2), net.W(2))


def test_errors():
    net, masks = cisup.Network.make(**SHAPES[3]), cisup.Network.make(**(CARRIED[1]))
    active, x = masks.sample(3, 1)
    for made, text in [
            (lambda: net.W(1), "layer 1"), (lambda: net.E(4), "layer 4"), (lambda: net.slots(0), "layer 0"),
            (lambda: net.run([[40]]), "40"), (lambda: net.run([[1, 1]]), "1"),
            (lambda: net.run([[1]], np.zeros((2, 1, 4))), "inputs"), (lambda: net.run([[1]], layers=[9]), "9"),
            (lambda: net.run([[1.5]]), "float64"), (lambda: net.run([[1]], mode="none"), "none"),
            (lambda: net.sample(3, 41), "41"), (lambda: net.carried(1), "masks"), (lambda: masks.background(2), "masks"),
            (lambda: masks.run(active, 9 * x), "largest_input"), (lambda: masks.run([[1, 2, 3, 4]]), "active = 3"), (lambda: masks.run(active, x, layers=[1], mode="linear"),
                                                                  "relu"),
            (lambda: net.to_torch("none"), "none"), (lambda: cisup.Network.make(construction="none"), "none"),
            (lambda: cisup.Network(net.allocation, net.circuits, kappa="none"), "none"),
            (lambda: cisup.Network(net.allocation, masks.circuits), ""),
            (lambda: cisup.Network(cisup.allocate(30, 3, 41), net.circuits), "41"),
            (lambda: net.run([[0]], readouts=False).errors, "read-outs")]:
        with pytest.raises(cisup.InvalidArgument, match=text):
            made()
