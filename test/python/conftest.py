# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test of the package has: seeds that $CISUP_SEED moves, the program's records, and that
nothing is left of what the library has given out."""
import gc
import json
import math
import os
import subprocess

import numpy as np
import pytest

import cisup


@pytest.fixture(autouse=True)
def nothing_is_left():
    gc.collect()
    before = cisup.memory_live()
    yield
    gc.collect()
    assert cisup.memory_live() == before


@pytest.fixture
def rng(request):
    return np.random.default_rng([int(os.environ.get("CISUP_SEED", "1")), *request.node.name.encode()])


def flat(record, front=""):
    """Nested records as columns: "theory.post"."""
    row = {}
    for name, value in record.items():
        row |= flat(value, f"{front}{name}.") if isinstance(value, dict) else {front + name: value}
    return row


def same(a, b):
    """Of a JSON value and Python's: equal bit for bit, null being what is not finite."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    if a is None:
        return b is None or (isinstance(b, float) and not math.isfinite(b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


def records(*words):
    """What the program prints with --json, or None where it refuses."""
    done = subprocess.run([cisup.program(), *map(str, words), "--json"], capture_output=True, text=True)
    return None if done.returncode else [flat(json.loads(line)) for line in done.stdout.splitlines()]


def words_of(options):
    """Parameters of measure as options of propagate."""
    words = []
    for name, value in options.items():
        option = {"networks": "-K", "samples": "-M"}.get(name, f"-{name}" if len(name) == 1 else
                                                         "--" + name.replace("_", "-"))
        if isinstance(value, list):
            value = ",".join(map(str, value))
        words += [option] if value is True else [option, str(value)]
    return words
