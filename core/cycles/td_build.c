/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/td.h>

#include <cisup/core/computed/lines.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/packing_tables.h>

/* Blocks written one after the other. */
typedef struct {
    cisup_index groups;
    int32_t *row; /* the next */
} writer;

static cisup_status ring_rows(cisup_index q, writer w, cisup_error *err) {
    const cisup_index inside = cisup_lines_capacity(q);
    const cisup_index slopes = w.groups > inside; /* the last group has the slope */
    cisup_lines lines;
    const cisup_status status = cisup_lines_init(&lines, q, w.groups - slopes - 1, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < q * q; t++, w.row += w.groups) {
        for (cisup_index i = 0; i < w.groups - slopes; i++)
            w.row[i] = (int32_t)cisup_lines_point(&lines, i, t % q, t / q);
        if (slopes) w.row[w.groups - 1] = (int32_t)(t / q);
    }
    cisup_lines_free(&lines);
    return CISUP_OK;
}

/* A design of its own, to be released. */
static cisup_status part_of(const cisup_td_table *table, int extra, cisup_index n,
                            int32_t **row, cisup_index *blocks, cisup_error *err) {
    *blocks = cisup_td_find(table, extra, n).blocks;
    cisup_status status;
    CISUP_TRY(cisup_new(row, *blocks * (table->groups + extra), sizeof **row, err));
    CISUP_TRY(cisup_td_build(table, extra, n, *row, err));
done:
    return status;
}

static cisup_status product_rows(const cisup_td_table *table, int extra,
                                 const cisup_td_recipe *r, writer w, cisup_error *err) {
    int32_t *x = NULL, *y = NULL;
    cisup_index blocks_x, blocks_y;
    cisup_status status;
    CISUP_TRY(part_of(table, extra, r->first, &x, &blocks_x, err));
    CISUP_TRY(part_of(table, extra, r->second, &y, &blocks_y, err));
    for (cisup_index i = 0; i < blocks_x; i++)
        for (cisup_index j = 0; j < blocks_y; j++, w.row += w.groups)
            for (cisup_index g = 0; g < w.groups; g++)
                w.row[g] = x[i * w.groups + g] * (int32_t)r->second + y[j * w.groups + g];
done:
    cisup_release(x);
    cisup_release(y);
    return status;
}

/* Blocks on the last points of all groups. */
static cisup_status hole_rows(const cisup_td_table *table, int extra, cisup_index n,
                              cisup_index before, writer w, cisup_error *err) {
    if (n == 0) return CISUP_OK;
    const cisup_index slots = cisup_td_find(table, extra, n).blocks * w.groups;
    const cisup_status status = cisup_td_build(table, extra, n, w.row, err);
    for (cisup_index k = 0; k < slots && status == CISUP_OK; k++)
        w.row[k] += (int32_t)before;
    return status;
}

/* Renames points so that the first block is the last point m of every group. */
static void last_block_first(int32_t *row, cisup_index blocks, cisup_index groups,
                             int32_t m) {
    for (cisup_index g = 0; g < groups; g++) {
        const int32_t from = row[g];
        for (cisup_index r = 0; r < blocks; r++) {
            int32_t *point = &row[r * groups + g];
            *point = *point == from ? m : *point == m ? from : *point;
        }
    }
}

/* Each block of TD(k+1, t), by its point z in the last group: m z < u + m ... points x of
 * the others have become x m .. x m + m - 1, and z is the point t m + z of all groups. */
