/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Only differences of coordinates are ever multiplied, p - x v with v's first nonzero
 * coordinate 1, so that lines y = a + x b (core/computed/lines.h) are all that is needed
 * of the field: x is the coordinate of p there, and nothing is divided. */
#include <cisup/core/computed/geometry.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/computed/flint_fields.h>

/* A line of the affine part of a j-flat. */
typedef struct {
    int flat;
    cisup_index base, direction;
} line;

/* --- sizes --------------------------------------------------------------------- */

bool cisup_geometry_sizes(cisup_geometry_kind kind, int dimension, cisup_index q,
                          cisup_index *points, cisup_index *lines) {
    if (dimension < 2 || dimension > CISUP_MOST_DIMENSIONS || q < 2 || q > INT32_MAX)
        return false;
    if (cisup_factor(q).count != 1) return false;
    cisup_index power = 1, sum = 1;
    for (int j = 0; j < dimension; j++) {
        power *= q;
        sum += power;
        if ((kind == CISUP_AFFINE ? power : sum) > INT32_MAX) return false;
    }
    const cisup_index n = kind == CISUP_AFFINE ? power : sum;
    const cisup_index S = kind == CISUP_AFFINE ? q : q + 1;
    *points = n;
    *lines = (n - 1) / (S - 1) * n / S;
    return true;
}

/* Directions in the j-flat whose lines are left. PG: those left out are points of the
 * 1-flat, the last ones, and the 1-flat is the line that loses them. */
static cisup_index directions(const cisup_geometry *g, int j) {
    const cisup_index all = g->flat[j - 1];
    if (g->kind == CISUP_AFFINE || g->less == 0) return all;
    return j == 1 ? 0 : all - g->less;
}

static void count_lines(cisup_geometry *g) {
    const int m = g->dimension;
    const cisup_index r = (g->points - 1) / (g->S - 1);
    g->lines -= g->less ? g->less * (r - 1) + 1 : 0;
    g->points -= g->less;
    g->first[m] = 0;
    for (int j = m; j > 0 && g->kind == CISUP_PROJECTIVE; j--)
        g->first[j - 1] = g->first[j] + g->power[j - 1] * directions(g, j);
}

cisup_status cisup_geometry_init(cisup_geometry *g, cisup_geometry_kind kind,
                                 int dimension, cisup_index q, cisup_index less,
                                 cisup_error *err) {
    *g = (cisup_geometry){.kind = kind, .dimension = dimension, .q = q, .less = less};
    g->S = kind == CISUP_AFFINE ? q : q + 1;
    cisup_status status;
    if (less < 0 || less > g->S ||
        !cisup_geometry_sizes(kind, dimension, q, &g->points, &g->lines)) {
        status = CISUP_FAIL(err, CISUP_EINVAL,
                            "no geometry of dimension %d over %" PRId64
                            " elements, less %" PRId64 " points",
                            dimension, q, less);
        goto done;
    }
    g->power[0] = g->flat[0] = 1;
    for (int j = 1; j <= dimension; j++) {
        g->power[j] = g->power[j - 1] * q;
        g->flat[j] = g->flat[j - 1] + g->power[j];
    }
    count_lines(g);
    g->step = cisup_golden_step(g->flat[dimension - 1] - 1);
    CISUP_TRY(cisup_lines_init(&g->field, q, q - 1, err));
done:
    if (status != CISUP_OK) cisup_geometry_free(g);
    return status;
}

void cisup_geometry_free(cisup_geometry *g) {
    cisup_lines_free(&g->field);
    *g = (cisup_geometry){0};
}

/* --- the order of the lines ---------------------------------------------------- */

/* The base of round 0. */
static cisup_index turn(const cisup_geometry *g, int j, cisup_index direction) {
    return direction * (direction + 1) / 2 % g->power[j - 1];
}

/* AG: the last direction, along which points were left out, comes last; it loses one
 * line, every other one the `less` lines with the first bases. */
static cisup_index class_direction(const cisup_geometry *g, cisup_index k) {
    const cisup_index last = g->flat[g->dimension - 1] - 1;
    return k < last ? k * g->step % last : last;
}

static cisup_index class_first(const cisup_geometry *g, cisup_index k) {
    return k * (g->power[g->dimension - 1] - g->less);
}

static cisup_index class_lost(const cisup_geometry *g, cisup_index direction) {
    const bool last = direction == g->flat[g->dimension - 1] - 1;
    return last ? g->less > 0 : g->less;
}

static line affine_line(const cisup_geometry *g, cisup_index t) {
    const cisup_index last = g->flat[g->dimension - 1] - 1;
    const cisup_index in_class = class_first(g, 1);
    const cisup_index k = t < last * in_class ? t / in_class : last;
    const cisup_index v = class_direction(g, k);
    return (line){g->dimension, t - class_first(g, k) + class_lost(g, v), v};
}

static line projective_line(const cisup_geometry *g, cisup_index t) {
    int j = g->dimension;
    while (t >= g->first[j - 1]) j--;
    const cisup_index count = directions(g, j), v = (t - g->first[j]) % count;
    const cisup_index base = (t - g->first[j]) / count + turn(g, j, v);
    return (line){j, base < g->power[j - 1] ? base : base - g->power[j - 1], v};
}

