# SPDX-License-Identifier: GPL-3.0-or-later
"""Allocations and cycles against all pairs, files and SciPy; views, errors, pickles."""
import gc
import itertools
import pickle

import numpy as np
import pytest
import scipy.io
import scipy.sparse

import cisup


def most_shared(slots):
    return max(len(set(a) & set(b)) for a, b in itertools.combinations(map(tuple, slots), 2))


@pytest.mark.parametrize("scheme", ["best", "ref", "td", "prime", "greedy", "random"])
def test_two_circuits_share_at_most_one_neuron(scheme):
    a = cisup.allocate(40, 3, 60, scheme=scheme)
    assert a.slots.shape == (60, 3) and a.slots.dtype == np.int32 and len(a) == 60
    assert (np.diff(a.slots, axis=1) > 0).all() and a.slots.min() >= 0 and a.slots.max() < a.N == 40
    found = a.check()
    assert found and found.max_overlap == most_shared(a.slots) == 1 and found.circuits is None
    assert found.pairs == 60 * 3 and (found.loads == np.bincount(a.slots.ravel(), minlength=40)).all()
    assert (a.loads == found.loads).all()
    pairs = list(itertools.combinations(a.slots, 2))
    assert a.P == pytest.approx(np.mean([len(np.intersect1d(*pair)) for pair in pairs]), rel=1e-12)


def test_as_many_as_fit():
    assert cisup.allocate(D=1000, d=4, S=6).T == 2015  # docs/allocations.md
    assert cisup.allocate(250, 6, scheme="ref").T == 557
    assert cisup.johnson_bound(250, 6) == 2041


def test_what_is_wrong_is_found(rng):
    slots = np.array(cisup.allocate(40, 3, 60, scheme="td").slots)
    slots[17, :2] = slots[4, :2]
    slots[17, 2] = next(n for n in range(40) if n not in slots[4])
    for form in (slots, scipy.sparse.csc_matrix(cisup.Allocation.from_array(slots, 40).to_scipy())):
        found = cisup.check(form, N=40)
        assert not found and found.max_overlap == 2 == most_shared(slots)
        t, u = found.circuits
        assert {*found.neurons} <= {*slots[t]} & {*slots[u]} and t < u


@pytest.mark.parametrize("name", ["a.mtx", "a.mtx.gz", "a.csv", "a.blocks"])
def test_files(tmp_path, name):
    a = cisup.allocate(30, 3, 50)
    a.save(tmp_path / name)
    with pytest.raises(cisup.SystemFailure):
        a.save(tmp_path / name)
    a.save(tmp_path / name, overwrite=True)
    assert cisup.check(tmp_path / name, N=0 if "mtx" in name else 30)
    back = cisup.load_allocation(tmp_path / name, N=0 if "mtx" in name else 30)
    assert back.N == 30 and (back.slots == a.slots).all()
    if name == "a.mtx":
        assert (cisup.Allocation.from_scipy(scipy.io.mmread(tmp_path / name)).slots == a.slots).all()


def test_circuits_of_unequal_size_are_named(tmp_path):
    (tmp_path / "a.blocks").write_text("0 1 2\n3 4\n5 6 7\n")
    found = cisup.check(tmp_path / "a.blocks")
    assert not found and "circuit 1 has 2" in found.problem
    with pytest.raises(cisup.BadFormat, match="circuit 1 has 2 neurons, not 3"):
        cisup.load_allocation(tmp_path / "a.blocks")


def test_views_outlive_their_owners():
    slots = cisup.allocate(40, 3, 60).slots
    copy = np.array(slots)
    gc.collect()
    held = cisup.memory_live()
    assert held > 0 and (slots == copy).all()
    with pytest.raises(ValueError):
        slots[0, 0] = 1
    del slots
    gc.collect()
    assert cisup.memory_live() < held


@pytest.mark.parametrize("made, kind, text", [
    (lambda: cisup.allocate(10, 3, 100), cisup.Infeasible, "100"),
    (lambda: cisup.allocate(10, 30, 1), cisup.InvalidArgument, "30"),
    (lambda: cisup.allocate(10, 3, 5, scheme="wrong"), cisup.InvalidArgument, "wrong"),
    (lambda: cisup.allocate(10, 3, 5, hop="3"), cisup.InvalidArgument, "hop '3'"),
    (lambda: cisup.allocate(), cisup.InvalidArgument, "N and D"),
    (lambda: cisup.allocate(2**31 - 1, 1000, 2**40), (cisup.OutOfMemory, cisup.Infeasible), ""),
    (lambda: cisup.check("no/such/file"), cisup.SystemFailure, "no/such/file"),
    (lambda: cisup.Allocation.from_array([[0, 0]]), cisup.BadFormat, "circuit 0"),
    (lambda: cisup.Allocation.from_array([[0, 1], [2, 9]], 5), cisup.BadFormat, "circuit 1"),
    (lambda: cisup.Allocation.from_array([0, 1]), cisup.InvalidArgument, "slots"),
    (lambda: cisup.Allocation.from_array([[0.5, 1]]), cisup.InvalidArgument, "float64"),
    (lambda: cisup.cycle(10, 3, 1), cisup.InvalidArgument, ""),
    (lambda: cisup.cycle(10, 3, 2, 1000), cisup.Infeasible, "1000"),
    (lambda: cisup.Cycle.from_array([[[0, 1]]]), cisup.InvalidArgument, "slots"),
])
def test_errors(made, kind, text):
    with pytest.raises(kind, match=text) as caught:
        made()
    assert isinstance(caught.value, cisup.CisupError)
    assert issubclass(cisup.InvalidArgument, ValueError) and issubclass(cisup.SystemFailure, OSError)


def test_errors_of_the_library_say_where():
    with pytest.raises(cisup.Infeasible) as caught:
        cisup.allocate(10, 3, 100)
    name, line = caught.value.where.split(":")
    assert name.startswith("cisup_") or name and int(line) > 0


@pytest.mark.parametrize("N, S, c", [(30, 1, 2), (30, 3, 3), (23, 2, 2)])
def test_two_circuits_of_a_cycle_meet_once(N, S, c):
    x = cisup.cycle(N, S, c)
    assert x.slots.shape == (c, x.T, S) and x.T == cisup.plan(N, S, c)[0] <= cisup.plan(N, S, c)[1]
    joined = x.joined()
    assert joined.N == c * N and joined.S == c * S and most_shared(joined.slots) <= 1 and x.check()
    again = cisup.Cycle.from_array(x.slots, N)
    assert (again.slots == x.slots).all() and again.P == pytest.approx(x.P, rel=1e-12)
    broken = np.array(x.slots)
    broken[:, 0] = broken[:, 1]
    assert not cisup.Cycle.from_array(broken, N).check()


def test_pickles():
    for made in (cisup.allocate(30, 3, 50), cisup.cycle(30, 3, 2, 50), cisup.Cycle.from_array(cisup.cycle(9, 1).slots)):
        back = pickle.loads(pickle.dumps(made))
        assert type(back) is type(made) and back.N == made.N and (back.slots == made.slots).all()
