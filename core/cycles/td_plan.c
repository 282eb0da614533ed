/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/td.h>

#include <cisup/core/computed/lines.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/packing_tables.h>

#include <stdio.h>

static const cisup_td_recipe *at(const cisup_td_table *table, int extra, cisup_index n) {
    return &table->recipe[extra * (table->most + 1) + n];
}

static bool is_whole(const cisup_td_table *table, int extra, cisup_index n) {
    return at(table, extra, n)->blocks == n * n;
}

/* --- the constructions one by one; blocks 0 where one does not apply ------------ */

/* A ring of n elements, without the group of slopes or with it. */
static cisup_td_recipe ring_of(cisup_index k, cisup_index n) {
    if (n < 2 || cisup_lines_capacity(n) < k - 1) return (cisup_td_recipe){0};
    return (cisup_td_recipe){CISUP_TD_RING, n, 0, n * n};
}

static cisup_td_recipe product_of(const cisup_td_table *table, int extra, cisup_index n) {
    for (cisup_index a = 2; a * a <= n; a++)
        if (n % a == 0 && is_whole(table, extra, a) && is_whole(table, extra, n / a))
            return (cisup_td_recipe){CISUP_TD_PRODUCT, a, n / a, n * n};
    return (cisup_td_recipe){0};
}

static cisup_td_recipe vector_of(const cisup_td_table *table, int extra, cisup_index n) {
    cisup_vmt_entry v;
    for (int k = 0; cisup_vmt_entry_at(k, &v); k++) {
        if ((v.m + 1) * v.t + 1 != n || v.m + 2 < table->groups + extra) continue;
        const cisup_index hole = at(table, extra, v.t)->blocks;
        return (cisup_td_recipe){CISUP_TD_VECTOR, k, v.t, n * n - v.t * v.t + hole};
    }
    return (cisup_td_recipe){0};
}

/* The one with the most blocks; n^2 ends the search. */
static cisup_td_recipe wilson_of(const cisup_td_table *table, int extra, cisup_index n) {
    cisup_td_recipe best = {0};
    if (extra + 1 == CISUP_TD_EXTRAS) return best;
    for (cisup_index m = 1; 2 * m < n && best.blocks < n * n; m++) {
        if (!is_whole(table, extra, m) || !is_whole(table, extra, m + 1)) continue;
        for (cisup_index t = (n + m) / (m + 1); t < n && m * t < n; t++) {
            const cisup_index u = n - m * t;
            const cisup_index hole = at(table, extra, u)->blocks;
            if (t < 2 || !is_whole(table, extra + 1, t)) continue;
            const cisup_index blocks = n * n - u * u + hole;
            if (blocks > best.blocks)
                best = (cisup_td_recipe){CISUP_TD_WILSON, m, t, blocks};
        }
    }
    return best;
}

/* --- the table ------------------------------------------------------------------- */

/* The first whole one, or the one with the most blocks. */
static cisup_td_recipe best_of(const cisup_td_table *table, int extra, cisup_index n) {
    const cisup_index k = table->groups + extra;
    if (n < 2) return (cisup_td_recipe){n ? CISUP_TD_CLASS : CISUP_TD_NONE, 0, 0, n};
    cisup_td_recipe best = ring_of(k, n);
    if (best.blocks < n * n) best = product_of(table, extra, n);
    if (best.blocks < n * n) best = vector_of(table, extra, n);
    const cisup_td_recipe wilson =
        best.blocks < n * n ? wilson_of(table, extra, n) : (cisup_td_recipe){0};
    if (wilson.blocks > best.blocks) best = wilson;
    if (extra > 0) return best.blocks == n * n ? best : (cisup_td_recipe){0};
    if (at(table, 0, n - 1)->blocks > best.blocks)
        best = (cisup_td_recipe){CISUP_TD_PADDED, 0, 0, at(table, 0, n - 1)->blocks};
    if (n > best.blocks) best = (cisup_td_recipe){CISUP_TD_CLASS, 0, 0, n};
    return best;
}

cisup_status cisup_td_table_init(cisup_td_table *table, cisup_index groups, cisup_index n,
                                 cisup_error *err) {
    *table = (cisup_td_table){.groups = groups};
    table->most = n < CISUP_TD_MOST ? n : CISUP_TD_MOST;
    const cisup_status status = cisup_new(
        &table->recipe, CISUP_TD_EXTRAS * (table->most + 1), sizeof *table->recipe, err);
    if (status != CISUP_OK) return status;
    for (cisup_index y = 0; y <= table->most; y++)
        for (int extra = 0; extra < CISUP_TD_EXTRAS; extra++)
            table->recipe[extra * (table->most + 1) + y] = best_of(table, extra, y);
    return CISUP_OK;
}

void cisup_td_table_free(cisup_td_table *table) {
    cisup_release(table->recipe);
    *table = (cisup_td_table){0};
}

cisup_td_recipe cisup_td_find(const cisup_td_table *table, int extra, cisup_index n) {
    if (n <= table->most) return *at(table, extra, n);
    const cisup_index k = table->groups + extra;
    if (extra > 0) return ring_of(k, n);
    const cisup_index q = cisup_lines_largest(n, k - 1);
    if (q) return (cisup_td_recipe){CISUP_TD_RING, q, 0, q * q};
    if (k - 1 <= n && ring_of(k, k - 1).blocks) return ring_of(k, k - 1);
    return (cisup_td_recipe){CISUP_TD_CLASS, 0, 0, n};
}

void cisup_td_text(const cisup_td_table *table, cisup_index n, char text[48]) {
    cisup_td_recipe r = cisup_td_find(table, 0, n);
    for (; r.kind == CISUP_TD_PADDED; n--) r = cisup_td_find(table, 0, n - 1);
    const cisup_index a = r.first, b = r.second;
    switch (r.kind) {
    case CISUP_TD_RING:
        (void)snprintf(text, 48, "td(%" PRId64 ",%" PRId64 ")", table->groups, a);
        break;
    case CISUP_TD_PRODUCT:
        (void)snprintf(text, 48, "product %" PRId64 "*%" PRId64, a, b);
        break;
    case CISUP_TD_WILSON:
        (void)snprintf(text, 48, "wilson %" PRId64 "*%" PRId64 "+%" PRId64, a, b,
                       n - a * b);
        break;
    case CISUP_TD_VECTOR:
        (void)snprintf(text, 48, "vector %" PRId64 "*%" PRId64 "+1", (n - 1) / b, b);
        break;
    default:
        (void)snprintf(text, 48, "disjoint %" PRId64, n);
    }
}
