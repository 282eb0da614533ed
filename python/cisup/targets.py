# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks whose parts are known, as targets for methods that look for parts; and scores of those.

    target = targets.make(network)       or targets.preset("tiny"), targets.load(directory)
    targets.save("directory", network)   model.pth, config.yaml, model.safetensors, parts.pth, target.py
    targets.score(target, "linear2", components).cosine

target.py is the loader, which needs torch and nothing else; what it can do is in its head.
"""
from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
import torch
from torch import Tensor

from . import _target
from ._allocation import allocate
from ._circuits import write_safetensors
from ._library import Array, Floats, InvalidArgument, version, view
from ._network import Network
from ._target import Components, Sample, Target, load

__all__ = ["Components", "PRESETS", "Sample", "Score", "Target", "chance", "load", "make", "naive", "preset", "save",
           "score", "score_features", "score_latents"]

PRESETS: dict[str, dict[str, Any]] = {
    "tiny": dict(construction="masks", D=64, T=64, S=1, L=3, strength=4.0),
    "small": dict(construction="masks", D=256, T=300, S=2, L=4, strength=4.0),
    "published": dict(),
    "masks-1000": dict(construction="masks", D=1000, T=2000, S=3, L=4, strength=4.0),
}


def preset(name: str, dtype: torch.dtype = torch.float32) -> Target:
    """A target of PRESETS, of that name."""
    if name not in PRESETS:
        raise InvalidArgument(f"preset {name!r}: one of {', '.join(PRESETS)}")
    return make(Network.make(**PRESETS[name]), dtype, name)


def make(network: Network, dtype: torch.dtype = torch.float32, name: str = "") -> Target:
    """A target of a network. Weights of all layers are dense here.

    In every layer the factors of all circuits and the rest add up to the weights, to rounding.
    """
    state = {key: value.detach() for key, value in network.to_torch(dtype=dtype).state_dict().items()}
    tensors, config = _circuit_tensors(network, dtype), _config(network, name)
    for l in range(1, network.L + 1):
        u = network._readout(l).tocoo()
        tensors[f"readout{l}.index"] = torch.as_tensor(np.stack([u.row, u.col]).astype(np.int64))
        tensors[f"readout{l}.values"] = torch.as_tensor(np.array(u.data)).to(dtype)
    target = Target(config, state, tensors)
    for l in range(1, network.L + 1):
        _add_rest(network, target, l)
    return target


def _circuit_tensors(network: Network, dtype: torch.dtype) -> dict[str, Tensor]:
    c = network.circuits
    slots = np.stack([network.slots(l) for l in range(1, network.L + 1)]).astype(np.int64)
    tensors = {"slots": torch.as_tensor(slots), "w": torch.as_tensor(np.array(c.w)).to(dtype),
               "b": torch.as_tensor(np.array(c.b)).to(dtype)}
    if c._struct.input_start:
        start = view(c._struct.input_start, (c.T + 1,), c._struct)
        rows = view(c._struct.input, (int(start[-1]), c.d - c.first), c._struct)
        tensors |= {"input_start": torch.as_tensor(np.array(start)), "input": torch.as_tensor(np.array(rows))}
    return tensors


def _config(network: Network, name: str) -> dict[str, Any]:
    c = network.circuits
    return {"name": name, "version": version(), "construction": "masks" if network.masks else "published",
            "T": network.T, "d": network.d, "S": network.S, "N": network.N, "L": network.L,
            "widths": [network.width(l) for l in range(network.L + 1)], "first": int(c.biased),
            "on_input": network.masks, "on_count": c.on_count, "offset": c.offset, "fold": bool(c._struct.fold),
            "is_signed": c.is_signed.tolist(), "readout_center": network._center(1),
            "readout_constant": [network.constant(l) for l in range(1, network.L + 1)],
            **{f"network_{key}": value for key, value in network._how.items()}}


def _add_rest(network: Network, target: Target, l: int) -> None:
    module = f"linear{l}"
    weight: Tensor = getattr(target.model, module).weight
    parts = target.components(module)
    rest = weight.double() - parts.left.double().T @ parts.right.double()
    named = {"masks" if network.masks else "correction": rest}
    if not network.masks and l > 1 and network.weights_scheme != "plain":
        left, right = network.background(l)
        background = torch.as_tensor((left @ right).toarray())
        named = {"correction": rest - background, "background": background}
    for name, values in named.items():
        if values.abs().max() > 1e-6 * weight.abs().max():  # else it is rounding of float32
            target.tensors[f"{module}.{name}"] = values.to(weight.dtype)


def save(directory: str | os.PathLike[str], network: Network | Target, **options: Any) -> None:
    """Writes a target into a new directory: model.pth (a state_dict), model.safetensors, config.yaml,
    parts.pth, and its loader target.py. ``options`` are those of ``make``."""
    target = network if isinstance(network, Target) else make(network, **options)
    here = Path(directory)
    here.mkdir(parents=True)
    state = target.model.state_dict()
    torch.save(state, here / "model.pth")
    torch.save(target.tensors, here / "parts.pth")
    words = {name: json.dumps(value) for name, value in target.config.items()}
    write_safetensors(here / "model.safetensors", {name: value.numpy() for name, value in state.items()}, words)
    (here / "config.yaml").write_text("".join(f"{name}: {value}\n" for name, value in words.items()))
    shutil.copy(_target.__file__, here / "target.py")


def naive(network: Network) -> Network:
    """The same without superposition: as many of the circuits as there are neurons for, one each."""
    T = min(network.N, network.T)
    return Network(allocate(network.N, 1, T, scheme="ref"), network.circuits.head(T), weights="plain", reshuffle=False)


# --- scores -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """How well parts that were found are the true ones. Cosines are of matrices, or vectors, as wholes.

    cosine : mean over the true parts of the cosine with the part that the best matching (no part twice)
        gives them, 0 for those without
    max_cosine : the same with the most similar part, twice or not: mean max cosine similarity
    l2_ratio : mean over the matched of norm found / norm true
    missed, false : share of true parts, and of found ones, without a partner above ``threshold``
    reconstruction : |W - sum of found parts| / |W|, Frobenius; NaN of features
    matched : [true parts], the number of the partner, or -1; cosines : [true parts]
    by_circuit, by_neuron : mean cosine of the parts of each circuit, and of each of its neurons
    """

    cosine: float
    max_cosine: float
    l2_ratio: float
    missed: float
    false: float
    reconstruction: float
    matched: Array = field(repr=False)
    cosines: Floats = field(repr=False)
    by_circuit: Floats = field(repr=False)
    by_neuron: Floats = field(repr=False)


Found = Any  # (left [C, out], right [C, in]), or matrices [C, out, in]


def _products(truth: Components, found: Found) -> tuple[Floats, Floats, Floats]:
    """Inner products of true factors and found parts, and both norms."""
    left, right = truth.left.double(), truth.right.double()
    if isinstance(found, (tuple, list)):
        u, v = (torch.as_tensor(part).double() for part in found)
        inner, norms = (left @ u.T) * (right @ v.T), u.norm(dim=1) * v.norm(dim=1)
    else:
        matrices = torch.as_tensor(found).double()
        inner = torch.stack([((left @ one) * right).sum(1) for one in matrices], 1)
        norms = matrices.flatten(1).norm(dim=1)
    return inner.numpy(), (left.norm(dim=1) * right.norm(dim=1)).numpy(), norms.numpy()


def _total(found: Found) -> Tensor:
    if isinstance(found, (tuple, list)):
        u, v = (torch.as_tensor(part).double() for part in found)
        return u.T @ v
    return torch.as_tensor(found).double().sum(0)


def _match(inner: Floats, true: Floats, found: Floats, threshold: float, circuit: Array, neuron: Array,
           reconstruction: float) -> Score:
    lengths = np.outer(true, found)
    cosines = np.divide(inner, lengths, out=np.zeros_like(inner), where=lengths > 0)
    kept = np.flatnonzero(true > 0)  # parts that are 0 are nobody's
    rows, columns = scipy.optimize.linear_sum_assignment(-cosines[kept])
    matched, best = np.full(len(true), -1), np.zeros(len(true))
    matched[kept[rows]], best[kept[rows]] = columns, cosines[kept[rows], columns]
    good = best[kept] >= threshold
    ratios = found[matched[kept[rows]]] / true[kept[rows]]

    def means(of: Array) -> Floats:
        count = np.bincount(of[kept])
        sums = np.bincount(of[kept], best[kept]).astype(np.float64)
        return sums / np.where(count > 0, count, 1)
    return Score(float(best[kept].mean()), float(cosines[kept].max(1, initial=0.0).mean()), float(ratios.mean()),
                 float(1.0 - good.mean()), float(1.0 - good.sum() / max(1, len(found))), reconstruction, matched, best,
                 means(circuit), means(neuron))


def score(target: Target, module: str, found: Found, *, by: str = "factor", threshold: float = 0.9) -> Score:
    """Scores parts that somebody found in the weights of a module.

    found : factors (left [C, out], right [C, in]), or matrices [C, out, in]
    by : "factor": against the rank-1 factors of circuits; "circuit": against all of each circuit
    """
    if by not in ("factor", "circuit"):
        raise InvalidArgument(f"by {by!r}: factor or circuit")
    truth = target.components(module)
    inner, true, norms = _products(truth, found)
    circuit, neuron = truth.circuit.numpy(), truth.neuron.numpy()
    if by == "circuit":  # the factors of a circuit have right sides in different blocks: they are orthogonal
        inner = np.add.reduceat(inner, np.arange(0, len(inner), target.d))
        true = np.sqrt(np.add.reduceat(true ** 2, np.arange(0, len(true), target.d)))
        circuit, neuron = np.arange(target.T), np.zeros(target.T, np.int64)
    weight = getattr(target.model, module).weight.double()
    error = float((weight - _total(found)).norm() / weight.norm())
    return _match(inner, true, norms, threshold, circuit, neuron, error)


def score_features(target: Target, l: int, dictionary: npt.ArrayLike | Tensor, *, threshold: float = 0.9) -> Score:
    """Scores directions [C, D_l], as rows of a decoder, against the true features of layer l."""
    given = torch.as_tensor(dictionary).double()
    truth = target.features(l).double()
    circuit = np.repeat(np.arange(target.T), target.d)
    neuron = np.tile(np.arange(target.d), target.T)
    return _match((truth @ given.T).numpy(), truth.norm(dim=1).numpy(), given.norm(dim=1).numpy(), threshold, circuit,
                  neuron, float("nan"))


def score_latents(latents: npt.ArrayLike | Tensor, active: npt.ArrayLike | Tensor, T: int) -> Floats:
    """Of every circuit the best F1, [T], with which a latent's being above 0 tells that it is active; NaN
    for circuits that are active in no sample.

    latents : [M, C]; active : [M, z]
    """
    fires = (torch.as_tensor(latents) > 0).double()
    truth = torch.zeros(len(fires), T, dtype=torch.float64).scatter_(1, torch.as_tensor(active), 1.0)
    both = truth.T @ fires
    f1 = 2.0 * both / (truth.sum(0)[:, None] + fires.sum(0)[None]).clamp(min=1.0)
    best = f1.max(1).values
    return np.asarray(torch.where(truth.sum(0) > 0, best, torch.full_like(best, float("nan"))).numpy())


def chance(target: Target, module: str, C: int | None = None, *, by: str = "factor", seed: int = 0) -> Score:
    """The score of C normal rank-1 parts (None: as many as there are true ones): what chance gives."""
    weight = getattr(target.model, module).weight
    generator = torch.Generator().manual_seed(seed)
    left, right = (torch.randn(C or target.T * target.d, size, dtype=torch.float64, generator=generator)
                   for size in weight.shape)
    return score(target, module, (left, right), by=by)
