# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments: many networks of one shape, their errors layer by layer."""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._allocation import Allocation, Cycle, capacity_of, cycle_capacity, options_of, rows_of
from ._circuits import Circuits, family_options, width_of
from ._cisup import ffi, lib
from ._library import (Infeasible, Interrupted, InvalidArgument, call, choose, find, indices, owned, pointer, text,
                       version, watched)
from ._network import cycle_rows, neurons_of, network_options, set_carrying

if TYPE_CHECKING:
    import pandas

_PRECISION = {"double": lib.CISUP_PRECISION_DOUBLE, "single": lib.CISUP_PRECISION_SINGLE}
_ENGINE = {"auto": lib.CISUP_ENGINE_AUTO, "batched": lib.CISUP_ENGINE_BATCHED, "sparse": lib.CISUP_ENGINE_SPARSE,
           "assembled": lib.CISUP_ENGINE_ASSEMBLED, "reduced": lib.CISUP_ENGINE_REDUCED}
Row = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What ``measure`` found; rows are the records of ``cisup propagate --json`` by their names.

    params : all parameters, as ``params`` of the run record
    run : the rest of that record: N, P, p, g, kappa, kappa_error, networks_done, engines, open_shares
    rows : all other records as dicts, "theory.post" for a nested name
    seconds : to build all networks, and to run their samples
    """

    params: Row
    run: Row
    rows: list[Row]
    seconds: tuple[float, float]

    def _frame(self, record: str) -> pandas.DataFrame:
        import pandas
        return pandas.DataFrame([{name: value for name, value in row.items() if name != "record"}
                                 for row in self.rows if row["record"] == record])

    @property
    def errors(self) -> pandas.DataFrame:
        """z, layer, state, quantity, mse, mse_lo, mse_hi, median, q99, worst, signal, theory.*: mean squares,
        but for median, q99 and worst, which are norms."""
        return self._frame("error")

    @property
    def open(self) -> pandas.DataFrame:
        """z, layer, block, fraction, wrong_fraction, of networks that carry masks breaches."""
        return self._frame("open")

    @property
    def terms(self) -> pandas.DataFrame:
        """With terms=True z, layer, state, term, mean_square, lo, hi, correlation_with_total, residual."""
        return self._frame("term")

    @property
    def worst(self) -> pandas.DataFrame:
        """With worst=K z, rank, network, circuit, mse, ..., neighbours, neurons."""
        return self._frame("worst")

    def __repr__(self) -> str:
        p = self.params
        return (f"<cisup.Result: D = {p['D']}, T = {p['T']}, S = {p['S']}, L = {p['L']}, z = {p['z']}, "
                f"{self.run['networks_done']} networks>")


def _value(field: Any) -> Any:
    kind, value = field.kind, field.value
    if kind == lib.CISUP_FIELD_INDEX:
        return int(value.index)
    if kind == lib.CISUP_FIELD_NUMBER:
        return float(value.number)
    if kind == lib.CISUP_FIELD_TRUTH:
        return bool(value.truth)
    if kind == lib.CISUP_FIELD_TEXT:
        return text(value.text)
    return _items(value.list) if kind == lib.CISUP_FIELD_LIST else None


def _items(of: Any) -> list[Any]:
    items = []
    for k in range(of.count):
        record = ffi.new("cisup_record *")
        of.item(of.of, k, record)
        fields = [record.field[i] for i in range(record.fields)]
        if fields:
            items.append(_value(fields[0]) if not fields[0].name or not ffi.string(fields[0].name)
                         else {text(field.name): _value(field) for field in fields})
    return items


@ffi.def_extern(error=1)  # type: ignore[misc]
def cisup_py_row(context: Any, record: Any) -> int:
    fields = [record.field[k] for k in range(record.fields)]
    ffi.from_handle(context).append({text(field.name): _value(field) for field in fields})
    return 0


def _result(report: Any, params: Row, N: int) -> Result:
    rows: list[Row] = []
    handle = ffi.new_handle(rows)
    if lib.cisup_report_each(report, ffi.NULL, lib.cisup_py_row, handle):
        raise MemoryError("the report could not be read")
    run = {"N": N, **{name: value for name, value in rows[0].items() if name != "record"}}
    return Result(params, run, rows[1:], (float(report.build_s), float(report.run_s)))


def measure(base: Allocation | Cycle | None = None, circuits: Circuits | None = None, *, D: int | None = None,
            T: int | str | None = None, S: int | None = None, L: int | None = None, d: int | None = None,
            z: int | Sequence[int] | None = None, construction: str | None = None, cycle: int = 2,
            scheme: str | None = None, hop: str = "S", reflect: bool = False, even_out: str = "auto",
            effort: float = 0.0, reshuffle: bool = True, family: str | None = None, margin: float = 1.0,
            fresh: bool = False, gate_steepness: float = 2.0, gate_shift: float = 0.5, weights: str | None = None,
            kappa: str = "single", w_correction: float = 1.0, center: float | None = None, mask_codes: bool = False,
            offset: float | str | None = None, strength: float | str | None = None, engine: str = "auto",
            mode: str = "relu", precision: str = "double", input_noise: float = 0.0, robust_masks: bool = False,
            active: Iterable[Iterable[int]] | None = None, exclude: npt.ArrayLike = (), terms: bool = False,
            worst: int = 0, implicit: bool = False, networks: int = 20, samples: int = 500, seed: int = 1,
            threads: int = 0, progress: bool = False) -> Result:
    """Measures networks of one shape, as ``cisup propagate`` with the same parameters and numbers.

    base : an allocation, or a cycle, and then networks carry masks; None: made of D, T, S, scheme
    circuits : own ones; None: of ``family``, drawn anew for each network
    D, T, S, L, d : sizes; those not given are of the published network (1000, 557, 6, 5, the family's);
        T = "max": as many as the scheme places; given circuits are all used
    z : how many circuits are active, one number or several; default 1, 2, 3 (of own circuits 1)
    construction : "published" or "masks" (with ``cycle`` allocations)
    scheme : None: ref if all sizes are those of the published network, else best (masks: none)
    offset, strength : of masks: a number or "safe", beyond all sums; None: 1 of rotation2, else "safe"
    active : sets of active circuits in place of drawn ones; exclude : circuits that are left out
    implicit : networks are computed, not stored, and may be of any size

    All else is in ``cisup propagate --help``. Raises InvalidArgument, Infeasible, OutOfMemory; Ctrl-C
    raises Interrupted, whose ``partial`` is a Result of the networks done by then, or None.
    """
    given = dict(locals())
    setting = _Setting(**{name: value for name, value in given.items() if name != "progress"})
    report = owned("cisup_report", lib.cisup_report_free)
    try:
        with watched(progress, "networks") as watcher:
            setting.x.watcher = watcher
            call(lib.cisup_experiment_run, setting.x, report)
    except Interrupted as error:
        if report.networks > 0:
            error.partial = _result(report, setting.params(), setting.N)
        raise
    return _result(report, setting.params(), setting.N)


class _Setting:
    """An experiment, with all that it borrows, and its parameters."""

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.kept: list[Any] = []
        base, circuits = given["base"], given["circuits"]
        kind = given["construction"] or ("masks" if isinstance(base, Cycle) else "published")
        if kind not in ("published", "masks"):
            raise InvalidArgument(f"construction {kind!r}: published or masks")
        if base is not None and (isinstance(base, Cycle) != (kind == "masks")):
            raise InvalidArgument(f"construction {kind!r} with {base!r}")
        self.masks = kind == "masks"
        if self.masks and given["mode"] not in ("relu", "masked-relu"):
            raise InvalidArgument(f"mode {given['mode']!r}: networks that carry masks have relu and masked-relu")
        self.c = (base.c if base is not None else given["cycle"]) if self.masks else 0
        self.family = "own" if circuits else given["family"] or ("rotation2" if self.masks else "rotation4")
        self._circuits(circuits)
        zs: Any = given["z"] if given["z"] is not None else ([1] if circuits else [1, 2, 3])
        self.z = np.atleast_1d(indices(zs, "z"))
        self.sets: Any = None
        if given["active"] is not None:
            self._active_sets()
        self._sizes(base)
        self.x = ffi.new("cisup_experiment *", lib.cisup_experiment_defaults())
        self._place(base)
        self._fill()

    def _circuits(self, circuits: Circuits | None) -> None:
        g = self.given
        self.options: Any = None
        if circuits is None:
            self.options = family_options(self.family, g["margin"], g["fresh"], g["seed"], g["gate_steepness"],
                                          g["gate_shift"], None)
            width = width_of(self.family)
            if g["d"] is not None and width is not None and g["d"] != width:
                raise InvalidArgument(f"d = {g['d']}: circuits {self.family} have width {width}")
            self.one = Circuits.family(self.family, 1, width or 4 if g["d"] is None else g["d"],
                                       5 if g["L"] is None else g["L"], carried=self.masks, fresh=g["fresh"])
            self.options.carried = self.masks
        else:
            if circuits.carried != self.masks:
                raise InvalidArgument("circuits are carried where they must not be, or the other way round")
            self.one = circuits
        self.d = self.one.d - int(self.one.biased)
        self.L = self.one.L

    def _sizes(self, base: Allocation | Cycle | None) -> None:
        g = self.given
        if base is not None:
            self.N, self.S, self.T = base.N, base.S, base.T
            self.D = g["D"] or self.d * base.N
        else:
            self.D, self.S = (other if g[name] is None else g[name] for name, other in (("D", 1000), ("S", 6)))
            active = max(1, int(self.z.max(initial=1)))
            self.N = neurons_of(self.one, self.D, self.S, self.c, g["mask_codes"], active, g["robust_masks"])
            if self.N < self.S:
                raise InvalidArgument(f"D = {self.D} gives N = {self.N} neurons a block; at least S = {self.S} "
                                      f"are needed")
            T = g["T"] if g["T"] is not None else g["circuits"].T if g["circuits"] else 557
            self.scheme = g["scheme"] or self._scheme(T)
            self.T = self._most() if T == "max" else int(T)
        if g["circuits"] and g["circuits"].T != self.T:
            raise InvalidArgument(f"{g['circuits'].T} circuits for an allocation of {self.T}")
        if base is not None:
            self.scheme = "own"

    def _scheme(self, T: int | str) -> str:
        if self.given["implicit"] or self.masks:
            return "td"
        is_post = (self.D, self.d, T, self.S) == (1000, 4, 557, 6) and not self.given["circuits"]
        return "ref" if is_post else "best"

    def _allocation_options(self) -> Any:
        g = self.given
        return options_of(self.scheme, g["hop"], g["reflect"], g["even_out"], g["effort"], g["seed"])

    def _most(self) -> int:
        if self.masks:
            return cycle_capacity(self.N, self.S, self.c)
        return capacity_of(self.N, self.S, self._allocation_options())

    def _keep(self, what: Any) -> Any:
        """A struct holds pointers, which keep nothing alive."""
        self.kept.append(what)
        return what

    def _place(self, base: Allocation | Cycle | None) -> None:
        """Neurons of the circuits: given, made, or computed."""
        x, implicit = self.x, self.given["implicit"]
        if self.masks:
            self._place_cycle(base)
            return
        if base is not None:
            x.base = self._keep(base._struct)
            return
        if implicit:
            computed = owned("cisup_incidence", lib.cisup_incidence_free)
            scheme = find(lib.cisup_scheme_find, self.scheme, "scheme")
            call(lib.cisup_incidence_make, computed, self.N, self.S, self.T, scheme)
            x.computed = computed
            x.base = self._keep(ffi.new("cisup_allocation *", {"N": self.N, "S": self.S, "T": self.T}))
            self._keep(computed)
            return
        struct = owned("cisup_allocation", lib.cisup_allocation_free)
        with watched(False, "allocate") as watcher:
            options = self._allocation_options()
            options.watcher = watcher
            call(lib.cisup_allocation_make, struct, self.N, self.S, self.T, options)
        x.base = self._keep(struct)

    def _place_cycle(self, base: Any) -> None:
        x = self.x
        cycle = base._struct if base is not None else owned("cisup_cycle", lib.cisup_cycle_free)
        if base is None:
            call(lib.cisup_cycle_make, cycle, self.N, self.S, self.c, self.T)
        x.cycle = self._keep(cycle)
        self._keep(base)
        if not self.given["implicit"]:
            x.base = self._keep(cycle_rows(cycle))
            return
        if not cycle.q:
            raise Infeasible(f"implicit: N = {self.N}, S = {self.S}: a cycle of {self.c} allocations of {self.T} "
                             f"circuits has no computed form")
        x.base = self._keep(ffi.new("cisup_allocation *", {"N": self.N, "S": self.S, "T": self.T}))

    def _active_sets(self) -> None:
        if self.given["z"] is not None or len(np.atleast_1d(self.given["exclude"])):
            raise InvalidArgument("active: not with z or exclude")
        start, circuit = rows_of(self.given["active"])
        self.z = indices([int(np.diff(start).max(initial=0))])
        self.sets = ffi.new("cisup_active_sets *", {"start": pointer(start, "cisup_index"),
                                                   "circuit": pointer(circuit, "cisup_index"),
                                                   "count": len(start) - 1})
        self.kept += [start, circuit, self.sets]

    def _carrying(self, value: Any, name: str, other: float | str) -> tuple[float | None, str, str]:
        """A number, None for "safe"; the word of params, and where it is from."""
        source = "default" if value is None else "safe" if value == "safe" else "given"
        value = other if value is None else value
        if value == "safe":
            return None, "safe", "safe"
        if isinstance(value, str) or not 0.0 <= value < math.inf:
            raise InvalidArgument(f"{name} {value!r}: neither safe nor a number from 0")
        return float(value), "1" if source == "default" else str(value), source

    def _fill(self) -> None:
        g, x = self.given, self.x
        weights = g["weights"] or ("plain" if self.masks else "capped")
        x.network = network_options(weights, g["kappa"], g["w_correction"], g["center"], g["reshuffle"], g["seed"])[0]
        if g["engine"] == "assembled":
            x.network.form = lib.CISUP_OPERATOR_ASSEMBLED
        self.offset = self._carrying(g["offset"], "offset", 1.0 if self.family == "rotation2" else "safe")
        self.strength = self._carrying(g["strength"], "strength", "safe")
        if self.masks:
            set_carrying(x.network.carrying, self.c, g["mask_codes"], x.network.carrying.active, self.offset[0],
                         self.strength[0])
        if g["circuits"]:
            x.circuits = g["circuits"]._struct
        else:
            x.family = self.options[0]
        exclude = np.unique(indices(np.atleast_1d(g["exclude"]) if len(np.atleast_1d(g["exclude"])) else
                                    np.zeros(0, np.int64), "exclude"))
        if len(exclude):
            x.exclude.circuit, x.exclude.count = pointer(exclude, "cisup_index"), len(exclude)
        if len(exclude) and not 0 <= exclude[0] <= exclude[-1] < self.T:
            raise InvalidArgument(f"exclude: {exclude[0]} to {exclude[-1]}, but there are {self.T} circuits")
        self.kept += [exclude, self.z]
        if self.sets is not None:
            x.active = self.sets
        x.d, x.L = self.one.d, self.L
        x.engine = choose(_ENGINE, g["engine"], "engine")
        x.mode = find(lib.cisup_mode_find, g["mode"], "mode")
        x.precision = choose(_PRECISION, g["precision"], "precision")
        x.z, x.z_count = pointer(self.z, "cisup_index"), len(self.z)
        x.noise, x.robust_masks = g["input_noise"], g["robust_masks"]
        x.terms, x.worst, x.networks, x.inputs = g["terms"], g["worst"], g["networks"], g["samples"]
        x.seed, x.threads = g["seed"], g["threads"]

    def params(self) -> Row:
        """As in the record "run" of the program."""
        g = self.given
        row: Row = {"D": self.D, "d": self.d, "T": self.T, "S": self.S, "L": self.L, "scheme": self.scheme}
        row |= {name: g[name] for name in ("hop", "reflect", "even_out", "effort", "reshuffle")}
        row |= {"family": self.family} | {name: g[name] for name in ("margin", "fresh")}
        row["weights"] = g["weights"] or ("plain" if self.masks else "capped")
        row |= {name: g[name] for name in ("kappa", "w_correction", "center", "engine", "seed")}
        if (g["gate_steepness"], g["gate_shift"]) != (2.0, 0.5):
            row |= {name: g[name] for name in ("gate_steepness", "gate_shift")}
        if self.masks:
            row |= {"construction": "masks", "cycle": self.c, "offset": self.offset[1], "strength": self.strength[1],
                    "linear": "none", "mask_codes": g["mask_codes"], "offset_from": self.offset[2],
                    "strength_from": self.strength[2]}
        row |= {"z": self.z.tolist()} | {name: g[name] for name in ("mode", "precision", "networks", "samples",
                                                                   "implicit", "terms", "worst")}
        if g["input_noise"]:
            row |= {name: g[name] for name in ("input_noise", "robust_masks")}
        return row | {"version": version()}
