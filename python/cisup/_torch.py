# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as torch modules. Imported when the first one is asked for."""
from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from ._network import Network


def _tensor(values: Any, dtype: Any, device: Any) -> Tensor:
    return torch.as_tensor(np.array(values)).to(dtype=dtype, device=device)


def dense(net: Network, dtype: Any = None, device: Any = None) -> nn.Sequential:
    """nn.Linear and nn.ReLU, nothing else: layer l is modules "linear<l>" and "relu<l>"."""
    dtype = dtype or torch.float32
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for l in range(1, net.L + 1):
        linear = nn.Linear(net.width(l - 1), net.width(l), device="meta")
        linear.weight = nn.Parameter(_tensor(net.dense(l), dtype, device))
        linear.bias = nn.Parameter(_tensor(net.bias(l), dtype, device))
        modules[f"linear{l}"], modules[f"relu{l}"] = linear, nn.ReLU()
    return nn.Sequential(modules)


def _sparse(matrix: Any, like: Tensor) -> Tensor:
    coo = matrix.tocoo()
    places = torch.as_tensor(np.stack([coo.row, coo.col]).astype(np.int64))
    return torch.sparse_coo_tensor(places, torch.as_tensor(np.array(coo.data)), coo.shape).to(
        dtype=like.dtype, device=like.device)


def read(net: Network, A: Tensor, l: int) -> Tensor:
    """Read-outs, [M, T d], of activations of layer l."""
    flat: Tensor = torch.sparse.mm(_sparse(net._readout(l), A), A.T).T + net.constant(l)
    if not net._center(l):
        return flat
    d = net.circuits.d
    sums = A[:, :d * net.N].reshape(len(A), d, net.N).sum(-1)
    return flat - net._center(l) * sums.repeat(1, net.T)


