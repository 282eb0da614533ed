# SPDX-License-Identifier: GPL-3.0-or-later
"""Small circuits: families, networks of one's own in arrays, files and torch modules."""
from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._cisup import ffi, lib
from ._library import (Array, BadFormat, Floats, InvalidArgument, OutOfMemory, call, choose, fill, find, floats,
                       indices, owned, pointer, view)

LINEAR = {"none": lib.CISUP_LINEAR_NONE, "output": lib.CISUP_LINEAR_OUTPUT, "all": lib.CISUP_LINEAR_ALL}
Layer: TypeAlias = tuple[npt.ArrayLike, npt.ArrayLike | None]  # weights [out, in], biases [out] or None


class Circuits:
    """T small circuits of width d and L layers, a_t^l = ReLU(w_t^l a_t^{l-1} + b^l).

    Made by ``family``, ``from_arrays``, ``from_mlps``, ``from_torch`` or ``from_csv``.

    w : [layers, T, d, d]; layers is L, or 1 where they are the same in every layer
    wbar, b : [layers, d, d] and [layers, d], the common part and the common bias
    on_count, biased : neurons of an on-indicator in front of the data neurons; whether neuron 0 is
        the mask of circuits with biases of their own (only of ``carried`` ones)
    is_signed : [L], layers whose f is the identity (only of carried ones)
    """

    def __init__(self, struct: Any, places: Any = None, widths: Array | None = None) -> None:
        self._struct, self._places, self._widths = struct, places, widths
        self.T, self.d, self.L = int(struct.T), int(struct.d), int(struct.L)
        layers = int(struct.layers)
        self.w: Array = view(struct.w, (layers, self.T, self.d, self.d), struct)
        self.wbar: Array = view(struct.wbar, (layers, self.d, self.d), struct)
        self.b: Array = view(struct.b, (layers, self.d), struct)
        self.on_count, self.offset = int(struct.on_count), float(struct.offset)
        self.carried, self.biased = bool(struct.carried), bool(struct.biased)
        signs = view(struct.is_signed, (self.L,), struct) if struct.is_signed else np.zeros(self.L)
        self.is_signed: Array = signs.astype(bool)

    @property
    def first(self) -> int:
        """The first data neuron."""
        return 1 if self.biased else self.on_count

    @classmethod
    def family(cls, name: str = "rotation4", T: int = 557, d: int | None = None, L: int = 5, *,
               margin: float = 1.0, fresh: bool = False, seed: int = 1, network: int = 0,
               steepness: float = 0.0, shift: float = 0.0, carried: bool | None = None) -> Circuits:
        """T circuits of a family: rotation3, rotation4, step2, random-relu, identity, gate or rotation2.

        d : width; None: the family's, else 4
        network : which network of a run they are of
        carried : for networks that carry masks; None: rotation2 alone
        """
        options = family_options(name, margin, fresh, seed, steepness, shift, carried)
        options.network = network
        struct = owned("cisup_circuits", lib.cisup_circuits_free)
        call(lib.cisup_circuits_make, struct, T, width_of(name) or 4 if d is None else d, L, options)
        return cls(struct)

    @classmethod
    def from_mlps(cls, mlps: Sequence[Sequence[Layer]], *, linear: str = "none", gate: bool | None = None,
                  carried: bool = False, margin: float = 1.0, steepness: float = 0.0,
                  shift: float = 0.0) -> Circuits:
        """Circuits out of T networks of L layers (weights [out, in], biases [out] or None), any widths.

        linear : layers without ReLU: none, output or all (all: only carried)
        gate : put a gate around each, which keeps it off unless switched on; None: unless carried
        carried : for networks that carry masks, with biases of their own

        Narrower layers are filled up; outputs of either sign take two neurons each unless carried.
        ``outputs`` reads y from a read-out.
        """
        T, L = len(mlps), len(mlps[0]) if mlps else 0
        if not L or any(len(mlp) != L for mlp in mlps):
            raise InvalidArgument("mlps: at least one, all of as many layers, is wanted")
        weights = [[np.atleast_2d(floats(w)) for w, _ in mlp] for mlp in mlps]
        widths = np.array([[w[0].shape[1], *(layer.shape[0] for layer in w)] for w in weights])
        biases = []
        for t, mlp in enumerate(mlps):
            for l, (_, b) in enumerate(mlp):
                n = widths[t, l + 1]
                if weights[t][l].shape != (n, widths[t, l]) or (b is not None and np.shape(b) != (n,)):
                    raise InvalidArgument(f"circuit {t}, layer {l + 1}: weights {weights[t][l].shape}, biases "
                                          f"{np.shape(b) if b is not None else None}")
                biases.append(np.zeros(n) if b is None else floats(b))
        flat = np.concatenate([layer.ravel() for w in weights for layer in w])
        return cls._embed(widths, flat, np.concatenate(biases), linear, not carried if gate is None else gate,
                          carried, margin, (steepness, shift))

    @classmethod
    def _embed(cls, widths: Array, weights: Floats, biases: Floats, linear: str, gate: bool, carried: bool,
               margin: float, step: tuple[float, float]) -> Circuits:
        widths = indices(widths)
        mlps = ffi.new("cisup_mlps *", {
            "T": widths.shape[0], "L": widths.shape[1] - 1, "widths": pointer(widths, "cisup_index"),
            "by_circuit": 1, "weights": pointer(weights, "double"), "biases": pointer(biases, "double"),
            "linear": choose(LINEAR, linear, "linear")})
        how = ffi.new("cisup_embed_options *", {"gate": gate, "carried": carried, "margin": margin})
        how.step.steepness, how.step.shift = step
        struct = owned("cisup_circuits", lib.cisup_circuits_free)
        places = ffi.new("cisup_mlp_places *")
        call(lib.cisup_circuits_embed, struct, mlps, how, places)
        return cls(struct, places, widths)

    @classmethod
    def from_arrays(cls, w: npt.ArrayLike, b: npt.ArrayLike | None = None, *, L: int | None = None,
                    **options: Any) -> Circuits:
        """From weights [L, T, d, d], or [T, d, d] for each of L layers, and biases [L, T, d], [T, d] or [d].

        ``options`` are those of ``from_mlps``; gate is False unless it is given.
        """
        weights = floats(w)
        if weights.ndim == 3:
            weights = np.broadcast_to(weights, (L or 1, *weights.shape))
        if weights.ndim != 4:
            raise InvalidArgument(f"w: [L, T, d, d] or [T, d, d] is wanted, not {weights.shape}")
        biases = np.broadcast_to(0.0 if b is None else floats(b), weights.shape[:3])
        layers, T = weights.shape[:2]
        options.setdefault("gate", False)
        return cls.from_mlps([[(weights[l, t], biases[l, t]) for l in range(layers)] for t in range(T)], **options)

    @classmethod
    def from_torch(cls, modules: Any, **options: Any) -> Circuits:
        """From torch modules (nn.Sequential of Linear and ReLU), state_dicts, or a safetensors file.

        A ReLU behind the last Linear, or none, says whether outputs are linear; of state_dicts and
        files ``linear`` does ("output" unless it is given). A file has tensors CIRCUIT.LAYER.weight
        and .bias, as a ModuleList of Sequentials. ``options`` are those of ``from_mlps``.
        """
        if isinstance(modules, (str, os.PathLike)):
            modules = _split(read_safetensors(modules)[0])
        read = [_layers_of(module) for module in modules]
        kinds = {linear for _, linear in read if linear}
        if len(kinds) > 1:
            raise InvalidArgument(f"modules differ in what their layers are: {', '.join(sorted(kinds))}")
        options.setdefault("linear", kinds.pop() if kinds else "output")
        return cls.from_mlps([layers for layers, _ in read], **options)

    @classmethod
    def from_csv(cls, path: str | os.PathLike[str], *, T: int = 0, L: int = 0, gate: bool = False,
                 carried: bool = False, linear: str = "none", margin: float = 1.0, steepness: float = 0.0,
                 shift: float = 0.0, inputs: str | os.PathLike[str] | None = None) -> Circuits:
        """From a file ``circuit,layer,i,j,value`` (docs/formats.md), and their inputs from another.

        T, L : 0: as many as the file has
        """
        how = ffi.new("cisup_circuits_csv_options *", {"T": T, "L": L, "gate": gate, "margin": margin,
                                                      "carried": carried,
                                                      "linear": choose(LINEAR, linear, "linear")})
        how.step.steepness, how.step.shift = steepness, shift
        struct = owned("cisup_circuits", lib.cisup_circuits_free)
        call(lib.cisup_circuits_read_csv, struct, os.fsencode(path), how)
        if inputs is not None:
            call(lib.cisup_circuits_read_inputs, struct, os.fsencode(inputs))
        return cls(struct)

    def set_inputs(self, inputs: Sequence[npt.ArrayLike]) -> None:
        """Gives circuits inputs of their own, in place of the unit sphere.

        inputs : for circuits 0, 1, ..., n - 1 (circuit t has those of t mod n) [rows, data neurons], or
            of embedded networks [rows, inputs]; sample m of a run uses row m mod their number
        """
        data = self.d - self.first
        rows = [np.atleast_2d(floats(one)) for one in inputs]
        rows = [np.pad(one, ((0, 0), (0, max(0, data - one.shape[1])))) for one in rows]
        if not rows or any(one.shape[1] != data for one in rows):
            raise InvalidArgument(f"inputs: rows of at most {data} numbers are wanted")
        start = indices(np.concatenate([[0], np.cumsum([len(one) for one in rows])]))
        values = floats(np.concatenate(rows))
        call(lib.cisup_circuits_set_inputs, self._struct, len(rows), pointer(start, "cisup_index"),
             pointer(values, "double"))

    def largest_input(self) -> float:
        """The largest magnitude among their own inputs; 1 if they have none."""
        s = self._struct
        if not s.input_start:
            return 1.0
        rows = int(view(s.input_start, (self.T + 1,), s)[-1])
        return float(np.abs(view(s.input, (rows, self.d - self.first), s)).max(initial=0.0))

    def inputs(self, active: npt.ArrayLike, *, seed: int = 1, network: int = 0) -> Floats:
        """The states a^0, [M, z, d], that active circuits [M, z] have in samples 0, 1, ... of a run."""
        chosen = np.atleast_2d(indices(active, "active"))
        states = np.zeros((*chosen.shape, self.d))
        samples = ffi.new("cisup_run_samples *", {"count": chosen.shape[0], "z": chosen.shape[1],
                                                 "active": pointer(chosen, "cisup_index")})
        call(lib.cisup_run_inputs, self._struct, samples, seed, network, pointer(states, "double"))
        return states

    def states(self, inputs: npt.ArrayLike) -> Floats:
        """The states a^0, [..., d], of active circuits whose data neurons, or inputs x, are [..., n]."""
        x = floats(inputs)
        if x.shape[-1] == self.d:
            return x
        if x.shape[-1] > self.d - self.first:
            raise InvalidArgument(f"inputs of {x.shape[-1]} numbers: circuits have width {self.d}, "
                                  f"{self.d - self.first} data neurons")
        a = np.zeros((*x.shape[:-1], self.d))
        a[..., :self.first] = ([1.5, 0.5] if self.on_count == 2 else [1.0])[:self.first]
        a[..., self.first:] = self.offset
        a[..., self.first:self.first + x.shape[-1]] += x
        return a

    def outputs(self, readout: Any) -> Any:
        """The outputs y, [..., n], of embedded networks out of states or read-outs [..., d] of the last
        layer (arrays or tensors); n is the largest n_L."""
        if self._places is None or self._widths is None:
            raise InvalidArgument("outputs: only of circuits that networks were embedded in")
        n, first = int(self._widths[:, -1].max()), self.first
        if readout.shape[-1] == self.d - 1 and self.biased:
            first = 0
        if self._places.is_signed:
            return readout[..., first:first + 2 * n:2] - readout[..., first + 1:first + 2 * n:2]
        return readout[..., first:first + n]

    def _layer(self, values: Array, l: int) -> Array:
        layer: Array = values[0 if len(self.w) == 1 else l - 1]
        return layer

    def head(self, T: int) -> Circuits:
        """The first T of them."""
        if not 1 <= T <= self.T:
            raise InvalidArgument(f"the first {T} of {self.T} circuits")
        _, w, wbar, b, is_signed, fields, start, rows, places, widths = self.__reduce__()[1]
        return _rebuild((T, self.d, self.L), w[:, :T], wbar, b, is_signed, fields, start[:T + 1],
                        rows[:start[T]] if len(start) else rows, places, widths if widths is None else widths[:T])

    def weights(self, l: int) -> Array:
        """w^l, [T, d, d], l = 1..L."""
        return self._layer(self.w, l)

    def common(self, l: int) -> Array:
        """wbar^l, [d, d]."""
        return self._layer(self.wbar, l)

    def bias(self, l: int) -> Array:
        """b^l, [d]."""
        return self._layer(self.b, l)

    def assumptions(self) -> dict[str, float | bool]:
        """How far they satisfy A2 to A4 of docs/math.md: core/assumptions.h by its names."""
        out = ffi.new("cisup_assumptions *")
        call(lib.cisup_assumptions_check, self._struct, out)
        numbers = ("noise_tolerance", "on_tolerance", "largest_bias", "common_part", "largest_correlation")
        return {**{name: float(getattr(out, name)) for name in numbers},
                **{name: bool(getattr(out, name)) for name in ("a2_holds", "a3_holds", "a4_holds")}}

    def __len__(self) -> int:
        return self.T

    def __reduce__(self) -> tuple[Callable[..., Circuits], tuple[Any, ...]]:
        s = self._struct
        fields = {name: getattr(s, name) for name in ("on_count", "offset", "carried", "biased", "fold")}
        fields["family"] = {name: getattr(s.family, name) for name in _FAMILY}
        fields["step"] = (s.family.step.steepness, s.family.step.shift)
        start = np.zeros(0, np.int64)
        rows = np.zeros((0, self.d - self.first))
        if s.input_start:
            start = np.array(view(s.input_start, (self.T + 1,), s))
            rows = np.array(view(s.input, (int(start[-1]), self.d - self.first), s))
        places = (self._places.d, self._places.first, self._places.is_signed) if self._places else None
        return _rebuild, ((self.T, self.d, self.L), np.array(self.w), np.array(self.wbar), np.array(self.b),
                          self.is_signed, fields, start, rows, places, self._widths)

    def __repr__(self) -> str:
        return f"<cisup.Circuits: {self.T} of width {self.d}, {self.L} layers>"


