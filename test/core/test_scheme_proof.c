/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypotheses hold for what is computed and fail for what is spoiled. */
#include "common/check.h"

#include <cisup/core/cycles/cycle_form.h>
#include <cisup/core/scheme_proof.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>

static cisup_incidence computed(cisup_index N, cisup_index S, cisup_scheme scheme) {
    const cisup_allocation_options o = {.scheme = scheme};
    cisup_incidence x;
    cisup_index T;
    CHECK_OK(cisup_allocation_capacity(N, S, &o, &T, &error_));
    CHECK_OK(cisup_incidence_make(&x, N, S, T, scheme, &error_));
    return x;
}

static cisup_scheme_proof verified(const cisup_incidence *x) {
    cisup_scheme_proof p;
    CHECK_OK(cisup_scheme_verify(x, &p, &error_));
    assert_true(p.count > 0 && p.count <= CISUP_MOST_HYPOTHESES);
    const char *end = p.theorem + strlen(p.theorem);
    assert_true(end > p.theorem && end[-1] == '\n');
    return p;
}

static void check_holds(cisup_index N, cisup_index S, cisup_scheme scheme) {
    cisup_incidence x = computed(N, S, scheme);
    assert_true(verified(&x).holds);
    if (S > 1) {
        x.T++;
        assert_false(verified(&x).holds);
    }
    cisup_incidence_free(&x);
}

static void what_is_computed_is_proved(void **state) {
    (void)state;
    for (cisup_index S = 2; S <= 20; S++)
        for (cisup_index N = S * S; N < 3000; N += 1 + N / 4)
            check_holds(N, S, CISUP_SCHEME_TD);
    for (cisup_index N = 2; N < 60; N++) check_holds(N, 2, CISUP_SCHEME_PAIRS);
    for (cisup_index S = 2; S <= 13; S++) {
        if (S == 6 || S == 10 || S == 12) continue; /* no prime powers */
        for (cisup_index less = 0; less < S; less++) {
            check_holds(S * S - less, S, CISUP_SCHEME_AFFINE);
            check_holds(S * S + S + 1 - less, S + 1, CISUP_SCHEME_PROJECTIVE);
        }
        check_holds(S * S * S + 5, S, CISUP_SCHEME_AFFINE);
        check_holds(S * S * S + S * S + S + 2, S + 1, CISUP_SCHEME_PROJECTIVE);
    }
    cisup_incidence x;
    CHECK_OK(cisup_incidence_make(&x, 9, 1, 50, CISUP_SCHEME_REF, &error_));
    assert_true(verified(&x).holds);
    cisup_incidence_free(&x);
}

/* One word changed, and the hypothesis that then fails, alone. */
#define SPOILED(field, value, which)                                                     \
    do {                                                                                 \
        const cisup_index kept = (cisup_index)(field);                                   \
        (field) = (value);                                                               \
        const cisup_scheme_proof p = verified(&x);                                       \
        (field) = kept;                                                                  \
        assert_false(p.holds);                                                           \
        for (int k = 0; k < p.count; k++)                                                \
            assert_int_equal(p.hypothesis[k].holds, k != (which));                       \
    } while (0)

static void every_hypothesis_of_a_space_can_fail(void **state) {
    (void)state;
    cisup_incidence x = computed(9 * 9 * 9, 9, CISUP_SCHEME_AFFINE);
    cisup_geometry *g = &x.form->of.geometry;
    SPOILED(g->field.m, 2, 0);
    SPOILED(g->field.S, 7, 0);
    /* a product of the table changed: 2 times 1 */
    uint64_t *times =
        &g->field.field[0]
             .times[2 * g->field.field[0].chunks * (int64_t)g->field.field[0].chunk + 1];
    const uint64_t right = *times;
    *times = 0;
    assert_false(verified(&x).hypothesis[0].holds);
    *times = right;
    SPOILED(g->power[1], 8, 1);
    SPOILED(g->flat[1], 11, 1);
    SPOILED(g->less, 1, 1);
    SPOILED(g->points, 728, 1);
    SPOILED(g->step, 2 * 45, 2);
    SPOILED(x.N, 700, 3);
    SPOILED(x.T, x.T + 1, 3);
    SPOILED(x.S, 8, 3);
    assert_true(verified(&x).holds);
    cisup_incidence_free(&x);
}

static void every_hypothesis_of_pairs_can_fail(void **state) {
    (void)state;
    cisup_incidence x = computed(10, 2, CISUP_SCHEME_PAIRS);
    SPOILED(x.S, 3, 0);
    SPOILED(x.T, 46, 2);
    cisup_incidence_free(&x);
}

