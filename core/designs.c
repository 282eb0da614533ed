/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The blocks of a space are computed by core/geometry.h. Unitals and arcs are sets of
 * points in a plane, whose blocks are the lines that meet them in S points; they are
 * found by walking the pairs and skipping those covered already. */
#include <cisup/core/designs.h>

#include <cisup/core/lines.h>
#include <cisup/core/memory.h>
#include <cisup/core/numbers.h>
#include <cisup/core/plan_rows.h>

static const cisup_index most_walked = 4096;
static const cisup_index largest_order = 512; /* of a plane that holds a unital or arc */
static const cisup_index largest_S = 4096;

typedef struct {
    unsigned families;
    cisup_design *list;
    int count, most;
} designs;

static void append(designs *out, cisup_design d) {
    if (!(out->families >> d.family & 1u) || out->count == out->most) return;
    d.blocks = d.points * (d.points - 1) / (d.S * (d.S - 1));
    out->list[out->count++] = d;
}

/* Spaces of all dimensions. */
static void append_spaces(designs *out, cisup_design_family family, cisup_index S) {
    const bool affine = family == CISUP_DESIGN_AFFINE;
    cisup_design d = {.family = family, .S = S, .k = affine ? S : S - 1};
    const cisup_geometry_kind kind = affine ? CISUP_AFFINE : CISUP_PROJECTIVE;
    for (d.dimension = 2;
         cisup_geometry_sizes(kind, d.dimension, d.k, &d.points, &d.blocks);
         d.dimension++)
        append(out, d);
}

/* k = S-1 a prime power: k^3 + 1 points of the plane of order k^2. */
static void append_unital(designs *out, cisup_index S) {
    const cisup_index k = S - 1;
    if (k > 11 || cisup_lines_capacity(k) != k) return;
    append(out, (cisup_design){CISUP_DESIGN_UNITAL, 2, S, k, k * k * k + 1, 0});
}

/* S = 2^m: maximal arcs of degree S in the planes of order 2^s > S. */
static void append_arcs(designs *out, cisup_index S) {
    if (S < 4 || (S & (S - 1)) != 0) return;
    for (cisup_index k = 2 * S; k <= largest_order; k *= 2) {
        const cisup_index points = S * k - k + S;
        if (points > most_walked) return;
        append(out, (cisup_design){CISUP_DESIGN_DENNISTON, 2, S, k, points, 0});
    }
}

int cisup_designs_list(cisup_index S, unsigned families, cisup_design *list, int most) {
    designs out = {.families = families, .list = list, .most = most};
    if (S < 2 || S > largest_S) return 0;
    append_spaces(&out, CISUP_DESIGN_AFFINE, S);
    if (S > 2) {
        append_spaces(&out, CISUP_DESIGN_PROJECTIVE, S);
        append_unital(&out, S);
        append_arcs(&out, S);
    }
    return out.count;
}

bool cisup_design_is_geometry(const cisup_design *design) {
    return design->family == CISUP_DESIGN_AFFINE ||
           design->family == CISUP_DESIGN_PROJECTIVE;
}

cisup_status cisup_design_geometry(const cisup_design *design, cisup_index less,
                                   cisup_geometry *g, cisup_error *err) {
    return cisup_geometry_init(
        g, design->family == CISUP_DESIGN_AFFINE ? CISUP_AFFINE : CISUP_PROJECTIVE,
        design->dimension, design->k, less, err);
}

/* --- the field and the points -------------------------------------------------- */

/* Points as vectors of `size` coordinates over the field of `order` elements: 2 for an
 * arc; 3 for a unital, scaled so that the first nonzero one is 1. */
typedef struct {
    const cisup_design *design;
    cisup_lines field; /* each element an x_i */
    int32_t *times;    /* [order^2]: all products */
    int size;          /* coordinates of a point */
    int affine;
    int32_t order;    /* of the field */
    int32_t *inverse; /* [order] */
    int32_t *point;   /* [points*size] */
    int32_t *number;  /* [order^size] of a vector, + 1; 0 for other vectors */
} space;

static int32_t times(const space *s, int32_t a, int32_t b) {
    return s->times[(cisup_index)a * s->order + b];
}

static int32_t plus(const space *s, int32_t a, int32_t b) {
    return (int32_t)cisup_lines_point(&s->field, 1, a, b); /* x_1 = 1 */
}

static cisup_index code_of(const space *s, const int32_t *v) {
    cisup_index code = 0;
    for (int c = 0; c < s->size; c++) code = code * s->order + v[c];
    return code;
}

static void normalise(const space *s, int32_t *v) {
    int first = 0;
    while (first < s->size - 1 && !v[first]) first++;
    const int32_t scale = s->inverse[v[first]];
    for (int c = first; c < s->size; c++) v[c] = times(s, v[c], scale);
}

static int32_t power(const space *s, int32_t a, cisup_index e) {
    int32_t value = 1;
    for (; e > 0; e--) value = times(s, value, a);
    return value;
}

/* Whether x^(k+1) + y^(k+1) + z^(k+1) = 0 over the field of k^2 elements. */
static int on_hermitian_curve(const space *s, const int32_t *v) {
    int32_t sum = 0;
    for (int c = 0; c < 3; c++) sum = plus(s, sum, power(s, v[c], s->design->k + 1));
    return sum == 0;
}

/* Whether x^2 + b x y + y^2 lies in the additive group {0..S-1}, where b makes the
 * form irreducible. */
static int in_denniston_arc(const space *s, const int32_t *v, int32_t b) {
    const int32_t mixed = times(s, b, times(s, v[0], v[1]));
    const int32_t squares = plus(s, times(s, v[0], v[0]), times(s, v[1], v[1]));
    return plus(s, squares, mixed) < s->design->S;
}