static cisup_status wilson_rows(const cisup_td_table *table, int extra, cisup_index n,
                                const cisup_td_recipe *r, writer w, cisup_error *err) {
    const cisup_index m = r->first, t = r->second, u = n - m * t, k = w.groups;
    int32_t *outer = NULL, *without = NULL, *with = NULL;
    cisup_index lines, blocks, larger;
    cisup_status status;
    CISUP_TRY(part_of(table, extra + 1, t, &outer, &lines, err));
    CISUP_TRY(part_of(table, extra, m, &without, &blocks, err));
    CISUP_TRY(part_of(table, extra, m + 1, &with, &larger, err));
    last_block_first(with, larger, k, (int32_t)m);
    for (cisup_index l = 0; l < lines; l++) {
        const int32_t *x = outer + l * (k + 1);
        const bool has_point = x[k] < u;
        const int32_t *inner = has_point ? with + k : without; /* less the first block */
        const cisup_index count = has_point ? larger - 1 : blocks;
        for (cisup_index b = 0; b < count; b++, inner += k, w.row += k)
            for (cisup_index g = 0; g < k; g++)
                w.row[g] =
                    inner[g] < m ? x[g] * (int32_t)m + inner[g] : (int32_t)(t * m) + x[k];
    }
    CISUP_TRY(hole_rows(table, extra, u, m * t, w, err));
done:
    cisup_release(outer);
    cisup_release(without);
    cisup_release(with);
    return status;
}

static cisup_index primitive_root(cisup_index p) {
    for (cisup_index g = 2;; g++) {
        cisup_index value = g, order = 1;
        for (; value != 1; order++) value = value * g % p;
        if (order == p - 1) return g;
    }
}

/* The vector in its m + 2 turns, times the m-th powers, developed modulo p = m t + 1; the
 * gap of each turn has a further point. First the constant blocks. */
static cisup_status vector_rows(const cisup_td_table *table, int extra,
                                const cisup_td_recipe *r, writer w, cisup_error *err) {
    cisup_vmt_entry v;
    if (!cisup_vmt_entry_at((int)r->first, &v))
        return CISUP_FAIL(err, CISUP_EINVAL, "no V(m,t) vector %" PRId64, r->first);
    const cisup_index p = v.m * v.t + 1, root = primitive_root(p), k = w.groups;
    cisup_index factor = 1, ratio = 1;
    for (cisup_index j = 0; j < v.m; j++) ratio = ratio * root % p;
    for (cisup_index y = 0; y < p; y++, w.row += k)
        for (cisup_index g = 0; g < k; g++) w.row[g] = (int32_t)y;
    for (cisup_index j = 0; j < v.t; j++, factor = factor * ratio % p)
        for (cisup_index turn = 0; turn < v.m + 2; turn++)
            for (cisup_index y = 0; y < p; y++, w.row += k)
                for (cisup_index g = 0; g < k; g++) {
                    const cisup_index place = (g - turn + v.m + 2) % (v.m + 2);
                    w.row[g] =
                        (int32_t)(place ? (v.a[place - 1] * factor + y) % p : p + j);
                }
    return hole_rows(table, extra, v.t, p, w, err);
}

static void class_rows(cisup_index n, writer w) {
    for (cisup_index y = 0; y < n; y++, w.row += w.groups)
        for (cisup_index g = 0; g < w.groups; g++) w.row[g] = (int32_t)y;
}

cisup_status cisup_td_build(const cisup_td_table *table, int extra, cisup_index n,
                            int32_t *row, cisup_error *err) {
    const cisup_td_recipe r = cisup_td_find(table, extra, n);
    const writer w = {table->groups + extra, row};
    switch (r.kind) {
    case CISUP_TD_CLASS:
        class_rows(n, w);
        return CISUP_OK;
    case CISUP_TD_RING:
        return ring_rows(r.first, w, err);
    case CISUP_TD_PRODUCT:
        return product_rows(table, extra, &r, w, err);
    case CISUP_TD_WILSON:
        return wilson_rows(table, extra, n, &r, w, err);
    case CISUP_TD_VECTOR:
        return vector_rows(table, extra, &r, w, err);
    case CISUP_TD_PADDED:
        return cisup_td_build(table, extra, n - 1, row, err);
    default:
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "no %" PRId64 " groups of %" PRId64 " points", w.groups, n);
    }
}
