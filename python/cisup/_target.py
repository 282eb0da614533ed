# SPDX-License-Identifier: GPL-3.0-or-later
"""A network whose parts are known, for parameter decomposition, sparse autoencoders and transcoders.

    target = load(".")             the directory of this file: needs torch and nothing else
    target.model                   nn.Linear and nn.ReLU, modules "linear1", "relu1", "linear2", ...
    target.components("linear2")   what its weights are a sum of: rank-1 factors, and the rest by name
    target.sample(64, z=2)         inputs, which circuits are active, their exact states, activations
    target.dataset(z=2)            an endless stream of them
    target.features(1)             the directions in which layer 1 holds the states of circuits
    target.read(activations, 1)    what circuits read there

T circuits of width d, L layers; layer l holds neuron i of circuit t in S neurons i N + n of its D_l.
Made by cisup.targets; see docs/python.md of cisup.
"""
from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Components(NamedTuple):
    """What the weights [out, in] of one module are a sum of.

    left, right : [C, out] and [C, in], factors left_c right_c^T; factor c is column `neuron` of the
        weights of `circuit`
    circuit, neuron : [C]
    rest : matrices [out, in] by name, which are no circuit's: "correction" and "background" of weight
        schemes, or "masks" (the coefficients of masks, and offsets)
    """

    left: Tensor
    right: Tensor
    circuit: Tensor
    neuron: Tensor
    rest: dict[str, Tensor]

    def total(self) -> Tensor:
        """The weights."""
        return sum(self.rest.values(), self.left.T @ self.right)


class Sample(NamedTuple):
    """inputs [M, width of the input], active [M, z], states [L + 1, M, z, d] (what active circuits
    compute alone, by layer from 0), activations: L tensors [M, D_l]."""

    inputs: Tensor
    active: Tensor
    states: Tensor
    activations: list[Tensor]


