/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PLAN_SEARCH_H
#define CISUP_CORE_PLAN_SEARCH_H

#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/packing_tables.h>

/* The state of one call of the planner; private to the files plan_*.c. */

/* What is asked: the best plan on so many points with such a hole. `raw` leaves the
 * addition of unused points out. */
typedef struct {
    cisup_index S, points, hole;
    int raw;
} cisup_plan_key;

/* Up to so many points unused ones are added one at a time, each step an answer of its
 * own; above, several at once to a raw answer. */
enum { cisup_plan_chained = 1500 };

enum { CISUP_PLAN_VECTORS = 128, CISUP_PLAN_DESIGNS = 64 };

typedef struct {
    cisup_plan_options options;
    cisup_plan_node *node; /* the answers so far */
    cisup_plan_key *key;   /* of each node */
    cisup_index *most;     /* its best plan has at most so many blocks; the node is that
                              plan if it has as many, else it is not known yet */
    cisup_index count, room, key_room, most_room;
    int32_t *slot; /* [slots] hash table: node + 1, 0 free */
    cisup_index slots;
    int32_t *capacity; /* [capacities] of rings, 0 unknown */
    cisup_index capacities;
    cisup_vmt_entry *vector; /* [CISUP_PLAN_VECTORS] */
    int vectors;
    cisup_design design[CISUP_PLAN_DESIGNS]; /* with block size design_S */
    int designs;
    cisup_index design_S;
    cisup_status status; /* of the first failure; afterwards nothing is searched */
    cisup_error *err;
} cisup_plan_search;

/* A plan under consideration and what its children would answer. */
typedef struct {
    cisup_plan_node node;
    cisup_plan_key want[3];
} cisup_plan_candidate;

/* How many blocks the best plan for a key has if they are at least `need`; else 0 or
 * their number. 0 after a failure. */
cisup_index cisup_plan_count(cisup_plan_search *search, const cisup_plan_key *key,
                             cisup_index need);

/* At most so many blocks has a packing of n points of which no two lie in a hole of w.
 * With a point of the hole a block has S-1 points outside, so that it is on at most
 * floor((n-w)/(S-1)) blocks, any other point on floor((n-1)/(S-1)); Johnson's bound when
 * there is no hole. */
cisup_index cisup_plan_bound(const cisup_plan_key *key);

/* Whether plans of this kind may be used. */
int cisup_plan_allows(const cisup_plan_search *search, cisup_plan_kind kind);

/* Elements with unit differences in rings of q elements, cut at 2^31-1. */
cisup_index cisup_plan_capacity(cisup_plan_search *search, cisup_index q);

/* Keeps the candidate if it has more blocks than the best. */
void cisup_plan_offer(cisup_plan_candidate *best, const cisup_plan_candidate *candidate);

/* Each tries its constructions for best->node.points and best->node.hole. */
void cisup_plan_try_transversals(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_vectors(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_blowups(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_designs(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_cyclic(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_duals(cisup_plan_search *search, cisup_plan_candidate *best);
void cisup_plan_try_pads(cisup_plan_search *search, cisup_plan_candidate *best, int raw);

#endif