class Factored(nn.Module):
    """The network through slots and circuit weights, without W.

    w : the circuits' weights [layers, T, d, d], the parameters; the common part of capped and split
        weights and all biases are constants. Circuits of biases of their own have them in column 0.

    Forward: [M, width(0)] -> data neurons of layer L, [M, d N]; ``layers`` gives those of all layers.
    """

    w: nn.Parameter

    def __init__(self, net: Network, dtype: Any = None, device: Any = None) -> None:
        super().__init__()
        dtype = dtype or torch.float32
        c = net.circuits
        self.N, self.S, self.T, self.L, self.d = net.N, net.S, net.T, net.L, net.d
        self.first = int(c.biased)
        self.cycle = getattr(net.allocation, "c", 0) if net.masks else 0
        self.scheme, self.center = net.weights_scheme, net._center(2)
        self.w = nn.Parameter(_tensor(c.w, dtype, device))
        self.signed = [bool(s) for s in c.is_signed]
        self.carried = [net.carried(l) if net.masks else (0.0, 0.0) for l in range(1, net.L + 1)]
        for l in range(1, net.L + 1):
            self._keep(f"slots{l}", torch.as_tensor(net.slots(l).astype(np.int64)).to(device))
            self._keep(f"b{l}", _tensor(c.bias(l), dtype, device))
            if not net.masks and l > 1:
                self._keep(f"wbar{l}", _tensor(c.common(l), dtype, device))
        for l in range(2, net.L + 1):
            if self.scheme == "capped":
                self._keep_capped(net, l, dtype, device)

    def _keep(self, name: str, tensor: Tensor) -> None:
        self.register_buffer(name, tensor, persistent=False)

    def _keep_capped(self, net: Network, l: int, dtype: Any, device: Any) -> None:
        """kappa (of each row), and the meetings beyond one: G - min(1, G), mostly 0."""
        def seats(l: int) -> Any:
            slots = net.slots(l)
            return scipy.sparse.csr_matrix((np.ones(slots.size), slots.ravel(),
                                            np.arange(0, slots.size + 1, net.S)), (net.T, net.N))
        to = seats(l)
        excess = (to.T @ seats(l - 1)).tocoo()
        excess.data -= 1.0
        excess.eliminate_zeros()
        self._keep(f"excess{l}", _sparse(excess, torch.zeros(0, dtype=dtype, device=device)))
        kappa = np.full(net.N, net.kappa(l))
        if net._how["kappa"] == "rows":  # section 4, "one kappa a row"
            loads = np.asarray(to.sum(0)).ravel()
            filled = 1.0 - (1.0 - net.S / net.N) ** (loads - 1.0)
            kappa = np.where(loads > 0, net._how["w_correction"] * filled / (1.0 - filled), 0.0)
        self._keep(f"kappa{l}", _tensor(kappa, dtype, device))

    def _weights(self, l: int) -> Tensor:
        return self.w[0 if len(self.w) == 1 else l - 1]

    def _of(self, name: str, l: int) -> Tensor:
        tensor: Tensor = getattr(self, f"{name}{l}")
        return tensor

    def _gather(self, A: Tensor, l: int) -> Tensor:
        """Means over each circuit's neurons of layer l: [M, d, N] -> [M, T, d]."""
        return A[:, :, self._of("slots", l)].mean(-1).transpose(1, 2)

    def _scatter(self, x: Tensor, l: int) -> Tensor:
        """Adds numbers of circuits to their neurons of layer l: [M, T, k] -> [M, k, N]."""
        out = x.new_zeros(len(x), x.shape[2], self.N)
        spread = x.transpose(1, 2).repeat_interleave(self.S, 2)
        return out.index_add(2, self._of("slots", l).flatten(), spread)

    def _map(self, a: Tensor, l: int) -> Tensor:
        """w_t a_t of every circuit: [M, T, d]."""
        return torch.einsum("tij,mtj->mti", self._weights(l), a)

    def _common(self, X: Tensor, l: int) -> Tensor:
        """wbar on every neuron: [M, d, N]."""
        return torch.einsum("ij,mjn->min", self._of("wbar", l), X)

    def _transition(self, A: Tensor, l: int) -> Tensor:
        """W^l A, (4.1) to (4.4)."""
        u, c, S = self._gather(A, l - 1), self.center, self.S
        x = self._scatter(self._map(u, l), l)
        if self.scheme == "balanced":
            return x * (1.0 + c * S) - c * S * self._map(u, l).sum(1)[..., None]
        if self.scheme == "split":
            shared = self._scatter(u, l) * (c * S) - c * S * u.sum(1)[..., None]
            return x + self._common(shared, l)
        if self.scheme == "capped":
            kappa = self._of("kappa", l)
            excess = torch.sparse.mm(self._of("excess", l), A.reshape(-1, self.N).T).T.reshape(A.shape)
            shared = kappa * self._scatter(u, l) - ((1.0 + kappa) * excess + kappa * A.sum(-1, keepdim=True)) / S
            return x + self._common(shared, l)
        return x

    def _published(self, a: Tensor) -> list[Tensor]:
        d = self.d
        pre = self._scatter(self._map(a.reshape(len(a), self.T, d), 1), 1)
        kept = [torch.relu(pre + self._of("b", 1)[:, None])]
        for l in range(2, self.L + 1):
            kept.append(torch.relu(self._transition(kept[-1], l) + self._of("b", l)[:, None]))
        return kept

    def _masked(self, a: Tensor) -> list[Tensor]:
        """(20.3): mask neurons hold 1 - K of each part, data neurons y + o (1 - mask)."""
        a = a.reshape(len(a), self.T, self.d + 1)
        masks = [torch.relu(1.0 - self._scatter(a[..., :1], h)) for h in range(1, min(self.cycle, self.L) + 1)]
        own = a if self.first else a[..., 1:]
        kept, y = [], torch.zeros(0)
        for l in range(1, self.L + 1):
            (o, B), mask = self.carried[l - 1], masks[(l - 1) % self.cycle]
            if l > 1:
                before = self._gather(y, l - 1)
                khat = self._gather(1.0 - masks[(l - 2) % self.cycle], l - 1)
                own = torch.cat([khat, before], -1) if self.first else before
            pre = self._scatter(self._map(own, l)[..., self.first:], l) + o
            data = torch.relu(pre if l == 1 else pre - (B + o) * mask)
            y = data - (o if l == 1 else o * (1.0 - mask))
            kept.append(data)
        return kept

    def layers(self, a: Tensor) -> list[Tensor]:
        """Data neurons of layers 1..L, [M, d N] each."""
        kept = self._masked(a) if self.cycle else self._published(a)
        return [x.reshape(len(a), -1) for x in kept]

    def forward(self, a: Tensor) -> Tensor:
        return self.layers(a)[-1]
