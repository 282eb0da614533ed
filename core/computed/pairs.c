/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/computed/pairs.h>

cisup_index cisup_pairs_count(cisup_index n) {
    return n * (n - 1) / 2;
}

/* Points that move round. For even n the last stays and meets r in round r. */
static cisup_index moving(cisup_index n) {
    return n - 1 + n % 2;
}

void cisup_pairs_row(cisup_index n, cisup_index t, int32_t *row) {
    const cisup_index m = moving(n), round = t / (n / 2), i = t % (n / 2) + n % 2;
    const cisup_index up = round + i < m ? round + i : round + i - m;
    const cisup_index down = i == 0 ? n - 1 : round - i + (round < i ? m : 0);
    row[0] = (int32_t)(up < down ? up : down);
    row[1] = (int32_t)(up < down ? down : up);
}

cisup_pairs_walk cisup_pairs_through(cisup_index n, cisup_index T, cisup_index point) {
    return (cisup_pairs_walk){.n = n, .T = T, .point = point};
}

/* Which pair of a round holds the point: i, or -1 if it sits out. */
static cisup_index pair_of(cisup_index n, cisup_index round, cisup_index point) {
    const cisup_index m = moving(n);
    if (point == m) return 0;
    const cisup_index ahead = point - round + (point < round ? m : 0);
    return (ahead <= m - ahead ? ahead : m - ahead) - n % 2;
}

cisup_index cisup_pairs_next(cisup_pairs_walk *c) {
    while (c->round < moving(c->n) && c->round * (c->n / 2) < c->T) {
        const cisup_index i = pair_of(c->n, c->round, c->point);
        const cisup_index t = c->round++ * (c->n / 2) + i;
        if (i >= 0 && t < c->T) return t;
    }
    return -1;
}
