# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements are the program's, bit for bit; what Ctrl-C leaves is what fewer networks give."""
import os
import signal
import threading

import numpy as np
import pytest

import cisup
from conftest import records, same, words_of


def check(options, words=()):
    """Both refuse, or both say the same."""
    want = records("propagate", *words_of(options), *words)
    try:
        got = cisup.measure(**options)
    except cisup.CisupError:
        assert want is None, options
        return False
    assert want is not None, options
    front = {name: value for name, value in want[0].items() if not name.startswith("params.")}
    assert same({name: value for name, value in front.items() if name not in ("record", "schema", "version")}, got.run)
    params = {name[7:]: value for name, value in want[0].items() if name.startswith("params.")}
    assert same(params, {name: value for name, value in got.params.items() if name != "version"})
    assert got.params["version"] == want[0]["version"] == cisup.version()
    assert same([row for row in want if row["record"] in ("error", "term", "open", "worst")], got.rows)
    frame = got.errors
    assert len(frame) == sum(row["record"] == "error" for row in want)
    assert (frame.mse.to_numpy() == [row["mse"] for row in want if row["record"] == "error"]).all()
    return True


def draw(rng):
    def one(*choices):
        return choices[rng.integers(len(choices))]
    how = dict(D=one(60, 100, 200, 300), T=one(20, 50, 100, "max"), S=one(1, 2, 3, 4), L=one(1, 2, 3, 5),
               networks=one(1, 2, 3), samples=one(5, 20), seed=int(rng.integers(1, 99)), z=one([1], [1, 2], [3]))
    if rng.random() < 0.5:
        how |= dict(construction="masks", cycle=one(2, 3), family=one("rotation2", "random-relu", "identity"))
        if how["family"] != "rotation2":
            how["d"] = 3
        how |= one({}, dict(mask_codes=True)) | one({}, dict(offset="safe"), dict(offset=0.5), dict(strength=40.0))
    else:
        how |= dict(family=one("rotation4", "rotation3", "step2", "random-relu", "gate", "identity"),
                    weights=one("plain", "balanced", "split", "capped"))
        how |= one({}, dict(terms=True)) | one({}, dict(worst=3)) | one({}, dict(fresh=True)) | one(
            {}, dict(mode="masked-linear")) | one({}, dict(engine="assembled"))
        if how["family"] in ("gate", "random-relu"):
            how["d"] = 4
    return how | one({}, {}, dict(implicit=True), dict(precision="single"))


@pytest.mark.parametrize("part", range(4))
def test_random_shapes(rng, part):
    assert sum(check(draw(rng)) for _ in range(14)) >= 5


@pytest.mark.parametrize("options", [dict(), dict(S=5), dict(T=500, z=2), dict(D=1000, T="max"), dict(gate_steepness=3.0),
                                     dict(construction="masks"), dict(input_noise=0.02, z=1),
                                     dict(construction="masks", input_noise=0.02, robust_masks=True, z=1)])
def test_defaults(options):
    assert check(options | dict(L=2, networks=1, samples=8))


def test_own_circuits_and_allocations(tmp_path, rng):
    path = tmp_path / "c.csv"
    lines = [f"{t},1,{i},{j},{rng.normal()}" for t in range(20) for i in range(3) for j in range(3)]
    path.write_text("\n".join(["circuit,layer,i,j,value", *lines]) + "\n")
    own = cisup.Circuits.from_csv(path, L=2, gate=True)
    got = cisup.measure(circuits=own, D=100, S=2, networks=2, samples=9)
    want = records("propagate", "--circuit-file", path, "--gate", "-L", 2, "-D", 100, "-S", 2, "-K", 2, "-M", 9)
    assert got.params["family"] == "own" and got.params["T"] == 20 and got.params["z"] == [1]
    assert same([row for row in want if row["record"] in ("error", "open")], got.rows)
    base = cisup.allocate(20, 2, 20)
    again = cisup.measure(base, own, networks=2, samples=9)
    assert same(again.rows, got.rows)


def test_given_sets_and_exclusions(tmp_path):
    how = dict(D=120, T=40, S=3, L=2, networks=2, samples=6)
    (tmp_path / "sets").write_text("3 7\n\n12\n")
    got = cisup.measure(active=[[7, 3], [], [12]], **how)
    want = records("propagate", "--active-file", tmp_path / "sets", *words_of(how))
    assert same([row for row in want if row["record"] in ("error", "open")], got.rows) and got.params["z"] == [2]
    (tmp_path / "out").write_text("circuit\n3\n9\n")
    got = cisup.measure(exclude=[9, 3], z=2, **how)
    want = records("propagate", "--exclude", tmp_path / "out", "-z", 2, *words_of(how))
    assert same([row for row in want if row["record"] in ("error", "open")], got.rows)


