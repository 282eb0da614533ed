# SPDX-License-Identifier: GPL-3.0-or-later
"""Theory, capacity and sweeps: what the program prints, as frames."""
import os
import signal
import subprocess
import sys
import threading

import pytest

import cisup
from conftest import records


def test_theory():
    frame = cisup.theory(D=400, T=100, S=4, z=2, scheme="ref")
    want = [row for row in records("theory", "-D", 400, "-T", 100, "-S", 4, "-z", 2, "--scheme", "ref")
            if row["record"] == "theory"]
    assert len(frame) == len(want) > 50
    assert all(row["value"] == value for row, value in zip(want, frame.value) if row["value"] is not None)
    packing = frame.query("kind == 'limit' and name == 'packing'")
    assert packing.value.item() == 100 * 99 // 12


def test_capacity():
    how = dict(D=200, z=1, L=2, budget=0.1, S=[2, 3], construction="published", networks=12, samples=50)
    frame = cisup.capacity(**how)
    found = frame[frame.record == "capacity"]
    assert set(found["params.S"]) <= {2, 3} and (found["T"] > 0).any()


SPEC = {"fixed": {"D": 120, "networks": 2, "samples": 10, "z": [1], "L": 2}, "grid": {"S": [2, 3], "T": [20, 10**6]}}


def test_sweep(tmp_path):
    done = cisup.sweep(SPEC, tmp_path / "s.sqlite")
    assert done.path == str(tmp_path / "s.sqlite") and len(done.cells) == 4 and done.cells.done.all()
    assert (done.cells.infeasible != "").tolist() == [False, True, False, True]
    assert list(done.errors.columns[:3]) == ["cell", "S", "T"] and set(done.errors["T"]) == {20}
    for S in (2, 3):
        want = cisup.measure(D=120, networks=2, samples=10, z=[1], L=2, S=S, T=20).errors
        assert (done.errors[done.errors.S == S].mse.to_numpy() == want.mse.to_numpy()).all()
    again = cisup.journal(tmp_path / "s.sqlite")
    assert again.errors.equals(done.errors) and again.open.equals(done.open)
    assert cisup.sweep(tmp_path / "s.json").errors.equals(done.errors)


def test_a_sweep_goes_on_after_an_interrupt(tmp_path):
    spec = {"fixed": {"D": 400, "T": 100, "samples": 400, "networks": 8}, "grid": {"seed": list(range(1, 400))}}
    for after in (0.5, 2.0, 10.0):  # until there is a journal by then
        timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(cisup.Interrupted) as caught:
            cisup.sweep(spec, tmp_path / "s.sqlite")
        partial = caught.value.partial
        if partial is not None and len(partial.cells):
            break
    assert len(partial.cells) == 399 and not partial.cells.done.all()
    assert partial.errors.empty or set(partial.errors.cell) == set(partial.cells[partial.cells.done].cell)


def test_errors(tmp_path):
    with pytest.raises(cisup.InvalidArgument, match="--wrong"):
        cisup.theory(wrong=3)
    with pytest.raises(cisup.BadFormat, match="wrong"):
        cisup.sweep(SPEC | {"fixed": {"wrong": 1}}, tmp_path / "s.sqlite")
    with pytest.raises(cisup.InvalidArgument, match="journal_path"):
        cisup.sweep(SPEC)
    with pytest.raises(cisup.SystemFailure, match="no such file"):
        cisup.journal(tmp_path / "none")
    (tmp_path / "text").write_text("no journal" * 100)
    with pytest.raises(cisup.BadFormat, match="text"):
        cisup.journal(tmp_path / "text")


def test_the_program_is_found():
    script = "import cisup\ntry: print(cisup.program())\nexcept cisup.SystemFailure as error: print(error)"
    said = subprocess.run([sys.executable, "-c", script], env={**os.environ, "CISUP_PROGRAM": "/no/such/program"},
                          capture_output=True, text=True, check=True).stdout
    assert "/no/such/program" in said and "$CISUP_PROGRAM" in said
