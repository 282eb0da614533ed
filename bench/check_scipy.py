# SPDX-License-Identifier: GPL-3.0-or-later
"""check_scipy.py FILE N S NEURONS: E^T E (neurons x neurons) with int8 entries from rows
of S 32-bit numbers; prints CPU seconds, scaled from NEURONS rows of it, and its largest
entry off the diagonal."""
import sys
import time

import numpy as np
from scipy import sparse

path, N, S, neurons = sys.argv[1], *map(int, sys.argv[2:5])
slot = np.fromfile(path, np.int32)
T = slot.size // S
start = np.arange(T + 1, dtype=np.int32) * S
E = sparse.csr_matrix((np.ones(slot.size, np.int8), slot, start), shape=(T, N))


def once():
    begin = time.process_time()
    Et = E.T.tocsr()
    built = time.process_time()
    C = (Et if neurons == N else Et[:neurons]) @ E
    end = time.process_time()
    C = C - sparse.diags(C.diagonal(), shape=C.shape, dtype=np.int8)
    return built - begin + (end - built) * N / neurons, C.max()


runs = [once() for _ in range(3 if neurons == N else 1)]
print(sorted(r[0] for r in runs)[len(runs) // 2], runs[0][1])