_FAMILY = ("family", "margin", "fresh", "seed", "network", "carried")


def _rebuild(sizes: tuple[int, int, int], w: Array, wbar: Array, b: Array, is_signed: Array,
             fields: dict[str, Any], start: Array, rows: Array, places: tuple[int, int, int] | None,
             widths: Array | None) -> Circuits:
    struct = owned("cisup_circuits", lib.cisup_circuits_free)
    call(lib.cisup_circuits_init, struct, *sizes, len(w))
    for pointer_, values in ((struct.w, w), (struct.wbar, wbar), (struct.b, b)):
        fill(pointer_, values)
    for name in ("on_count", "offset", "carried", "biased", "fold"):
        setattr(struct, name, fields[name])
    for name, value in fields["family"].items():
        setattr(struct.family, name, value)
    struct.family.step.steepness, struct.family.step.shift = fields["step"]
    if is_signed.any():
        signs = lib.cisup_py_signs(struct)
        if not signs:
            raise OutOfMemory("no memory for the signs of layers")
        fill(signs, is_signed)
    if len(start):
        start, rows = indices(start), floats(rows)
        call(lib.cisup_circuits_set_inputs, struct, len(start) - 1, pointer(start, "cisup_index"),
             pointer(rows, "double"))
    made = ffi.new("cisup_mlp_places *", dict(zip(("d", "first", "is_signed"), places))) if places else None
    return Circuits(struct, made, widths)