/* The smallest b for which x^2 + b x + 1 has no root. */
static int32_t irreducible_middle(const space *s) {
    for (int32_t b = 1; b < s->order; b++) {
        int roots = 0;
        for (int32_t x = 1; x < s->order && !roots; x++)
            roots = plus(s, plus(s, times(s, x, x), times(s, b, x)), 1) == 0;
        if (!roots) return b;
    }
    return 0;
}

/* Whether a vector is a point of the design. */
static int is_point(const space *s, const int32_t *v, int32_t middle) {
    if (s->affine) return in_denniston_arc(s, v, middle);
    int first = 0;
    while (first < s->size && !v[first]) first++;
    return first < s->size && v[first] == 1 && on_hermitian_curve(s, v);
}

static void number_points(space *s, cisup_index vectors) {
    const int32_t middle = s->affine ? irreducible_middle(s) : 0;
    int32_t found = 0, v[3];
    for (cisup_index code = 0; code < vectors; code++) {
        cisup_index rest = code;
        for (int c = s->size - 1; c >= 0; c--, rest /= s->order)
            v[c] = (int32_t)(rest % s->order);
        if (!is_point(s, v, middle)) continue;
        for (int c = 0; c < s->size; c++) s->point[found * s->size + c] = v[c];
        s->number[code] = ++found;
    }
}

static void space_free(space *s) {
    cisup_lines_free(&s->field);
    cisup_release(s->times);
    cisup_release(s->inverse);
    cisup_release(s->point);
    cisup_release(s->number);
}

static cisup_status space_init(space *s, const cisup_design *d, cisup_error *err) {
    *s = (space){.design = d};
    s->affine = d->family == CISUP_DESIGN_DENNISTON;
    s->size = s->affine ? 2 : 3;
    s->order = (int32_t)(s->affine ? d->k : d->k * d->k);
    cisup_index vectors = 1;
    for (int c = 0; c < s->size; c++) vectors *= s->order;
    cisup_status status;
    CISUP_TRY(cisup_lines_init(&s->field, s->order, s->order - 1, err));
    CISUP_TRY(
        cisup_new(&s->times, (cisup_index)s->order * s->order, sizeof *s->times, err));
    CISUP_TRY(cisup_new(&s->inverse, s->order, sizeof *s->inverse, err));
    CISUP_TRY(cisup_new(&s->point, d->points * s->size, sizeof *s->point, err));
    CISUP_TRY(cisup_new(&s->number, vectors, sizeof *s->number, err));
    for (int32_t a = 1; a < s->order; a++)
        for (int32_t b = 1; b < s->order; b++) {
            const int32_t ab = (int32_t)cisup_lines_point(&s->field, a, 0, b);
            s->times[(cisup_index)a * s->order + b] = ab;
            if (ab == 1) s->inverse[a] = b;
        }
    number_points(s, vectors);
done:
    return status;
}

/* --- blocks -------------------------------------------------------------------- */

/* Adds the point with these coordinates to the row, if it belongs to the design. */
static int add_point(const space *s, const int32_t *v, int32_t *row, int count) {
    const int32_t number = s->number[code_of(s, v)];
    if (number && count < s->design->S) row[count++] = number - 1;
    return count;
}

/* The points on the line through points i and j: j and i + l j for all l, or
 * i + l (j - i), where - is + for arcs. */
static void block_through(const space *s, int32_t i, int32_t j, int32_t *row) {
    const int32_t *a = s->point + i * s->size, *b = s->point + j * s->size;
    int32_t step[3], v[3];
    for (int c = 0; c < s->size; c++) step[c] = s->affine ? plus(s, b[c], a[c]) : b[c];
    int count = s->affine ? 0 : add_point(s, b, row, 0);
    for (int32_t scale = 0; scale < s->order; scale++) {
        for (int c = 0; c < s->size; c++) v[c] = plus(s, a[c], times(s, scale, step[c]));
        if (!s->affine) normalise(s, v);
        count = add_point(s, v, row, count);
    }
}

static void mark_pairs(const cisup_design *d, const int32_t *row, char *met) {
    for (cisup_index x = 0; x < d->S; x++)
        for (cisup_index y = 0; y < d->S; y++) met[row[x] * d->points + row[y]] = 1;
}

static cisup_status walk_pairs(const cisup_design *design, int32_t *row,
                               cisup_error *err) {
    space s;
    char *met = NULL;
    const cisup_index n = design->points, S = design->S;
    const cisup_index step = cisup_golden_step(design->blocks);
    cisup_index at = 0;
    cisup_status status;
    CISUP_TRY(space_init(&s, design, err));
    CISUP_TRY(cisup_new(&met, n * n, 1, err));
    for (cisup_index i = 0; i < n; i++)
        for (cisup_index j = i + 1; j < n; j++) {
            if (met[i * n + j]) continue;
            block_through(&s, (int32_t)i, (int32_t)j, row + at * S);
            mark_pairs(design, row + at * S, met);
            at = (at + step) % design->blocks;
        }
done:
    space_free(&s);
    cisup_release(met);
    return status;
}

cisup_status cisup_design_build(const cisup_design *design, int32_t *row,
                                cisup_error *err) {
    if (!cisup_design_is_geometry(design)) return walk_pairs(design, row, err);
    cisup_geometry g;
    const cisup_status status = cisup_design_geometry(design, 0, &g, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < g.lines; t++) cisup_geometry_row(&g, t, row + t * g.S);
    cisup_geometry_free(&g);
    return CISUP_OK;
}