class Target:
    """config : sizes and all parameters; tensors : slots [L, T, S], circuit weights and what else is kept."""

    def __init__(self, config: dict[str, Any], state: dict[str, Tensor], tensors: dict[str, Tensor]) -> None:
        self.config, self.tensors = config, tensors
        self.T, self.d, self.S, self.N, self.L = (int(config[name]) for name in ("T", "d", "S", "N", "L"))
        self.model = model_of(state)
        self.slots = tensors["slots"]
        self.first = int(config["first"])  # of circuits, before their data neurons (a mask)

    def weights(self, l: int) -> Tensor:
        """w^l of the circuits, [T, d, d]."""
        w = self.tensors["w"][0 if len(self.tensors["w"]) == 1 else l - 1]
        return w[:, self.first:, self.first:]

    def components(self, module: str) -> Components:
        """The parts of a module "linear<l>"."""
        l, N, S = int(module.removeprefix("linear")), self.N, self.S
        weight: Tensor = getattr(self.model, module).weight
        w, dtype = self.weights(l), weight.dtype
        circuit = torch.arange(self.T).repeat_interleave(self.d)
        neuron = torch.arange(self.d).repeat(self.T)
        left = torch.zeros(len(circuit), weight.shape[0], dtype=dtype)
        right = torch.zeros(len(circuit), weight.shape[1], dtype=dtype)
        rows = torch.arange(len(circuit))[:, None]
        here = self.slots[l - 1][circuit]
        for i in range(self.d):
            left[rows, i * N + here] = w[circuit, i, neuron][:, None].expand(-1, S).to(dtype)
        if l == 1:
            ahead = int(self.config["on_input"])  # of a circuit's inputs
            right[rows[:, 0], circuit * (self.d + ahead) + ahead + neuron] = 1.0
        else:
            right[rows, neuron[:, None] * N + self.slots[l - 2][circuit]] = 1.0 / S
        rest = {name.split(".")[1]: values for name, values in self.tensors.items() if name.startswith(f"{module}.")}
        return Components(left, right, circuit, neuron, rest)

    def features(self, l: int) -> Tensor:
        """Unit vectors [T d, D_l]: where layer l holds neuron j of circuit t is row t d + j."""
        circuit = torch.arange(self.T).repeat_interleave(self.d)
        places = torch.arange(self.d).repeat(self.T)[:, None] * self.N + self.slots[l - 1][circuit]
        out = torch.zeros(len(circuit), int(self.config["widths"][l]))
        return out.scatter_(1, places, self.S ** -0.5)

    def read(self, activations: Tensor, l: int) -> Tensor:
        """Read-outs [M, T, d] of activations [M, D_l] of layer l."""
        index, values = self.tensors[f"readout{l}.index"], self.tensors[f"readout{l}.values"]
        u = torch.sparse_coo_tensor(index, values.to(activations.dtype), (self.T * self.d, activations.shape[1]))
        flat = torch.sparse.mm(u, activations.T).T + float(self.config["readout_constant"][l - 1])
        center = float(self.config["readout_center"])
        if center:
            sums = activations[:, :self.d * self.N].reshape(len(activations), self.d, self.N).sum(-1)
            flat = flat - center * sums.repeat(1, self.T)
        return flat.reshape(len(activations), self.T, self.d)

    def meetings(self, l: int) -> Tensor:
        """Pairs of circuits t < u that share a neuron of layer l, [2, pairs]: the edges of a graph."""
        seats = torch.zeros(self.T, self.N).scatter_(1, self.slots[l - 1], 1.0)
        return torch.nonzero(torch.triu(seats @ seats.T, 1)).T

    def inputs_of(self, active: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """States a^0 of active circuits [M, z], drawn: [M, z, d]."""
        c = self.config
        on = int(c["on_count"])
        a = torch.zeros(*active.shape, self.d, dtype=torch.float64)
        a[..., :on] = torch.tensor([1.5, 0.5] if on == 2 else [1.0] * on, dtype=torch.float64)
        if "input" in self.tensors:
            start = self.tensors["input_start"]
            count = (start[1:] - start[:-1])[active]
            row = (torch.rand(active.shape, generator=generator) * count).long().clamp(max=count - 1)
            data = self.tensors["input"][start[:-1][active] + row]
        else:
            data = torch.randn(*active.shape, self.d - on, dtype=torch.float64, generator=generator)
            data = data / data.norm(dim=-1, keepdim=True)
        a[..., on:] = float(c["offset"]) + (data.abs() if c["fold"] else data)
        return a

    def states_of(self, active: Tensor, a: Tensor) -> Tensor:
        """What active circuits [M, z] with states a^0 [M, z, d] compute alone: [L + 1, M, z, d]."""
        states = [a]
        for l in range(1, self.L + 1):
            w = self.tensors["w"][0 if len(self.tensors["w"]) == 1 else l - 1].double()[active]
            b = self.tensors["b"][0 if len(self.tensors["b"]) == 1 else l - 1].double()[self.first:]
            pre = (w[..., self.first:, self.first:] @ states[-1][..., None])[..., 0] + b
            if self.first:
                pre = pre + w[..., self.first:, 0]
            states.append(pre if self.config["is_signed"][l - 1] else torch.relu(pre))
        return torch.stack(states)

    def embed(self, active: Tensor, a: Tensor) -> Tensor:
        """The input of the model: circuit by circuit the state, behind an on-input (1) if there are such."""
        if self.config["on_input"]:
            a = torch.cat([torch.ones(*a.shape[:-1], 1, dtype=a.dtype), a], -1)
        out = torch.zeros(len(active), self.T, a.shape[-1], dtype=a.dtype)
        out.scatter_(1, active[..., None].expand_as(a), a)
        return out.reshape(len(active), -1)

    @torch.no_grad()
    def sample(self, n: int, z: int, seed: int | torch.Generator = 0) -> Sample:
        """n samples with z active circuits each, every set equally likely."""
        generator = seed if isinstance(seed, torch.Generator) else torch.Generator().manual_seed(seed)
        active = torch.rand(n, self.T, generator=generator).topk(z).indices
        a = self.inputs_of(active, generator)
        dtype = self.model.linear1.weight.dtype  # type: ignore[union-attr]
        inputs = self.embed(active, a).to(dtype)
        activations, h = [], inputs
        for part in self.model:
            h = part(h)
            if isinstance(part, nn.ReLU):
                activations.append(h)
        return Sample(inputs, active, self.states_of(active, a), activations)

    def dataset(self, z: int, batch: int = 256, seed: int = 0) -> Stream:
        """An endless stream of inputs and active circuits, `batch` at a time: for DataLoader with
        batch_size=None, also with workers, each of which draws others."""
        return Stream(self, z, batch, seed)


class Stream(torch.utils.data.IterableDataset):
    """Pairs inputs [batch, width], active [batch, z], without end."""

    def __init__(self, target: Target, z: int, batch: int, seed: int) -> None:
        self.target, self.z, self.batch, self.seed = target, z, batch, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = torch.utils.data.get_worker_info()
        generator = torch.Generator().manual_seed(self.seed * 1000003 + (worker.id + 1 if worker else 0))
        while True:
            sample = self.target.sample(self.batch, self.z, generator)
            yield sample.inputs, sample.active


def model_of(state: dict[str, Tensor]) -> nn.Sequential:
    """The model of a state_dict; its parameters are not trained."""
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for l in range(1, len(state) // 2 + 1):
        out, width = state[f"linear{l}.weight"].shape
        modules[f"linear{l}"], modules[f"relu{l}"] = nn.Linear(width, out, device="meta"), nn.ReLU()
        for name in ("weight", "bias"):
            setattr(modules[f"linear{l}"], name, nn.Parameter(state[f"linear{l}.{name}"], requires_grad=False))
    return nn.Sequential(modules)


def load(directory: str | Path) -> Target:
    """The target in a directory: config.yaml, model.pth, parts.pth."""
    here = Path(directory)
    lines = (here / "config.yaml").read_text().splitlines()
    config = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines
                                                              if line and not line.startswith("#"))}
    read = {name: torch.load(here / f"{name}.pth", weights_only=True) for name in ("model", "parts")}
    return Target(config, read["model"], read["parts"])
