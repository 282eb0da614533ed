/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_contest.h"

#include "capacity_report.h"

/* The S of a kind at a place. */
static cisup_index count_S(const capacity_kind *kind, const capacity_place *at) {
    return at->S ? 1 : kind->setup.S.count;
}

static capacity_point point_of(const capacity_kind *kind, const capacity_place *at,
                               cisup_index i, cisup_index j) {
    const cisup_index S = at->S ? at->S : kind->setup.S.value[j];
    return capacity_point_at(kind, i, at->D, S, at->z, at->L);
}

/* Whether one S of a kind fits, or all where they are given. */
static cisup_status kind_check(const capacity_request *r, const capacity_kind *kind,
                               const capacity_place *at, cisup_error *err) {
    const int is_open = kind->is_S_open && !at->S;
    cisup_status status = CISUP_OK;
    for (cisup_index i = 0; i < kind->choices; i++)
        for (cisup_index j = 0; j < count_S(kind, at); j++) {
            const capacity_point p = point_of(kind, at, i, j);
            status = capacity_point_check(r, &p, err);
            if ((status == CISUP_OK) == is_open) return status;
        }
    return status;
}

cisup_status capacity_place_check(const capacity_request *r, const capacity_place *at,
                                  cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (int k = r->kinds - 1; k >= 0; k--) { /* the last is the quickest to check */
        status = kind_check(r, &r->kind[k], at, err);
        if (status == CISUP_OK) break;
    }
    return status;
}

/* Signs, one after the other, that larger S have no chance: T has fallen, and counts
 * twice where it is less than half of the best; or it is less than an eighth of that. */
static int count_fall(int falls, cisup_index high, cisup_index last, cisup_index best) {
    const int has_fallen = high < last, is_far = high < best / 8;
    if (!has_fallen && !is_far) return 0;
    return falls + 1 + (has_fallen && high < best / 2);
}

/* The searches of one kind and choice over S. */
static cisup_status search_S(const capacity_request *r, const capacity_place *at,
                             const capacity_kind *kind, cisup_index choice,
                             capacity_answer *best, cisup_index *searches,
                             cisup_error *err) {
    const int is_open = kind->is_S_open && !at->S;
    cisup_index last = 0;
    int falls = 0;
    for (cisup_index j = 0; j < count_S(kind, at) && falls < 2; j++) {
        const capacity_point p = point_of(kind, at, choice, j);
        capacity_answer a;
        if ((is_open || r->kinds > 1) && capacity_point_check(r, &p, NULL) != CISUP_OK)
            continue;
        const cisup_status status =
            capacity_search_and_show(r, &p, is_open ? best->search.low : 0, &a, err);
        if (status != CISUP_OK) return status;
        ++*searches;
        if (is_open) falls = count_fall(falls, a.search.high, last, best->search.low);
        last = a.search.high;
        if (!best->N || a.search.T > best->search.T) *best = a;
    }
    return CISUP_OK;
}

cisup_status capacity_contest(const capacity_request *r, const capacity_place *at,
                              const capacity_kind *kind, cisup_index choice,
                              capacity_answer *best, cisup_index *searches,
                              cisup_error *err) {
    *best = (capacity_answer){0};
    for (int k = 0; k < r->kinds; k++)
        for (cisup_index i = 0; i < r->kind[k].choices; i++) {
            if (kind && (kind != &r->kind[k] || (choice >= 0 && choice != i))) continue;
            const cisup_status status =
                search_S(r, at, &r->kind[k], i, best, searches, err);
            if (status != CISUP_OK) return status;
        }
    return CISUP_OK;
}
