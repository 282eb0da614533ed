# SPDX-License-Identifier: GPL-3.0-or-later
"""Circuits from families, arrays and files against what they compute by their definition."""
import pickle

import numpy as np
import pytest

import cisup
from cisup._circuits import read_safetensors, write_safetensors


def alone(circuits, a, t):
    """States of circuit t by the definition, layers 0..L."""
    states = [a]
    for l in range(1, circuits.L + 1):
        pre = circuits.weights(l)[t] @ states[-1] + circuits.bias(l)
        if circuits.biased:
            pre[0] = 1.0  # the mask
        states.append(pre if circuits.is_signed[l - 1] else np.maximum(pre, 0.0))
    return states


def random_mlps(rng, T, L, widths=(1, 5), linear="output"):
    sizes = [rng.integers(*widths, L + 1) for _ in range(T)]
    return [[(rng.normal(size=(n[l + 1], n[l])), rng.normal(size=n[l + 1])) for l in range(L)] for n in sizes]


def mlp_output(mlp, x, linear):
    for l, (w, b) in enumerate(mlp):
        x = w @ x + b
        if not (linear == "all" or (linear == "output" and l == len(mlp) - 1)):
            x = np.maximum(x, 0.0)
    return x


@pytest.mark.parametrize("name", ["rotation3", "rotation4", "step2", "random-relu", "identity", "gate", "rotation2"])
def test_families(name):
    c = cisup.Circuits.family(name, 7, L=3, fresh=True, seed=5)
    assert c.T == 7 and c.L == 3 and c.w.shape == (3, 7, c.d, c.d) and c.wbar.shape == (3, c.d, c.d)
    again = cisup.Circuits.family(name, 9, L=4, fresh=True, seed=5)
    assert (again.w[:3, :7] == c.w).all()  # circuit t of layer l has its own stream
    active = np.array([[0, 3], [6, 2]])
    a = c.inputs(active, seed=5)
    net = cisup.Network(cisup.cycle(12, 1, 2, 7) if c.carried else cisup.allocate(12, 2, 7), c)
    states = net.run(active, a).states
    for m in range(2):
        for k in range(2):
            for l, want in enumerate(alone(c, a[m, k], active[m, k])):
                assert states[l, m, k] == pytest.approx(want, abs=1e-14)


@pytest.mark.parametrize("how", [dict(), dict(carried=True), dict(carried=True, linear="all"), dict(linear="output"),
                                 dict(carried=True, linear="output"), dict(steepness=3.0, shift=0.25)])
def test_networks_of_unequal_widths_compute_the_same(rng, how):
    mlps = random_mlps(rng, 11, 3)
    for mlp in mlps:  # outputs of all of one width, so that they stand side by side
        w, b = mlp[-1]
        mlp[-1] = (np.resize(w, (2, w.shape[1])), np.resize(b, 2))
    c = cisup.Circuits.from_mlps(mlps, **how)
    assert c.d >= 2 and c.carried == bool(how.get("carried"))
    for t, mlp in enumerate(mlps):
        x = rng.normal(size=mlp[0][0].shape[1])
        got = c.outputs(alone(c, c.states(x), t)[-1])
        assert got == pytest.approx(mlp_output(mlp, x, how.get("linear", "none")), abs=1e-12)


def test_arrays_are_the_weights(rng):
    w, b = rng.normal(size=(2, 5, 3, 3)), rng.normal(size=3)
    c = cisup.Circuits.from_arrays(w, b)
    assert (c.w == w).all() and (c.b == b).all() and c.wbar == pytest.approx(w.mean(1), abs=1e-15)
    same = cisup.Circuits.from_arrays(w[0], b, L=4)
    assert same.L == 4 and all((same.weights(l) == w[0]).all() for l in range(1, 5))


def test_safetensors_and_state_dicts(rng, tmp_path):
    mlps = random_mlps(rng, 4, 2)
    tensors = {f"{t}.{2 * l}.{kind}": values for t, mlp in enumerate(mlps) for l, layer in enumerate(mlp)
               for kind, values in zip(("weight", "bias"), layer)}
    write_safetensors(tmp_path / "a.safetensors", tensors, {"seed": "1"})
    back, metadata = read_safetensors(tmp_path / "a.safetensors")
    assert metadata == {"seed": "1"} and all((back[name] == values).all() for name, values in tensors.items())
    want = cisup.Circuits.from_mlps(mlps, linear="output")
    assert (cisup.Circuits.from_torch(tmp_path / "a.safetensors").w == want.w).all()
    dicts = [{f"{l}.{kind}": tensors[f"{t}.{2 * l}.{kind}"] for l in range(2) for kind in ("weight", "bias")}
             for t in range(4)]
    assert (cisup.Circuits.from_torch(dicts).w == want.w).all()
    for data in (b"", b"\xff" * 9, b"\x02" + bytes(7) + b"{]", b"\x0b" + bytes(7) + b'{"a": 3   }'):
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises(cisup.BadFormat, match="bad"):
            cisup.Circuits.from_torch(tmp_path / "bad")


