# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks in superposition: their matrices, and samples through them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from ._allocation import Allocation, Cycle, allocate, cycle, cycle_capacity
from ._circuits import Circuits
from ._cisup import ffi, lib
from ._library import (Array, Floats, Indices, InvalidArgument, call, find, floats, indices, owned, pointer,
                       view, watched)

_KAPPA = {"single": lib.CISUP_KAPPA_SINGLE, "rows": lib.CISUP_KAPPA_ROWS}


@dataclass(frozen=True)
class Run:
    """Samples that have passed through a network.

    A : by layer (0 is the embedded input), [M, neurons]
    readout : [L, M, T, d], what every circuit reads in layer l at l - 1; None if not wanted
    states : [L + 1, M, z, d], what the active circuits compute alone, by layer from 0
    active : [M, z]

    A circuit of biases of its own has no number for its mask here: d is its own width.
    """

    A: dict[int, Floats] = field(repr=False)
    readout: Floats | None = field(repr=False)
    states: Floats = field(repr=False)
    active: Indices = field(repr=False)

    @property
    def errors(self) -> Floats:
        """Errors of the active circuits' read-outs, [L, M, z, d]."""
        if self.readout is None:
            raise InvalidArgument("errors: read-outs were not asked for")
        index = self.active[None, :, :, None]
        return np.take_along_axis(self.readout, np.broadcast_to(index, (*self.states[1:].shape[:3], 1)), 2) \
            - self.states[1:]


def network_options(weights: str, kappa: str, w_correction: float, center: float | None, reshuffle: bool,
                    seed: int) -> Any:
    """cisup_network_options of the published construction."""
    options = ffi.new("cisup_network_options *", lib.cisup_network_defaults())
    options.weights.scheme = find(lib.cisup_weight_scheme_find, weights, "weights")
    if kappa not in _KAPPA:
        raise InvalidArgument(f"kappa {kappa!r}: single or rows")
    options.weights.kappa, options.weights.correction = _KAPPA[kappa], w_correction
    if center is not None:
        options.weights.center = center
    options.keep_order, options.seed = not reshuffle, seed
    return options


def set_carrying(carrying: Any, c: int, mask_codes: bool, active: int, offset: float | None,
                 strength: float | None) -> None:
    carrying.cycle, carrying.codes, carrying.active = c, mask_codes, active
    if offset is not None:
        carrying.offset = offset
    if strength is not None:
        carrying.strength = strength


def csc(struct: Any, owner: Any) -> Any:
    """A cisup_csc as scipy.sparse.csc_matrix over the same memory, which cannot be written."""
    # The constructor would cast 64-bit indices to 32 bits, which is a copy.
    matrix = scipy.sparse.csc_matrix((int(struct.nrow), int(struct.ncol)))
    matrix.indptr = view(struct.p, (int(struct.ncol) + 1,), owner)
    entries = int(matrix.indptr[-1])
    matrix.indices, matrix.data = view(struct.i, (entries,), owner), view(struct.x, (entries,), owner)
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix


def cycle_rows(cycle: Any) -> Any:
    """The allocation behind networks of a cisup_cycle: T circuits, but the rows of all c parts."""
    base = owned("cisup_allocation", lib.cisup_allocation_free)
    call(lib.cisup_allocation_init, base, cycle.N, cycle.S, cycle.c * cycle.T)
    lib.cisup_py_cycle_rows(cycle, base.slot)
    base.T = cycle.T
    return base


