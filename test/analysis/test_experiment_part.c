/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of an experiment, through files and merged, against the whole run. */
#include "common/check.h"
#include "common/reports.h"
#include "common/watched.h"

#include <cisup/analysis/experiment/experiment_parts.h>
#include <cisup/analysis/experiment_part.h>

#include <unistd.h>

/* Through a file. */
static cisup_part copied(const cisup_experiment *x, const cisup_part *part) {
    FILE *file = tmpfile();
    cisup_part back;
    assert_non_null(file);
    CHECK_OK(cisup_part_write(part, file, &error_));
    rewind(file);
    CHECK_OK(cisup_part_read(x, file, &back, &error_));
    assert_int_equal(fgetc(file), EOF);
    (void)fclose(file);
    return back;
}

/* n parts; every one through a file; merged from the k-th on, forwards or backwards. */
static void check_parts(const cisup_experiment *x, const cisup_report *whole,
                        cisup_index n, cisup_index k, int backwards) {
    cisup_part part[5], sum;
    cisup_report report;
    for (cisup_index p = 0; p < n; p++) {
        cisup_part made = part_of(x, p, n);
        part[p] = copied(x, &made);
        assert_int_equal(cisup_part_count(&part[p]), cisup_part_count(&made));
        cisup_part_free(&made);
    }
    sum = part[k];
    for (cisup_index p = 1; p < n; p++)
        CHECK_OK(
            cisup_part_merge(&sum, &part[(k + (backwards ? n - p : p)) % n], &error_));
    part[k] = copied(x, &sum); /* what was merged can be written, too */
    cisup_part_free(&sum);
    CHECK_OK(cisup_part_report(x, &part[k], &report, &error_));
    assert_equal_reports(&report, whole, x->worst, x->terms);
    cisup_report_free(&report);
    for (cisup_index p = 0; p < n; p++) cisup_part_free(&part[p]);
}

static void parts_give_the_whole(void **state) {
    (void)state;
    const cisup_index counts[] = {1, 2, 3, 5};
    for (int kind = 0; kind < KINDS; kind++) {
        small_experiment s;
        cisup_report whole;
        small_make(&s, kind);
        CHECK_OK(cisup_experiment_run(&s.x, &whole, &error_));
        if (kind == KIND_COMPUTED) assert_true(whole.kappa_error > 0.0);
        if (kind == KIND_TERMS) assert_true(whole.result[0].residual > 0.0);
        if (kind == KIND_AUTO)
            assert_int_equal(whole.result[0].engine, CISUP_ENGINE_SPARSE);
        if (kind == KIND_WORST) assert_true(whole.result[1].culprit[2].neurons > 0);
        for (int c = 0; c < 4; c++)
            check_parts(&s.x, &whole, counts[c], (counts[c] - 1) / 2, c % 2);
        check_parts(&s.x, &whole, 5, 4, 0); /* from a part without networks on */
        cisup_report_free(&whole);
        small_free(&s);
    }
}

static void refuse_report(const cisup_experiment *x, const cisup_part *part,
                          cisup_status want, const char *says) {
    cisup_report report = {.L = 7};
    cisup_error err = {0};
    assert_int_equal(cisup_part_report(x, part, &report, &err), want);
    assert_non_null(strstr(err.text, says));
    assert_true(report.L == 0 && !report.result);
}

static void incomplete_and_double_ones_are_refused(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_LIST);
    cisup_part even = part_of(&s.x, 0, 2), odd = part_of(&s.x, 1, 2);
    cisup_part last = part_of(&s.x, 3, 1);
    cisup_error err = {0};
    refuse_report(&s.x, &even, CISUP_EINVAL, "network 1 ");
    refuse_report(&s.x, &last, CISUP_EINVAL, "network 0 ");
    CHECK_OK(cisup_part_merge(&last, &even, &error_));
    refuse_report(&s.x, &last, CISUP_EINVAL, "network 1 ");
    assert_int_equal(cisup_part_merge(&last, &odd, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "network 3 is in two parts"));
    assert_int_equal(cisup_part_merge(&even, &even, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_part_count(&last), 3);
    CHECK_OK(cisup_part_merge(&even, &odd, &error_)); /* what was refused did no harm */
    cisup_report report;
    CHECK_OK(cisup_part_report(&s.x, &even, &report, &error_));
    cisup_report_free(&report);
    cisup_part nothing;
    assert_int_equal(cisup_experiment_part(&s.x, -1, 1, &nothing, NULL), CISUP_EINVAL);
    assert_int_equal(cisup_experiment_part(&s.x, 0, 0, &nothing, NULL), CISUP_EINVAL);
    assert_null(nothing.of);
    nothing = part_of(&s.x, INT64_MAX, INT64_MAX);
    assert_int_equal(cisup_part_count(&nothing), 0);
    refuse_report(&s.x, &nothing, CISUP_EINVAL, "network 0 ");
    cisup_part_free(&nothing);
    s.x.networks = 0;
    assert_int_equal(cisup_experiment_part(&s.x, 0, 1, &nothing, NULL), CISUP_EINVAL);
    cisup_part_free(&even);
    cisup_part_free(&odd);
    cisup_part_free(&last);
    small_free(&s);
}

/* Another experiment is refused by reading, merging and reporting, which name it. */
static void refuse_other(const cisup_experiment *x, const cisup_experiment *other,
                         const char *says) {
    cisup_part part = part_of(x, 0, 2), more = part_of(other, 1, 2), back;
    FILE *file = tmpfile();
    cisup_error err = {0};
    CHECK_OK(cisup_part_write(&part, file, &error_));
    rewind(file);
    const cisup_status status = cisup_part_read(other, file, &back, &err);
    if (status != CISUP_EFORMAT || !strstr(err.text, says))
        fail_msg("wanted '%s', got %d '%s'", says, (int)status, err.text);
    assert_null(back.of);
    assert_int_equal(cisup_part_merge(&more, &part, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, says));
    refuse_report(other, &part, CISUP_EFORMAT, says);
    (void)fclose(file);
    cisup_part_free(&part);
    cisup_part_free(&more);
}

