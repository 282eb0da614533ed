/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every claim is examined twice in a small network: as it is, and broken in one way. The
 * verdict of the row that the break is about must turn. */
#include "common/claims_turn.h"

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

static void share_two(void *context, cisup_allocation *a) {
    (void)context;
    int32_t *one = a->slot, *two = a->slot + a->S;
    int32_t low = one[0], high = one[1];
    two[0] = low;
    two[1] = high;
    for (cisup_index k = 2; k < a->S; k++) two[k] = (int32_t)(a->N - a->S + k);
    cisup_row_sort(two, a->S);
}

static void sit_twice(void *context, cisup_allocation *a) {
    (void)context;
    a->slot[1] = a->slot[0];
}

/* Neurons 0 and 1 of circuit 0 in the same neurons of the network. */
static void join_neurons(void *context, cisup_csc *e) {
    (void)context;
    for (cisup_index k = e->p[1]; k < e->p[2]; k++) e->i[k] = e->i[e->p[0] + k - e->p[1]];
}

/* All circuits in neuron 0. */
static void crowd_one(void *context, cisup_allocation *a) {
    (void)context;
    for (cisup_index t = 0; t < a->T; t++) a->slot[t * a->S] = 0;
}

/* The input embedded as it is, and the first matrix applied by a layer of its own. */
static cisup_status embed_late(void *context, cisup_circuits *c) {
    (void)context;
    cisup_circuits more;
    const cisup_index square = c->d * c->d, all = c->T * square;
    const cisup_status status =
        cisup_circuits_init(&more, c->T, c->d, c->L + 1, c->L + 1, NULL);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < all; k++) more.w[k] = k % square % (c->d + 1) == 0;
    for (cisup_index k = 0; k < square; k++) more.wbar[k] = k % (c->d + 1) == 0;
    for (cisup_index l = 1; l <= c->L; l++) {
        memcpy(more.w + l * all, cisup_circuits_weights(c, l, 0),
               (size_t)all * sizeof(double));
        memcpy(more.wbar + l * square, cisup_circuits_common(c, l),
               (size_t)square * sizeof(double));
        memcpy(more.b + l * c->d, cisup_circuits_bias(c, l),
               (size_t)c->d * sizeof(double));
    }
    more.on_count = c->on_count;
    more.offset = c->offset;
    more.fold = c->fold;
    cisup_circuits_free(c);
    *c = more;
    return CISUP_OK;
}

static cisup_status shift_bias(void *context, cisup_circuits *c) {
    for (cisup_index k = 0; k < c->layers * c->d; k++)
        c->b[k] += *(const double *)context;
    return CISUP_OK;
}

static cisup_status drop_bias(void *context, cisup_circuits *c) {
    (void)context;
    for (cisup_index k = 0; k < c->layers * c->d; k++) c->b[k] = 0.0;
    return CISUP_OK;
}

/* Rotations of a third of the size: x and its offset together, not x alone, send a vector
 * of norm 1, as [CIS2] supposes. */
static cisup_status shrink_states(void *context, cisup_circuits *c) {
    const cisup_index on = c->on_count, d = c->d;
    const double third = 1.0 / 3.0;
    cisup_rng rng;
    cisup_status status;
    (void)context;
    CISUP_TRY(cisup_new(&c->input_start, c->T + 1, sizeof *c->input_start, NULL));
    CISUP_TRY(cisup_new(&c->input, c->T * (d - on), sizeof *c->input, NULL));
    cisup_rng_init(&rng, 1, CISUP_STREAM_TEST, 0, 0, 0);
    for (cisup_index t = 0; t < c->T; t++) {
        double *x = c->input + t * (d - on);
        c->input_start[t + 1] = t + 1;
        cisup_rng_sphere(&rng, d - on, x);
        for (cisup_index i = 0; i < d - on; i++) x[i] *= third;
    }
    for (cisup_index row = 0; row < c->layers * c->T * d; row++)
        for (cisup_index j = 0; j < on && row % d >= on; j++) c->w[row * d + j] *= third;
    for (cisup_index row = 0; row < c->layers * d; row++) {
        for (cisup_index j = 0; j < on && row % d >= on; j++)
            c->wbar[row * d + j] *= third;
        if (row % d >= on) c->b[row] *= third;
    }
    c->offset *= third;
done:
    return status;
}