def width_of(family: str) -> int | None:
    """The width a family requires, or None."""
    return {"rotation3": 3, "rotation4": 4, "step2": 2, "rotation2": 2}.get(family)


def family_options(name: str, margin: float, fresh: bool, seed: int, steepness: float, shift: float,
                   carried: bool | None) -> Any:
    """cisup_family_options."""
    options = ffi.new("cisup_family_options *", lib.cisup_family_defaults())
    options.family = find(lib.cisup_family_find, name, "family")
    options.margin, options.fresh, options.seed = margin, fresh, seed
    options.step.steepness, options.step.shift = steepness, shift
    options.carried = name == "rotation2" if carried is None else carried
    return options


def _layers_of(module: Any) -> tuple[list[Layer], str]:
    """Layers of a module or a state_dict, and which are linear ("" if that cannot be told)."""
    linear = ""
    if not isinstance(module, Mapping):
        linear = _kind_of(module)
        module = module.state_dict()
    names = [name[:-len("weight")] for name in module if name.endswith("weight")]
    layers: list[Layer] = [(_numbers(module[name + "weight"]),
                            _numbers(module[name + "bias"]) if name + "bias" in module else None)
                           for name in names]
    return layers, linear


def _numbers(tensor: Any) -> Floats:
    return floats(tensor.detach().cpu().double().numpy() if hasattr(tensor, "detach") else tensor)


