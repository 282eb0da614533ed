# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as torch modules against the library's passes. Tolerance: as in test_network.py."""
import numpy as np
import pytest

import cisup

torch = pytest.importorskip("torch")
functional_call = pytest.importorskip("torch.nn.utils.stateless").functional_call

SHAPES = [dict(weights="plain"), dict(weights="balanced"), dict(weights="split"), dict(weights="capped"),
          dict(weights="capped", kappa="rows"), dict(weights="split", center=0.02), dict(fresh=True),
          dict(family="gate", d=4), dict(construction="masks"), dict(construction="masks", family="random-relu", d=3),
          dict(construction="masks", c=3), dict(construction="masks", mask_codes=True, active=3),
          dict(construction="masks", S=1), dict(construction="masks", offset=0.2, strength=0.3)]  # clip and open


def make(shape, **more):
    return cisup.Network.make(**(dict(D=150, T=50, S=3, L=4, seed=2) | shape | more))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_modules_equal_the_library(shape, rng):
    net = make(shape)
    active, x = net.sample(9, 3, seed=int(rng.integers(99)))
    run = net.run(active, x, layers=range(1, net.L + 1))
    a = torch.tensor(net.embed(active, x))
    module, factored = (net.to_torch(form, dtype=torch.float64) for form in ("dense", "factored"))
    assert [type(part) for part in module] == [torch.nn.Linear, torch.nn.ReLU] * net.L
    data = factored.layers(a)
    h = a
    for l in range(1, net.L + 1):
        h = module[2 * l - 1](module[2 * l - 2](h))
        assert h.detach().numpy() == pytest.approx(run.A[l], abs=1e-12)
        width = data[l - 1].shape[1]
        assert data[l - 1].detach().numpy() == pytest.approx(run.A[l][:, :width], abs=1e-12)
        assert net.read(h, l).detach().numpy() == pytest.approx(run.readout[l - 1], abs=1e-12)
    assert torch.equal(factored(a), data[-1]) and torch.equal(module(a), h)
    assert len(list(factored.parameters())) == 1


@pytest.mark.parametrize("shape", SHAPES[:9:2] + SHAPES[9:10], ids=str)
def test_gradients_of_the_factored_form(shape, rng):
    net = make(shape, D=48, T=9, S=2, L=3)
    module = net.to_torch("factored", dtype=torch.float64)
    active, x = net.sample(2, 2)
    a = torch.tensor(net.embed(active, x))
    a = (a + 0.01 * torch.tensor(rng.normal(size=a.shape))).requires_grad_()
    # On-values are exact fractions, sums of which meet the kinks of ReLU: the weights are moved, too.
    w = (module.w + 0.01 * torch.tensor(rng.normal(size=module.w.shape))).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda w, a: functional_call(module, {"w": w}, (a,)), (w, a), eps=1e-7, atol=1e-5)


def test_float32_and_devices():
    net = make(dict(), D=148)
    active, x = net.sample(4, 1)
    a = torch.tensor(net.embed(active, x), dtype=torch.float32)
    for form in ("dense", "factored"):
        module = net.to_torch(form, device="cpu")
        assert next(module.parameters()).dtype == torch.float32
        assert module(a).detach().numpy() == pytest.approx(net.run(active, x, layers=[4]).A[4], abs=1e-4)


def test_large_factored_networks_are_small():
    net = cisup.Network.make(D=40_000, T=20_000, S=6, L=3, scheme="td")
    module = net.to_torch("factored")
    bytes_ = sum(t.numel() * t.element_size() for t in list(module.parameters()) + list(module.buffers())
                 if not t.is_sparse)
    assert bytes_ < 25e6  # dense: 40,000^2 x 2 x 4 = 12.8 GB
    active, x = net.sample(2, 1)
    a = torch.tensor(net.embed(active, x), dtype=torch.float32)
    assert module(a).detach().numpy() == pytest.approx(net.run(active, x, layers=[3], readouts=False).A[3], abs=1e-3)


def test_modules_become_circuits():
    torch.manual_seed(3)
    mlps = [torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1)).double()
            for _ in range(300)]
    x = torch.randn(300, 3, dtype=torch.float64)
    want = torch.stack([mlp(v) for mlp, v in zip(mlps, x)]).detach().numpy()
    active = np.arange(300)
    c = cisup.Circuits.from_torch(mlps, carried=True)
    net = cisup.Network(cisup.cycle(40, 2, 2, 300), c, largest_input=10)
    assert c.outputs(net.run(active, x).readout[-1, active, active]) == pytest.approx(want, abs=1e-12)
    gated = cisup.Circuits.from_torch([mlp.state_dict() for mlp in mlps])
    alone = cisup.Network(cisup.allocate(300, 5, 300), gated).run(active, x).states[-1][:, 0]
    assert gated.outputs(alone) == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize("modules, text", [
    ([torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())], "Tanh"),
    ([torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(2, 2))], "no ReLU network"),
    ([torch.nn.Sequential(torch.nn.Linear(2, 2)), torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())], "differ"),
])
def test_other_modules_are_refused(modules, text):
    with pytest.raises(cisup.InvalidArgument, match=text):
        cisup.Circuits.from_torch(modules)
