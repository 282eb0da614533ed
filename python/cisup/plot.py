# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of results, with matplotlib: every function draws into ``ax`` (None: a new one) and returns it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._allocation import Allocation
from ._library import InvalidArgument
from ._measure import Result

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot
    return matplotlib.pyplot.subplots()[1]


def errors(result: Result, *, state: str = "active", quantity: str = "x", theory: str | None = "refined",
           ax: Axes | None = None) -> Axes:
    """Root mean square errors by layer, a line for each z, with 95 % bands; dashed the theory
    (post, followup, refined or None)."""
    ax = _axes(ax)
    rows = result.errors
    rows = rows[(rows.state == state) & (rows.quantity == quantity)]
    if rows.empty:
        raise InvalidArgument(f"no errors of {quantity!r} of {state!r} circuits in this result")
    for z, of in rows.groupby("z"):
        line, = ax.plot(of.layer, np.sqrt(of.mse), marker="o", label=f"z = {z}")
        ax.fill_between(of.layer, np.sqrt(of.mse_lo.clip(lower=0)), np.sqrt(of.mse_hi), alpha=0.2, lw=0,
                        color=line.get_color())
        if theory:
            ax.plot(of.layer, np.sqrt(of[f"theory.{theory}"]), ls="--", lw=1, color=line.get_color())
    ax.set(xlabel="layer", ylabel=f"rms error of {quantity}, {state} circuits", ylim=(0, None))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def open_neurons(result: Result, *, z: int | None = None, ax: Axes | None = None) -> Axes:
    """Share of open neurons by layer and block; dotted those that no active circuit uses (z: the first)."""
    ax = _axes(ax)
    rows = result.open
    z = int(rows.z.iloc[0]) if z is None else z
    for block, of in rows[rows.z == z].groupby("block"):
        line, = ax.plot(of.layer, of.fraction, marker="o", label=f"block {block}")
        ax.plot(of.layer, of.wrong_fraction, ls=":", color=line.get_color())
    ax.set(xlabel="layer", ylabel=f"open neurons, z = {z}", ylim=(0, None))
    ax.legend()
    return ax


def terms(result: Result, *, state: str = "active", z: int | None = None, ax: Axes | None = None) -> Axes:
    """Root mean squares of the parts of errors by layer (theorem 2), of a result with terms=True."""
    ax = _axes(ax)
    rows = result.terms
    if rows.empty:
        raise InvalidArgument("no parts of errors in this result: measure with terms=True")
    z = int(rows.z.iloc[0]) if z is None else z
    for term, of in rows[(rows.z == z) & (rows.state == state)].groupby("term", sort=False):
        ax.plot(of.layer, np.sqrt(of.mean_square), marker="o", label=str(term).replace("_", " "))
    ax.set(xlabel="layer", ylabel=f"rms part of the error, {state} circuits, z = {z}", ylim=(0, None))
    ax.legend()
    return ax


def frontier(capacities: pandas.DataFrame, *, x: str = "params.D", ax: Axes | None = None) -> Axes:
    """Largest T against a parameter, with intervals: rows of ``cisup.capacity``, concatenated."""
    ax = _axes(ax)
    rows = capacities[(capacities.record == "capacity") & (capacities["T"] > 0)].sort_values(x)
    ax.errorbar(rows[x], rows["T"], yerr=[rows["T"] - rows["T_lo"], rows["T_hi"] - rows["T"]], marker="o", capsize=3)
    ax.set(xscale="log", yscale="log", xlabel=x.removeprefix("params."), ylabel="circuits T")
    return ax


def gram(allocation: Allocation, *, ax: Axes | None = None) -> Axes:
    """The Gram matrix of circuits: in how many of S neurons two circuits meet, o_tu / S."""
    ax = _axes(ax)
    seats = allocation.to_scipy()
    image = ax.imshow((seats.T @ seats).toarray() / allocation.S, cmap="Greys", vmin=0, vmax=1)
    ax.figure.colorbar(image, ax=ax, label="shared neurons / S")
    ax.set(xlabel="circuit", ylabel="circuit")
    return ax