def _kind_of(module: Any) -> str:
    kinds = [type(part).__name__ for part in module.modules() if not list(part.children())]
    if set(kinds) - {"Linear", "ReLU", "Identity"}:
        raise InvalidArgument(f"modules of Linear and ReLU are wanted, not {', '.join(kinds)}")
    kinds = [kind for kind in kinds if kind != "Identity"]
    count = kinds.count("Linear")
    for name, pattern in (("none", ["Linear", "ReLU"] * count),
                          ("output", ["Linear", "ReLU"] * (count - 1) + ["Linear"]), ("all", ["Linear"] * count)):
        if kinds == pattern:
            return name
    raise InvalidArgument(f"no ReLU network: {', '.join(kinds)}")


def _split(tensors: Mapping[str, Array]) -> list[dict[str, Array]]:
    """Tensors CIRCUIT.LAYER.weight and .bias by circuit, layers in order."""
    circuits: dict[int, dict[tuple[int, str], Array]] = {}
    for name, tensor in tensors.items():
        words = name.split(".")
        if len(words) != 3 or not (words[0] + words[1]).isdigit():
            raise BadFormat(f"tensor {name!r}: CIRCUIT.LAYER.weight or .bias is wanted")
        circuits.setdefault(int(words[0]), {})[int(words[1]), words[2]] = tensor
    if sorted(circuits) != list(range(len(circuits))):
        raise BadFormat("circuits are not numbered from 0 without gaps")
    return [{f"{layer}.{kind}": circuits[t][layer, kind] for layer, kind in sorted(circuits[t], reverse=False)}
            for t in range(len(circuits))]


_SAFE = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32, "U8": np.uint8}


def read_safetensors(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, str]]:
    """Tensors and metadata of a safetensors file."""
    data = Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        raise BadFormat(f"{os.fspath(path)}: no safetensors file")
    try:
        header = json.loads(data[8:8 + size])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[8 + size + begin:8 + size + end],
                                          _SAFE[entry["dtype"]]).reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFormat(f"{os.fspath(path)}: {error}") from error
    return tensors, metadata


def write_safetensors(path: str | os.PathLike[str], tensors: Mapping[str, npt.ArrayLike],
                      metadata: Mapping[str, str] | None = None) -> None:
    """Writes tensors, in their order, with metadata."""
    names = {np.dtype(kind): name for name, kind in _SAFE.items()}
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    parts, at = [], 0
    for name, values in tensors.items():
        array = np.ascontiguousarray(values)
        header[name] = {"dtype": names[array.dtype], "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        parts.append(array.tobytes())
        at += array.nbytes
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    Path(path).write_bytes(len(head).to_bytes(8, "little") + head + b"".join(parts))