class Network:
    """A network in superposition: circuits on an allocation (the published construction), or on a
    cycle, and then it carries masks (docs/math.md, section 20).

    weights : plain, balanced, split or capped; networks that carry masks have plain ones
    kappa : of capped weights, "single" or "rows"; w_correction : f_w of (4.5); center : c of (3.7)
    reshuffle : layers order the circuits anew (not with masks)
    seed, network : of the permutations: which network of a run it is
    active : of networks that carry masks, the most circuits active at a time
    mask_codes : masks are carried as codes
    offset, strength : o and B of networks that carry masks; None: beyond all sums
    largest_input : of networks that carry masks; None: 1, or that of the circuits' own inputs
    """

    def __init__(self, allocation: Allocation | Cycle, circuits: Circuits, *, weights: str | None = None,
                 kappa: str = "single", w_correction: float = 1.0, center: float | None = None,
                 reshuffle: bool = True, seed: int = 1, network: int = 0, D: int | None = None,
                 mask_codes: bool = False, active: int = 3, offset: float | None = None,
                 strength: float | None = None, largest_input: float | None = None,
                 progress: bool = False) -> None:
        self.masks = isinstance(allocation, Cycle)
        self.allocation, self.circuits = allocation, circuits
        self.weights_scheme = weights or ("plain" if self.masks else "capped")
        self._how: dict[str, Any] = {
            "weights": weights, "kappa": kappa, "w_correction": w_correction, "center": center,
            "reshuffle": reshuffle, "seed": seed, "network": network, "D": D, "mask_codes": mask_codes,
            "active": active, "offset": offset, "strength": strength, "largest_input": largest_input}
        options = network_options(self.weights_scheme, kappa, w_correction, center, reshuffle, seed)
        options.network = network
        base = allocation._struct
        if isinstance(allocation, Cycle):
            set_carrying(options.carrying, allocation.c, mask_codes, active, offset, strength)
            if largest_input is not None:
                options.carrying.input = largest_input
            base = cycle_rows(allocation._struct)
        struct = owned("cisup_network", lib.cisup_network_free, (base, circuits._struct))
        with watched(progress, "network") as watcher:
            options.watcher = watcher
            call(lib.cisup_network_make, struct, base, circuits._struct, options)
        self._struct = struct
        self._layers: Any = None
        self._largest = circuits.largest_input() if largest_input is None else largest_input
        self.T, self.S, self.N, self.L = circuits.T, allocation.S, allocation.N, circuits.L
        self.d = circuits.d - (1 if circuits.biased else 0)

    @classmethod
    def make(cls, D: int = 1000, T: int | str | None = None, S: int = 6, L: int = 5, *, d: int | None = None,
             construction: str = "published", family: str | None = None, circuits: Circuits | None = None,
             scheme: str | None = None, c: int = 2, margin: float = 1.0, fresh: bool = False,
             seed: int = 1, network: int = 0, **options: Any) -> Network:
        """A network by its sizes, the same as number ``network`` of ``cisup.measure`` with them.

        T : "max": as many as fit; None: 557, or as many as there are circuits
        scheme : of the allocation; None: ref with the sizes of the post, else best
        c : allocations of the cycle of construction "masks"
        options : those of ``Network``
        """
        masks = construction == "masks"
        if construction not in ("published", "masks"):
            raise InvalidArgument(f"construction {construction!r}: published or masks")
        family = family or ("rotation2" if masks else "rotation4")
        drawn: dict[str, Any] = {"d": d, "L": L, "margin": margin, "fresh": fresh, "seed": seed, "network": network,
                 "carried": masks}
        one = circuits or Circuits.family(family, 1, **drawn)
        T = T if T is not None else circuits.T if circuits else 557
        N = neurons_of(one, D, S, c if masks else 0, options.get("mask_codes", False), options.get("active", 3))
        place: Allocation | Cycle
        if masks:
            place = cycle(N, S, c, cycle_capacity(N, S, c) if T == "max" else T)
            options.setdefault("offset", 1.0 if family == "rotation2" and not circuits else None)
        else:
            is_post = (D, T, S, one.d) == (1000, 557, 6, 4) and circuits is None
            place = allocate(N, S, T, scheme=scheme or ("ref" if is_post else "best"), seed=seed)
        return cls(place, circuits or Circuits.family(family, place.T, **drawn), seed=seed, network=network,
                   D=None if masks else D, **options)

    @property
    def D(self) -> int:
        """Neurons of a layer; of networks that carry masks those of the widest one."""
        if self.masks:
            return max(self.width(l) for l in range(1, self.L + 1))
        return int(self._how["D"] or self.d * self.N)

    # --- matrices ---------------------------------------------------------------------------

    def _layer(self, l: int, least: int = 1) -> None:
        if not least <= l <= self.L:
            raise InvalidArgument(f"layer {l} is not in {least}..{self.L}")

    def _true_layer(self, l: int) -> Any:
        """Layer l of a network that carries masks, made at the first question."""
        self._layer(l)
        if self._layers is None:
            made = ffi.new("cisup_network_layer[]", self.L)
            call(lib.cisup_network_layers, self._struct, made)
            self._layers = ffi.gc(ffi.cast("cisup_network_layer *", made),
                                  lambda _, made=made, L=self.L: lib.cisup_network_layers_free(made, L))
        return self._layers[l - 1]

    def _matrix(self, make: Callable[..., int], *arguments: Any) -> Any:
        struct = owned("cisup_csc", lib.cisup_csc_free)
        call(make, *arguments, struct)
        return struct

    def width(self, l: int) -> int:
        """Neurons of layer l; 0: numbers of the input (``embed``)."""
        if l == 0:
            return self.T * (self.d + 1) if self.masks else self.T * self.d
        if not self.masks:
            return self.D
        return int(self._true_layer(l).w.nrow)

    def W(self, l: int) -> Any:
        """W^l as scipy.sparse.csc_matrix [D, D], over the library's memory (``.copy()`` can be written).

        Of the published construction l = 2..L, the sparse part, to which ``background`` comes;
        W^1 is the identity on what ``embed`` gives. Of networks that carry masks l = 1..L,
        [D_l, D_{l-1}] and all there is.
        """
        if self.masks:
            return csc(self._true_layer(l).w, self._layers)
        return self._weights(l)[0]

    def background(self, l: int) -> tuple[Any, Any]:
        """left [D, d] and right [d, D], sparse: the weights are W(l) + left right. Empty for plain ones."""
        if self.masks:
            raise InvalidArgument("background: networks that carry masks have none")
        return self._weights(l)[1:]

    def _weights(self, l: int) -> tuple[Any, Any, Any]:
        self._layer(l, 2)
        w = owned("cisup_network_weight", lib.cisup_network_weights_free)
        call(lib.cisup_network_weights, self._struct, l, self.D, w)
        return csc(w.sparse, w), csc(w.left, w), csc(w.right, w)

    def dense(self, l: int) -> Floats:
        """All weights of layer l, [neurons of l, neurons of l - 1]; l = 1: of the input (``embed``)."""
        if self.masks:
            return np.asarray(self.W(l).toarray())
        if l == 1:
            return np.asarray((self.E(1) @ _block_diagonal(self.circuits.weights(1))).toarray())
        sparse, left, right = self._weights(l)
        return np.asarray(sparse.toarray() + (left @ right).toarray())

    def bias(self, l: int) -> Floats:
        """Biases of layer l, [neurons]."""
        if self.masks:
            return np.array(view(self._true_layer(l).b, (self.width(l),), self._layers))
        b = np.zeros(self.D)
        call(lib.cisup_network_bias, self._struct, l, self.D, pointer(b, "double"))
        return b

    def E(self, l: int) -> Any:
        """The embedding E^l, [D, T d]: column t d + j has neuron j of circuit t. Of networks that
        carry masks the one of data neurons (with column 0 for the mask of circuits with biases)."""
        D = 0 if self.masks else self.D
        e = self._matrix(lib.cisup_network_embedding, self._struct, l, D)
        return csc(e, e)

    def U(self, l: int) -> Any:
        """The read-outs of layer l, [T d, neurons]: E^T / S, or, of networks that carry masks, the
        matrix to which ``constant`` comes."""
        if self.masks:
            return csc(self._true_layer(l).u, self._layers)
        e = self._matrix(lib.cisup_network_embedding, self._struct, l, self.D)
        u = self._matrix(lib.cisup_unembedding, e, self.S)
        return csc(u, u)

    def constant(self, l: int) -> float:
        """What comes to the read-outs of layer l of networks that carry masks."""
        return float(self._true_layer(l).constant) if self.masks else 0.0

    def kappa(self, l: int) -> float:
        """kappa of layer l = 2..L, (4.5); 0 unless weights are capped."""
        self._layer(l, 2)
        return float(lib.cisup_network_kappa(self._struct, l))

    def slots(self, l: int) -> Array:
        """The neurons of every circuit in layer l, [T, S]."""
        self._layer(l)
        if isinstance(self.allocation, Cycle):
            part: Array = self.allocation.slots[(l - 1) % self.allocation.c]
            return part
        rows = view(self._struct.row_of, (self.L, self.T), self._struct)[l - 1]
        slots: Array = self.allocation.slots[rows]
        return slots

    def carried(self, l: int) -> tuple[float, float]:
        """Offset o and strength B of layer l of networks that carry masks."""
        self._layer(l)
        if not self.masks:
            raise InvalidArgument("carried: of networks that carry masks")
        return float(self._struct.offset[l - 1]), float(self._struct.strength[l - 1])

    def labels(self, l: int) -> list[dict[str, Any]]:
        """What every neuron of layer l is: kind (data, mask, code or none), block, slot; of masks the part."""
        N = self.N
        if not self.masks:
            d = self.circuits.d
            return [{"kind": "data" if k < d * N else "none", "block": k // N, "slot": k % N} for k in range(self.D)]
        of = self._true_layer(l)
        parts = [None] * self.d + [int(of.mask[k]) for k in range(of.masks)]
        rows: list[dict[str, Any]] = [
            {"kind": "data" if part is None else "mask", "part": part, "block": block, "slot": n}
            for block, part in enumerate(parts) for n in range(N)]
        return rows + [{"kind": "code", "part": int(of.code[k]), "block": g, "slot": j}
                       for k in range(of.codes) for g in range(self.S) for j in range(of.bits)]

    # --- samples ----------------------------------------------------------------------------

    def sample(self, M: int, z: int, *, seed: int = 1) -> tuple[Indices, Floats]:
        """M samples: active circuits [M, z], each set uniform, and their states a^0 [M, z, d]."""
        if not 1 <= z <= self.T:
            raise InvalidArgument(f"z = {z} of {self.T} circuits")
        rng = np.random.default_rng(seed)
        active = indices(np.stack([rng.choice(self.T, z, replace=False) for _ in range(M)]))
        return active, self.circuits.inputs(active, seed=seed)

    def embed(self, active: npt.ArrayLike, inputs: npt.ArrayLike) -> Floats:
        """The numbers that layer 1 reads, [M, width(0)]: circuit by circuit its state a^0, behind an
        on-input (1: active) in networks that carry masks.

        active : [M, z]; inputs : [M, z, n], states or inputs x as ``run`` takes them
        """
        chosen, states = self._samples(active, inputs)
        if self.masks:
            states = states[..., self.circuits.biased:]
            states = np.concatenate([np.ones((*states.shape[:2], 1)), states], -1)
        out = np.zeros((len(chosen), self.T, states.shape[-1]))
        np.put_along_axis(out, np.broadcast_to(chosen[..., None], states.shape), states, 1)
        return out.reshape(len(chosen), -1)

    def read(self, A: Any, l: int) -> Any:
        """Read-outs [M, T, d] of activations [M, neurons] of layer l, an array or a torch tensor."""
        if isinstance(A, np.ndarray):
            flat = (self._readout(l) @ A.T).T + self.constant(l)
            if self._center(l):
                flat = flat - self._center(l) * _block_sums(A, self.N, self.circuits.d, self.T)
        else:
            from ._torch import read
            flat = read(self, A, l)
        return flat.reshape(len(A), self.T, self.d)

    def _readout(self, l: int) -> Any:
        """The sparse part of the read-outs, [T d, neurons]."""
        return self.U(l) * (1.0 + self.S * self._center(l)) if self._center(l) else self.U(l)

    def _center(self, l: int) -> float:
        """c of (3.7), which balanced and split weights read out with."""
        if self.weights_scheme not in ("balanced", "split"):
            return 0.0
        if self._how["center"] is not None:
            return float(self._how["center"])
        N, S, T = self.N, self.S, self.T
        even = S * (T * S / N - 1.0) / (T - 1.0) if T > 1 and T * S > N else 0.0
        return even / (S * (S - even))

    def _samples(self, active: npt.ArrayLike, inputs: npt.ArrayLike | None,
                 seed: int = 1) -> tuple[Indices, Floats]:
        chosen = indices(active, "active")
        if chosen.ndim == 1:
            chosen = chosen[:, None]
        if inputs is None:
            return chosen, self.circuits.inputs(chosen, seed=seed, network=self._how["network"])
        given = floats(inputs)
        if given.ndim == 2 and given.shape[0] == len(chosen) and chosen.shape[1] == 1:
            given = given[:, None]
        if given.shape[:-1] != chosen.shape:
            raise InvalidArgument(f"inputs {given.shape}: {(*chosen.shape, 'n')} is wanted")
        if given.shape[-1] == self.d and self.circuits.biased:
            given = np.concatenate([np.ones((*given.shape[:-1], 1)), given], -1)
        return chosen, floats(self.circuits.states(given))

    def _check_inputs(self, states: Floats) -> None:
        """Offset and strength that are beyond all sums are so for inputs up to some size."""
        if not self.masks or (self._how["offset"] is not None and self._how["strength"] is not None):
            return
        if states.shape[1] > self._how["active"]:
            raise InvalidArgument(f"{states.shape[1]} active circuits: the network's offset and strength are for "
                                  f"active = {self._how['active']}")
        largest = self._largest
        found = float(np.abs(states[..., int(self.circuits.biased):]).max(initial=0.0))
        if found > largest * (1.0 + 1e-9):
            raise InvalidArgument(f"inputs of up to {found:g}: the network's offset and strength are for those up to "
                                  f"largest_input = {largest:g}")

    def run(self, active: npt.ArrayLike, inputs: npt.ArrayLike | None = None, *, layers: Sequence[int] = (),
            readouts: bool = True, mode: str = "relu", threads: int = 0, seed: int = 1) -> Run:
        """Passes samples through all layers.

        active : [M, z] (or [M]: one each), the active circuits of each sample, in any order
        inputs : [M, z, d] states a^0, or [M, z, n] data vectors, of embedded networks their inputs x;
            None: those that circuits of a family have, by ``seed``
        layers : whose activations are wanted, 0..L; of networks that carry masks in mode relu
        mode : relu, masked-linear, masked-relu or linear

        Raises InvalidArgument naming what is out of range, OutOfMemory.
        """
        chosen, states = self._samples(active, inputs, seed)
        self._check_inputs(states)
        M, z, d, L = *chosen.shape, self.circuits.d, self.L
        wanted = indices(list(layers) if not self.masks else [], "layers")
        if self.masks and layers and mode != "relu":
            raise InvalidArgument("layers: networks that carry masks have the mode relu")
        samples = ffi.new("cisup_run_samples *", {"count": M, "z": z, "active": pointer(chosen, "cisup_index"),
                                                 "input": pointer(states, "double")})
        options = ffi.new("cisup_run_options *", {
            "mode": find(lib.cisup_mode_find, mode, "mode"), "layers": pointer(wanted, "cisup_index"),
            "layer_count": len(wanted), "D": 0 if self.masks else self.D, "threads": threads})
        activations = np.zeros((len(wanted), M, 0 if self.masks else self.D))
        readout = np.zeros((L, M, self.T, d) if readouts else 0)
        alone = np.zeros((M, z, L + 1, d))
        out = ffi.new("cisup_run_results *", {"states": pointer(alone, "double")})
        if readouts:
            out.readout = pointer(readout, "double")
        if len(wanted):
            out.activations = pointer(activations, "double")
        call(lib.cisup_network_run, self._struct, samples, options, out)
        A = dict(zip(wanted.tolist(), activations))
        if self.masks and layers:
            A = self._activations(self.embed(chosen, states), set(layers))
        first = int(self.circuits.biased)
        return Run(A, readout[..., first:] if readouts else None, np.moveaxis(alone, 2, 0)[..., first:], chosen)

    def _activations(self, a: Floats, layers: set[int]) -> dict[int, Floats]:
        """Through the layers of a network that carries masks as they are."""
        kept = {0: a} if 0 in layers else {}
        for l in range(1, max(layers) + 1):
            a = np.maximum((self.W(l) @ a.T).T + self.bias(l), 0.0)
            if l in layers:
                kept[l] = a
        return kept

    def to_torch(self, form: str = "dense", *, dtype: Any = None, device: Any = None) -> Any:
        """The network as a torch module over what ``embed`` gives, [M, width(0)] -> A^L [M, width(L)].

        form : "dense": nn.Sequential of nn.Linear and nn.ReLU, nothing else, modules "linear1",
            "relu1", ...; "factored": through slots and circuit weights, memory O(T (S + d^2)),
            whose parameters are the circuits' weights; it gives [M, d N] data neurons
        dtype : torch.float32 (default) or float64

        ``read`` turns activations into read-outs, ``embed`` makes inputs.
        """
        from . import _torch
        if form not in ("dense", "factored"):
            raise InvalidArgument(f"form {form!r}: dense or factored")
        return (_torch.dense if form == "dense" else _torch.Factored)(self, dtype, device)

    def __reduce__(self) -> tuple[Callable[..., Network], tuple[Any, ...]]:
        return _rebuild, (self.allocation, self.circuits, self._how)

    def __repr__(self) -> str:
        kind = "carries masks" if self.masks else f"{self.weights_scheme} weights"
        return f"<cisup.Network: {self.T} circuits, N = {self.N}, {self.L} layers, {kind}>"


def _rebuild(allocation: Allocation | Cycle, circuits: Circuits, how: dict[str, Any]) -> Network:
    return Network(allocation, circuits, **how)


def _block_diagonal(w: Array) -> Any:
    """[T, d, d] as a sparse T d x T d matrix."""
    T, d, _ = w.shape
    return scipy.sparse.bsr_matrix((np.array(w), np.arange(T), np.arange(T + 1)), (T * d, T * d)).tocsc()


def _block_sums(A: Floats, N: int, d: int, T: int) -> Floats:
    """Of each block the sum of its neurons, for each circuit: [M, T d]."""
    return np.tile(A[:, :d * N].reshape(len(A), d, N).sum(-1), (1, T))


def neurons_of(circuits: Circuits, D: int, S: int, c: int, mask_codes: bool = False, active: int = 1,
               robust: bool = False) -> int:
    """Neurons a block of networks of these circuits with D neurons a layer; c: 0, or the cycle's parts."""
    carrying = ffi.new("cisup_carrying *", {"cycle": c, "codes": mask_codes, "active": active})
    N = ffi.new("cisup_index *")
    call(lib.cisup_network_neurons, circuits._struct, carrying, robust, S, D, N)
    return int(N[0])
