/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/plan_rows.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/computed/lines.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/packing_tables.h>

cisup_index cisup_plan_group_size(const cisup_plan_node *node, cisup_index g) {
    const int reduced =
        node->reduced_last ? g >= node->groups - node->reduced : g < node->reduced;
    return reduced ? node->reduced_size : node->size;
}

cisup_index cisup_plan_group_start(const cisup_plan_node *node, cisup_index g) {
    const cisup_index before = node->reduced_last ? node->groups - node->reduced : 0;
    cisup_index smaller = g - before;
    if (smaller < 0) smaller = 0;
    if (smaller > node->reduced) smaller = node->reduced;
    return g * node->size - smaller * (node->size - node->reduced_size);
}

/* --- transversal designs ------------------------------------------------------- */

/* TD(groups, q): block (a, b) has a + x_i b in group i; the group `slope_group`, if
 * any, has b. Without it the blocks of each b are a parallel class. */
typedef struct {
    cisup_lines ring;
    cisup_index groups, slope_group; /* slope_group -1 for none */
    int32_t *sum;                    /* [q] */
} transversal;

static void transversal_free(transversal *t) {
    cisup_lines_free(&t->ring);
    cisup_release(t->sum);
}

static cisup_status transversal_init(transversal *t, cisup_index q, cisup_index groups,
                                     cisup_index slope_group, cisup_error *err) {
    *t = (transversal){.groups = groups, .slope_group = -1};
    if (cisup_lines_capacity(q) < groups) t->slope_group = slope_group;
    cisup_status status;
    CISUP_TRY(cisup_lines_init(&t->ring, q, groups - 1 - (t->slope_group >= 0), err));
    CISUP_TRY(cisup_new(&t->sum, q, sizeof *t->sum, err));
done:
    if (status != CISUP_OK) transversal_free(t);
    return status;
}

/* Which x belongs to group g. */
static cisup_index coordinate(const transversal *t, cisup_index g) {
    return g - (t->slope_group >= 0 && g > t->slope_group);
}

/* The q blocks of slope b: block[a*groups + g] is the point of group g. */
static void transversal_class(transversal *t, cisup_index b, int32_t *block) {
    const cisup_index q = t->ring.q;
    for (cisup_index g = 0; g < t->groups; g++) {
        if (g == t->slope_group) {
            for (cisup_index a = 0; a < q; a++) block[a * t->groups + g] = (int32_t)b;
            continue;
        }
        const cisup_index shift = cisup_lines_point(&t->ring, coordinate(t, g), 0, b);
        cisup_lines_translate(&t->ring, shift, t->sum);
        for (cisup_index a = 0; a < q; a++) block[a * t->groups + g] = t->sum[a];
    }
}

/* All blocks of TD(groups, q): *block is [q*q*groups], to be released. */
static cisup_status transversal_blocks(cisup_index q, cisup_index groups, int32_t **block,
                                       cisup_error *err) {
    transversal t;
    *block = NULL;
    cisup_status status;
    CISUP_TRY(transversal_init(&t, q, groups, groups - 1, err));
    status = cisup_new(block, q * q * groups, sizeof **block, err);
    for (cisup_index b = 0; b < q && status == CISUP_OK; b++)
        transversal_class(&t, b, *block + b * q * groups);
    transversal_free(&t);
done:
    return status;
}

/* --- points of a node's groups ------------------------------------------------- */

/* name[g*q + y]: the point y of group g, -1 if it was deleted. */
static void name_points(const cisup_plan_node *node, int32_t *name) {
    for (cisup_index g = 0; g < node->groups; g++) {
        const cisup_index start = cisup_plan_group_start(node, g);
        const cisup_index size = cisup_plan_group_size(node, g);
        for (cisup_index y = 0; y < node->q; y++)
            name[g * node->q + y] = y < size ? (int32_t)(start + y) : -1;
    }
}

/* When several groups lost one point each, it is (x_i, x_i^2): a block has at most two
 * of them, the roots of x^2 - b x - a. The last point takes the number. */
static void move_deleted(const cisup_plan_node *node, const transversal *t,
                         int32_t *name) {
    if (node->reduced < 2) return;
    const cisup_index q = node->q;
    const cisup_index one = cisup_lines_one(&t->ring);
    for (cisup_index g = 0; g < node->groups; g++) {
        if (cisup_plan_group_size(node, g) == q) continue;
        const cisup_index i = coordinate(t, g);
        const cisup_index x = cisup_lines_point(&t->ring, i, 0, one);
        const cisup_index square = cisup_lines_point(&t->ring, i, 0, x);
        name[g * q + q - 1] = name[g * q + square];
        name[g * q + square] = -1;
    }
}

