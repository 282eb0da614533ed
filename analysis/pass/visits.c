/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/visits.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <string.h>

void cisup_visits_free(cisup_visits *v) {
    cisup_release(v->circuit);
    cisup_release(v->seen);
    cisup_release(v->often);
    *v = (cisup_visits){0};
}

cisup_status cisup_visits_reserve(cisup_visits *v, cisup_index more, cisup_error *err) {
    return cisup_grow(&v->circuit, &v->room, v->count + more, sizeof *v->circuit, err);
}

/* At least 32 bits a visit, none set. */
static cisup_status clear_bits(cisup_visits *v, cisup_error *err) {
    cisup_status status;
    v->words = 1;
    while (v->words * 2 < v->count) v->words *= 2;
    CISUP_TRY(cisup_grow(&v->seen, &v->seen_room, v->words, sizeof *v->seen, err));
    CISUP_TRY(cisup_grow(&v->often, &v->often_room, v->words, sizeof *v->often, err));
    memset(v->seen, 0, (size_t)v->words * sizeof *v->seen);
    memset(v->often, 0, (size_t)v->words * sizeof *v->often);
done:
    return status;
}

cisup_status cisup_visits_meet(cisup_visits *v, cisup_touched *table, cisup_error *err) {
    enum { AHEAD = 24 };
    cisup_status status;
    CISUP_TRY(clear_bits(v, err));
    for (cisup_index k = 0; k < v->count; k++) {
        const uint64_t bit = cisup_visits_bit(v, v->circuit[k]);
        const uint64_t mask = UINT64_C(1) << bit % 64;
        if (k + AHEAD < v->count)
            __builtin_prefetch(&v->seen[cisup_visits_bit(v, v->circuit[k + AHEAD]) / 64]);
        if (v->seen[bit / 64] & mask)
            CISUP_TRY(cisup_touched_add(table, v->circuit[k], NULL, err));
        v->seen[bit / 64] |= mask;
    }
    for (cisup_index k = 0; k < table->count; k++) {
        const uint64_t bit = cisup_visits_bit(v, table->circuit[k]);
        v->often[bit / 64] |= UINT64_C(1) << bit % 64;
    }
done:
    return status;
}
