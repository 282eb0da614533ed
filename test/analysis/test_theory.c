/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/theory/theory.h>
#include <cisup/core/allocation.h>
#include <cisup/core/allocation/allocation_parts.h>

/* N = 10, S = 2, T = 7: density d/D = 1/10, TS/N = 1.4. */
static cisup_theory_case small_case(void) {
    return (cisup_theory_case){
        .D = 40, .d = 4, .T = 7, .S = 2, .z = 3, .N = 10, .P = 0.2, .p = 0.05};
}

/* The four columns of the rotation family for up to 60 layers. */
typedef struct {
    cisup_prediction x_active[60], x_inactive[60], on_active[60], on_inactive[60];
} columns;

static columns rotation_columns(const cisup_theory_case *c, cisup_index layers) {
    columns k;
    cisup_theory_rotation4(c, layers, k.x_active, k.x_inactive, k.on_active,
                           k.on_inactive);
    return k;
}

/* p1 = 1/10 - 1/14 = 1/35, p_even = 7/6 p1 = 1/30, g = 3*2*7/400 = 0.105. */
static void overlap_formulas_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    CHECK_NEAR(cisup_theory_p_followup(&c), 1.0 / 35.0, 1e-16); /* a few roundings */
    CHECK_NEAR(cisup_theory_p_even(&c), 1.0 / 30.0, 1e-16);
    CHECK_NEAR(cisup_theory_feedback(&c), 0.105, 1e-16);
    c.T = 5; /* TS = N: disjoint circuits */
    assert_true(cisup_theory_p_followup(&c) == 0.0 && cisup_theory_p_even(&c) == 0.0);
    c.T = 3;
    assert_true(cisup_theory_p_followup(&c) == 0.0 && cisup_theory_p_even(&c) == 0.0);
    c = (cisup_theory_case){.D = 40, .d = 4, .T = 1, .S = 10, .z = 1, .N = 10};
    c.P = c.p = (double)NAN; /* as one circuit's statistics are */
    assert_true(cisup_theory_p_even(&c) == 0.0 && cisup_theory_feedback(&c) == 0.0);
}

/* (3.6) = (2.5)/S^2 when D = d N. */
static void p_even_is_the_even_overlap(void **state) {
    (void)state;
    for (cisup_index T = 2; T < 400; T += 7) {
        const cisup_theory_case c = {
            .D = 4 * 53, .d = 4, .T = (double)T, .S = 3, .z = 1, .N = 53};
        CHECK_NEAR(cisup_theory_p_even(&c), cisup_even_overlap(53, 3, T) / 9.0, 1e-16);
    }
}

/* z = 3, d/D = 1/10: layer 1 active 2/10, layer l active (l-1) 7*3/100, inactive 3/10. */
static void post_has_its_leading_order(void **state) {
    (void)state;
    const cisup_theory_case c = small_case();
    static const double want[4] = {0.2, 0.21, 0.42, 0.63};
    for (cisup_index l = 1; l <= 4; l++) {
        CHECK_NEAR(cisup_theory_general_post(&c, l).active, want[l - 1], 1e-15);
        CHECK_NEAR(cisup_theory_general_post(&c, l).inactive, 0.3, 1e-15);
    }
}

/* By hand, p = 1/20, z = 3, T - z = 4, S = 2:
 *   l=1  e = 2p = .1                                     q = 3p = .15
 *   l=2  flow 4p*.15 = .03,   e = .1 + .03 + .1*1.1       = .24,
 *        s = 1.1 + 2*.03   = 1.16,                        q = .15*1.16   = .174
 *   l=3  flow 4p*.174 = .0348, e = .24 + .0348 + .1*1.24  = .3988,
 *        s = 1.24 + .0696  = 1.3096,                      q = .15*1.3096 = .19644 */
static void general_recursion_follows_the_hand(void **state) {
    (void)state;
    const cisup_theory_case c = small_case();
    static const double e[3] = {0.1, 0.24, 0.3988}, q[3] = {0.15, 0.174, 0.19644};
    cisup_prediction active[3], inactive[3];
    cisup_theory_general(&c, 3, active, inactive);
    for (cisup_index l = 1; l <= 3; l++) {
        const cisup_theory_error got = cisup_theory_general_recursion(&c, l);
        CHECK_NEAR(got.active, e[l - 1], 1e-15);
        CHECK_NEAR(got.inactive, q[l - 1], 1e-15);
        assert_true(active[l - 1].refined == got.active);
        assert_true(inactive[l - 1].refined == got.inactive);
        assert_true(active[l - 1].post == cisup_theory_general_post(&c, l).active);
        assert_true(inactive[l - 1].post == cisup_theory_general_post(&c, l).inactive);
        assert_true(isnan(active[l - 1].followup) && isnan(inactive[l - 1].followup));
    }
}

