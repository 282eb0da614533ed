/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The point (u, i) is the number u + i size; those beyond Q x Z_3 follow: one for
 * Skolem's systems, f and g for those with a block of five. Inside a class the triple
 * of x and i has the position 3x + i. Only Bose's systems lose triples of the classes
 * with their last point (size-1, 2): three of each, whose positions are skipped. */
#include <cisup/core/computed/triples.h>

cisup_index cisup_triples_count(cisup_index n) {
    if (n < 3) return 0;
    switch (n % 6) {
    case 1:
    case 3:
        return n * (n - 1) / 6;
    case 5: /* all triples but one block of five, which holds two */
        return (n * (n - 1) - 20) / 6 + 2;
    case 4: /* that less a point of the five */
        return (n * n - 2 * n - 2) / 6;
    default: /* a Steiner triple system less a point */
        return n * (n - 2) / 6;
    }
}

cisup_triples cisup_triples_of(cisup_index n) {
    const cisup_index whole = n + (n % 2 == 0);
    cisup_triples s = {.n = n, .count = cisup_triples_count(n), .less = n % 2 == 0};
    s.base = whole % 6 == 3   ? CISUP_TRIPLES_BOSE
             : whole % 6 == 1 ? CISUP_TRIPLES_SKOLEM
                              : CISUP_TRIPLES_FIVE;
    s.size = whole / 3;
    s.classes = s.size / 2;
    s.in_class = 3 * s.size - (s.base == CISUP_TRIPLES_BOSE && s.less ? 3 : 0);
    s.first = s.base == CISUP_TRIPLES_BOSE ? s.size - s.less : 0;
    s.rest = s.first + s.classes * s.in_class - (s.size % 2 == 0 ? 3 * s.classes : 0);
    return s;
}

/* --- classes ------------------------------------------------------------------- */

/* 2 z = v in Z_size, for odd size. */
static cisup_index half(const cisup_triples *s, cisup_index v) {
    return v % 2 ? (v + s->size) / 2 : v / 2;
}

/* 0 stays, 1..size-1 move on cyclically. */
static cisup_index moved(const cisup_triples *s, cisup_index x) {
    return x == 0 ? 0 : x == s->size - 1 ? 1 : x + 1;
}

static cisup_index moved_back(const cisup_triples *s, cisup_index x) {
    return x == 0 ? 0 : x == 1 ? s->size - 1 : x - 1;
}

/* a - b in Z_size. */
static cisup_index minus(const cisup_triples *s, cisup_index a, cisup_index b) {
    return a < b ? a - b + s->size : a - b;
}

/* x o (x + d): half of 2x + d; for even size, where each half is taken twice, that of
 * odd sums goes above. With a block of five it moves on where it returns to level 0. */
static cisup_index product(const cisup_triples *s, cisup_index x, cisup_index d,
                           cisup_index i) {
    const cisup_index sum = (2 * x + d) % s->size;
    if (s->size % 2 == 0) return sum / 2 + (sum % 2 ? s->size / 2 : 0);
    const cisup_index z = half(s, sum);
    return s->base == CISUP_TRIPLES_FIVE && i == 2 ? moved(s, z) : z;
}

/* Where the triples of class d with the point (size-1, 2) would be, apart from the
 * last position. */
static void missing(const cisup_triples *s, cisup_index d, cisup_index gap[2]) {
    const cisup_index second = 3 * (s->size - 1 - d) + 2;
    const cisup_index third = 3 * (s->size - 1 - half(s, d)) + 1;
    gap[0] = second < third ? second : third;
    gap[1] = second < third ? third : second;
}

static bool has_gaps(const cisup_triples *s) {
    return s->less && s->base == CISUP_TRIPLES_BOSE;
}

/* The position of the r-th triple of class d, and the other way; -1 for a gap. */
static cisup_index position_of(const cisup_triples *s, cisup_index d, cisup_index r) {
    if (!has_gaps(s)) return r;
    cisup_index gap[2];
    missing(s, d, gap);
    r += r >= gap[0];
    return r + (r >= gap[1]);
}

