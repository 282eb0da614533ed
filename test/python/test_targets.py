# SPDX-License-Identifier: GPL-3.0-or-later
"""Targets: parts add up to the weights, samples are what the library computes, scores are 1 on the truth,
at chance on random parts, and fall with noise. Tolerances: float64 unless a test says otherwise."""
import os
import subprocess
import sys

import numpy as np
import pytest

import cisup

torch = pytest.importorskip("torch")
from cisup import targets  # noqa: E402

SHAPES = [dict(weights=weights, D=100, T=40, S=3, L=3) for weights in ("plain", "balanced", "split", "capped")] + [
    dict(construction="masks", D=100, T=40, S=2, L=3), dict(construction="masks", D=100, T=30, S=2, L=3, d=3,
                                                            family="random-relu"),
    dict(construction="masks", D=120, T=30, S=2, L=3, mask_codes=True, active=2)]


def modules(target):
    return [(name, part) for name, part in target.model.named_children() if isinstance(part, torch.nn.Linear)]


@pytest.mark.parametrize("name", targets.PRESETS)
def test_parts_of_presets_add_up(name):
    """In float32: sums of a few numbers, 1e-6 of the largest."""
    target = targets.preset(name)
    for module, part in modules(target):
        parts = target.components(module)
        assert len(parts.left) == len(parts.right) == target.T * target.d
        assert (parts.total() - part.weight).abs().max() <= 1e-6 * part.weight.abs().max()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.get("weights", "masks"))
def test_targets_are_their_networks(shape):
    net = cisup.Network.make(**shape)
    target = targets.make(net, torch.float64)
    for module, part in modules(target):
        parts = target.components(module)
        assert (parts.total() - part.weight).abs().max() < 1e-12
        kinds = {"masks"} if net.masks else set() if module == "linear1" or shape["weights"] == "plain" else {
            "correction", "background"}
        assert set(parts.rest) == kinds
        assert sum(np.linalg.matrix_rank(values.numpy()) for name, values in parts.rest.items()
                   if name == "background") <= net.d
    sample = target.sample(6, 2, seed=5)
    active = sample.active.numpy()
    a = sample.inputs.reshape(6, net.T, -1)[..., int(net.masks):].numpy()
    inputs = np.take_along_axis(a, active[..., None], 1)
    run = net.run(active, inputs, layers=range(1, 4))
    assert sample.inputs.numpy() == pytest.approx(net.embed(active, inputs), abs=1e-15)
    for l in range(1, 4):
        assert sample.activations[l - 1].numpy() == pytest.approx(run.A[l], abs=1e-12)
        assert target.read(sample.activations[l - 1], l).numpy() == pytest.approx(run.readout[l - 1], abs=1e-12)
    assert sample.states.numpy() == pytest.approx(run.states, abs=1e-12)


def test_own_circuits_with_biases_and_inputs(rng):
    """The size of the networks that others take apart: D = 64, MLPs of width 8 and less."""
    mlps = [[(rng.normal(size=(8, 8)), rng.normal(size=8)), (rng.normal(size=(3, 8)), rng.normal(size=3))]
            for _ in range(10)]
    c = cisup.Circuits.from_mlps(mlps, linear="output", carried=True)
    c.set_inputs([rng.uniform(-1, 1, (5, 8)) for _ in range(10)])
    net = cisup.Network(cisup.cycle(5, 1, 2, 10), c)
    assert net.D <= 64
    target = targets.make(net, torch.float64)
    sample = target.sample(40, 1)
    for m in range(40):
        x = sample.states[0, m, 0].numpy()
        (w, b), (v, g) = mlps[int(sample.active[m, 0])]
        y = v @ np.maximum(w @ x + b, 0) + g
        assert sample.states[2, m, 0, :3].numpy() == pytest.approx(y, abs=1e-12)
        assert target.read(sample.activations[1], 2)[m, sample.active[m, 0], :3].numpy() == pytest.approx(y, abs=1e-11)


def small():
    return targets.make(cisup.Network.make(weights="plain", family="random-relu", D=100, T=40, S=3, L=3, d=4),
                        torch.float64)


def test_scores_of_the_truth_are_1():
    target = small()
    parts = target.components("linear2")
    order = torch.randperm(len(parts.left), generator=torch.Generator().manual_seed(3))
    found = targets.score(target, "linear2", (2.0 * parts.left[order], parts.right[order]))
    assert found.cosine == pytest.approx(1, abs=1e-12) and found.max_cosine == pytest.approx(1, abs=1e-12)
    assert found.l2_ratio == pytest.approx(2, abs=1e-12) and found.missed == found.false == 0
    assert (order.numpy()[found.matched] == np.arange(len(order))).all()
    assert found.reconstruction == pytest.approx(1, abs=1e-12)  # twice the weights are off by the weights
    assert found.by_circuit == pytest.approx(1) and found.by_neuron == pytest.approx(1)
    matrices = torch.einsum("ko,ki->koi", parts.left, parts.right)
    again = targets.score(target, "linear2", matrices)
    assert again.cosine == pytest.approx(1, abs=1e-12) and again.reconstruction < 1e-12
    circuits = matrices.reshape(target.T, target.d, *matrices.shape[1:]).sum(1)
    whole = targets.score(target, "linear2", circuits, by="circuit")
    assert whole.cosine == pytest.approx(1, abs=1e-12) and len(whole.cosines) == target.T
    assert targets.score(target, "linear2", -matrices).missed == 1.0


