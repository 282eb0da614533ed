/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Experiments that are refused, and those without memory. */
#include "common/check.h"
#include "common/experiments.h"

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/experiment/experiment_cost.h>

#include <omp.h>

static int is_empty(const cisup_report *r) {
    return r->L == 0 && r->d == 0 && r->z_count == 0 && r->networks == 0 && !r->result &&
           !r->kappa;
}

static void refuse(const cisup_experiment *x, cisup_status want, const char *says) {
    const int64_t before = cisup_memory_live();
    cisup_report r = {.L = 99};
    cisup_error err = {0};
    const cisup_status got = cisup_experiment_run(x, &r, &err);
    if (got != want || !strstr(err.text, says))
        fail_msg("status %d, wanted %d with '%s': %s", (int)got, (int)want, says,
                 err.text);
    assert_true(is_empty(&r));
    assert_int_equal(cisup_memory_live(), before);
    assert_int_equal(cisup_experiment_run(x, &r, NULL), want);
}

static void bad_numbers_are_refused(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    const cisup_index bad_z[][1] = {{0}, {-3}, {41}};
    const char *const says[] = {"z = 0", "z = -3", "z = 41"};
    for (int k = 0; k < 3; k++) {
        x = small(&a);
        x.z = bad_z[k];
        x.z_count = 1;
        refuse(&x, CISUP_EINVAL, says[k]);
    }
    x = small(&a);
    x.z_count = 0;
    refuse(&x, CISUP_EINVAL, "0 values of z");
    x = small(&a);
    x.networks = 0;
    refuse(&x, CISUP_EINVAL, "networks 0");
    x = small(&a);
    x.inputs = 0;
    refuse(&x, CISUP_EINVAL, "inputs 0");
    x = small(&a);
    x.threads = -1;
    refuse(&x, CISUP_EINVAL, "threads -1");
    const cisup_index out[38] = {0};
    x = small(&a);
    x.exclude = (cisup_exclusion){out, 38, 0};
    refuse(&x, CISUP_EINVAL, "z = 3 is not within 1..2 circuits");
    x = small(&a);
    x.worst = 41;
    refuse(&x, CISUP_EINVAL, "the 41 worst of 40 circuits");
    cisup_allocation_free(&a);
}

static void bad_circuits_are_refused(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_circuits c;
    CHECK_OK(cisup_circuits_make(&c, 39, 4, 3, NULL, &error_));
    cisup_experiment x = small(&a);
    x.d = 5;
    refuse(&x, CISUP_EINVAL, "d = 5");
    x.d = 0;
    refuse(&x, CISUP_EINVAL, "d = 0");
    x.d = -4;
    refuse(&x, CISUP_EINVAL, "d = -4");
    x = small(&a);
    x.L = 0;
    refuse(&x, CISUP_EINVAL, "L = 0");
    x.L = -2;
    refuse(&x, CISUP_EINVAL, "L = -2");
    x = small(&a);
    x.family.margin = 0.0;
    refuse(&x, CISUP_EINVAL, "margin 0");
    x = small(&a);
    x.circuits = &c;
    refuse(&x, CISUP_ESHAPE, "of 40 circuits for 39 circuits");
    cisup_circuits_free(&c);
    cisup_allocation_free(&a);
}

static void experiments_beyond_the_memory_are_refused_at_once(void **state) {
    (void)state;
    cisup_allocation a = placed(30, 3, 40);
    cisup_experiment x = small(&a);
    x.inputs = INT64_C(1) << 50;
    refuse(&x, CISUP_ENOMEM, "the experiment would need");
    assert_true(cisup_experiment_bytes(&x) > 1e15);
    assert_true(cisup_experiment_operations(&x) > 1e15);
    x = small(&a);
    assert_true(cisup_experiment_bytes(&x) < 1e8);
    cisup_allocation_free(&a);
}

static cisup_status run_tiny(void *context) {
    cisup_report r;
    const cisup_status status = cisup_experiment_run(context, &r, NULL);
    if (status != CISUP_OK) assert_true(is_empty(&r));
    cisup_report_free(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_allocation a = placed(9, 2, 7);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* so that the n-th allocation is always the same one */
    for (int variant = 0; variant < 3; variant++) {
        static const cisup_engine engine[] = {
            CISUP_ENGINE_BATCHED, CISUP_ENGINE_ASSEMBLED, CISUP_ENGINE_SPARSE};
        cisup_experiment x = small(&a);
        x.engine = engine[variant];
        x.L = 2;
        x.networks = 2;
        x.inputs = 2;
        x.worst = x.terms = variant == 1;
        assert_true(check_every_allocation(run_tiny, &x) > 50);
    }
    omp_set_num_threads(threads);
    cisup_allocation_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(bad_circuits_are_refused),
        cmocka_unit_test(experiments_beyond_the_memory_are_refused_at_once),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
