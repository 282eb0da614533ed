# SPDX-License-Identifier: GPL-3.0-or-later
"""Circuits in superposition: build, run and measure them.

    cisup.allocate, cycle, check     which neurons circuits use
    cisup.Circuits, Network          small circuits, and networks of them; torch modules
    cisup.measure                    errors layer by layer, as pandas DataFrames
    cisup.theory, capacity, sweep    what the program of that name prints
    cisup.targets, cisup.plot        ground truth for decomposition; figures

Symbols are those of docs/math.md: T circuits of width d, z active at a time, in a network of D neurons
a layer, N = D // d a block, S for each neuron of a circuit, L layers.
"""
import importlib
from types import ModuleType

from ._allocation import (Allocation, Cycle, Overlap, allocate, check, cycle, johnson_bound, load_allocation, plan)
from ._circuits import Circuits
from ._library import (BadFormat, CisupError, Infeasible, Interrupted, InvalidArgument, OutOfMemory, SystemFailure,
                       memory_live, version)
from ._measure import Result, measure
from ._network import Network, Run
from ._program import Journal, Sweep, capacity, journal, program, sweep, theory

__version__ = version()


def __getattr__(name: str) -> ModuleType:
    """plot and targets, which need more than the rest, are imported when they are used."""
    if name in ("plot", "targets"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Allocation", "BadFormat", "Circuits", "CisupError", "Cycle", "Infeasible", "Interrupted",
           "InvalidArgument", "Journal", "Network", "OutOfMemory", "Overlap", "Result", "Run", "Sweep", "SystemFailure",
           "allocate", "capacity", "check", "cycle", "johnson_bound", "journal", "load_allocation", "measure", "memory_live",
           "plan", "program", "sweep", "theory", "version"]