/* Puts a block given by its point in each group, unless one of them was deleted. */
static void put(const cisup_plan_node *node, const int32_t *name, const int32_t *block,
                cisup_plan_rows *out) {
    if (cisup_plan_full(out)) return;
    int32_t *row = out->row + out->S * out->count;
    int32_t whole = 0;
    for (cisup_index g = 0; g < node->S; g++) {
        row[g] = name[g * node->q + block[g]];
        whole |= row[g]; /* negative once one is */
    }
    out->count += whole >= 0;
}

static cisup_status across_ring(const cisup_plan_node *node, int32_t *name,
                                cisup_plan_rows *out, cisup_error *err) {
    const cisup_index q = node->q, S = node->S, step = cisup_golden_step(q);
    transversal t;
    int32_t *block = NULL;
    cisup_status status;
    CISUP_TRY(transversal_init(&t, q, S, node->reduced_last ? 0 : S - 1, err));
    status = cisup_new(&block, q * S, sizeof *block, err);
    if (status == CISUP_OK) move_deleted(node, &t, name);
    for (cisup_index k = 0; k < q && status == CISUP_OK && !cisup_plan_full(out); k++) {
        transversal_class(&t, k * step % q, block);
        for (cisup_index a = 0; a < q; a++) put(node, name, block + a * S, out);
    }
    cisup_release(block);
    transversal_free(&t);
done:
    return status;
}

/* --- incomplete transversal designs -------------------------------------------- */

static cisup_index primitive_root(cisup_index p) {
    for (cisup_index g = 2;; g++) {
        cisup_index value = g, order = 1;
        for (; value != 1; order++) value = value * g % p;
        if (order == p - 1) return g;
    }
}

/* The p blocks of one column: group g has a[(g - turn) mod (m+2)] * factor + shift; where
 * the position is that of the gap it has the further point p + j. */
static void put_column(const cisup_plan_node *node, const cisup_vmt_entry *v,
                       const cisup_index column[3], const int32_t *name,
                       cisup_plan_rows *out) {
    const cisup_index p = v->m * v->t + 1;
    const cisup_index turn = column[0], factor = column[1], j = column[2];
    for (cisup_index shift = 0; shift < p; shift++) {
        int32_t block[40];
        for (cisup_index g = 0; g < node->S; g++) {
            const cisup_index at = (g - turn + v->m + 2) % (v->m + 2);
            block[g] = (int32_t)(at ? (v->a[at - 1] * factor + shift) % p : p + j);
        }
        put(node, name, block, out);
    }
}

/* What fills the hole: the blocks of TD(S, inner) on the further points. */
static cisup_status put_inner(const cisup_plan_node *node, cisup_index p, cisup_index t,
                              const int32_t *name, cisup_plan_rows *out,
                              cisup_error *err) {
    while (t > 1 && cisup_lines_capacity(t) < node->S - 1) t--;
    int32_t *block;
    cisup_status status = transversal_blocks(t, node->S, &block, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < t * t * node->S; k++) block[k] += (int32_t)p;
    for (cisup_index k = 0; k < t * t; k++) put(node, name, block + k * node->S, out);
    cisup_release(block);
    return CISUP_OK;
}

static cisup_status across_vector(const cisup_plan_node *node, const int32_t *name,
                                  cisup_plan_rows *out, cisup_error *err) {
    cisup_vmt_entry v;
    if (!cisup_vmt_entry_at(node->entry, &v))
        return CISUP_FAIL(err, CISUP_EINVAL, "no V(m,t) vector %d", node->entry);
    const cisup_index p = v.m * v.t + 1, root = primitive_root(p);
    cisup_index column[3] = {0, 1, 0}, ratio = 1;
    for (cisup_index k = 0; k < v.m; k++) ratio = ratio * root % p;
    const cisup_vmt_entry zero = {.m = v.m, .t = v.t};
    column[0] = node->S; /* the gap beyond all groups, or at group 0 */
    if (node->S == v.m + 2) {
        for (cisup_index shift = 0; shift < p; shift++) {
            int32_t block[40];
            for (cisup_index g = 0; g < node->S; g++) block[g] = (int32_t)shift;
            put(node, name, block, out);
        }
    } else {
        put_column(node, &zero, column, name, out);
    }
    for (cisup_index j = 0; j < v.t; j++, column[1] = column[1] * ratio % p)
        for (column[0] = 0; column[0] < v.m + 2; column[0]++) {
            column[2] = j;
            put_column(node, &v, column, name, out);
        }
    return put_inner(node, p, v.t, name, out, err);
}

/* --- blown-up designs ---------------------------------------------------------- */

/* AG(2,S) less point 0: the S+1 lines through it are groups of S-1 points. Writes the
 * S^2-1 other lines as g*(S-1) + w for point w of group g. */