/* The number of the line of a j-flat of PG. */
static cisup_index projective_number(const cisup_geometry *g, line l) {
    const cisup_index size = g->power[l.flat - 1];
    const cisup_index round = l.base - turn(g, l.flat, l.direction);
    return g->first[l.flat] + (round < 0 ? round + size : round) * directions(g, l.flat) +
           l.direction;
}

/* --- line -> points ------------------------------------------------------------ */

/* Takes the last coordinate off a number. */
static cisup_index coordinate(const cisup_geometry *g, cisup_index *number) {
    const uint32_t value = (uint32_t)*number, rest = value / (uint32_t)g->q;
    *number = rest;
    return value - rest * (uint32_t)g->q;
}

/* Which coordinate of a direction of the j-flat, from 0, is the leading 1; what
 * remains in *direction are the coordinates after it. */
static int lead(const cisup_geometry *g, int j, cisup_index *direction) {
    int c = 0;
    for (; *direction >= g->power[j - 1 - c]; c++) *direction -= g->power[j - 1 - c];
    return c;
}

/* The first point of the j-flat's affine part; what is at infinity follows it. */
static cisup_index flat_start(const cisup_geometry *g, int j) {
    return g->flat[g->dimension] - g->flat[j];
}

/* row[x] = start + b + x v for all x of the field, b and v coordinate by coordinate. */
static void put_points(const cisup_geometry *g, line l, cisup_index start, int32_t *row) {
    const int c = lead(g, l.flat, &l.direction);
    const cisup_index weight = g->power[l.flat - 1 - c];
    for (cisup_index x = 0; x < g->q; x++) row[x] = (int32_t)(x * weight);
    for (int i = l.flat - 1; i >= 0; i--) {
        if (i == c) continue;
        const cisup_index unit = g->power[l.flat - 1 - i], b = coordinate(g, &l.base);
        const cisup_index v = i > c ? coordinate(g, &l.direction) : 0;
        if (v)
            cisup_lines_add_points(&g->field, b, v, unit, row);
        else
            start += unit * b;
    }
    for (cisup_index x = 0; x < g->q; x++) row[x] += (int32_t)start;
}

void cisup_geometry_row(const cisup_geometry *g, cisup_index t, int32_t *row) {
    if (g->kind == CISUP_AFFINE) {
        put_points(g, affine_line(g, t), -g->less, row);
        return;
    }
    const line l = projective_line(g, t);
    const cisup_index start = flat_start(g, l.flat);
    put_points(g, l, start, row);
    row[g->q] = (int32_t)(start + g->power[l.flat] + l.direction);
}

/* --- point -> lines ------------------------------------------------------------ */

/* The line of one direction through an affine point of the j-flat. */
static line line_through(const cisup_geometry *g, int j, cisup_index code,
                         cisup_index direction) {
    line l = {j, 0, direction};
    const int c = lead(g, j, &direction);
    const cisup_index x = code / g->power[j - 1 - c] % g->q;
    cisup_index unit = 1;
    for (int i = j - 1; i >= 0; i--) {
        const cisup_index p = coordinate(g, &code);
        if (i == c) continue;
        const cisup_index v = i > c ? coordinate(g, &direction) : 0;
        l.base += unit * (v ? cisup_lines_through(&g->field, x, p, v) : p);
        unit *= g->q;
    }
    return l;
}

cisup_geometry_walk cisup_geometry_through(const cisup_geometry *g, cisup_index T,
                                           cisup_index point) {
    cisup_geometry_walk c = {.g = g, .T = T, .flat = g->dimension, .own = g->dimension};
    c.point = c.code = point + (g->kind == CISUP_AFFINE ? g->less : 0);
    if (g->kind == CISUP_AFFINE) return c;
    for (; c.code >= g->power[c.own]; c.own--) c.code -= g->power[c.own];
    return c;
}

/* The lines of AG, one a class unless it was lost. */
static cisup_index next_affine(cisup_geometry_walk *c) {
    const cisup_geometry *g = c->g;
    while (c->k < g->flat[g->dimension - 1] && class_first(g, c->k) < c->T) {
        const cisup_index first = class_first(g, c->k), v = class_direction(g, c->k);
        const line l = line_through(g, g->dimension, c->code, v);
        const cisup_index t = first + l.base - class_lost(g, v);
        c->k++;
        if (t >= first && t < c->T) return t;
    }
    return -1;
}

/* All lines of the direction that the point is in a flat above its own; in its own one
 * of each direction. */
static cisup_index next_in_flat(cisup_geometry_walk *c) {
    const cisup_geometry *g = c->g;
    const int j = c->flat;
    if (j > c->own) {
        const cisup_index v = c->point - flat_start(g, j - 1);
        const cisup_index count = directions(g, j);
        const cisup_index t = g->first[j] + c->k * count + v;
        if (v >= count || c->k == g->power[j - 1] || t >= c->T) return -1;
        c->k++;
        return t;
    }
    while (c->k < directions(g, j)) {
        const line l = line_through(g, j, c->code, c->k++);
        const cisup_index t = projective_number(g, l);
        if (t < c->T) return t;
    }
    return -1;
}

cisup_index cisup_geometry_next(cisup_geometry_walk *c) {
    if (c->g->kind == CISUP_AFFINE) return next_affine(c);
    for (; c->flat > 0 && c->flat >= c->own; c->flat--, c->k = 0) {
        if (c->g->first[c->flat] >= c->T) return -1;
        const cisup_index t = next_in_flat(c);
        if (t >= 0) return t;
    }
    return -1;
}