static cisup_status scale_weights(cisup_circuits *c, double by) {
    for (cisup_index k = 0; k < c->layers * c->T * c->d * c->d; k++) c->w[k] *= by;
    return CISUP_OK;
}

static cisup_status double_weights(void *context, cisup_circuits *c) {
    (void)context;
    return scale_weights(c, 2.0);
}

static cisup_status halve_weights(void *context, cisup_circuits *c) {
    (void)context;
    return scale_weights(c, 0.5);
}

static void take_few(void *context, cisup_study *s) {
    s->T = *(const cisup_index *)context;
}

static void take_many(void *context, cisup_study *s) {
    s->T = *(const cisup_index *)context;
    s->scheme = CISUP_SCHEME_BEST;
}

static void activate_many(void *context, cisup_study *s) {
    s->z = *(const cisup_index *)context;
}

static void do_not_reshuffle(void *context, cisup_study *s) {
    (void)context;
    s->keep_order = 1;
}

static void repeat_all(void *context, cisup_study *s) {
    (void)context;
    s->keep_order = 1;
    s->fresh = 0;
}

static void let_all_pass(void *context, cisup_study *s) {
    (void)context;
    s->mode = CISUP_MODE_LINEAR;
}

/* Closes by hand what a ReLU network leaves open. */
static void mask_neurons(void *context, cisup_study *s) {
    (void)context;
    s->mode = CISUP_MODE_MASKED_LINEAR;
}

/* The same with new weights in every layer. */
static void mask_and_renew(void *context, cisup_study *s) {
    mask_neurons(context, s);
    s->fresh = 1;
}

static void do_not_widen(void *context, cisup_study *s) {
    s->N = *(const cisup_index *)context;
}

static cisup_index stay_flat(void *context, cisup_index n) {
    const cisup_index most = *(const cisup_index *)context;
    return n < most ? n : most;
}

/* Dimensions that grow like ln n: what is stored is a power of n. */
static cisup_index grow_slowly(void *context, cisup_index n) {
    (void)context;
    return (cisup_index)(20.0 + 20.0 * log((double)n / 20.0));
}

static void breaks_overlaps(void **state) {
    (void)state;
    const cisup_claims_setup s = small();
    turns(1, "0", s, &(cisup_claims_faults){.allocation = share_two});
    turns(2, "0", s, &(cisup_claims_faults){.embedding = join_neurons});
    turns(2, "0", s, &(cisup_claims_faults){.allocation = sit_twice});
    turns(3, "0", s, &(cisup_claims_faults){.embedding = join_neurons});
    turns(3, "0", s, &(cisup_claims_faults){.allocation = sit_twice});
    turns(4, "012345", s, &(cisup_claims_faults){.allocation = crowd_one});
    turns(5, "0", s, &(cisup_claims_faults){.allocation = share_two});
}

static void breaks_the_first_layers(void **state) {
    (void)state;
    const cisup_claims_setup s = small();
    cisup_index few = 25;
    turns(6, "01", s, &(cisup_claims_faults){.circuits = embed_late});
    turns(7, "013", s, &(cisup_claims_faults){.allocation = crowd_one});
    comes_true(7, "2", published(), &(cisup_claims_faults){.circuits = shrink_states});
    turns(8, "0", s, &(cisup_claims_faults){.context = &few, .study = take_few});
    turns(8, "1", s, &(cisup_claims_faults){.study = do_not_reshuffle});
}

static void breaks_the_second_layer(void **state) {
    (void)state;
    cisup_claims_setup s = published();
    cisup_index many = 2000;
    s.inputs = 150;
    turns(9, "023", s, &(cisup_claims_faults){.study = do_not_reshuffle});
    comes_true(9, "1", s, &(cisup_claims_faults){.context = &many, .study = take_many});
    comes_true(9, "4", s,
               &(cisup_claims_faults){
                   .context = &many, .study = take_many, .circuits = shrink_states});
}