/* T = z: nothing comes from inactive circuits, 1 + e_l = (1 + (z-1) p)^l. */
static void with_all_active_errors_compound(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.z = c.T;
    for (cisup_index l = 1; l <= 9; l++) {
        const cisup_theory_error got = cisup_theory_general_recursion(&c, l);
        CHECK_NEAR(1.0 + got.active, pow(1.3, (double)l), 1e-14); /* 20 roundings */
        assert_true(isnan(got.inactive));
        assert_true(isnan(cisup_theory_general_post(&c, l).inactive));
    }
}

/* (9.2) In the limit of many circuits and S -> infinity at fixed g, e stays near 0 and
 * q_l = p + g q_{l-1}: the fixed point is p/(1-g), e grows by T p^2/(1-g) a layer, and
 * beyond g = 1 q grows by g. Left out: 1/T = 1e-9 and 60 g/S = 1e-10. */
static void feedback_settles_or_grows(void **state) {
    (void)state;
    cisup_theory_case c = {.T = 1e9, .S = 1e12, .z = 1};
    c.p = sqrt(0.5 / (c.S * c.T));
    CHECK_NEAR(cisup_theory_feedback(&c), 0.5, 1e-15);
    cisup_theory_error last = cisup_theory_general_recursion(&c, 59);
    cisup_theory_error now = cisup_theory_general_recursion(&c, 60);
    CHECK_NEAR(now.inactive / c.p, 2.0, 1e-8);
    CHECK_NEAR((now.active - last.active) / (c.T * c.p * c.p), 2.0, 1e-8);
    c.p = sqrt(1.8 / (c.S * c.T));
    last = cisup_theory_general_recursion(&c, 59);
    now = cisup_theory_general_recursion(&c, 60);
    CHECK_NEAR(now.inactive / last.inactive, 1.8, 1e-8);
}

/* N = 10, z = 3, T = 7, S = 2, p = 1/20, g = 0.105: q = .15/.895, e_3 = 2*7*.05*q + .3.
 */
static void settled_errors_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    const cisup_theory_error got = cisup_theory_settled(&c, 3);
    CHECK_NEAR(got.inactive, 0.15 / 0.895, 1e-16);
    CHECK_NEAR(got.active, 0.7 * 0.15 / 0.895 + 0.3, 1e-15);
    c.p = 0.2; /* g = 1.68 */
    assert_true(isinf(cisup_theory_settled(&c, 3).active));
    assert_true(isinf(cisup_theory_settled(&c, 3).inactive));
}

/* As g -> 0 the recursion (9.1) adds up to its closed form: what is left out is,
 * relative, g, e and z/T. */
static void recursion_comes_to_its_closed_form(void **state) {
    (void)state;
    for (double z = 1; z <= 3; z++)
        for (cisup_index l = 2; l <= 9; l++) {
            cisup_theory_case c = {.T = 1e7, .S = 4, .z = z, .p = 1e-7};
            const cisup_theory_error sum = cisup_theory_general_recursion(&c, l);
            const cisup_theory_error closed = cisup_theory_settled(&c, l);
            CHECK_NEAR(sum.active / closed.active, 1.0, 2e-5);
            /* After l layers the feedback has settled but for g^(l-1), g = 4e-7 z. */
            CHECK_NEAR(sum.inactive / closed.inactive, 1.0, 2e-5);
        }
}

/* T p^2 = 1/40 for T = 10, p = 1/20; P = 0.2: l = 4: 3 + 4*.2 + 2*.04 = 3.88. */
static void coherent_errors_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.T = 10;
    assert_true(cisup_theory_coherent(&c, 1) == 0.0);
    CHECK_NEAR(cisup_theory_coherent(&c, 2), 0.025, 1e-17);
    CHECK_NEAR(cisup_theory_coherent(&c, 4), 3.88 / 40.0, 1e-16);
}