/* Four hypotheses for each level with lines, then one. */
static void every_hypothesis_of_td_can_fail(void **state) {
    (void)state;
    cisup_incidence x = computed(1000, 6, CISUP_SCHEME_TD);
    cisup_implicit *m = &x.form->of.td;
    cisup_implicit_free(m); /* q = 163, 22 left over, one of them shared */
    CHECK_OK(cisup_implicit_init(m, 1000, 6, CISUP_GROUPS_SHARE_POINT, &error_));
    x.T = m->T_max;
    cisup_implicit_level *const v = m->level;
    assert_true(v[0].shared == 1 && v[0].joining > 0 && m->depth >= 2);
    const cisup_scheme_proof proof = verified(&x);
    assert_true(proof.levels == m->depth + 1 && proof.count == 4 * m->depth + 1);
    for (int k = 0; k < proof.count; k++)
        assert_true(proof.hypothesis[k].key && proof.hypothesis[k].level == k / 4);
    assert_string_equal(proof.hypothesis[0].key, "units");
    assert_string_equal(proof.hypothesis[proof.count - 1].key, "fits");
    assert_string_equal(proof.level[0].size[1].key, "q");
    assert_int_equal(proof.level[0].size[1].value, 163);
    x.T = 100;
    SPOILED(v[0].step, v[0].lines.q, 1);
    SPOILED(v[0].joining, v[0].d, 2);
    SPOILED(m->last_blocks, m->S + 2, proof.count - 1);
#define FAILS(field, value, which)                                                       \
    do {                                                                                 \
        const cisup_index kept = (field);                                                \
        (field) = (value);                                                               \
        assert_false(verified(&x).hypothesis[which].holds);                              \
        (field) = kept;                                                                  \
    } while (0)
    FAILS(v[0].lines.m, 3 * v[0].lines.m, 0);
    FAILS(v[0].lines.m, v[0].lines.m + 2, 1);
    FAILS(v[0].shared, 2, 2);
    FAILS(v[1].n, v[1].n + 1, 3);
    FAILS(v[1].first, v[1].first - 1, 3);
    FAILS(v[1].copies, v[1].copies + 1, 3);
#undef FAILS
    x.T = 0;
    assert_false(verified(&x).holds);
    x.T = 100;
    assert_true(verified(&x).holds);
    cisup_incidence_free(&x);
}
#undef SPOILED

/* One word changed, and the hypothesis that then fails, alone. */
static void check_spoiled(const cisup_cycle *x, cisup_index *field, cisup_index value,
                          int which) {
    const cisup_index kept = *field;
    cisup_scheme_proof p;
    *field = value;
    CHECK_OK(cisup_cycle_verify(x, &p, &error_));
    *field = kept;
    assert_false(p.holds);
    for (int k = 0; k < p.count; k++) assert_int_equal(p.hypothesis[k].holds, k != which);
}

static void every_hypothesis_of_a_cycle_can_fail(void **state) {
    (void)state;
    cisup_cycle x;
    cisup_scheme_proof p;
    CHECK_OK(cisup_cycle_make(&x, 300, 4, 2, 5000, &error_)); /* 72 = 8 x 9, two fields */
    assert_true(x.q == 73);
    cisup_cycle_free(&x);
    CHECK_OK(cisup_cycle_make(&x, 288, 4, 2, 72 * 72, &error_));
    assert_true(x.q == 72 && x.form->ring.lines.fields == 2);
    CHECK_OK(cisup_cycle_verify(&x, &p, &error_));
    assert_true(p.holds && p.count == 5 && p.levels == 0);
    uint64_t *times = &x.form->ring.lines.field[0].times[8 + 1]; /* 1 times 1 */
    const uint64_t right = *times;
    *times = 0;
    CHECK_OK(cisup_cycle_verify(&x, &p, &error_));
    assert_true(!p.holds && !p.hypothesis[0].holds);
    *times = right;
    check_spoiled(&x, &x.form->ring.lines.q, 71, 1);
    check_spoiled(&x, &x.form->ring.groups, 9, 2);
    check_spoiled(&x, &x.form->ring.lines.S, 6, 2);
    check_spoiled(&x, &x.N, 287, 3);
    check_spoiled(&x, &x.T, 72 * 72 + 1, 4);
    check_spoiled(&x, &x.T, 0, 4);
    cisup_cycle_free(&x);
    CHECK_OK(cisup_cycle_make(&x, 100, 2, 2, 2500, &error_));
    assert_int_equal(cisup_cycle_verify(&x, &p, NULL), CISUP_EINVAL);
    assert_false(p.holds);
    cisup_cycle_free(&x);
}

static cisup_status verify_only(void *context) {
    cisup_scheme_proof p;
    const cisup_status status = cisup_scheme_verify(context, &p, NULL);
    if (status != CISUP_OK) assert_false(p.holds);
    return status;
}

static void what_has_no_theorem_is_refused(void **state) {
    (void)state;
    cisup_incidence x = computed(33, 3, CISUP_SCHEME_STS);
    cisup_scheme_proof p;
    assert_int_equal(cisup_scheme_verify(&x, &p, NULL), CISUP_EINVAL);
    assert_false(p.holds);
    cisup_incidence_free(&x);
    x = computed(64, 8, CISUP_SCHEME_AFFINE);
    assert_true(check_every_allocation(verify_only, &x) == 1);
    cisup_incidence_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_computed_is_proved),
        cmocka_unit_test(every_hypothesis_of_a_space_can_fail),
        cmocka_unit_test(every_hypothesis_of_pairs_can_fail),
        cmocka_unit_test(every_hypothesis_of_td_can_fail),
        cmocka_unit_test(every_hypothesis_of_a_cycle_can_fail),
        cmocka_unit_test(what_has_no_theorem_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