def test_threads_and_large_networks():
    how = dict(D=120, T=40, S=3, L=3, networks=3, samples=40)
    assert same(cisup.measure(threads=1, **how).rows, cisup.measure(threads=3, **how).rows)
    found = cisup.measure(D=400_000, S=10, T=1_000_000, z=1, L=2, implicit=True, networks=1, samples=2)
    assert found.params["implicit"] and found.errors.mse.max() < 1.0


def test_frames():
    found = cisup.measure(D=120, T=40, S=3, L=3, z=[1, 2], networks=2, samples=10, terms=True, worst=2)
    assert list(found.errors.columns[:5]) == ["z", "layer", "state", "quantity", "mse"]
    assert set(found.errors.z) == {1, 2} and len(found.open) == 2 * 3 * 4 and len(found.worst) == 4
    assert set(found.terms.term) >= {"overlap", "propagation"} and "theory.refined" in found.errors
    assert found.worst.neighbours.map(len).max() <= 5 and "circuit" in found.worst.neighbours[0][0]
    assert found.seconds[1] > 0


@pytest.mark.parametrize("options, kind, text", [
    (dict(T=10**6), cisup.Infeasible, "1000000"), (dict(z=0), cisup.InvalidArgument, "z"),
    (dict(z=[600]), cisup.InvalidArgument, "600"), (dict(family="none"), cisup.InvalidArgument, "none"),
    (dict(engine="none"), cisup.InvalidArgument, "none"), (dict(construction="none"), cisup.InvalidArgument, "none"),
    (dict(D=10), cisup.InvalidArgument, "D = 10"), (dict(d=3), cisup.InvalidArgument, "width 4"),
    (dict(construction="masks", offset="none"), cisup.InvalidArgument, "offset"),
    (dict(construction="masks", strength=-1.0), cisup.InvalidArgument, "strength"),
    (dict(T=0), cisup.InvalidArgument, "T = 0"), (dict(S=0), cisup.InvalidArgument, "S = 0"),
    (dict(L=0), cisup.InvalidArgument, "L = 0"), (dict(D=0), cisup.InvalidArgument, "D = 0"),
    (dict(exclude=[557]), cisup.InvalidArgument, "557"), (dict(exclude=[-1, 3]), cisup.InvalidArgument, "-1"),
    (dict(active=[[1]], z=1), cisup.InvalidArgument, "active"), (dict(networks=0), cisup.InvalidArgument, ""),
    (dict(construction="masks", terms=True, mode="linear"), cisup.InvalidArgument, ""),
])
def test_errors(options, kind, text):
    with pytest.raises(kind, match=text):
        cisup.measure(**options)


def interrupted(work, after):
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        work()
    except cisup.Interrupted as error:
        return error
    finally:
        timer.join()
    raise AssertionError("the interrupt was lost")


@pytest.fixture(scope="module")
def many():
    return cisup.allocate(20000, 6, T=2_000_000)


WORK = {"measure": lambda many: cisup.measure(networks=10**6, samples=100, z=1),
        "allocate": lambda many: cisup.allocate(250, 6, effort=1e6),
        "check": lambda many: [cisup.check(many, threads=1) for _ in range(100)],
        "capacity": lambda many: cisup.capacity(D=20000, z=2, L=4, budget=0.1, tolerance=0.001)}


@pytest.mark.parametrize("work", WORK)
def test_no_interrupt_is_lost(many, work, rng):
    for _ in range(12):
        error = interrupted(lambda: WORK[work](many), rng.uniform(0.02, 0.2))
        assert isinstance(error, KeyboardInterrupt)
    if work == "measure" and error.partial is not None:
        assert error.partial.run["networks_done"] >= 1


def test_what_an_interrupt_leaves_is_what_fewer_networks_give():
    how = dict(z=1, samples=50, L=2, D=400, T=100)
    for after in (0.2, 1.0, 5.0, 25.0):  # until a network is whole by then
        partial = interrupted(lambda: cisup.measure(networks=10**6, **how), after).partial
        if partial is not None:
            break
    done = partial.run["networks_done"]
    assert same(partial.rows, cisup.measure(networks=done, **how).rows)


def test_progress_is_shown(capsys):
    pytest.importorskip("tqdm")
    cisup.measure(networks=30, samples=200, z=1, progress=True)
    assert "networks" in capsys.readouterr().err
