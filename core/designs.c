/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every design here is determined by the block through two points. The blocks are
 * found by walking the pairs and skipping those covered already. */
#include <cisup/core/designs.h>

#include <cisup/core/galois.h>
#include <cisup/core/memory.h>
#include <cisup/core/plan_rows.h>

static const cisup_index most_points = 4096;
static const cisup_index largest_order = 512; /* of a plane that holds a design */

static cisup_index prime_power(cisup_index k) {
    return k > 1 && cisup_ring_capacity(k) == k;
}

static int append(cisup_design *list, int count, int most, cisup_design d) {
    if (count >= most || d.points > most_points || d.k > largest_order) return count;
    d.blocks = d.points * (d.points - 1) / (d.S * (d.S - 1));
    list[count] = d;
    return count + 1;
}

/* S = 2^m: maximal arcs of degree S in the planes of order 2^s > S. */
static int append_denniston(cisup_index S, cisup_design *list, int count, int most) {
    if (S < 4 || (S & (S - 1)) != 0) return count;
    for (cisup_index k = 2 * S; k <= largest_order; k *= 2)
        count = append(list, count, most,
                       (cisup_design){CISUP_DESIGN_DENNISTON, S, k, S * k - k + S, 0});
    return count;
}

int cisup_designs_list(cisup_index S, cisup_design *list, int most) {
    int count = 0;
    const cisup_index k = S - 1;
    if (S < 3 || S > 64) return 0;
    if (prime_power(k)) {
        const cisup_index plane = k * k + k + 1;
        const cisup_design d[] = {
            {CISUP_DESIGN_PROJECTIVE_PLANE, S, k, plane, 0},
            {CISUP_DESIGN_PROJECTIVE_SPACE, S, k, plane + k * k * k, 0},
            {CISUP_DESIGN_UNITAL, S, k, k * k * k + 1, 0},
        };
        for (int j = 0; j < (k <= 11 ? 3 : 2); j++)
            count = append(list, count, most, d[j]);
    }
    if (prime_power(S)) {
        const cisup_design d[] = {
            {CISUP_DESIGN_AFFINE_PLANE, S, S, S * S, 0},
            {CISUP_DESIGN_AFFINE_SPACE, S, S, S * S * S, 0},
        };
        for (int j = 0; j < 2; j++) count = append(list, count, most, d[j]);
    }
    return append_denniston(S, list, count, most);
}

/* --- the field and the points -------------------------------------------------- */

/* Points as vectors of `size` coordinates over the field of `order` elements.
 * Projective ones are scaled so that their first nonzero coordinate is 1. */
typedef struct {
    const cisup_design *design;
    cisup_ring field; /* with all its products */
    int size;         /* coordinates of a point */
    int affine;
    int32_t order;    /* of the field */
    int32_t *inverse; /* [order] */
    int32_t *point;   /* [points*size] */
    int32_t *number;  /* [order^size] of a vector, + 1; 0 for other vectors */
} space;

static int32_t times(const space *s, int32_t a, int32_t b) {
    return s->field.times[(cisup_index)a * s->order + b];
}

static int32_t plus(const space *s, int32_t a, int32_t b) {
    return cisup_ring_add(&s->field, a, b);
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
    if (s->affine)
        return s->design->family != CISUP_DESIGN_DENNISTON ||
               in_denniston_arc(s, v, middle);
    int first = 0;
    while (first < s->size && !v[first]) first++;
    if (first == s->size || v[first] != 1) return 0;
    return s->design->family != CISUP_DESIGN_UNITAL || on_hermitian_curve(s, v);
}

static void number_points(space *s, cisup_index vectors) {
    const int arc = s->design->family == CISUP_DESIGN_DENNISTON;
    const int32_t middle = arc ? irreducible_middle(s) : 0;
    int32_t found = 0, v[4];
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
    cisup_ring_free(&s->field);
    cisup_release(s->inverse);
    cisup_release(s->point);
    cisup_release(s->number);
}

static cisup_status space_init(space *s, const cisup_design *d, cisup_error *err) {
    const int is_space = d->family == CISUP_DESIGN_PROJECTIVE_SPACE ||
                         d->family == CISUP_DESIGN_AFFINE_SPACE;
    *s = (space){.design = d};
    s->affine = d->family == CISUP_DESIGN_AFFINE_PLANE ||
                d->family == CISUP_DESIGN_AFFINE_SPACE ||
                d->family == CISUP_DESIGN_DENNISTON;
    s->size = 3 - s->affine + is_space;
    s->order = (int32_t)(d->family == CISUP_DESIGN_UNITAL ? d->k * d->k : d->k);
    cisup_index vectors = 1;
    for (int c = 0; c < s->size; c++) vectors *= s->order;
    cisup_status status;
    CISUP_TRY(cisup_ring_init(&s->field, s->order, s->order, err));
    CISUP_TRY(cisup_new(&s->inverse, s->order, sizeof *s->inverse, err));
    CISUP_TRY(cisup_new(&s->point, d->points * s->size, sizeof *s->point, err));
    CISUP_TRY(cisup_new(&s->number, vectors, sizeof *s->number, err));
    for (int32_t a = 1; a < s->order; a++)
        for (int32_t b = 1; b < s->order; b++)
            if (times(s, a, b) == 1) s->inverse[a] = b;
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
 * i + l (j - i). */
static void block_through(const space *s, int32_t i, int32_t j, int32_t *row) {
    const int32_t *a = s->point + i * s->size, *b = s->point + j * s->size;
    const int32_t minus_1 = s->order % 2 ? s->field.radix[0] - 1 : 1;
    int32_t step[4], v[4];
    for (int c = 0; c < s->size; c++)
        step[c] = s->affine ? plus(s, b[c], times(s, minus_1, a[c])) : b[c];
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

cisup_status cisup_design_build(const cisup_design *design, int32_t *row,
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

/* --- conics -------------------------------------------------------------------- */

static int is_plane(const cisup_design *d) {
    return d->family == CISUP_DESIGN_PROJECTIVE_PLANE ||
           d->family == CISUP_DESIGN_AFFINE_PLANE;
}

cisup_index cisup_design_most_apart(const cisup_design *design) {
    return is_plane(design) ? design->S : 2;
}

cisup_status cisup_design_points_apart(const cisup_design *design, cisup_index e,
                                       int32_t *point, cisup_error *err) {
    space s;
    cisup_index count = 0;
    cisup_status status;
    CISUP_TRY(space_init(&s, design, err));
    const int32_t last[3] = {0, 0, 1};
    if (!s.affine && e > 0) point[count++] = s.number[code_of(&s, last)] - 1;
    for (int32_t t = 0; count < e; t++) {
        const int32_t v[3] = {1, t, times(&s, t, t)};
        point[count++] = s.number[code_of(&s, v + s.affine)] - 1;
    }
done:
    space_free(&s);
    return status;
}
