/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worst case is built: circuits that copy their state, all of them given the same
 * state v, so that whatever overlaps is aligned. Of every circuit the neighbours that
 * share most neurons with it are made active; no other set of as many can disturb it
 * more, so the largest error found is the largest there is. */
#include "claims_parts.h"

#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <cisup/analysis/pass/forward.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Neurons that circuit t shares with each other one; shared: [T]. */
static void count_shared(const cisup_allocation *a, cisup_index t, cisup_index *shared) {
    const int32_t *own = cisup_allocation_row(a, t);
    for (cisup_index u = 0; u < a->T; u++) {
        const int32_t *row = cisup_allocation_row(a, u);
        shared[u] = 0;
        for (cisup_index i = 0; i < a->S && u != t; i++)
            for (cisup_index j = 0; j < a->S; j++) shared[u] += own[i] == row[j];
    }
}

/* The `count` circuits that share most neurons with some circuit t. */
typedef struct {
    cisup_index t, total, count;
    cisup_index *who; /* [count] */
} crowd;

/* Takes the crowd of circuit t if it is worse than what is there. taken: [T], used up. */
static void keep_worse(crowd *worst, cisup_index t, cisup_index *shared, cisup_index T,
                       cisup_index *picked) {
    cisup_index total = 0;
    for (cisup_index k = 0; k < worst->count; k++) {
        cisup_index most = t == 0 ? 1 : 0;
        for (cisup_index u = 0; u < T; u++)
            if (u != t && (most == t || shared[u] > shared[most])) most = u;
        picked[k] = most;
        total += shared[most];
        shared[most] = -1;
    }
    if (total <= worst->total) return;
    worst->total = total;
    worst->t = t;
    for (cisup_index k = 0; k < worst->count; k++) worst->who[k] = picked[k];
}

static cisup_status find_crowd(const cisup_allocation *a, cisup_index count, crowd *worst,
                               cisup_error *err) {
    *worst = (crowd){.total = -1, .count = count};
    cisup_index *shared = NULL, *picked = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&worst->who, count + 1, sizeof *worst->who, err));
    CISUP_TRY(cisup_new(&picked, count + 1, sizeof *picked, err));
    CISUP_TRY(cisup_new(&shared, a->T, sizeof *shared, err));
    for (cisup_index t = 0; t < a->T; t++) {
        count_shared(a, t, shared);
        keep_worse(worst, t, shared, a->T, picked);
    }
done:
    cisup_release(shared);
    cisup_release(picked);
    return status;
}

/* The largest norm of an error in layer 1, of lane 0. */
typedef struct {
    const cisup_batch *batch;
    double active, inactive;
} largest;

static void see(void *context, cisup_index l, cisup_index t, const double *est) {
    (void)l;
    largest *most = context;
    const cisup_batch *b = most->batch;
    const double *state = NULL;
    double square = 0.0;
    for (cisup_index k = 0; k < b->z; k++)
        if (b->active[k] == t) state = cisup_batch_state(b, 0, k, 1);
    for (cisup_index i = 0; i < b->d; i++) {
        const double e = est[i * CISUP_LANES] - (state ? state[i] : 0.0);
        square += e * e;
    }
    double *norm = state ? &most->active : &most->inactive;
    *norm = cisup_larger(*norm, sqrt(square));
}

/* One pass with the circuits of who, [z], active and all in the state v of norm 1. */
static cisup_status pass(const cisup_study_network *n, cisup_index *who, cisup_index z,
                         largest *most, cisup_error *err) {
    cisup_forward forward = {0};
    cisup_batch batch = {0};
    cisup_status status;
    CISUP_TRY(cisup_forward_init(&forward, &n->net, err));
    CISUP_TRY(cisup_batch_init(&batch, z, &n->circuits, err));
    qsort(who, (size_t)z, sizeof *who, cisup_ascending);
    batch.used = 1;
    for (cisup_index k = 0; k < z; k++) {
        batch.active[k] = who[k];
        for (cisup_index i = 0; i < batch.d; i++)
            cisup_batch_state(&batch, 0, k, 0)[i] = sqrt(1.0 / (double)batch.d);
    }
    cisup_batch_states(&batch, &n->circuits);
    *most = (largest){.batch = &batch};
    const cisup_observer o = {most, NULL, see};
    cisup_forward_run(&forward, &n->net, CISUP_MODE_RELU, &batch, &o);
done:
    cisup_batch_free(&batch);
    cisup_forward_free(&forward);
    return status;
}

/* The largest errors with z active circuits, by construction. */
static cisup_status worst_errors(const cisup_study_network *n, cisup_index z,
                                 double *active, double *inactive, cisup_error *err) {
    crowd others = {0}, with = {0};
    largest most;
    cisup_status status;
    CISUP_TRY(find_crowd(&n->base, z, &others, err));
    CISUP_TRY(pass(n, others.who, z, &most, err));
    *inactive = most.inactive;
    CISUP_TRY(find_crowd(&n->base, z - 1, &with, err));
    with.who[z - 1] = with.t;
    CISUP_TRY(pass(n, with.who, z, &most, err));
    *active = most.active;
done:
    cisup_release(others.who);
    cisup_release(with.who);
    return status;
}

/* w = I, b = 0 for a network made of any circuits of one layer. */
static void copy_states(cisup_circuits *c) {
    const cisup_index square = c->d * c->d;
    for (cisup_index k = 0; k < c->layers * c->T * square; k++)
        c->w[k] = k % square % (c->d + 1) == 0;
}

/* The least and the most of some worst errors, each over its bound. */
static void take_worst(cisup_interval *all, double error, double bound) {
    const double x = error / bound;
    all->low = fmin(all->low, x);
    all->high = cisup_larger(all->high, x);
    all->mean = all->high;
}

cisup_status cisup_claim_worst_case(const cisup_claims_setup *setup, cisup_findings *f,
                                    cisup_error *err) {
    cisup_study s = cisup_study_isometric(setup);
    cisup_study_network n;
    s.L = 1;
    const double S = (double)s.S, rounding = 8.0 * S * DBL_EPSILON;
    const cisup_index most = s.S < 6 ? s.S : 6;
    cisup_interval on = {.low = INFINITY, .high = -INFINITY}, off = on;
    cisup_status status;
    CISUP_TRY(cisup_study_build(setup, &s, 0, &n, err));
    copy_states(&n.circuits);
    for (cisup_index z = 1; z <= most; z++) {
        double active = 0.0, inactive = 0.0;
        CISUP_TRY(worst_errors(&n, z, &active, &inactive, err));
        take_worst(&off, inactive, (double)z / S);
        if (z > 1) take_worst(&on, active, (double)(z - 1) / S);
    }
    cisup_finding *row = cisup_findings_add(f, "inactive, over z/S",
                                            CISUP_RELATION_EXACTLY, 1.0, off, rounding);
    (void)snprintf(
        row->where, sizeof row->where,
        "largest error of all circuits with the z worst active, least and most "
        "over z = 1..%" PRId64,
        most);
    row = cisup_findings_add(f, "active, over (z-1)/S", CISUP_RELATION_EXACTLY, 1.0, on,
                             rounding);
    (void)snprintf(row->where, sizeof row->where, "the same over z = 2..%" PRId64, most);
done:
    cisup_study_network_free(&n);
    return status;
}
