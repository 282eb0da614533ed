/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/plan_rows.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/computed/pairs.h>
#include <cisup/core/computed/triples.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/packing_tables.h>

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

/* --- blocks left when points are removed --------------------------------------- */

/* Rows without the e points `gone`; the others move up. points: of the whole. */
static cisup_status copy_remaining(const cisup_plan_rows *whole, cisup_index points,
                                   const int32_t *gone, cisup_index e,
                                   cisup_plan_rows *out, cisup_error *err) {
    int32_t *name;
    const cisup_status status = cisup_new(&name, points, sizeof *name, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < e; k++) name[gone[k]] = -1;
    int32_t next = 0;
    for (cisup_index x = 0; x < points; x++)
        if (name[x] == 0) name[x] = next++;
    for (cisup_index t = 0; t < whole->count && !cisup_plan_full(out); t++) {
        const int32_t *row = whole->row + t * out->S;
        int32_t *to = out->row + out->S * out->count;
        cisup_index k = 0;
        for (; k < out->S && name[row[k]] >= 0; k++) to[k] = name[row[k]];
        out->count += k == out->S;
    }
    cisup_release(name);
    return CISUP_OK;
}

/* The lines of a space, less points of one of them. */
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

/* Points of one block go, or points of which no three are on a block. */
static cisup_status emit_design(const cisup_plan_node *node, cisup_plan_rows *out,
                                cisup_error *err) {
    const cisup_design *d = &node->design;
    const cisup_index e = d->points - node->points;
    cisup_plan_rows whole = {.S = d->S, .count = d->blocks, .most = d->blocks};
    int32_t *apart = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&whole.row, d->blocks * d->S, sizeof *whole.row, err));
    CISUP_TRY(cisup_design_build(d, whole.row, err));
    const int32_t *gone = whole.row;
    if (node->apart) {
        CISUP_TRY(cisup_new(&apart, e, sizeof *apart, err));
        CISUP_TRY(cisup_design_points_apart(d, e, apart, err));
        gone = apart;
    }
    CISUP_TRY(copy_remaining(&whole, d->points, gone, e, out, err));
done:
    cisup_release(whole.row);
    cisup_release(apart);
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

static cisup_status emit_orbits(const cisup_cyclic_entry *entry, cisup_plan_rows *out,
                                cisup_error *err) {
    orbits o = {.entry = *entry};
    cisup_status status = CISUP_OK;
    const char *text = entry->bases;
    while (*text && status == CISUP_OK) {
        int32_t base[64];
        for (cisup_index k = 0; k < entry->S; k++)
            base[k] = (int32_t)cisup_line_number(&text);
        while (*text == ' ' || *text == '/') text++;
        status = emit_base(&o, base, out, err);
    }
    cisup_release(o.seen);
    return status;
}

/* All blocks, or those without the first points of one of them. */
static cisup_status emit_cyclic(const cisup_plan_node *node, cisup_plan_rows *out,
                                cisup_error *err) {
    cisup_cyclic_entry entry;
    if (!cisup_cyclic_entry_at(node->entry, &entry) || entry.S > 64)
        return CISUP_FAIL(err, CISUP_EINVAL, "no cyclic packing %d", node->entry);
    if (node->points == entry.points) return emit_orbits(&entry, out, err);
    cisup_plan_rows whole = {.S = entry.S, .most = entry.blocks};
    cisup_status status;
    CISUP_TRY(cisup_new(&whole.row, whole.most * whole.S, sizeof *whole.row, err));
    CISUP_TRY(emit_orbits(&entry, &whole, err));
    CISUP_TRY(copy_remaining(&whole, entry.points, whole.row, entry.points - node->points,
                             out, err));
done:
    cisup_release(whole.row);
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
        return cisup_design_is_geometry(&node->design) && !node->apart
                   ? emit_lines(node, out, err)
                   : emit_design(node, out, err);
    case CISUP_PLAN_CYCLIC:
        return emit_cyclic(node, out, err);
    default:
        return CISUP_OK; /* no block */
    }
}
