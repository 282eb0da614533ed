/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/plan_rows.h>

#include <cisup/core/designs.h>
#include <cisup/core/memory.h>
#include <cisup/core/numbers.h>
#include <cisup/core/packing_tables.h>
#include <cisup/core/pairs.h>
#include <cisup/core/triples.h>

#include <string.h>

static void emit_pairs(cisup_index n, cisup_plan_rows *out) {
    const cisup_index count = cisup_pairs_count(n);
    for (cisup_index t = 0; t < count && !cisup_plan_full(out); t++)
        cisup_pairs_row(n, t, cisup_plan_next(out));
}

static void emit_triples(cisup_index n, cisup_plan_rows *out) {
    const cisup_triples s = cisup_triples_of(n);
    for (cisup_index t = 0; t < s.count && !cisup_plan_full(out); t++)
        cisup_triples_row(&s, t, cisup_plan_next(out));
}

/* --- designs less the first points of one block -------------------------------- */

/* Rows without the removed points; name[x] is the new number of x, -1 if removed. */
static void copy_remaining(const int32_t *row, cisup_index blocks, const int32_t *name,
                           cisup_plan_rows *out) {
    for (cisup_index t = 0; t < blocks && !cisup_plan_full(out); t++) {
        int32_t *to = out->row + out->S * out->count;
        cisup_index k = 0;
        while (k < out->S && name[row[t * out->S + k]] >= 0) {
            to[k] = name[row[t * out->S + k]];
            k++;
        }
        out->count += k == out->S;
    }
}

static cisup_status emit_lines(const cisup_plan_node *node, cisup_plan_rows *out,
                               cisup_error *err) {
    const cisup_index less = node->design.points - node->points;
    cisup_geometry g;
    const cisup_status status = cisup_design_geometry(&node->design, less, &g, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < g.lines && !cisup_plan_full(out); t++)
        cisup_geometry_row(&g, t, cisup_plan_next(out));
    cisup_geometry_free(&g);
    return CISUP_OK;
}

static cisup_status emit_design(const cisup_plan_node *node, cisup_plan_rows *out,
                                cisup_error *err) {
    const cisup_design *d = &node->design;
    int32_t *row = NULL, *name = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&row, d->blocks * d->S, sizeof *row, err));
    CISUP_TRY(cisup_new(&name, d->points, sizeof *name, err));
    CISUP_TRY(cisup_design_build(d, row, err));
    for (cisup_index k = 0; k < d->points - node->points; k++) name[row[k]] = -1;
    int32_t next = 0;
    for (cisup_index x = 0; x < d->points; x++)
        if (name[x] == 0) name[x] = next++;
    copy_remaining(row, d->blocks, name, out);
done:
    cisup_release(row);
    cisup_release(name);
    return status;
}

/* --- cyclic packings ----------------------------------------------------------- */

typedef struct {
    cisup_cyclic_entry entry;
    int32_t *seen; /* [orbits*S] the least translate of each orbit found */
    cisup_index orbits, room;
} orbits;

static void sort_row(int32_t *row, cisup_index S) {
    for (cisup_index k = 1; k < S; k++) {
        const int32_t x = row[k];
        cisup_index j = k;
        for (; j > 0 && row[j - 1] > x; j--) row[j] = row[j - 1];
        row[j] = x;
    }
}

/* `to` = sorted (factor * from + shift) mod n. */
static void image(const orbits *o, const int32_t *from, cisup_index factor,
                  cisup_index shift, int32_t *to) {
    const cisup_index S = o->entry.S, n = o->entry.points;
    for (cisup_index k = 0; k < S; k++) to[k] = (int32_t)((from[k] * factor + shift) % n);
    sort_row(to, S);
}

/* Replaces a block by the least of its translates that hold 0; returns how many
 * translations fix it. */
static int least_translate(const orbits *o, int32_t *block) {
    const size_t bytes = (size_t)o->entry.S * sizeof *block;
    int32_t least[64], moved[64];
    int fixing = 0;
    memcpy(least, block, bytes);
    for (cisup_index k = 0; k < o->entry.S; k++) {
        image(o, block, 1, o->entry.points - block[k], moved);
        const int order = k ? memcmp(moved, least, bytes) : -1;
        fixing = order < 0 ? 1 : fixing + (order == 0);
        if (order < 0) memcpy(least, moved, bytes);
    }
    memcpy(block, least, bytes);
    return fixing;
}

static int is_known(const orbits *o, const int32_t *block) {
    const size_t bytes = (size_t)o->entry.S * sizeof *block;
    for (cisup_index k = 0; k < o->orbits; k++)
        if (memcmp(o->seen + k * o->entry.S, block, bytes) == 0) return 1;
    return 0;
}

/* Emits the translates of u^k B for all k whose orbit is new. */
static cisup_status emit_base(orbits *o, const int32_t *base, cisup_plan_rows *out,
                              cisup_error *err) {
    const cisup_index S = o->entry.S, n = o->entry.points;
    const cisup_index step = cisup_golden_step(n);
    cisup_index factor = 1;
    do {
        int32_t block[64];
        image(o, base, factor, 0, block);
        const int fixing = least_translate(o, block);
        factor = factor * o->entry.multiplier % n;
        if (is_known(o, block)) continue;
        const cisup_status status =
            cisup_grow(&o->seen, &o->room, (o->orbits + 1) * S, sizeof *o->seen, err);
        if (status != CISUP_OK) return status;
        memcpy(o->seen + o->orbits++ * S, block, (size_t)S * sizeof *block);
        /* A short orbit has period n / fixing. */
        for (cisup_index t = 0; t < n && !cisup_plan_full(out); t++) {
            const cisup_index shift = t * step % n;
            if (shift < n / fixing) image(o, block, 1, shift, cisup_plan_next(out));
        }
    } while (factor != 1);
    return CISUP_OK;
}

static cisup_status emit_cyclic(const cisup_plan_node *node, cisup_plan_rows *out,
                                cisup_error *err) {
    orbits o = {0};
    cisup_status status = CISUP_OK;
    if (!cisup_cyclic_entry_at(node->entry, &o.entry) || o.entry.S > 64)
        return CISUP_FAIL(err, CISUP_EINVAL, "no cyclic packing %d", node->entry);
    const char *text = o.entry.bases;
    while (*text && status == CISUP_OK) {
        int32_t base[64];
        for (cisup_index k = 0; k < o.entry.S; k++)
            base[k] = (int32_t)cisup_line_number(&text);
        while (*text == ' ' || *text == '/') text++;
        status = emit_base(&o, base, out, err);
    }
    cisup_release(o.seen);
    return status;
}

cisup_status cisup_plan_leaf(const cisup_plan_node *node, cisup_plan_rows *out,
                             cisup_error *err) {
    switch (node->kind) {
    case CISUP_PLAN_PAIRS:
        emit_pairs(node->points, out);
        return CISUP_OK;
    case CISUP_PLAN_TRIPLES:
        emit_triples(node->points, out);
        return CISUP_OK;
    case CISUP_PLAN_DESIGN:
        return cisup_design_is_geometry(&node->design) ? emit_lines(node, out, err)
                                                       : emit_design(node, out, err);
    case CISUP_PLAN_CYCLIC:
        return emit_cyclic(node, out, err);
    default:
        return CISUP_OK; /* no block */
    }
}
