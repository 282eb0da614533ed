/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/carried_width.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/sparse/network/mask_code.h>

cisup_carried_shape cisup_carried_shape_of(const cisup_network *net) {
    const cisup_circuits *c = net->circuits;
    return (cisup_carried_shape){.d = c->d - cisup_circuits_first(c),
                                 .L = c->L,
                                 .cycle = net->cycle,
                                 .is_signed = c->is_signed,
                                 .biased = c->biased,
                                 .S = net->base->S,
                                 .coded = net->coded};
}

int cisup_carried_hands_on(const cisup_carried_shape *s, cisup_index l, cisup_index h) {
    for (cisup_index later = l + 1; later <= s->L && later <= l + s->cycle; later++)
        if ((later - 1) % s->cycle == h) return 1;
    return 0;
}

int cisup_carried_keeps_own(const cisup_carried_shape *s, cisup_index l) {
    const int is_signed = s->is_signed && s->is_signed[l - 1];
    return (is_signed && l >= 2) || (s->biased && l < s->L);
}

int cisup_carried_keeps(const cisup_carried_shape *s, cisup_index l, cisup_index h) {
    if ((l - 1) % s->cycle == h && cisup_carried_keeps_own(s, l)) return 1;
    return !s->coded && cisup_carried_hands_on(s, l, h);
}

/* With codes of that many bits a part. */
static cisup_index width_of(const cisup_carried_shape *s, cisup_index l, cisup_index N,
                            cisup_index bits) {
    cisup_index blocks = s->d, coded = 0;
    blocks += s->robust && s->biased && l == 1 && s->L > 1;
    for (cisup_index h = 0; h < s->cycle; h++) {
        blocks += cisup_carried_keeps(s, l, h);
        coded += s->coded && cisup_carried_hands_on(s, l, h);
    }
    return blocks * N + coded * bits;
}

cisup_status cisup_carried_width(const cisup_carried_shape *s, cisup_index N,
                                 cisup_index *D, cisup_error *err) {
    cisup_mask_code code = {0};
    cisup_status status = CISUP_OK;
    if (s->coded)
        status =
            cisup_mask_code_plan(&code, cisup_carried_points(N, s->S), s->coded, err);
    if (status != CISUP_OK) return status;
    *D = 0;
    for (cisup_index l = 1; l <= s->L; l++) {
        const cisup_index width = width_of(s, l, N, s->S * code.bits);
        if (width > *D) *D = width;
    }
    return CISUP_OK;
}

cisup_status cisup_carried_neurons(const cisup_carried_shape *s, cisup_index D,
                                   cisup_index *N, cisup_error *err) {
    cisup_carried_shape whole = *s;
    cisup_index low = 0, high = D / s->d, width;
    cisup_status status = CISUP_OK;
    whole.coded = 0;
    if (!s->coded || high > CISUP_MOST_NEURONS) {
        CISUP_TRY(cisup_carried_width(&whole, 1, &width, err));
        *N = D / width;
        goto done;
    }
    while (low < high) { /* widths do not fall with N */
        const cisup_index middle = low + (high - low + 1) / 2;
        CISUP_TRY(cisup_carried_width(s, middle, &width, err));
        if (width <= D)
            low = middle;
        else
            high = middle - 1;
    }
    *N = low;
done:
    return status;
}

cisup_status cisup_network_neurons(const cisup_circuits *c,
                                   const cisup_carrying *carrying, int robust,
                                   cisup_index S, cisup_index D, cisup_index *N,
                                   cisup_error *err) {
    const cisup_carried_shape s = {.d = c->d - cisup_circuits_first(c),
                                   .L = c->L,
                                   .cycle = carrying->cycle,
                                   .is_signed = c->is_signed,
                                   .biased = c->biased,
                                   .robust = robust,
                                   .S = S,
                                   .coded = carrying->codes ? carrying->active : 0};
    *N = 0;
    if (D < 1 || S < 1 || s.cycle == 1 || s.cycle < 0 || s.cycle > CISUP_CYCLE_MOST)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "D = %" PRId64 ", S = %" PRId64 ", a cycle of %" PRId64, D, S,
                          s.cycle);
    if (s.cycle) return cisup_carried_neurons(&s, D, N, err);
    *N = D / c->d;
    return CISUP_OK;
}
