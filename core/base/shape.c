/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/shape.h>

#include <cisup/core/base/shape_sizes.h>
#include <cisup/core/base/storage.h>

static cisup_status at_least_one(const char *name, cisup_index value, cisup_error *err) {
    if (value >= 1) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "%s = %" PRId64 " must be at least 1", name,
                      value);
}

/* Every product of sizes that an array may have, checked once and for all. */
static cisup_status products_fit(const cisup_shape *s, cisup_error *err) {
    cisup_index slots, weights, all;
    if (cisup_multiply_sizes(s->T, s->S, &slots) &&
        cisup_multiply_sizes(s->d, s->d, &weights) &&
        cisup_multiply_sizes(weights, s->T, &weights) &&
        cisup_multiply_sizes(weights, s->L, &all) &&
        cisup_multiply_sizes(weights, s->S, &weights) &&
        cisup_multiply_sizes(weights, s->S, &all))
        return CISUP_OK;
    return CISUP_FAIL(err, CISUP_ENOMEM,
                      "T = %" PRId64 ", S = %" PRId64 ", d = %" PRId64 ", L = %" PRId64
                      " give arrays of more than 2^63 entries",
                      s->T, s->S, s->d, s->L);
}

cisup_status cisup_shape_check_sizes(cisup_shape *s, cisup_error *err) {
    cisup_status status = CISUP_OK;
    CISUP_TRY(at_least_one("D", s->D, err));
    CISUP_TRY(at_least_one("d", s->d, err));
    CISUP_TRY(at_least_one("T", s->T, err));
    CISUP_TRY(at_least_one("S", s->S, err));
    CISUP_TRY(at_least_one("z", s->z, err));
    CISUP_TRY(at_least_one("L", s->L, err));
    if (s->D < s->d)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "D = %" PRId64 " is smaller than d = %" PRId64, s->D, s->d);
    s->N = s->D / s->d;
    if (s->N > CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "D/d = %" PRId64 " neurons per block; at most %" PRId32, s->N,
                          CISUP_MOST_NEURONS);
    if (s->S > s->N)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "S = %" PRId64 " is larger than N = floor(D/d) = %" PRId64,
                          s->S, s->N);
    if (s->z > s->T)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "z = %" PRId64 " is larger than T = %" PRId64, s->z, s->T);
done:
    return status;
}

cisup_status cisup_shape_check(cisup_shape *s, cisup_error *err) {
    const cisup_status status = cisup_shape_check_sizes(s, err);
    return status == CISUP_OK ? products_fit(s, err) : status;
}
