/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run is said to show: each sentence where its figures ask for it and not else. */
#include "common/check.h"

#include "common/program.h"
#include "propagate/propagation.h"
#include "propagate/screen.h"
#include "propagate/verdict.h"

#include <cisup/core/base/failure.h>

/* Of the program's main file. */
int fail_with(const cisup_error *err) {
    fail_msg("%s", err->text);
    return EXIT_INTERNAL;
}
int signal_received(void) {
    return 0;
}
double seconds_now(void) {
    return 0.0;
}

/* Nothing to remark: an error of a tenth of the signal, as the theory says. */
static verdict quiet(void) {
    return (verdict){.quantity = CISUP_X,
                     .signal_least = 1.0,
                     .signal_most = 1.0,
                     .L = 5,
                     .networks = 20,
                     .networks_asked = 20,
                     .T = 100,
                     .within = 0.05,
                     .last = 0.1};
}

static const char *said(const verdict *v) {
    static char text[VERDICT_ROOM];
    verdict_text(v, text);
    return text;
}

/* A field of the verdict, and what is said when it has this value. */
#define CHECK_SAID(change, part)                                                         \
    do {                                                                                 \
        verdict v = quiet();                                                             \
        assert_null(strstr(said(&v), part));                                             \
        change;                                                                          \
        if (!strstr(said(&v), part)) fail_msg("'%s' is not in: %s", part, said(&v));     \
    } while (0)

static void every_sentence_has_its_figures(void **state) {
    (void)state;
    const verdict none = quiet();
    assert_string_equal(
        said(&none),
        "The error follows the theory of masked networks, within 5 % in every layer. In "
        "layer 5 the error is 10 % of the signal. ");
    CHECK_SAID(v.networks = 7, "Interrupted: 7 of 20 networks.");
    CHECK_SAID(v.networks = v.networks_asked = 1, "One network: no intervals.");
    CHECK_SAID(v.exact = EXACT, "No error: exact. ");
    CHECK_SAID(v.exact = EXACT_BUT_ROUNDING, "No error: exact, up to rounding. ");
    CHECK_SAID(v.ran_over = 3, "From layer 3 on numbers run over");
    CHECK_SAID(v.above_theory = 3, "From layer 3 on the error is above the theory");
    CHECK_SAID(v.above_theory = 5;
               v.ratio_last = 2.5, "In layer 5 the error is 2.5 times the theory");
    CHECK_SAID(v.above_theory = 2; v.ratio_first = (double)INFINITY,
                                   "From layer 2 on there are errors, which the theory");
    CHECK_SAID(v.within = 0.3, "The error is not above the theory");
    CHECK_SAID(v.is_carried = 1, "of networks that carry masks");
    CHECK_SAID(v.above_signal = 4, "From layer 4 on the error exceeds the signal.");
    CHECK_SAID(v.above_signal = 5, "In layer 5 the error exceeds the signal.");
    CHECK_SAID(v.limit = "closed"; v.limit_T = 60;
               , "Beyond a limit of theory: closed neurons open (limit 'closed'");
    CHECK_SAID(v.limit = "closed"; v.limit_T = 60; v.look = 3;
               ,
               "What binds: closed neurons open (limit 'closed': T = 60 at this D, S and "
               "z; here 100)");
    CHECK_SAID(v.limit = "closed";
               v.limit_T = 100,
               "T is within the limits of theory ('closed' is next, at 100)");
    CHECK_SAID(
        v.look = 3; v.share = 0.24;
        v.is_on = 1,
        "In block on-0 24 % of the neurons that should be closed are open in layer "
        "3.");
    CHECK_SAID(v.look = 3; v.share = 0.24; v.block_is_only = 1, "In block data 24 %");
    CHECK_SAID(v.look = 3; v.term = "activation";
               v.term_share = 0.9, "in layer 3 is activation: 0.9 of its mean square.");
    CHECK_SAID(v.feedback = 0.5, "Errors of inactive circuits feed on: g = 0.5");
}

/* Neither theory nor signal: nothing is said of them; exact runs have no reasons. */
static void what_is_not_known_is_not_said(void **state) {
    (void)state;
    verdict v = quiet();
    v.within = (double)NAN;
    v.signal_most = 0.0;
    assert_string_equal(said(&v), "");
    v = quiet();
    v.exact = EXACT;
    v.limit = "closed";
    v.feedback = 0.9;
    assert_string_equal(said(&v), "No error: exact. ");
    v = quiet();
    v.look = 3;
    v.share = 0.0009; /* not worth a word */
    assert_null(strstr(said(&v), "block"));
}