static void other_experiments_are_refused(void **state) {
    (void)state;
    small_experiment s, t;
    small_make(&s, KIND_LIST);
    const cisup_index other_z[] = {1, 2}, out[] = {1, 2};
#define REFUSE(change, says)                                                             \
    do {                                                                                 \
        small_make(&t, KIND_LIST);                                                       \
        change;                                                                          \
        refuse_other(&s.x, &t.x, says);                                                  \
        small_free(&t);                                                                  \
    } while (0)
    REFUSE(t.x.seed = 2, "the seed is 1, not 2");
    REFUSE(t.x.networks = 5, "networks is 4, not 5");
    REFUSE(t.x.inputs = 22, "inputs is 21, not 22");
    REFUSE(t.x.z = other_z, "the list of z differ");
    REFUSE(t.x.z_count = 1, "the number of z is 2, not 1");
    REFUSE(t.x.L = 2, "L is 3, not 2");
    REFUSE(t.x.mode = CISUP_MODE_LINEAR, "the mode is");
    REFUSE(t.x.precision = CISUP_PRECISION_SINGLE, "the precision is");
    REFUSE(t.x.terms = 1, "terms is 0, not 1");
    REFUSE(t.x.worst = 2, "worst is 0, not 2");
    REFUSE(t.x.engine = CISUP_ENGINE_SPARSE, "the engine is");
    REFUSE(t.x.family.margin = 1.5, "the margin is 1, not 1.5");
    REFUSE(t.x.family.step.steepness = 8.0, "the steepness is 2, not 8");
    REFUSE(t.x.family.step.shift = 0.25, "the shift is 0.5, not 0.25");
    REFUSE(t.x.family.fresh = 1, "fresh is 0, not 1");
    REFUSE(t.x.family.family = CISUP_IDENTITY, "the family is");
    REFUSE(t.x.network.keep_order = 1, "keep_order is 0, not 1");
    REFUSE(t.x.network.carrying.codes = 1, "codes of masks is 0, not 1");
    REFUSE(t.x.network.weights.scheme = CISUP_WEIGHTS_PLAIN, "the scheme of weights is");
    REFUSE(t.x.network.weights.correction = 0.5, "the correction is 1, not 0.5");
    REFUSE(t.x.network.weights.center = 0.25, "the center is nan, not 0.25");
    REFUSE((t.x.exclude = (cisup_exclusion){out, 2, 0}), "circuits left out is 0, not 2");
    REFUSE(t.base.slot[119]++, "the slots differ");
    REFUSE(t.base.T--, "T is 40, not 39");
#undef REFUSE
    small_make(&t, KIND_EXCLUDE);
    small_experiment u;
    small_make(&u, KIND_EXCLUDE);
    u.out[7] = 2; /* of the last network */
    refuse_other(&t.x, &u.x, "the circuits left out differ");
    small_free(&t);
    small_free(&u);
    small_make(&t, KIND_GIVEN);
    small_make(&u, KIND_GIVEN);
    u.given.w[3] += 1e-9;
    refuse_other(&t.x, &u.x, "the circuits differ");
    small_free(&t);
    small_free(&u);
    small_free(&s);
}

/* --- files --------------------------------------------------------------------- */

/* An end on request leaves the networks that are whole. */
static void a_stopped_part_has_what_was_done(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_LIST);
    watched all = {0};
    cisup_watcher watcher = watched_by(&all);
    s.x.watcher = &watcher;
    cisup_part part = part_of(&s.x, 1, 2);
    assert_true(all.of == 2.0 && all.done == 2.0);
    cisup_part_free(&part);
    for (int64_t k = 1; k <= all.questions; k++) {
        watched one = {.stop_at = k};
        watcher = watched_by(&one);
        const cisup_status status = cisup_experiment_part(&s.x, 1, 2, &part, NULL);
        const cisup_index count = status == CISUP_OK ? cisup_part_count(&part) : 0;
        if (status != CISUP_OK) assert_int_equal(status, CISUP_ESTOPPED);
        if (one.has_stopped) assert_true((double)count <= one.done);
        if (status == CISUP_OK && count < 2) {
            cisup_part rest;
            cisup_report report, whole;
            s.x.watcher = NULL;
            CHECK_OK(cisup_experiment_part(&s.x, 0, 1, &rest, &error_));
            assert_int_equal(cisup_part_merge(&rest, &part, NULL), CISUP_EINVAL);
            cisup_part_free(&rest);
            cisup_part even = part_of(&s.x, 0, 2), last = part_of(&s.x, 3, 2);
            CHECK_OK(cisup_part_merge(&part, &even, &error_));
            CHECK_OK(cisup_part_merge(&part, &last, &error_));
            CHECK_OK(cisup_part_report(&s.x, &part, &report, &error_));
            CHECK_OK(cisup_experiment_run(&s.x, &whole, &error_));
            assert_equal_reports(&report, &whole, 0, 0);
            cisup_report_free(&report);
            cisup_report_free(&whole);
            cisup_part_free(&even);
            cisup_part_free(&last);
            s.x.watcher = &watcher;
        }
        if (status == CISUP_OK) cisup_part_free(&part);
    }
    small_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_give_the_whole),
        cmocka_unit_test(incomplete_and_double_ones_are_refused),
        cmocka_unit_test(other_experiments_are_refused),
        cmocka_unit_test(a_stopped_part_has_what_was_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
