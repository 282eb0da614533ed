/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The claims about what depth does to errors: residual streams, gain, input noise; and
 * those of vectors that are stored. Each row sound and broken (common/claims_turn.h). */
#include "common/claims_turn.h"

/* Ways to break a network. */

/* Circuits that add next to nothing. */
static cisup_status weaken_weights(void *context, cisup_circuits *c) {
    (void)context;
    for (cisup_index k = 0; k < c->layers * c->T * c->d * c->d; k++) c->w[k] *= 0.01;
    return CISUP_OK;
}

static cisup_index stay_flat(void *context, cisup_index n) {
    const cisup_index most = *(const cisup_index *)context;
    return n < most ? n : most;
}

static void amplify(void *context, cisup_study *s) {
    s->gain = *(const double *)context;
}

static void disturb(void *context, cisup_study *s) {
    s->noise = *(const double *)context;
}

static void breaks_the_streams(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    s.inputs = 40;
    turns(34, "01", s, &(cisup_claims_faults){.circuits = weaken_weights});
    turns(34, "23", s, &(cisup_claims_faults){.spared = 0.01});
}

static void breaks_the_stored_sets(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    cisup_index most = 4;
    s.networks = 12;
    turns(35, "01234", s,
          &(cisup_claims_faults){.context = &most, .dimension = stay_flat});
}

static void breaks_the_gain(void **state) {
    (void)state;
    cisup_claims_setup s = small();
    double gain = 1.5;
    s.L = 5;
    turns(36, "01", s, &(cisup_claims_faults){.context = &gain, .study = amplify});
    gain = 1.0;
    comes_true(36, "2", s, &(cisup_claims_faults){.context = &gain, .study = amplify});
    turns(36, "34", s, &(cisup_claims_faults){.context = &gain, .study = amplify});
}

static void breaks_the_input_noise(void **state) {
    (void)state;
    double noise = 1.0;
    turns(37, "012", small(),
          &(cisup_claims_faults){.context = &noise, .study = disturb});
}

static void threads_do_not_show(void **state) {
    (void)state;
    for (int number = 34; number <= 37; number++) {
        cisup_claims_setup s = tiny();
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

static void survives_failing_allocations(void **state) {
    (void)state;
    int number[] = {34, 35, 36};
    for (int k = 0; k < (int)(sizeof number / sizeof *number); k++)
        assert_true(check_every_allocation(examine_number, &number[k]) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_the_streams),
        cmocka_unit_test(breaks_the_stored_sets),
        cmocka_unit_test(breaks_the_gain),
        cmocka_unit_test(breaks_the_input_noise),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
