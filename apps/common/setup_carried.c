/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setup_carried.h"

#include <cisup/core/cycle_plan.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/carried_width.h>

#include <math.h>
#include <string.h>

cisup_status setup_carried_check(const setup *s, cisup_error *err) {
    const setup plain = setup_defaults();
    const cisup_weight_options *w = &s->weights;
    const int is_own = s->circuits_path != NULL;
    const char *idle =
        w->scheme == CISUP_WEIGHTS_BALANCED || w->scheme == CISUP_WEIGHTS_SPLIT
            ? "weights balanced or split"
        : w->kappa != plain.weights.kappa           ? "kappa"
        : w->correction != plain.weights.correction ? "w-correction"
        : !isnan(w->center)                         ? "center"
        : !s->reshuffle                             ? "keep-order"
        : s->gate                                   ? "gate"
        : s->preset >= 0                            ? "preset"
        : s->construction.linear && !is_own         ? "linear (without --circuit-file)"
        : s->allocation.scheme != NO_SCHEME         ? "scheme"
        : s->allocation.even_out                    ? "even-out"
                                                    : NULL;
    if (!idle) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--%s: no effect with --construction masks",
                      idle);
}

/* The most circuits that are active at a time. */
static cisup_index most_active(const setup *s) {
    cisup_index most = s->construction.active;
    for (cisup_index k = 0; !s->construction.active && k < s->z.count; k++)
        if (s->z.value[k] > most) most = s->z.value[k];
    return most > 1 ? most : 1;
}

/* That T circuits fit, and INDEX_MAX_WORD. Codes of masks need parts with groups, which
 * the duals of packings have not: then the computed form is left. */
static cisup_status place(const setup *s, cisup_shape *shape, cisup_error *err) {
    const cisup_index c = s->construction.cycle;
    cisup_cycle_plan plan;
    cisup_status status;
    CISUP_TRY(cisup_cycle_plan_make(&plan, shape->N, shape->S, c, err));
    const int is_dual = s->construction.codes && plan.dual;
    const cisup_index most = is_dual ? plan.q * plan.q : plan.T;
    if (shape->T == INDEX_MAX_WORD) shape->T = most > 0 ? most : 1;
    if (shape->T > most)
        status =
            CISUP_FAIL(err, CISUP_EINFEASIBLE,
                       "N = %" PRId64 ", S = %" PRId64 ": a cycle of %" PRId64
                       " allocations places %" PRId64 " of %" PRId64
                       " circuits%s; none has more than %" PRId64,
                       shape->N, shape->S, c, most, shape->T,
                       is_dual ? " in groups, as --mask-codes needs" : "", plan.bound);
done:
    return status;
}

cisup_status setup_carried_shape(const setup *s, cisup_shape *shape, cisup_error *err) {
    cisup_carried_shape c = {.d = s->d,
                             .L = s->L,
                             .cycle = s->construction.cycle,
                             .robust = s->construction.robust,
                             .S = shape->S,
                             .coded = s->construction.codes ? most_active(s) : 0};
    unsigned char *is_signed = NULL;
    cisup_status status = CISUP_OK;
    if (s->own.w) {
        c.is_signed = s->own.is_signed;
        c.biased = s->own.biased;
    } else if (s->family.family == CISUP_ROTATION2) {
        CISUP_TRY(cisup_new(&is_signed, s->L, 1, err));
        memset(is_signed, 1, (size_t)s->L);
        c.is_signed = is_signed;
    }
    CISUP_TRY(cisup_carried_neurons(&c, shape->D, &shape->N, err));
    if (shape->N < shape->S || shape->N > CISUP_MOST_NEURONS)
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "D = %" PRId64 " gives N = %" PRId64
                             " neurons a block; at least S = %" PRId64
                             " and at most %" PRId32 " are needed",
                             shape->D, shape->N, shape->S, CISUP_MOST_NEURONS));
    status = place(s, shape, err);
done:
    cisup_release(is_signed);
    return status;
}

cisup_status setup_cycle(const setup *s, const cisup_shape *shape, cisup_cycle *cycle,
                         cisup_error *err) {
    return cisup_cycle_make(cycle, shape->N, shape->S, s->construction.cycle, shape->T,
                            err);
}