/* T p/S^2 = 10/(20*4) = 1/8; reshuffled it is T p^2 = 1/40, P = S^2 p = 1/5 of it. */
static void unreshuffled_errors_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.T = 10;
    assert_true(cisup_theory_unreshuffled(&c, 1) == 0.0);
    CHECK_NEAR(cisup_theory_unreshuffled(&c, 4), 9.0 / 8.0, 1e-15);
    CHECK_NEAR(cisup_theory_unreshuffled(&c, 2) * c.P, cisup_theory_coherent(&c, 2),
               1e-17);
    c.fresh = 1;
    CHECK_NEAR(cisup_theory_unreshuffled(&c, 4), 3.0 / 8.0, 1e-16);
}

/* One layer at a time gives what the whole table gives. */
static void single_layers_are_those_of_the_table(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.kappa = 0.5;
    c.V = 0.01;
    c.margin = 0.5;
    const columns k = rotation_columns(&c, 9);
    for (cisup_index l = 1; l <= 9; l++) {
        const cisup_theory_error got = cisup_theory_rotation_recursion(&c, l);
        assert_true(got.active == k.x_active[l - 1].refined);
        assert_true(got.inactive == k.x_inactive[l - 1].refined);
        assert_true(cisup_theory_rotation_followup(&c, l) == k.x_active[l - 1].followup);
        assert_true(cisup_theory_rotation_on(&c) == k.on_inactive[l - 1].refined);
    }
}

/* l = 1 has no propagation, z = 1 no overlap among active circuits. */
static void one_active_circuit_starts_exact(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.z = 1;
    c.kappa = 0.3;
    c.V = 0.01;
    c.margin = 1.0;
    const columns k = rotation_columns(&c, 1);
    assert_true(k.x_active[0].post == 0.0 && k.x_active[0].followup == 0.0 &&
                k.x_active[0].refined == 0.0);
    CHECK_NEAR(k.x_inactive[0].refined, 0.05, 1e-17);
    CHECK_NEAR(k.on_inactive[0].refined, 0.05, 1e-17);
    assert_true(cisup_theory_general_post(&c, 1).active == 0.0);
    assert_true(cisup_theory_general_recursion(&c, 1).active == 0.0);
}

/* d/D = 1/10, T = 10, S = 2: p1 = 1/20, T p1^2 = 1/40. Active x, layer 3:
 *   b = 1    H = 8,    z = 2:  2/40 (2+8) + 3/20*9     = 0.5   + 1.35  = 1.85
 *   b = 1/2  H = 4.5,  z = 2:  2/40 (2+4.5) + 3/20*5.5 = 0.325 + 0.825 = 1.15
 *   b = 1,   z = 1:            2/40
 * post, z = 2: 3*1/10 + 2*10*2/100 = 0.7. */
static void followup_and_post_have_their_values(void **state) {
    (void)state;
    cisup_theory_case c = {.D = 40, .d = 4, .T = 10, .S = 2, .z = 2, .N = 10};
    c.margin = 1.0;
    columns k = rotation_columns(&c, 3);
    CHECK_NEAR(k.x_active[2].followup, 1.85, 1e-15);
    CHECK_NEAR(k.x_active[2].post, 0.7, 1e-15);
    CHECK_NEAR(k.x_inactive[2].followup, 0.1, 1e-16);
    CHECK_NEAR(k.x_inactive[2].post, 0.2, 1e-16);
    CHECK_NEAR(k.on_inactive[2].followup, 0.1, 1e-16);
    CHECK_NEAR(k.on_inactive[2].post, 0.2, 1e-16);
    assert_true(k.on_active[2].followup == 0.0 && k.on_active[2].refined == 0.0);
    assert_true(isnan(k.on_active[2].post));
    c.margin = 0.5;
    k = rotation_columns(&c, 3);
    CHECK_NEAR(k.x_active[2].followup, 1.15, 1e-15);
    c.z = 1;
    k = rotation_columns(&c, 3);
    CHECK_NEAR(k.x_active[2].followup, 0.05, 1e-16);
}

/* By hand with P = 0, so that ke = 0 and coh = 1, and p = 1/20, V = 1/100, b = 1/2:
 * H = 4.5, T - z = 4, z - 1 = 2, S H (z-1) p/2 = 0.45.
 *   l=1  nu = 2p = .1,            e = .1 + .45                           = .55
 *        s = 1 + .45,             q = .15*1.45                           = .2175
 *   l=2  nu = .1 + 4V = .14,      e = .55 + .0435 + .155 + .63           = 1.3785
 *        s = 1.55+.087+.45=2.087, q                                      = .31305
 *   l=3                           e = 1.3785 + .06261 + .23785 + .63     = 2.30896
 *        s = 2.3785+.12522+.45,   q = .15*2.95372                        = .443058 */