def test_csv(tmp_path):
    (tmp_path / "c.csv").write_text("circuit,layer,i,j,value\n0,1,0,0,2\n0,1,1,0,-1\n1,1,1,1,3\n1,1,0,,0.5\n")
    (tmp_path / "i.csv").write_text("circuit,input,i,value\n0,0,0,7\n1,0,1,4\n")
    c = cisup.Circuits.from_csv(tmp_path / "c.csv", T=3, L=2, carried=True, inputs=tmp_path / "i.csv")
    assert (c.T, c.d, c.L, c.biased) == (3, 3, 2, True)  # neuron 0 is the mask, column 0 the bias
    assert c.weights(2)[0].tolist() == [[0, 0, 0], [0, 2, 0], [0, -1, 0]]
    assert c.weights(1)[1].tolist() == [[0, 0, 0], [.5, 0, 0], [0, 0, 3]]
    assert c.inputs([[0], [1], [2]])[:, 0].tolist() == [[1, 7, 0], [1, 0, 4], [1, 7, 0]]
    with pytest.raises(cisup.BadFormat, match="c.csv:2"):
        (tmp_path / "c.csv").write_text("circuit,layer,i,j,value\n0,1,0,0,x\n")
        cisup.Circuits.from_csv(tmp_path / "c.csv")


def test_own_inputs(rng):
    c = cisup.Circuits.from_mlps(random_mlps(rng, 5, 2, (3, 4)), linear="none", gate=True)
    rows = [rng.normal(size=(k + 1, 3)) for k in range(5)]
    c.set_inputs(rows)
    a = c.inputs(np.array([[4], [4], [3], [4], [4], [4], [4]]))
    for m in (0, 1, 3, 6):
        assert (a[m, 0, 2:5] == rows[4][m % 5]).all()
    with pytest.raises(cisup.InvalidArgument, match="at most"):
        c.set_inputs([np.zeros((1, 9))])


def test_pickles(rng):
    own = cisup.Circuits.from_mlps(random_mlps(rng, 6, 3), linear="output", carried=True)
    own.set_inputs([np.ones((2, 1))] * 3)
    for c in (own, cisup.Circuits.family("rotation4", 5, L=2), cisup.Circuits.family("rotation2", 5, L=2)):
        back = pickle.loads(pickle.dumps(c))
        assert (back.w == c.w).all() and (back.b == c.b).all() and (back.wbar == c.wbar).all()
        assert (back.is_signed == c.is_signed).all() and back.first == c.first
        chosen = np.arange(c.T)[:, None]
        assert (back.inputs(chosen, seed=3) == c.inputs(chosen, seed=3)).all()
    assert (pickle.loads(pickle.dumps(own)).outputs(np.arange(own.d)) == own.outputs(np.arange(own.d))).all()


@pytest.mark.parametrize("made, text", [
    (lambda: cisup.Circuits.family("none", 3), "none"),
    (lambda: cisup.Circuits.family("rotation4", 3, d=5), "5"),
    (lambda: cisup.Circuits.from_mlps([]), "mlps"),
    (lambda: cisup.Circuits.from_mlps([[(np.ones((2, 3)), None)], []]), "mlps"),
    (lambda: cisup.Circuits.from_mlps([[(np.ones((2, 3)), np.ones(3))]]), "circuit 0, layer 1"),
    (lambda: cisup.Circuits.from_mlps([[(np.ones((2, 3)), None), (np.ones((2, 3)), None)]]), "layer 2"),
    (lambda: cisup.Circuits.from_mlps([[(np.full((2, 2), np.nan), None)]]), "finite"),
    (lambda: cisup.Circuits.from_mlps([[(np.ones((2, 2)), None)]], linear="some"), "some"),
    (lambda: cisup.Circuits.from_mlps([[(np.ones((2, 2)), None)]], carried=True, gate=True), "gate"),
    (lambda: cisup.Circuits.from_arrays(np.ones((2, 2))), "w:"),
    (lambda: cisup.Circuits.family("rotation4", 3).head(4), "first 4 of 3"),
    (lambda: cisup.Circuits.family("rotation4", 3).outputs(np.ones(4)), "embedded"),
    (lambda: cisup.Circuits.family("rotation4", 3).states(np.ones(9)), "width 4"),
])
def test_errors(made, text):
    with pytest.raises(cisup.InvalidArgument, match=text):
        made()


def test_assumptions():
    found = cisup.Circuits.family("rotation4", 50).assumptions()
    assert found["a2_holds"] and found["a3_holds"] and not found["a4_holds"] and found["on_tolerance"] == 0.25