def test_what_is_missed_and_what_is_false():
    target = small()
    parts = target.components("linear2")
    left = torch.cat([parts.left[:120], parts.left[:20], torch.randn(10, 100, dtype=torch.float64)])
    right = torch.cat([parts.right[:120], parts.right[:20], torch.randn(10, 100, dtype=torch.float64)])
    found = targets.score(target, "linear2", (left, right))
    assert found.missed == pytest.approx(40 / 160) and found.false == pytest.approx(30 / 150)
    assert (found.matched[120:] == -1).sum() == 10 and found.by_circuit[:30] == pytest.approx(1)


def test_random_parts_are_at_chance():
    """Cosines of random rank-1 parts are products of two of spread 1/sqrt(D): the largest of C of
    them is about 2 ln(C)/D at D = 100, C = 160: 0.1."""
    target = small()
    level = targets.chance(target, "linear2")
    assert 0.02 < level.cosine <= level.max_cosine < 0.3 and level.missed == level.false == 1.0
    others = [targets.chance(target, "linear2", seed=seed).cosine for seed in range(1, 6)]
    assert others == pytest.approx([level.cosine] * 5, rel=0.1)


def test_scores_fall_with_noise():
    target = small()
    parts = target.components("linear2")
    generator = torch.Generator().manual_seed(1)
    noise = [torch.randn(part.shape, dtype=torch.float64, generator=generator) for part in parts[:2]]
    levels = [targets.score(target, "linear2", tuple(part + size * part.norm(dim=1, keepdim=True) / 10 * one
                                                     for part, one in zip(parts[:2], noise)))
              for size in (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)]
    for one in ("cosine", "max_cosine"):
        values = [getattr(level, one) for level in levels]
        assert values == sorted(values, reverse=True) and values[0] > 0.999 and values[-1] < 0.2
    missed = [level.missed for level in levels]
    assert missed == sorted(missed) and missed[0] == 0.0 and missed[-1] == 1.0


def test_features_and_latents():
    target = small()
    truth = target.features(2)
    assert truth.norm(dim=1).numpy() == pytest.approx(1, abs=1e-6)
    assert targets.score_features(target, 2, truth).cosine == pytest.approx(1, abs=1e-6)
    assert targets.score_features(target, 2, torch.randn(160, 100, generator=torch.Generator().manual_seed(2))).cosine < 0.5
    active = target.sample(50, 2).active
    latents = torch.zeros(50, target.T).scatter_(1, active, 1.0)
    f1 = targets.score_latents(latents, active, target.T)
    assert np.nanmin(f1) == 1.0
    assert np.isnan(f1).sum() == target.T - len(torch.unique(active))
    assert np.nanmean(targets.score_latents(torch.ones(50, 3), active, target.T)) < 0.3


def test_meetings():
    target = small()
    slots = target.slots[1].tolist()
    pairs = {(t, u) for t in range(40) for u in range(t + 1, 40) if set(slots[t]) & set(slots[u])}
    assert {tuple(pair) for pair in target.meetings(2).T.tolist()} == pairs


def test_the_same_without_superposition():
    net = cisup.Network.make(D=100, T=40, S=3, L=3)
    naive = targets.naive(net)
    assert naive.T == naive.N == 25 and naive.S == 1
    active, x = naive.sample(9, 3)
    assert abs(naive.run(active, x).errors).max() < 1e-12
    assert (naive.circuits.w == net.circuits.w[:, :25]).all()


LOADER = """
import sys, target, torch
t = target.load(".")
assert not {"cisup", "scipy", "yaml"} & set(sys.modules)
part = t.components("linear2")
assert torch.allclose(part.total(), t.model.linear2.weight, atol=1e-5)
assert not any(p.requires_grad for p in t.model.parameters())
s = t.sample(8, 1)
r = t.read(s.activations[2], 3)[torch.arange(8), s.active[:, 0]]
print(float((r - s.states[3][:, 0]).abs().max()))
"""


def test_a_directory_needs_torch_alone(tmp_path):
    targets.save(tmp_path / "tiny", targets.preset("tiny"))
    with pytest.raises(FileExistsError):
        targets.save(tmp_path / "tiny", targets.preset("tiny"))
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", LOADER], cwd=tmp_path / "tiny", env=alone, capture_output=True, text=True)
    assert done.returncode == 0 and float(done.stdout) < 1e-5, done.stderr
    back = targets.load(tmp_path / "tiny")
    assert back.config["name"] == "tiny" and back.config["T"] == 64
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load((tmp_path / "tiny/config.yaml").read_text()) == back.config
    from cisup._circuits import read_safetensors
    tensors, metadata = read_safetensors(tmp_path / "tiny/model.safetensors")
    assert metadata["version"] == f'"{cisup.version()}"'
    assert all((tensors[name] == value.numpy()).all() for name, value in back.model.state_dict().items())


@pytest.mark.parametrize("workers", [0, 2])
def test_streams(workers):
    target = targets.preset("tiny")
    loader = torch.utils.data.DataLoader(target.dataset(2, batch=16), batch_size=None, num_workers=workers,
                                         timeout=120 if workers else 0)
    first = [batch for batch, _ in zip(loader, range(4))]
    again = [batch for batch, _ in zip(loader, range(4))]
    assert all(torch.equal(a, b) for one, two in zip(first, again) for a, b in zip(one, two))
    assert first[0][0].shape == (16, 192) and first[0][1].shape == (16, 2)
    assert not any(torch.equal(first[i][0], first[j][0]) for i in range(4) for j in range(i))


def test_errors():
    with pytest.raises(cisup.InvalidArgument, match="huge"):
        targets.preset("huge")
    with pytest.raises(cisup.InvalidArgument, match="none"):
        targets.score(targets.preset("tiny"), "linear2", (torch.ones(1, 64), torch.ones(1, 64)), by="none")
