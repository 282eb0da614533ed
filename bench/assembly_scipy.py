# SPDX-License-Identifier: GPL-3.0-or-later
"""The product half U by SciPy: assembly_scipy.py FOLDER ROWS REPETITIONS

Prints "wall cpu" in seconds for each repetition, after one that is not counted, and
then the largest difference to the matrix a. The folder holds half, u and a, each as
.p, .i (64-bit) and .x; SciPy gets 32-bit indices, which are faster."""
import sys
import time

import numpy
import scipy.sparse

folder, rows, repetitions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name, nrow):
    p, i = (numpy.fromfile(f"{folder}/{name}.{part}", numpy.int64) for part in "pi")
    x = numpy.fromfile(f"{folder}/{name}.x")
    return scipy.sparse.csc_matrix(
        (x, i.astype(numpy.int32), p.astype(numpy.int32)), shape=(nrow, len(p) - 1))


half = read("half", rows)
u = read("u", half.shape[1])
for k in range(repetitions + 1):
    wall, cpu = time.perf_counter(), time.process_time()
    product = half @ u
    if k > 0:
        print(time.perf_counter() - wall, time.process_time() - cpu)
a = read("a", rows)
product.sort_indices()
same = numpy.array_equal(a.indptr, product.indptr) and numpy.array_equal(
    a.indices, product.indices)
print(numpy.abs(a.data - product.data).max() if same else numpy.nan)
