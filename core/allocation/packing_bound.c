/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/allocation.h>

/* Whether T circuits with the evenest loads on N points meet at most C(T,2) times:
 * with T S = N k + j, N k(k-1) + 2 k j <= T(T-1). */
static int meets_allow(cisup_index N, cisup_index S, cisup_index T) {
    const cisup_index k = T * S / N, j = T * S % N;
    return N * k * (k - 1) + 2 * k * j <= T * (T - 1);
}

cisup_index cisup_johnson_bound(cisup_index N, cisup_index S) {
    if (S < 2) return INT64_MAX;
    if (N < S) return 0;
    const cisup_index degree = (N - 1) / (S - 1);
    cisup_index bound = N * degree / S;
    if ((N - 1) % (S - 1) == 0 && N * degree % S) bound--;
    if (N >= S * S - S + 1) return bound;
    cisup_index T = 1;
    while (T < bound && meets_allow(N, S, T + 1)) T++;
    return T;
}
