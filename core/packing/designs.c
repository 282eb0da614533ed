/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The blocks of a space are its lines (core/computed/geometry.h). Unitals and arcs are
 * sets of points in a plane, and their blocks the lines that meet them in S points: for
 * an arc every parallel class of the plane is one of the design. */
#include <cisup/core/packing/designs.h>

#include <cisup/core/computed/lines.h>
#include <cisup/core/memory.h>

static const cisup_index most_points = 4096;  /* of an arc */
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
        if (points > most_points) return;
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

/* --- unitals and arcs ---------------------------------------------------------- */

/* The plane and which of its points belong to the design. */
typedef struct {
    const cisup_design *design;
    cisup_geometry plane;
    int32_t *name; /* [points of the plane]: number in the design; -1 for others */
} point_set;

static cisup_index times(const point_set *s, cisup_index a, cisup_index b) {
    return cisup_lines_point(&s->plane.field, a, 0, b);
}

static cisup_index plus(const point_set *s, cisup_index a, cisup_index b) {
    return cisup_lines_point(&s->plane.field, 1, a, b); /* x_1 = 1 */
}

static cisup_index power(const point_set *s, cisup_index a, cisup_index e) {
    cisup_index value = 1;
    for (; e > 0; e--) value = times(s, value, a);
    return value;
}

/* Whether x^(k+1) + y^(k+1) + z^(k+1) = 0 over the field of k^2 elements. Points are
 * (1,y,z), then (0,1,z), then (0,0,1), whose sum is 1. */
static bool on_hermitian_curve(const point_set *s, cisup_index point) {
    const cisup_index q = s->plane.q, e = s->design->k + 1;
    if (point == q * q + q) return false;
    const cisup_index last = plus(s, 1, power(s, point % q, e));
    return plus(s, last, point < q * q ? power(s, point / q, e) : 0) == 0;
}

/* Whether x^2 + b x y + y^2 lies in the additive group {0..S-1}, where b makes the form
 * irreducible. */
static bool in_denniston_arc(const point_set *s, cisup_index point, cisup_index b) {
    const cisup_index x = point / s->plane.q, y = point % s->plane.q;
    const cisup_index squares = plus(s, times(s, x, x), times(s, y, y));
    return plus(s, squares, times(s, b, times(s, x, y))) < s->design->S;
}

/* The smallest b for which x^2 + b x + 1 has no root. */
static cisup_index irreducible_middle(const point_set *s) {
    for (cisup_index b = 1; b < s->plane.q; b++) {
        bool has_root = false;
        for (cisup_index x = 1; x < s->plane.q && !has_root; x++)
            has_root = plus(s, plus(s, times(s, x, x), times(s, b, x)), 1) == 0;
        if (!has_root) return b;
    }
    return 0;
}

static void name_points(point_set *s) {
    const bool arc = s->design->family == CISUP_DESIGN_DENNISTON;
    const cisup_index middle = arc ? irreducible_middle(s) : 0;
    int32_t next = 0;
    for (cisup_index p = 0; p < s->plane.points; p++) {
        const bool belongs =
            arc ? in_denniston_arc(s, p, middle) : on_hermitian_curve(s, p);
        s->name[p] = belongs ? next++ : -1;
    }
}

/* The lines that meet the set in S points; the others meet it in one or none. */
static void put_blocks(const point_set *s, int32_t *line, int32_t *row) {
    const cisup_index S = s->design->S;
    cisup_index blocks = 0;
    for (cisup_index t = 0; t < s->plane.lines && blocks < s->design->blocks; t++) {
        cisup_index count = 0;
        cisup_geometry_row(&s->plane, t, line);
        for (cisup_index k = 0; k < s->plane.S && count < S; k++) {
            const int32_t name = s->name[line[k]];
            if (name >= 0) row[blocks * S + count++] = name;
        }
        blocks += count == S;
    }
}

static cisup_status build_in_plane(const cisup_design *d, int32_t *row,
                                   cisup_error *err) {
    const bool arc = d->family == CISUP_DESIGN_DENNISTON;
    point_set s = {.design = d};
    int32_t *line = NULL;
    cisup_status status;
    CISUP_TRY(cisup_geometry_init(&s.plane, arc ? CISUP_AFFINE : CISUP_PROJECTIVE, 2,
                                  arc ? d->k : d->k * d->k, 0, err));
    CISUP_TRY(cisup_new(&s.name, s.plane.points, sizeof *s.name, err));
    CISUP_TRY(cisup_new(&line, s.plane.S, sizeof *line, err));
    name_points(&s);
    put_blocks(&s, line, row);
done:
    cisup_geometry_free(&s.plane);
    cisup_release(s.name);
    cisup_release(line);
    return status;
}

cisup_status cisup_design_build(const cisup_design *design, int32_t *row,
                                cisup_error *err) {
    if (!cisup_design_is_geometry(design)) return build_in_plane(design, row, err);
    cisup_geometry g;
    const cisup_status status = cisup_design_geometry(design, 0, &g, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < g.lines; t++) cisup_geometry_row(&g, t, row + t * g.S);
    cisup_geometry_free(&g);
    return CISUP_OK;
}

/* --- conics -------------------------------------------------------------------- */

cisup_index cisup_design_most_apart(const cisup_design *design) {
    const bool is_plane = cisup_design_is_geometry(design) && design->dimension == 2;
    return is_plane ? design->S : 2;
}

cisup_status cisup_design_points_apart(const cisup_design *design, cisup_index e,
                                       int32_t *point, cisup_error *err) {
    cisup_geometry g;
    cisup_index count = 0;
    const cisup_status status = cisup_design_geometry(design, 0, &g, err);
    if (status != CISUP_OK) return status;
    if (g.kind == CISUP_PROJECTIVE && e > 0) point[count++] = (int32_t)(g.points - 1);
    for (cisup_index t = 0; count < e; t++)
        point[count++] = (int32_t)(t * g.q + cisup_lines_point(&g.field, t, 0, t));
    cisup_geometry_free(&g);
    return CISUP_OK;
}