static void rotation_recursion_follows_the_hand(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.P = 0.0;
    c.kappa = 0.5;
    c.V = 0.01;
    c.margin = 0.5;
    static const double e[3] = {0.55, 1.3785, 2.30896};
    static const double q[3] = {0.2175, 0.31305, 0.443058};
    const columns k = rotation_columns(&c, 3);
    for (int l = 0; l < 3; l++) {
        CHECK_NEAR(k.x_active[l].refined, e[l], 2e-15);
        CHECK_NEAR(k.x_inactive[l].refined, q[l], 2e-15);
    }
}

/* With T P^2/S^2 = ln 2, rho' = 1/2 exactly and ke = (1+kappa)^2/4 = 9/16; P = 0.629.
 * Values by a separate program in 40 digits (Python's decimal), all terms on. */
static void rotation_recursion_has_every_term(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.P = 2.0 * sqrt(log(2.0) / 7.0);
    c.kappa = 0.5;
    c.V = 0.01;
    c.margin = 0.5;
    static const double same[5] = {1.4411892321485011, 5.4068116196603535,
                                   10.098822061745208, 15.776216566911588,
                                   22.822378724541569};
    static const double fresh[5] = {1.4411892321485011, 5.4068116196603535,
                                    9.8907794228878458, 14.94941966868131,
                                    20.656019512885539};
    static const double q[5] = {0.2175, 0.82641588482227513, 1.4577941960383896,
                                2.1994784610240847, 3.095588692698183};
    columns k = rotation_columns(&c, 5);
    /* About 20 roundings a layer of numbers below 23. */
    for (int l = 0; l < 5; l++) CHECK_NEAR(k.x_active[l].refined, same[l], 2e-13);
    for (int l = 0; l < 5; l++) CHECK_NEAR(k.x_inactive[l].refined, q[l], 2e-14);
    c.fresh = 1;
    k = rotation_columns(&c, 5);
    for (int l = 0; l < 5; l++) CHECK_NEAR(k.x_active[l].refined, fresh[l], 2e-13);
}

/* z = 1, small feedback: e_L = T p^2 [ (L-1) + 2(L-2) P + (L-2)(L-3) P^2 ] for L >= 2
 * with the same rotation in all layers, T p^2 (L-1) with fresh ones. Left out: 1/T =
 * 1e-9 and, relative, e and g below 1e-13. */
static void one_active_circuit_adds_coherently(void **state) {
    (void)state;
    cisup_theory_case c = {.D = 40, .d = 4, .T = 1e9, .S = 6, .z = 1, .N = 10};
    c.P = 0.3;
    c.p = 1e-12;
    const columns same = rotation_columns(&c, 20);
    c.fresh = 1;
    const columns fresh = rotation_columns(&c, 20);
    for (int L = 2; L <= 20; L++) {
        const double want = (L - 1) + 2 * (L - 2) * 0.3 + (L - 2) * (L - 3) * 0.09;
        CHECK_NEAR(same.x_active[L - 1].refined / 1e-15, want, 2e-9 * want);
        CHECK_NEAR(fresh.x_active[L - 1].refined / 1e-15, L - 1, 2e-9 * L);
    }
}

/* (9.5) with z = 3, S = 2, N = 10, P = .4, p = .1: .3 + 6*.04 - 1.5*6*.4/20 = .36. */
static void inactive_on_has_its_value(void **state) {
    (void)state;
    cisup_theory_case c = small_case();
    c.P = 0.4;
    c.p = 0.1;
    const columns k = rotation_columns(&c, 4);
    for (int l = 0; l < 4; l++) CHECK_NEAR(k.on_inactive[l].refined, 0.36, 1e-15);
}

static void predictions_do_not_speak_of_no_circuits(void **state) {
    (void)state;
    cisup_theory_case c = {.D = 40, .d = 4, .T = 1, .S = 2, .z = 1, .N = 10};
    c.P = c.p = (double)NAN;
    const columns k = rotation_columns(&c, 5);
    for (int l = 0; l < 5; l++) {
        assert_true(k.x_active[l].refined == 0.0 && k.x_active[l].followup == 0.0);
        assert_true(isnan(k.x_inactive[l].refined) && isnan(k.x_inactive[l].post));
        assert_true(isnan(k.on_inactive[l].refined) && isnan(k.on_inactive[l].followup));
    }
    assert_true(cisup_theory_general_recursion(&c, 5).active == 0.0);
}