static cisup_index rank_of(const cisup_triples *s, cisup_index d, cisup_index position) {
    if (!has_gaps(s) || position < 0) return position;
    cisup_index gap[2];
    missing(s, d, gap);
    if (position == gap[0] || position == gap[1] || position == 3 * s->size - 1)
        return -1;
    return position - (position > gap[0]) - (position > gap[1]);
}

/* --- the rest ------------------------------------------------------------------ */

/* Triples of one step of the rest: the diagonal of one x with the three of infinity;
 * those of x and x + 1 with f, then g. */
static cisup_index in_step(const cisup_triples *s) {
    if (s->base == CISUP_TRIPLES_SKOLEM) return s->less ? 1 : 4;
    return s->less ? 3 : 6;
}

/* With a block of five, what comes before the steps: {(0,0), (0,1), (0,2)} and, with
 * both f and g, {f, g, (0,0)}. */
static cisup_index head(const cisup_triples *s) {
    return s->less ? 1 : 2;
}

static void put(int32_t *row, cisup_index a, cisup_index b, cisup_index c) {
    const cisup_index low = a < b ? a : b, high = a < b ? b : a;
    row[0] = (int32_t)(c < low ? c : low);
    row[1] = (int32_t)(c < low ? low : c < high ? c : high);
    row[2] = (int32_t)(c < high ? high : c);
}

static void five_row(const cisup_triples *s, cisup_index r, int32_t *row) {
    const cisup_index m = s->size, f = 3 * m, g = f + 1;
    if (r == 0) {
        put(row, 0, m, 2 * m);
        return;
    }
    if (r < head(s)) {
        put(row, 0, f, g);
        return;
    }
    r -= head(s);
    const cisup_index x = 1 + 2 * (r / in_step(s)), y = x + 1, before = moved_back(s, x);
    const cisup_index triple[6][3] = {{f, x, x + m},         {f, x + 2 * m, y},
                                      {f, y + m, y + 2 * m}, {g, x + m, x + 2 * m},
                                      {g, y, y + m},         {g, x, before + 2 * m}};
    const cisup_index *points = triple[r % in_step(s)];
    put(row, points[0], points[1], points[2]);
}

static void rest_row(const cisup_triples *s, cisup_index r, int32_t *row) {
    const cisup_index m = s->size;
    if (s->base == CISUP_TRIPLES_FIVE) {
        five_row(s, r, row);
        return;
    }
    const cisup_index step = s->base == CISUP_TRIPLES_BOSE ? 1 : in_step(s);
    const cisup_index x = r / step, i = r % step - 1;
    if (i < 0)
        put(row, x, x + m, x + 2 * m);
    else
        put(row, 3 * m, x + m / 2 + i * m, x + (i + 1) % 3 * m);
}

void cisup_triples_row(const cisup_triples *s, cisup_index t, int32_t *row) {
    if (t < s->first || t >= s->rest) {
        rest_row(s, t < s->first ? t : t - s->rest, row);
        return;
    }
    t -= s->first;
    const cisup_index m = s->size, d = t / s->in_class + 1;
    const cisup_index at = position_of(s, d, t % s->in_class), x = at / 3, i = at % 3;
    const cisup_index y = x + d < m ? x + d : x + d - m, z = product(s, x, d, i);
    put(row, x + i * m, y + i * m, z + (i + 1) % 3 * m);
}

/* --- point -> triples ---------------------------------------------------------- */

/* The x with x o (x + d) = u, for a product that lies on level i: one for odd size, two
 * or none for even. */
static cisup_index factor(const cisup_triples *s, cisup_index u, cisup_index d,
                          cisup_index i, cisup_index which) {
    const cisup_index m = s->size;
    if (m % 2) {
        if (which) return -1;
        if (s->base == CISUP_TRIPLES_FIVE && i == 0) u = moved_back(s, u);
        return minus(s, u, half(s, d));
    }
    const cisup_index sum = 2 * u < m ? 2 * u : 2 * u - m + 1;
    const cisup_index twice = minus(s, sum, d);
    return twice % 2 ? -1 : twice / 2 + which * (m / 2);
}

