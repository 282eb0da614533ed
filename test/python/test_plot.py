# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures show the numbers of the results they are of."""
import numpy as np
import pytest

import cisup

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture
def found():
    return cisup.measure(D=120, T=40, S=3, L=3, z=[1, 2], networks=3, samples=20, terms=True)


def lines(ax, style="-"):
    return [line for line in ax.lines if line.get_linestyle() == style]


def test_errors(found):
    ax = cisup.plot.errors(found)
    rows = found.errors.query("state == 'active' and quantity == 'x'")
    for line, (_, of) in zip(lines(ax), rows.groupby("z")):
        assert (line.get_ydata() == np.sqrt(of.mse)).all() and (line.get_xdata() == [1, 2, 3]).all()
    for line, (_, of) in zip(lines(ax, "--"), rows.groupby("z")):
        assert (line.get_ydata() == np.sqrt(of["theory.refined"])).all()
    assert len(lines(ax)) == len(lines(ax, "--")) == 2 == len(ax.collections)
    assert cisup.plot.errors(found, state="inactive", quantity="on", theory=None, ax=ax) is ax
    with pytest.raises(cisup.InvalidArgument, match="none"):
        cisup.plot.errors(found, quantity="none")
    matplotlib.pyplot.close("all")


def test_other_figures(found):
    ax = cisup.plot.open_neurons(found, z=2)
    assert (lines(ax)[0].get_ydata() == found.open.query("z == 2 and block == 0").fraction).all()
    ax = cisup.plot.terms(found)
    overlap = found.terms.query("z == 1 and state == 'active' and term == 'overlap'")
    assert (lines(ax)[0].get_ydata() == np.sqrt(overlap.mean_square)).all()
    with pytest.raises(cisup.InvalidArgument, match="terms=True"):
        cisup.plot.terms(cisup.measure(D=120, T=40, S=3, L=2, networks=1, samples=8))
    a = cisup.allocate(20, 2, 30)
    image = cisup.plot.gram(a).images[0].get_array()
    assert image[3, 7] == len(set(a.slots[3]) & set(a.slots[7])) / 2 and (np.diag(image) == 1).all()
    capacities = cisup.capacity(D=[100, 200], z=1, L=2, S=3, budget=0.2, construction="published", networks=12, samples=50)
    assert cisup.plot.frontier(capacities).get_xscale() == "log"
    matplotlib.pyplot.close("all")