/* Ascending, both ends, the layer to look at, and no more than there is room for. */
static void layers_that_are_shown(void **state) {
    (void)state;
    cisup_index layer[SCREEN_LAYERS];
    for (cisup_index L = 1; L < 60; L++)
        for (cisup_index look = 0; look <= L; look++) {
            const int count = screen_layers(L, look, layer);
            int found = look == 0;
            assert_int_equal(count, L < SCREEN_LAYERS ? L : SCREEN_LAYERS);
            assert_true(layer[0] == 1 && layer[count - 1] == L);
            for (int k = 0; k < count; k++) {
                found |= layer[k] == look;
                if (k) assert_true(layer[k] > layer[k - 1]);
            }
            if (!found) fail_msg("L = %d, layer %d", (int)L, (int)look);
        }
}

/* Figures of a run, which the test may change before it asks for the verdict. */
typedef struct {
    propagation p;
    cisup_status (*ask)(const finished_run *run, cisup_result *r);
} asked;

static cisup_status ask(void *context, const finished_run *run, cisup_error *err) {
    const asked *a = context;
    (void)err;
    return a->ask(run, run->report->result);
}

static void run_and_ask(cisup_index T, cisup_index z, int masks,
                        cisup_status (*question)(const finished_run *, cisup_result *)) {
    asked a = {propagation_defaults(), question};
    setup *s = &a.p.setup;
    cisup_shape shape;
    s->L = 4;
    s->construction.masks = masks;
    a.p.networks = 4;
    a.p.inputs = 30;
    CHECK_OK(index_list_set(&s->D, 400, &error_));
    CHECK_OK(index_list_set(&s->S, 4, &error_));
    CHECK_OK(index_list_set(&s->T, T, &error_));
    CHECK_OK(index_list_set(&s->z, z, &error_));
    CHECK_OK(propagation_complete(&a.p, &error_));
    CHECK_OK(setup_shape(s, 400, T, 4, &shape, &error_));
    CHECK_OK(propagation_run(&a.p, &shape, 1, ask, &a, &error_));
    propagation_free(&a.p);
}

static cisup_status is_exact(const finished_run *run, cisup_result *r) {
    const verdict v = verdict_of(run, r);
    assert_true(v.exact != NOT_EXACT && v.look == 0);
    for (cisup_index l = 1; l <= 4; l++)
        r->mse[cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)].mean = 0.0;
    assert_int_equal(verdict_of(run, r).exact, EXACT);
    r->mse[cisup_cell(3, CISUP_ACTIVE, CISUP_READOUT)].mean = 1e-30;
    assert_int_equal(verdict_of(run, r).exact, EXACT_BUT_ROUNDING);
    r->mse[cisup_cell(3, CISUP_ACTIVE, CISUP_READOUT)].mean = 1e-8;
    assert_int_equal(verdict_of(run, r).exact, NOT_EXACT);
    return CISUP_OK;
}

/* Far more circuits than the limit on closed neurons: figures of theory and signal are
 * put beside the measured ones by hand, and the first layer beyond is found. */
static cisup_status leaves_theory(const finished_run *run, cisup_result *r) {
    verdict v = verdict_of(run, r);
    assert_string_equal(v.limit, "closed");
    assert_true(v.T > v.limit_T && !v.exact && v.signal_most > 0.999);
    for (cisup_index l = 1; l <= 4; l++) {
        const cisup_index cell = cisup_cell(l, CISUP_ACTIVE, CISUP_X);
        const double ratio = l == 1 ? 3.0 : l == 2 ? 1.1 : l == 3 ? 2.0 : 5.0;
        r->theory[cell].refined = 0.04;
        r->mse[cell] = (cisup_interval){0.04 * ratio * ratio, 0.0, 0.041, 1.0};
        for (cisup_index k = 0; k < 4; k++)
            r->wrong[(l - 1) * 4 + k] = 0.1 * (double)l + (k == 2 ? 0.05 : 0.0);
    }
    v = verdict_of(run, r);
    assert_int_equal(v.above_theory, 3); /* layer 1, too, but not layer 2 */
    CHECK_NEAR(v.ratio_first, 2.0, 1e-12);
    CHECK_NEAR(v.ratio_last, 5.0, 1e-12);
    assert_int_equal(v.above_signal, 4); /* sqrt(0.04) 5 = 1 */
    assert_true(!v.is_on && v.block == 0 && v.look == 3);
    CHECK_NEAR(v.share, 0.35, 1e-12);
    r->mse[cisup_cell(3, CISUP_ACTIVE, CISUP_X)].low = 0.039; /* reaches the theory */
    assert_int_equal(verdict_of(run, r).above_theory, 4);
    r->mse[cisup_cell(4, CISUP_ACTIVE, CISUP_X)].mean = (double)INFINITY;
    assert_int_equal(verdict_of(run, r).ran_over, 4);
    return CISUP_OK;
}

static void figures_of_runs(void **state) {
    (void)state;
    run_and_ask(40, 1, 1, is_exact);
    run_and_ask(300, 1, 0, leaves_theory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_has_its_figures),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(layers_that_are_shown),
        cmocka_unit_test(figures_of_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
