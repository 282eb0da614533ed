/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The claims about networks that carry masks, and those that set one construction beside
 * another: each row sound and broken (common/claims_turn.h). */
#include "common/claims_turn.h"

#include <cisup/core/base/rng.h>

/* Ways to break a network. */

/* All layers use the same allocation: circuits that meet, meet in every layer. */
static void repeat_part(void *context, cisup_allocation *rows, cisup_index c) {
    const cisup_index part = rows->T * rows->S;
    (void)context;
    for (cisup_index h = 1; h < c; h++)
        memcpy(rows->slot + h * part, rows->slot, (size_t)part * sizeof *rows->slot);
}

/* Parts are dealt out anew: whom a circuit meets in one has nothing to do with the
 * others. */
static void reshuffle_parts(void *context, cisup_allocation *rows, cisup_index c) {
    const cisup_index S = rows->S, T = rows->T;
    cisup_rng rng;
    (void)context;
    cisup_rng_init(&rng, 1, CISUP_STREAM_TEST, 0, 0, 0);
    for (cisup_index h = 1; h < c; h++)
        for (cisup_index t = T - 1; t > 0; t--) {
            int32_t *a = rows->slot + (h * T + t) * S;
            int32_t *b =
                rows->slot +
                (h * T + (cisup_index)cisup_rng_below(&rng, (uint64_t)t + 1)) * S;
            for (cisup_index k = 0; k < S; k++) {
                const int32_t kept = a[k];
                a[k] = b[k];
                b[k] = kept;
            }
        }
}

/* Two circuits meet once more: the second takes the first neuron of the first. */
static void meet_twice(void *context, cisup_allocation *rows, cisup_index c) {
    const cisup_index S = rows->S;
    (void)context;
    for (cisup_index h = 0; h < c; h++)
        rows->slot[(h * rows->T + 1) * S] = rows->slot[h * rows->T * S];
}

/* The published construction, with as many neurons a block. */
static void publish(void *context, cisup_study *s) {
    (void)context;
    s->cycle = 0;
    s->d = 4;
    s->circuits = CISUP_STUDY_ROTATION;
    s->weights = CISUP_WEIGHTS_CAPPED;
    s->scheme = CISUP_SCHEME_BEST;
    s->mode = CISUP_MODE_RELU;
}

/* The same with fewer samples, where many are needed for the sound network alone. */
static void publish_briefly(void *context, cisup_study *s) {
    publish(context, s);
    s->inputs = 16;
}

static void steepen(void *context, cisup_study *s) {
    (void)context;
    s->step = (cisup_gate_step){.steepness = 8.0, .shift = 0.5};
    s->margin = 2.0;
    s->correction = 0.5;
}

static void flatten(void *context, cisup_study *s) {
    (void)context;
    s->step = (cisup_gate_step){0};
    s->margin = s->correction = 1.0;
}

/* Closes by hand what a ReLU network leaves open; new weights in every layer. */
static void mask_and_renew(void *context, cisup_study *s) {
    (void)context;
    s->mode = CISUP_MODE_MASKED_LINEAR;
    s->fresh = 1;
}

/* One layer, width and number of active circuits in place of three. */
static void freeze_shape(void *context, cisup_study *s) {
    const cisup_index D = s->d * s->N;
    (void)context;
    s->L = 3;
    s->z = s->cycle ? 3 : 1;
    s->inputs = 20;
    if (!s->cycle) {
        s->d = 4;
        s->N = D / 4;
    }
}

static void take_neurons(void *context, cisup_study *s) {
    s->S = *(const cisup_index *)context;
}

static void activate(void *context, cisup_study *s) {
    s->z = *(const cisup_index *)context;
}

static void weaken(void *context, cisup_study *s) {
    s->strength = *(const double *)context;
}

static void breaks_carried_masks(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    double strength = 0.05;
    s.networks = 4;
    s.inputs = 40;
    turns(25, "0123", s, &(cisup_claims_faults){.cycle = repeat_part});
    turns(25, "0123", s, &(cisup_claims_faults){.study = publish});
    turns(27, "012", s, &(cisup_claims_faults){.context = &strength, .study = weaken});
    turns(28, "0123", s, &(cisup_claims_faults){.cycle = repeat_part});
    turns(28, "0123", s, &(cisup_claims_faults){.cycle = meet_twice});
}

static void breaks_the_recursion(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    s.inputs = 400;
    turns(26, "012345", s, &(cisup_claims_faults){.cycle = repeat_part});
    turns(26, "024", s, &(cisup_claims_faults){.cycle = reshuffle_parts});
}

static void breaks_the_capacity_of_masks(void **state) {
    (void)state;
    cisup_claims_setup s = published();
    s.networks = 8;
    s.inputs = 100;
    turns(29, "01", s, &(cisup_claims_faults){.study = publish_briefly});
}

static void breaks_the_gates(void **state) {
    (void)state;
    const cisup_claims_setup s = published();
    comes_true(30, "023", s, &(cisup_claims_faults){.study = steepen});
    comes_true(30, "15", s, &(cisup_claims_faults){.study = mask_and_renew});
    turns(30, "467", s, &(cisup_claims_faults){.study = flatten});
}

static void breaks_the_shapes(void **state) {
    (void)state;
    cisup_claims_setup s = published();
    s.networks = 10;
    s.inputs = 200;
    turns(31, "01234", s, &(cisup_claims_faults){.study = freeze_shape});
}

static void breaks_the_contrasts(void **state) {
    (void)state;
    cisup_claims_setup s = published(), more = s; /* it takes a third of the networks */
    cisup_index few = 6, half = 125, one = 1, three = 3;
    more.networks = 15;
    turns(32, "01", more,
          &(cisup_claims_faults){.context = &half, .study = take_neurons});
    turns(32, "2", more, &(cisup_claims_faults){.context = &few, .study = take_neurons});
    turns(33, "0", s, &(cisup_claims_faults){.context = &three, .study = activate});
    comes_true(33, "1", s, &(cisup_claims_faults){.context = &one, .study = activate});
    turns(33, "2", s, &(cisup_claims_faults){.study = publish});
}

static void threads_do_not_show(void **state) {
    (void)state;
    for (int number = 25; number <= 33; number++) {
        cisup_claims_setup s = tiny();
        if (number == 29 || number == 31) s.D = 1000; /* there must be room for T */
        s.threads = 1;
        const cisup_findings one = found(number, &s);
        s.threads = 3;
        const cisup_findings three = found(number, &s);
        assert_same(&one, &three);
    }
}

static cisup_status examine_number(void *number) {
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    cisup_claims_setup s = tiny();
    cisup_findings f;
    s.inputs = 1;
    s.threads = 1;
    return cisup_claims_examine(&e[*(int *)number - 1], &s, &f, NULL);
}

/* One claim of each kind of experiment. */
static void survives_failing_allocations(void **state) {
    (void)state;
    int number[] = {25, 27, 28, 32};
    for (int k = 0; k < (int)(sizeof number / sizeof *number); k++)
        assert_true(check_every_allocation(examine_number, &number[k]) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_carried_masks),
        cmocka_unit_test(breaks_the_recursion),
        cmocka_unit_test(breaks_the_capacity_of_masks),
        cmocka_unit_test(breaks_the_gates),
        cmocka_unit_test(breaks_the_shapes),
        cmocka_unit_test(breaks_the_contrasts),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