static void breaks_accumulation(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    cisup_index one = 1;
    s.inputs = 400;
    turns(10, "0", s, &(cisup_claims_faults){.study = repeat_all});
    s.inputs = 100;
    comes_true(10, "12", published(), &(cisup_claims_faults){.study = mask_and_renew});
    turns(11, "01", s, &(cisup_claims_faults){.study = let_all_pass});
    comes_true(11, "2", s,
               &(cisup_claims_faults){.context = &one, .study = activate_many});
    comes_true(11, "3", s, &(cisup_claims_faults){.study = mask_neurons});
}

static void breaks_the_parts(void **state) {
    (void)state;
    const cisup_claims_setup s = small();
    double bias = -0.5;
    cisup_index few = 30, many = 60;
    turns(12, "01", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    bias = 1.0;
    turns(12, "2", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    comes_true(12, "3", s, &(cisup_claims_faults){.circuits = drop_bias});
    turns(15, "0", s, &(cisup_claims_faults){.context = &few, .study = take_few});
    turns(15, "1", s, &(cisup_claims_faults){.context = &many, .study = activate_many});
}

static void breaks_growth(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    cisup_index few = 150;
    turns(13, "01", s, &(cisup_claims_faults){.circuits = double_weights});
    turns(16, "0", s, &(cisup_claims_faults){.study = do_not_reshuffle});
    comes_true(16, "1", published(),
               &(cisup_claims_faults){.context = &few, .study = take_few});
    s.inputs = 60;
    turns(18, "12346", s, &(cisup_claims_faults){.circuits = double_weights});
    turns(18, "5", s, &(cisup_claims_faults){.circuits = halve_weights});
    comes_true(18, "0", s, &(cisup_claims_faults){.context = &few, .study = take_few});
}

static void breaks_the_worst_case(void **state) {
    (void)state;
    turns(14, "01", small(), &(cisup_claims_faults){.allocation = share_two});
}

static void breaks_closed_neurons(void **state) {
    (void)state;
    const cisup_claims_setup s = small();
    double bias = 2.0;
    turns(17, "0", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    comes_true(17, "1", published(), &(cisup_claims_faults){.study = mask_neurons});
    bias = 0.25;
    turns(20, "0", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    turns(20, "1", published(), &(cisup_claims_faults){.study = mask_neurons});
}

static void breaks_scaling(void **state) {
    (void)state;
    cisup_claims_setup s = published();
    cisup_index width = 350, flat = 8;
    s.inputs = 100;
    turns(19, "01", s, &(cisup_claims_faults){.context = &width, .study = do_not_widen});
    comes_true(19, "2", s, &(cisup_claims_faults){.study = mask_neurons});
    turns(22, "3", s, &(cisup_claims_faults){.context = &width, .study = do_not_widen});
    s = small();
    turns(22, "012", s, &(cisup_claims_faults){.context = &flat, .dimension = stay_flat});
    turns(22, "2", s, &(cisup_claims_faults){.dimension = grow_slowly});
}

static void breaks_identities(void **state) {
    (void)state;
    const cisup_claims_setup s = small();
    double bias = 0.35;
    turns(21, "02", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    bias = 0.8;
    turns(21, "1", s, &(cisup_claims_faults){.context = &bias, .circuits = shift_bias});
    turns(23, "01", s, &(cisup_claims_faults){.spared = 0.01});
}

static void breaks_the_refined_theory(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    s.networks = 10;
    s.inputs = 60;
    turns(24, "0", s, &(cisup_claims_faults){.study = do_not_reshuffle});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_overlaps),
        cmocka_unit_test(breaks_the_first_layers),
        cmocka_unit_test(breaks_the_second_layer),
        cmocka_unit_test(breaks_accumulation),
        cmocka_unit_test(breaks_the_parts),
        cmocka_unit_test(breaks_growth),
        cmocka_unit_test(breaks_the_worst_case),
        cmocka_unit_test(breaks_closed_neurons),
        cmocka_unit_test(breaks_scaling),
        cmocka_unit_test(breaks_identities),
        cmocka_unit_test(breaks_the_refined_theory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
