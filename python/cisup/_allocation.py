# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons circuits use: allocations, cycles of them, and the check of either."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from ._cisup import ffi, lib
from ._library import (Array, BadFormat, Indices, InvalidArgument, call, choose, fill, find, indices,
                       owned, pointer, text, view, watched)

_EVEN_OUT = {"auto": lib.CISUP_EVEN_OUT_AUTO, "yes": lib.CISUP_EVEN_OUT_YES, "no": lib.CISUP_EVEN_OUT_NO}
_HOP = {"S": lib.CISUP_HOP_S, "S-1": lib.CISUP_HOP_S_LESS_1}


class Allocation:
    """T circuits on N neurons, S neurons each; of an allocation of ``cisup.allocate`` any two
    circuits share at most one. Made by ``allocate``, ``from_array`` or ``from_scipy``.

    slots : int32 [T, S], read-only, the neurons of each circuit, increasing
    """

    def __init__(self, struct: Any) -> None:
        self._struct = struct
        self.N, self.S, self.T = int(struct.N), int(struct.S), int(struct.T)
        self.slots: Array = view(struct.slot, (self.T, self.S), struct)

    @classmethod
    def from_array(cls, slots: npt.ArrayLike, N: int | None = None) -> Allocation:
        """From the neurons of each circuit, [T, S] in any order; N: one more than the largest."""
        rows = np.sort(indices(slots, "slots"), axis=-1)
        if rows.ndim != 2 or rows.size == 0:
            raise InvalidArgument(f"slots: [T, S] is wanted, not {rows.shape}")
        size = int(rows.max()) + 1 if N is None else N
        bad = (rows < 0) | (rows >= size)
        bad[:, 1:] |= rows[:, 1:] == rows[:, :-1]
        if bad.any():
            t = int(bad.any(1).argmax())
            raise BadFormat(f"circuit {t}: neurons {rows[t].tolist()} are not different ones of 0..{size - 1}")
        struct = owned("cisup_allocation", lib.cisup_allocation_free)
        call(lib.cisup_allocation_init, struct, size, rows.shape[1], rows.shape[0])
        fill(struct.slot, rows)
        return cls(struct)

    @classmethod
    def from_scipy(cls, matrix: Any) -> Allocation:
        """From a matrix of neurons x circuits (as in files), whose nonzeros say who sits where."""
        csc = scipy.sparse.csc_matrix(matrix, copy=True)
        csc.eliminate_zeros()
        counts = np.diff(csc.indptr)
        if not len(counts) or (counts != counts[0]).any():
            t = int((counts != counts[0]).argmax()) if len(counts) else 0
            raise BadFormat(f"circuit {t}: another number of neurons than circuit 0")
        return cls.from_array(csc.indices.reshape(len(counts), -1), csc.shape[0])

    def to_scipy(self) -> Any:
        """The matrix of neurons x circuits, [N, T], as scipy.sparse.csc_matrix of ones."""
        start = np.arange(0, self.T * self.S + 1, self.S)
        return scipy.sparse.csc_matrix((np.ones(self.T * self.S), np.array(self.slots.ravel()), start), (self.N, self.T))

    @property
    def loads(self) -> Indices:
        """Circuits on each neuron, [N]."""
        loads = np.zeros(self.N, np.int64)
        lib.cisup_allocation_loads(self._struct, pointer(loads, "cisup_index"))
        return loads

    @property
    def P(self) -> float:
        """Mean number of neurons that two circuits share, (2.4); NaN for T = 1."""
        loads = self.loads
        stats = lib.cisup_allocation_statistics(pointer(loads, "cisup_index"), self.N, self.S, self.T)
        return float(stats.P)

    def check(self, **options: Any) -> Overlap:
        """``cisup.check`` of it."""
        return check(self, **options)

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Writes a file: Matrix Market (.mtx, .mtx.gz), a circuit a line (.blocks), else CSV."""
        call(lib.cisup_allocation_file_write, os.fsencode(path), self._struct, ffi.NULL,
             lib.CISUP_REPLACE_EXISTING if overwrite else lib.CISUP_KEEP_EXISTING)

    def __len__(self) -> int:
        return self.T

    def __reduce__(self) -> tuple[Callable[..., Allocation], tuple[Any, ...]]:
        return Allocation.from_array, (np.array(self.slots), self.N)

    def __repr__(self) -> str:
        return f"<cisup.Allocation of {self.T} circuits, N = {self.N}, S = {self.S}>"


class Cycle:
    """c allocations of the same T circuits, N neurons each, in which no two circuits meet twice.
    Made by ``cisup.cycle`` or ``from_array``.

    slots : int32 [c, T, S], read-only
    P, r : chances (2.8), (2.9) of docs/math.md; NaN where there are no such circuits
    """

    def __init__(self, struct: Any, slots: Array) -> None:
        self._struct = struct
        self.N, self.S, self.T, self.c = int(struct.N), int(struct.S), int(struct.T), int(struct.c)
        self.P, self.r, self.q = float(struct.P), float(struct.r), int(struct.q)
        self.slots = slots
        self.slots.flags.writeable = False

    @classmethod
    def from_array(cls, slots: npt.ArrayLike, N: int | None = None) -> Cycle:
        """From [c, T, S] neurons. That no two circuits meet twice is what ``check`` finds out."""
        rows = indices(slots, "slots")
        if rows.ndim != 3 or len(rows) < 2:
            raise InvalidArgument(f"slots: [c, T, S] with c >= 2 is wanted, not {rows.shape}")
        size = int(rows.max()) + 1 if N is None else N
        parts = [Allocation.from_array(part, size) for part in rows]
        array = ffi.new("cisup_allocation[]", [part._struct[0] for part in parts])
        struct = owned("cisup_cycle", lib.cisup_cycle_free, (parts, array))
        call(lib.cisup_cycle_of, struct, array, len(parts))
        return cls(struct, np.stack([part.slots for part in parts]))

    def joined(self) -> Allocation:
        """One allocation of c N neurons, those of part h from h N on, c S a circuit: as in files."""
        shift = self.N * np.arange(self.c)[:, None, None]
        return Allocation.from_array((self.slots + shift).swapaxes(0, 1).reshape(self.T, -1), self.c * self.N)

    def check(self, **options: Any) -> Overlap:
        """``cisup.check`` of it."""
        return check(self, **options)

    def __reduce__(self) -> tuple[Callable[..., Cycle], tuple[Any, ...]]:
        if self.q:
            return cycle, (self.N, self.S, self.c, self.T)
        return Cycle.from_array, (np.array(self.slots), self.N)

    def __repr__(self) -> str:
        return f"<cisup.Cycle of {self.c} x {self.T} circuits, N = {self.N}, S = {self.S}>"


def options_of(scheme: str, hop: str, reflect: bool, even_out: str, effort: float, seed: int) -> Any:
    """cisup_allocation_options."""
    options = ffi.new("cisup_allocation_options *", lib.cisup_allocation_defaults())
    options.scheme = find(lib.cisup_scheme_find, scheme, "scheme")
    options.hop, options.reflect = choose(_HOP, hop, "hop"), reflect
    options.even_out = choose(_EVEN_OUT, even_out, "even_out")
    options.effort, options.seed = effort, seed
    return options


def capacity_of(N: int, S: int, options: Any) -> int:
    """How many circuits a scheme places."""
    most = ffi.new("cisup_index *")
    call(lib.cisup_allocation_capacity, N, S, options, most)
    return int(most[0])


def allocate(N: int | None = None, S: int = 6, T: int | str = "max", *, D: int | None = None, d: int = 4,
             scheme: str = "best", hop: str = "S", reflect: bool = False, even_out: str = "auto",
             effort: float = 0.0, seed: int = 1, progress: bool = False) -> Allocation:
    """Places T circuits on N neurons (or N = D // d), S each, any two on one together at most.

    T : "max": as many as the scheme places
    scheme : best, td, prime, ref, greedy, random, pairs, sts, affine, projective or design
    effort : of best: local search for more circuits; takes long

    Raises Infeasible naming how many fit, InvalidArgument, OutOfMemory; Interrupted.
    """
    if (N is None) == (D is None):
        raise InvalidArgument("one of N and D is wanted")
    neurons = N if N is not None else (D or 0) // d
    options = options_of(scheme, hop, reflect, even_out, effort, seed)
    struct = owned("cisup_allocation", lib.cisup_allocation_free)
    with watched(progress, "allocate") as watcher:
        options.watcher = watcher
        count = capacity_of(neurons, S, options) if T == "max" else int(T)
        call(lib.cisup_allocation_make, struct, neurons, S, count, options)
    return Allocation(struct)


def cycle_capacity(N: int, S: int, c: int) -> int:
    """How many circuits the largest cycle known holds."""
    plan = ffi.new("cisup_cycle_plan *")
    call(lib.cisup_cycle_plan_make, plan, N, S, c)
    return int(plan.T)


def cycle(N: int, S: int = 1, c: int = 2, T: int | str = "max") -> Cycle:
    """A cycle of c allocations for networks that carry masks (docs/math.md 2.7).

    T : "max": as many circuits as the largest cycle known holds

    Raises Infeasible naming how many fit, InvalidArgument, OutOfMemory.
    """
    count = cycle_capacity(N, S, c) if T == "max" else int(T)
    struct = owned("cisup_cycle", lib.cisup_cycle_free)
    call(lib.cisup_cycle_make, struct, N, S, c, count)
    slots = np.zeros((c, count, S), np.int32)
    lib.cisup_py_cycle_rows(struct, pointer(slots, "int32_t"))
    return Cycle(struct, slots)


@dataclass(frozen=True)
class Overlap:
    """What ``check`` found.

    holds : any two circuits share at most one neuron (of cycles also: S of each in every part)
    max_overlap : the most that two share; ``exact`` False: at least
    circuits, neurons : two circuits and two neurons that they share; None if it holds
    pairs : pairs of neurons looked at
    loads : circuits on each neuron, [N] (of a cycle: of the joined allocation)
    problem : in words, what else is wrong with the rows; "" if nothing
    """

    holds: bool
    max_overlap: int
    exact: bool
    circuits: tuple[int, int] | None
    neurons: tuple[int, int] | None
    pairs: int
    loads: Indices = field(repr=False)
    problem: str = ""

    def __bool__(self) -> bool:
        return self.holds


def _overlap(report: Any, loads: Indices, holds: bool, problem: str = "") -> Overlap:
    def pair(values: Any) -> tuple[int, int] | None:
        return None if report.holds else (int(values[0]), int(values[1]))
    return Overlap(holds, int(report.max_overlap), bool(report.max_overlap_exact),
                   pair(report.witness_circuits), pair(report.witness_neurons), int(report.pairs), loads, problem)


def _check_rows(rows: Any, threads: int, memory: float, progress: bool) -> Overlap:
    loads = np.zeros(rows.N, np.int64)
    report = ffi.new("cisup_overlap_report *")
    options = ffi.new("cisup_overlap_options *", {"memory": memory, "threads": threads,
                                                 "load": pointer(loads, "cisup_index")})
    with watched(progress, "check") as watcher:
        options.watcher = watcher
        call(lib.cisup_overlap_check_rows, ffi.new("cisup_rows *", rows), options, report)
    return _overlap(report, loads, bool(report.holds))


def _check_file(path: str | os.PathLike[str], reading: dict[str, Any], **options: Any) -> Overlap:
    how = ffi.new("cisup_row_file_options *", reading)
    opened = owned("cisup_row_file", lib.cisup_row_file_close)
    call(lib.cisup_row_file_open, os.fsencode(path), how, opened)
    if opened.bad_circuit >= 0:
        problem = (f"{os.fspath(path)}: circuit {opened.bad_circuit + opened.base} has {opened.bad_count} "
                   f"neurons, not {opened.S}")
        return Overlap(False, 0, False, None, None, 0, np.zeros(0, np.int64), problem)
    return _check_rows(lib.cisup_row_file_rows(opened), **options)


def _check_cycle(cycle: Cycle, threads: int, memory: float, progress: bool) -> Overlap:
    joined = cycle.joined()
    report = ffi.new("cisup_cycle_report *")
    options = ffi.new("cisup_overlap_options *", {"memory": memory, "threads": threads})
    with watched(progress, "check") as watcher:
        options.watcher = watcher
        call(lib.cisup_cycle_check, ffi.new("cisup_rows *", lib.cisup_rows_stored(joined._struct)), cycle.c,
             options, report)
    return _overlap(report.overlap, joined.loads, bool(report.holds))


def check(what: Allocation | Cycle | str | os.PathLike[str] | Any, *, threads: int = 0, memory: float = 0.0,
          progress: bool = False, lenient: bool = False, one_based: bool = False, transposed: bool = False,
          N: int = 0) -> Overlap:
    """Whether any two circuits share at most one neuron.

    what : an allocation or cycle; an array [T, S] of neurons; a SciPy matrix of neurons x circuits;
        or a file in any format of docs/formats.md, for which the four last options are
    memory : bytes for the check; 0: an eighth of what is there, 500 MB at most

    Raises BadFormat, SystemFailure, OutOfMemory, InvalidArgument; Interrupted.
    """
    options: dict[str, Any] = {"threads": threads, "memory": memory, "progress": progress}
    if isinstance(what, (str, os.PathLike)):
        reading = {"lenient": lenient, "one_based": one_based, "transposed": transposed, "neurons": N}
        return _check_file(what, reading, **options)
    if isinstance(what, Cycle):
        return _check_cycle(what, **options)
    if scipy.sparse.issparse(what):
        what = Allocation.from_scipy(what)
    if not isinstance(what, Allocation):
        what = Allocation.from_array(what, N or None)
    return _check_rows(lib.cisup_rows_stored(what._struct), **options)


def load_allocation(path: str | os.PathLike[str], *, lenient: bool = False, one_based: bool = False,
                    transposed: bool = False, N: int = 0) -> Allocation:
    """Reads an allocation in any format of docs/formats.md."""
    how = ffi.new("cisup_row_file_options *", {"lenient": lenient, "one_based": one_based,
                                              "transposed": transposed, "neurons": N})
    opened = owned("cisup_row_file", lib.cisup_row_file_close)
    call(lib.cisup_row_file_open, os.fsencode(path), how, opened)
    if opened.bad_circuit >= 0:
        raise BadFormat(f"{os.fspath(path)}: circuit {opened.bad_circuit + opened.base} has "
                        f"{opened.bad_count} neurons, not {opened.S}")
    struct = owned("cisup_allocation", lib.cisup_allocation_free)
    call(lib.cisup_allocation_init, struct, opened.N, opened.S, opened.T)
    call(lib.cisup_py_rows_fill, ffi.new("cisup_rows *", lib.cisup_row_file_rows(opened)), struct.slot)
    return Allocation(struct)


def plan(N: int, S: int, c: int) -> tuple[int, int, str]:
    """Of the largest cycle known: circuits, a bound on those of any, and its recipe."""
    of = ffi.new("cisup_cycle_plan *")
    call(lib.cisup_cycle_plan_make, of, N, S, c)
    return int(of.T), int(of.bound), text(of.recipe)


def johnson_bound(N: int, S: int) -> int:
    """No allocation of N neurons, S a circuit, has more circuits (docs/allocations.md)."""
    return int(lib.cisup_johnson_bound(N, S))


def rows_of(circuits: Iterable[Iterable[int]]) -> tuple[Indices, Indices]:
    """Lists of circuits as start [count + 1] and circuit [start[count]], each list ascending."""
    lists = [np.sort(indices(list(one), "circuits")) for one in circuits]
    start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    return start, np.concatenate([np.zeros(0, np.int64), *lists])
