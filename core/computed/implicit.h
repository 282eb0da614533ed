/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_IMPLICIT_H
#define CISUP_CORE_IMPLICIT_H

#include <cisup/core/allocation.h>
#include <cisup/core/computed/lines.h>

/* An allocation that is computed, not stored: circuit t -> its S neurons, neuron n ->
 * its circuits, any two circuits sharing at most one neuron.
 *
 * Level l = 0, 1, ... has n_l points (n_0 = N): S groups of q_l, the largest usable
 * number <= n_l / S, and d_l = n_l - S q_l left-over points. Its circuits are the q_l^2
 * lines of TD(S, q_l). Pairs inside a group are free, so that each group is a level of
 * n_{l+1} = q_l points again; or of q_l + 1, if the last left-over point is shared by
 * all groups. The other left-over points y < d_l are points of an (S+1)-st group: a
 * line through such a y gives up one of its S + 1 points, in turn. When q_l <= S, b
 * circuits that meet pairwise in points of their own fill what is left.
 *
 *   T_max = sum_l S^l q_l^2 + S^L b,  b = max{b <= S+1 : b S - b(b-1)/2 <= n_L}
 *
 * Circuits are numbered level by level, within a level by slope (parallel class), then
 * by line, then by group, so that every first T circuits load the neurons almost
 * evenly; the slopes follow each other in steps of 0.618 q. See docs/allocations.md.
 *
 * Memory: a few tables of at most some S^2 words; none of size N or T. Start from {0}. */
enum { CISUP_MOST_LEVELS = 32 };

typedef enum {
    CISUP_GROUPS_APART,      /* n_{l+1} = q_l: the more even first T */
    CISUP_GROUPS_SHARE_POINT /* n_{l+1} = q_l + 1 where d_l > 0: usually larger T_max */
} cisup_groups;

typedef struct {
    cisup_index n, d;    /* points, left-over points */
    cisup_index shared;  /* 1: point n-1 belongs to every group */
    cisup_index joining; /* left-over points in the (S+1)-st group */
    cisup_index first;   /* circuits of the levels before */
    cisup_index copies;  /* S^l groups are filled alike */
    cisup_index step;    /* between slopes, coprime to q */
    cisup_lines lines;   /* q = lines.q; {0} in the last level */
} cisup_implicit_level;

typedef struct {
    cisup_index N, S, T_max;
    int depth;               /* L: levels 0..L-1 have lines, level L is the last */
    cisup_index last_blocks; /* b */
    cisup_implicit_level level[CISUP_MOST_LEVELS];
} cisup_implicit;

/* Plans the levels.
 *
 *   m   uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL (S < 2, N < S, N over 2^31-1); ENOMEM.
 * Time of the order of S for each number tried, and the fields' tables. */
CISUP_MUST_CHECK cisup_status cisup_implicit_init(cisup_implicit *m, cisup_index N,
                                                  cisup_index S, cisup_groups groups,
                                                  cisup_error *err);

/* The same with the groups apart if they hold T circuits, else with a shared point.
 * Errors: as above; EINVAL (T < 1); EINFEASIBLE if both hold fewer, naming T_max and
 * the packing bound. */
CISUP_MUST_CHECK cisup_status cisup_implicit_init_for(cisup_implicit *m, cisup_index N,
                                                      cisup_index S, cisup_index T,
                                                      cisup_error *err);
void cisup_implicit_free(cisup_implicit *m);

/* The S neurons of circuit t, increasing. row: [S]; 0 <= t < T_max. O(S + levels).
 * Threads: safe, as everything that reads m. */
void cisup_implicit_row(const cisup_implicit *m, cisup_index t, int32_t *row);

/* Stores the first T circuits.
 *
 *   a   uninitialised on entry, empty after a failure
 *
 * Errors: EINVAL (T < 1); EINFEASIBLE (T > T_max, naming both and the packing bound);
 * ENOMEM. O(T (S + levels)). */
CISUP_MUST_CHECK cisup_status cisup_implicit_store(const cisup_implicit *m, cisup_index T,
                                                   cisup_allocation *a, cisup_error *err);

/* The levels as an expression, for example
 * "td(41; 3 left over, 1 shared; groups td(6; groups dual(3)))": lines over a ring of 41
 * elements, each group filled by the next level. *text is NULL after a failure; the
 * caller gives it to cisup_release. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_implicit_text(const cisup_implicit *m, char **text,
                                                  cisup_error *err);

/* The circuits t < T through a neuron, one by one, in no particular order:
 *
 *   cisup_implicit_walk c = cisup_implicit_through(&m, T, n);
 *   for (cisup_index t; (t = cisup_implicit_next(&c)) >= 0;) ...
 *
 * A plain value: the walk may be left at any time. Only reads m. */
typedef struct {
    const cisup_implicit *m;
    cisup_index T;
    bool ended;
    int l;                                /* level now walked */
    cisup_index k, b;                     /* next slope's number and slope, or circuit */
    cisup_index copy;                     /* which of the level's S^l groups */
    cisup_index label[CISUP_MOST_LEVELS]; /* the neuron within each level */
    cisup_index group[CISUP_MOST_LEVELS]; /* the group entered from each level */
} cisup_implicit_walk;

/* 0 <= n < N, 0 <= T <= T_max. */
cisup_implicit_walk cisup_implicit_through(const cisup_implicit *m, cisup_index T,
                                           cisup_index n);

/* The next circuit, or -1. O(1 + fields) for each, apart from the lines that gave up
 * the neuron (one in S + 1 at most of those through a left-over point) and O(S^l) empty
 * groups for a shared one. */
cisup_index cisup_implicit_next(cisup_implicit_walk *c);

#endif