static cisup_status punctured_plane(cisup_index S, int32_t **line, cisup_error *err) {
    const cisup_design plane = {CISUP_DESIGN_AFFINE, 2, S, S, S * S, S * S + S};
    int32_t *name = NULL;
    cisup_index groups = 0, lines = 0;
    cisup_status status;
    *line = NULL;
    CISUP_TRY(cisup_new(line, plane.blocks * S, sizeof **line, err));
    CISUP_TRY(cisup_new(&name, S * S, sizeof *name, err));
    CISUP_TRY(cisup_design_build(&plane, *line, err));
    for (cisup_index t = 0; t < plane.blocks; t++) {
        const int32_t *row = *line + t * S;
        cisup_index zero = 0, w = 0;
        while (zero < S && row[zero] != 0) zero++;
        if (zero == S) continue;
        for (cisup_index k = 0; k < S; k++)
            if (k != zero) name[row[k]] = (int32_t)(groups * (S - 1) + w++);
        groups++;
    }
    for (cisup_index t = 0; t < plane.blocks; t++) {
        const int32_t *row = *line + t * S;
        int through = 0;
        for (cisup_index k = 0; k < S; k++) through |= row[k] == 0;
        if (through) continue;
        for (cisup_index k = 0; k < S; k++) (*line)[lines * S + k] = name[row[k]];
        lines++;
    }
done:
    cisup_release(name);
    return status;
}

/* The blocks over one block of TD(S+1, t); part holds points g*(S-1) + w. */
static void put_blown(const cisup_plan_node *node, const int32_t *block,
                      const int32_t *part, cisup_index parts, cisup_plan_rows *out) {
    const cisup_index S = node->S, weight = S - 1;
    const int moved =
        node->reduced && !node->reduced_last; /* the cut group comes first */
    for (cisup_index k = 0; k < parts && !cisup_plan_full(out); k++) {
        int32_t *row = cisup_plan_next(out);
        for (cisup_index x = 0; x < S; x++) {
            const cisup_index g = part[k * S + x] / weight, w = part[k * S + x] % weight;
            const cisup_index group = !moved ? g : g == S ? 0 : g + 1;
            row[x] =
                (int32_t)(cisup_plan_group_start(node, group) + block[g] * weight + w);
        }
    }
}

static cisup_status across_blowup(const cisup_plan_node *node, cisup_plan_rows *out,
                                  cisup_error *err) {
    const cisup_index S = node->S, t = node->q;
    const cisup_index u = node->groups == S ? 0
                          : node->reduced   ? node->reduced_size / (S - 1)
                                            : t;
    transversal design = {0};
    int32_t *block = NULL, *line = NULL, *small = NULL;
    cisup_status status;
    CISUP_TRY(transversal_init(&design, t, S + 1, S, err));
    CISUP_TRY(cisup_new(&block, t * (S + 1), sizeof *block, err));
    CISUP_TRY(punctured_plane(S, &line, err));
    CISUP_TRY(transversal_blocks(S - 1, S, &small, err));
    for (cisup_index k = 0; k < (S - 1) * (S - 1) * S; k++)
        small[k] += (int32_t)(k % S * (S - 1));
    for (cisup_index b = 0; b < t && !cisup_plan_full(out); b++) {
        transversal_class(&design, b, block);
        for (cisup_index a = 0; a < t; a++) {
            const int32_t *points = block + a * (S + 1);
            if (points[S] < u)
                put_blown(node, points, line, S * S - 1, out);
            else
                put_blown(node, points, small, (S - 1) * (S - 1), out);
        }
    }
done:
    transversal_free(&design);
    cisup_release(block);
    cisup_release(line);
    cisup_release(small);
    return status;
}

/* --- products ------------------------------------------------------------------ */

static cisup_status across_product(const cisup_plan_node *node, cisup_plan_rows *out,
                                   cisup_error *err) {
    const cisup_design *d = &node->design;
    const cisup_index S = node->S, m = node->q;
    int32_t *line = NULL, *block = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&line, d->blocks * S, sizeof *line, err));
    CISUP_TRY(cisup_design_build(d, line, err));
    CISUP_TRY(transversal_blocks(m, S, &block, err));
    for (cisup_index k = 0; k < m * m; k++)
        for (cisup_index t = 0; t < d->blocks && !cisup_plan_full(out); t++) {
            int32_t *row = cisup_plan_next(out);
            for (cisup_index x = 0; x < S; x++)
                row[x] = (int32_t)(line[t * S + x] * m + block[k * S + x]);
        }
done:
    cisup_release(line);
    cisup_release(block);
    return status;
}

cisup_status cisup_plan_across(const cisup_plan_node *node, cisup_plan_rows *out,
                               cisup_error *err) {
    if (node->kind == CISUP_PLAN_BLOWUP) return across_blowup(node, out, err);
    if (node->kind == CISUP_PLAN_PRODUCT) return across_product(node, out, err);
    int32_t *name;
    cisup_status status = cisup_new(&name, node->groups * node->q, sizeof *name, err);
    if (status != CISUP_OK) return status;
    name_points(node, name);
    status = node->kind == CISUP_PLAN_TRANSVERSAL ? across_ring(node, name, out, err)
                                                  : across_vector(node, name, out, err);
    cisup_release(name);
    return status;
}
