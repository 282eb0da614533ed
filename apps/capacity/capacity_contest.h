/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CAPACITY_CONTEST_H
#define CISUP_APPS_CAPACITY_CONTEST_H

#include "capacity_point.h"

/* All networks of the same D, z and L that are asked for: constructions, schemes or
 * cycles, and S. */
typedef struct {
    cisup_index D, z, L;
    cisup_index S; /* the only one; 0: those of the kinds */
} capacity_place;

/* Whether a place can be searched, before any is, by one of the kinds: with S that are
 * given each must fit, else one. Errors: those of capacity_point_check. */
CISUP_MUST_CHECK cisup_status capacity_place_check(const capacity_request *r,
                                                   const capacity_place *place,
                                                   cisup_error *err);

/* Searches a place and prints the searches as the request asks.
 *
 *   kind, choice  one kind and one of its choices; NULL, -1: all
 *   best    of the largest T; N = 0 if there was nothing to search
 *   searches  added up: how many there were, given up or not
 *
 * Where S is open, a search is given up that is sure to find less than the best so far,
 * and larger S are left out when T has fallen twice, or once to less than half of the
 * best, or is less than an eighth of it twice. Errors: those of
 * capacity_point_search. */
CISUP_MUST_CHECK cisup_status capacity_contest(const capacity_request *r,
                                               const capacity_place *place,
                                               const capacity_kind *kind,
                                               cisup_index choice, capacity_answer *best,
                                               cisup_index *searches, cisup_error *err);

#endif
