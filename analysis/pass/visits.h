/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_VISITS_H
#define CISUP_ANALYSIS_VISITS_H

#include <cisup/analysis/pass/touched.h>

/* Circuits in the order in which the open neurons of a layer visit them. Nearly all are
 * visited once, since two neurons have at most one circuit in common; those that are not
 * are found with two bits for each of the many, where a table would need a slot. Start
 * from {0}. */
typedef struct {
    cisup_index *circuit; /* [count] */
    cisup_index count, room;
    uint64_t *seen, *often; /* [words] bits of hashed circuits: visited; in the table */
    cisup_index words, seen_room, often_room;
} cisup_visits;

void cisup_visits_free(cisup_visits *v);

/* Forgets all visits. */
static inline void cisup_visits_clear(cisup_visits *v) {
    v->count = 0;
}

/* Room for `more` circuits behind circuit[count-1]. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_visits_reserve(cisup_visits *v, cisup_index more,
                                                   cisup_error *err);

/* Adds to the table every circuit that was visited more than once, and some 3 % of the
 * others, with sums 0. Must be called before cisup_visits_is_often, and again after a
 * change. O(count). Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_visits_meet(cisup_visits *v, cisup_touched *table,
                                                cisup_error *err);

/* Where a circuit's bit is: of a power of two of bits. */
static inline uint64_t cisup_visits_bit(const cisup_visits *v, cisup_index t) {
    const uint64_t mixed = (uint64_t)t * UINT64_C(0x9e3779b97f4a7c15);
    return (mixed ^ mixed >> 32) & ((uint64_t)v->words * 64 - 1);
}

/* false: the circuit is not in the table; true: it probably is. */
static inline int cisup_visits_is_often(const cisup_visits *v, cisup_index t) {
    const uint64_t bit = cisup_visits_bit(v, t);
    return (int)(v->often[bit / 64] >> bit % 64 & 1);
}

#endif