/* Circuits {0,1} {0,2} {0,3} {1,2} on N = 4: loads 3 2 2 1, 1 - S/N = 1/2, so rho =
 * 7/8 3/4 3/4 1/2. Means over a circuit in 1/64: 52 52 44 48, mean 49, squares of the
 * deviations 9 + 9 + 25 + 1 = 44, V = 11/4096 (3/2)^2 for kappa = 1/2. */
static void background_variance_follows_the_hand(void **state) {
    (void)state;
    static const int32_t slot[8] = {0, 1, 0, 2, 0, 3, 1, 2};
    static const cisup_index load[4] = {3, 2, 2, 1};
    CHECK_NEAR(cisup_theory_background_variance(4, 2, 4, slot, load, 0.5), 99.0 / 16384.0,
               1e-17);
    CHECK_NEAR(cisup_theory_background_variance(4, 2, 4, slot, load, 0.0), 11.0 / 4096.0,
               1e-17);
}

/* Even loads: {0,1} {1,2} {2,0}; full circuits S = N; one circuit. */
static void background_variance_of_even_loads_is_zero(void **state) {
    (void)state;
    static const int32_t slot[6] = {0, 1, 1, 2, 0, 2};
    static const cisup_index load[3] = {2, 2, 2}, full[2] = {1, 1};
    assert_true(cisup_theory_background_variance(3, 2, 3, slot, load, 0.7) == 0.0);
    assert_true(cisup_theory_background_variance(2, 2, 1, slot, full, 0.7) == 0.0);
}

/* The largest allocation of the reference scheme for D = 1000, d = 4, S = 6, b = 1
 * (T = 557; P, kappa, V computed from it), against mean square errors of the reference
 * code in its mode without ReLU, 4 networks of 500 inputs (standard errors 2-5 %). The
 * header promises 20 %. Every term counts here: g is up to 0.2, and H nu most of e for z
 * > 1. */
static void rotation_recursion_meets_the_measurements(void **state) {
    (void)state;
    static const double measured[4][4] = {{0.0, 0.00833416, 0.0196351, 0.0317972},
                                          {0.0363184, 0.186017, 0.349436, 0.503193},
                                          {0.0786024, 0.39708, 0.748745, 1.09787},
                                          {0.141534, 0.693107, 1.30761, 1.92592}};
    cisup_theory_case c = {.D = 1000, .d = 4, .T = 557, .S = 6, .N = 250};
    c.P = 0.14118;
    c.p = c.P / 36.0;
    c.kappa = 0.43246;
    c.V = 1.7e-3;
    c.margin = 1.0;
    for (int z = 1; z <= 4; z++) {
        c.z = z;
        const columns k = rotation_columns(&c, 4);
        for (int l = 0; l < 4; l++)
            CHECK_NEAR(k.x_active[l].refined, measured[z - 1][l],
                       0.2 * measured[z - 1][l]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlap_formulas_have_their_values),
        cmocka_unit_test(p_even_is_the_even_overlap),
        cmocka_unit_test(post_has_its_leading_order),
        cmocka_unit_test(general_recursion_follows_the_hand),
        cmocka_unit_test(with_all_active_errors_compound),
        cmocka_unit_test(settled_errors_have_their_values),
        cmocka_unit_test(recursion_comes_to_its_closed_form),
        cmocka_unit_test(coherent_errors_have_their_values),
        cmocka_unit_test(unreshuffled_errors_have_their_values),
        cmocka_unit_test(single_layers_are_those_of_the_table),
        cmocka_unit_test(feedback_settles_or_grows),
        cmocka_unit_test(one_active_circuit_starts_exact),
        cmocka_unit_test(followup_and_post_have_their_values),
        cmocka_unit_test(rotation_recursion_follows_the_hand),
        cmocka_unit_test(rotation_recursion_has_every_term),
        cmocka_unit_test(one_active_circuit_adds_coherently),
        cmocka_unit_test(inactive_on_has_its_value),
        cmocka_unit_test(predictions_do_not_speak_of_no_circuits),
        cmocka_unit_test(background_variance_follows_the_hand),
        cmocka_unit_test(background_variance_of_even_loads_is_zero),
        cmocka_unit_test(rotation_recursion_meets_the_measurements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