/* The position of the k-th triple of class d with (u, i), or -1; k < 4. */
static cisup_index candidate(const cisup_triples *s, cisup_index d, cisup_index u,
                             cisup_index i, cisup_index k) {
    const cisup_index x = k == 0   ? u
                          : k == 1 ? minus(s, u, d)
                                   : factor(s, u, d, i, k - 2);
    const cisup_index level = k < 2 ? i : (i + 2) % 3;
    if (x < 0 || (2 * d == s->size && x >= d)) return -1;
    return 3 * x + level;
}

/* The k-th triple of the rest with infinity (f, g), j apart in every step, or -1. */
static cisup_index beyond(const cisup_triples *s, cisup_index first, cisup_index j,
                          cisup_index k) {
    const cisup_index steps = s->size / 2;
    return k < 3 * steps ? first + k / 3 * in_step(s) + j + k % 3 : -1;
}

/* With a block of five: each u > 0 is x or y of a step, and on one triple with f and
 * one with g, which for (y, 2) is that of the next step. */
static cisup_index five_of(const cisup_triples *s, cisup_index u, cisup_index i,
                           cisup_index k) {
    static const cisup_index place[2][3][2] = {{{0, 5}, {0, 3}, {1, 3}},
                                               {{1, 4}, {2, 4}, {2, 5}}};
    if (i == 3) { /* f and g */
        if (!s->less && k == 0) return 1;
        return beyond(s, head(s), 3 * u, k - !s->less);
    }
    if (k > 1 || (k == 1 && s->less)) return -1;
    if (u == 0) return k == 0 ? 0 : i == 0 ? 1 : -1;
    cisup_index step = (u - 1) / 2;
    const cisup_index j = place[(u - 1) % 2][i][k];
    if (u % 2 == 0 && j == 5) step = step + 1 < s->size / 2 ? step + 1 : 0;
    return head(s) + step * in_step(s) + j;
}

/* The k-th triple of the rest with (u, i), the points beyond being (0, 3) and (1, 3);
 * -1 when there are no more. */
static cisup_index rest_of(const cisup_triples *s, cisup_index u, cisup_index i,
                           cisup_index k) {
    const cisup_index step = in_step(s), steps = s->size / 2;
    if (s->base == CISUP_TRIPLES_FIVE) return five_of(s, u, i, k);
    if (s->base == CISUP_TRIPLES_BOSE) return k == 0 && u < s->size - s->less ? u : -1;
    if (i == 3) return beyond(s, 0, 1, k);
    if (u < steps && k == 0) return step * u;
    if (k > (u < steps) || s->less) return -1;
    return u < steps ? step * u + 1 + (i + 2) % 3 : step * (u - steps) + 1 + i;
}

cisup_triples_walk cisup_triples_through(const cisup_triples *s, cisup_index T,
                                         cisup_index point) {
    cisup_triples_walk c = {.s = s, .T = T, .d = 1};
    c.i = point / s->size;
    if (c.i >= 3) { /* on no triple of a class */
        c.i = 3;
        c.d = s->classes + 1;
    }
    c.u = point - c.i * s->size;
    return c;
}

/* The next triple of the classes, or -1. */
static cisup_index next_in_class(cisup_triples_walk *c) {
    const cisup_triples *s = c->s;
    for (; c->d <= s->classes; c->d++, c->k = 0) {
        const cisup_index first = s->first + (c->d - 1) * s->in_class;
        while (first < c->T && c->k < 4) {
            const cisup_index at = candidate(s, c->d, c->u, c->i, c->k++);
            const cisup_index rank = rank_of(s, c->d, at);
            if (rank >= 0 && first + rank < c->T) return first + rank;
        }
        if (first >= c->T) break;
    }
    if (c->d <= s->classes) {
        c->d = s->classes + 1;
        c->k = 0;
    }
    return -1;
}

cisup_index cisup_triples_next(cisup_triples_walk *c) {
    const cisup_triples *s = c->s;
    const cisup_index t = next_in_class(c), start = s->first ? 0 : s->rest;
    if (t >= 0) return t;
    for (cisup_index r; start < c->T && (r = rest_of(s, c->u, c->i, c->k)) >= 0;) {
        c->k++;
        if (start + r < c->T) return start + r;
    }
    return -1;
}
