/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/allocation.h>
#include <cisup/core/computed/triples.h>
#include <cisup/core/overlap.h>
#include <cisup/core/packing/designs.h>
#include <cisup/core/packing/packing_build.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/packing_tables.h>

static cisup_packing_plan planned(cisup_index N, cisup_index S, int searched) {
    cisup_plan_options options = cisup_plan_defaults();
    options.searched = searched;
    cisup_packing_plan plan;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, &options, &error_));
    return plan;
}

/* Any two circuits share at most one neuron, and the loads add up. */
static void check_valid(const cisup_allocation *a) {
    cisup_overlap_report report;
    CHECK_OK(cisup_overlap_check(a, &report, &error_));
    if (!report.holds)
        fail_msg("N = %d, S = %d: circuits %d and %d share two", (int)a->N, (int)a->S,
                 (int)report.witness_circuits[0], (int)report.witness_circuits[1]);
    cisup_index *load, sum = 0;
    CHECK_OK(cisup_new(&load, a->N, sizeof *load, &error_));
    cisup_allocation_loads(a, load);
    for (cisup_index n = 0; n < a->N; n++) sum += load[n];
    assert_int_equal(sum, a->T * a->S);
    cisup_release(load);
}

/* Every plan builds in full to a valid allocation of as many circuits. A plan's count
 * is the built one: rows never written are zeros, which the check refuses. */
static void check_built(const cisup_packing_plan *plan) {
    cisup_allocation a;
    CHECK_OK(cisup_packing_build(&a, plan, plan->blocks, &error_));
    assert_int_equal(a.T, plan->blocks);
    check_valid(&a);
    cisup_allocation_free(&a);
}

static void every_plan_builds_to_its_count(void **state) {
    (void)state;
    unsigned kinds = 0;
    for (cisup_index k = 0; k < 700; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 2, k % 3 ? 12 : 34);
        const cisup_index N = check_between(&rng, S, k % 20 ? 330 : 1500);
        cisup_packing_plan plan = planned(N, S, (int)(k % 2));
        for (int j = 0; j < plan.nodes; j++) kinds |= 1u << plan.node[j].kind;
        check_built(&plan);
        cisup_packing_plan_free(&plan);
    }
    for (int kind = 0; kind <= CISUP_PLAN_HOLED; kind++) /* all were among them */
        if (kind != CISUP_PLAN_INCOMPLETE && kind != CISUP_PLAN_DESIGN &&
            kind != CISUP_PLAN_PRODUCT)
            assert_true(kinds >> kind & 1u);
}

static void triples_are_valid_for_every_n(void **state) {
    (void)state;
    for (cisup_index n = 3; n <= 120; n++) {
        cisup_packing_plan plan = planned(n, 3, 0);
        assert_int_equal(plan.blocks, cisup_johnson_bound(n, 3));
        check_built(&plan);
        cisup_packing_plan_free(&plan);
    }
}

/* A plan of one kind made by hand. */
static cisup_packing_plan single(cisup_plan_node *node) {
    for (int k = 0; k < 3; k++) node->child[k] = -1;
    return (cisup_packing_plan){.N = node->points,
                                .S = node->S,
                                .blocks = node->blocks,
                                .nodes = 1,
                                .node = node};
}

static void every_searched_packing_is_one(void **state) {
    (void)state;
    cisup_cyclic_entry entry;
    int k = 0;
    for (; cisup_cyclic_entry_at(k, &entry); k++) {
        const cisup_index r = entry.blocks * entry.S / entry.points;
        assert_int_equal(r * entry.points, entry.blocks * entry.S);
        assert_true(entry.blocks <= cisup_johnson_bound(entry.points, entry.S));
        for (cisup_index e = 0; e <= entry.S; e++) { /* less e points of one block */
            if (e > 0 && entry.points > 250) break;
            cisup_plan_node node = {.kind = CISUP_PLAN_CYCLIC, .entry = k};
            node.S = entry.S;
            node.points = entry.points - e;
            node.blocks = entry.blocks - (e ? e * (r - 1) + 1 : 0);
            if (node.blocks == 0) continue;
            const cisup_packing_plan plan = single(&node);
            check_built(&plan);
        }
    }
    assert_int_equal(k, 181);
}

/* Each stands on one rule: a cyclic system less a point, a plane less a conic, two open
 * points as the hole of four groups, a matching as the hole of a dual. */
static void small_rules_reach_their_counts(void **state) {
    (void)state;
    const cisup_index row[][3] = {
        {300, 7, 2100}, {64, 9, 28}, {500, 4, 20749}, {196, 5, 1874}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan = planned(row[k][0], row[k][1], 1);
        assert_int_equal(plan.blocks, row[k][2]);
        check_built(&plan);
        cisup_packing_plan_free(&plan);
    }
}

/* Over all groups m+2 and the hole left open: p(p + 2t) = q^2 - t^2 blocks. */
static void every_vector_gives_an_incomplete_design(void **state) {
    (void)state;
    cisup_vmt_entry v;
    int k = 0;
    for (; cisup_vmt_entry_at(k, &v); k++) {
        const cisup_index q = (v.m + 1) * v.t + 1;
        cisup_plan_node node = {.kind = CISUP_PLAN_INCOMPLETE, .entry = k};
        node.S = node.groups = v.m + 2;
        node.size = node.q = q;
        node.points = node.S * q;
        node.blocks = q * q - v.t * v.t;
        const cisup_packing_plan plan = single(&node);
        check_built(&plan);
    }
    assert_int_equal(k, 63);
}

static void every_design_covers_all_pairs(void **state) {
    (void)state;
    for (cisup_index S = 3; S <= 17; S++) {
        cisup_design list[64];
        const int count = cisup_designs_list(S, ~0u, list, 64);
        for (int k = 0; k < count; k++) {
            if (list[k].points > 600) continue;
            cisup_plan_node node = {.kind = CISUP_PLAN_DESIGN, .design = list[k]};
            node.S = S;
            node.points = list[k].points;
            node.blocks = list[k].blocks;
            assert_int_equal(node.blocks * S * (S - 1), node.points * (node.points - 1));
            cisup_packing_plan plan = single(&node);
            check_built(&plan);
            const cisup_index apart = cisup_design_most_apart(&list[k]);
            const cisup_index r = (list[k].points - 1) / (S - 1);
            for (cisup_index e = 1; e <= S; e++)
                for (node.apart = 0; node.apart <= (e > 2 && e <= apart); node.apart++) {
                    node.points = list[k].points - e;
                    node.blocks = list[k].blocks - (node.apart ? e * r - e * (e - 1) / 2
                                                               : e * (r - 1) + 1);
                    plan = single(&node);
                    if (node.blocks > 0) check_built(&plan);
                }
            node.apart = 0;
        }
    }
}

static void the_first_circuits_do_not_depend_on_T(void **state) {
    (void)state;
    const cisup_index row[][2] = {{250, 6}, {156, 5}, {100, 8},
                                  {40, 16}, {77, 3},  {30, 2}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan = planned(row[k][0], row[k][1], 1);
        cisup_allocation all, a;
        CHECK_OK(cisup_packing_build(&all, &plan, plan.blocks, &error_));
        for (cisup_index T = 1; T < plan.blocks; T = 2 * T + 1) {
            CHECK_OK(cisup_packing_build(&a, &plan, T, &error_));
            assert_memory_equal(a.slot, all.slot, (size_t)(T * a.S) * sizeof *a.slot);
            cisup_allocation_free(&a);
        }
        cisup_allocation_free(&all);
        cisup_packing_plan_free(&plan);
    }
}

/* 41 * 6 = 246 neurons in groups: each of the first 41 classes of 41 loads them by 1. */
static void prefixes_are_whole_parallel_classes(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(246, 6, 0);
    cisup_allocation a;
    cisup_index load[246];
    for (cisup_index T = 41; T <= 41 * 41; T += 41) {
        CHECK_OK(cisup_packing_build(&a, &plan, T, &error_));
        cisup_allocation_loads(&a, load);
        for (int n = 0; n < 246; n++) assert_int_equal(load[n], T / 41);
        cisup_allocation_free(&a);
    }
    cisup_packing_plan_free(&plan);
}

static void too_many_circuits_are_refused(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(250, 6, 0);
    cisup_allocation a;
    cisup_error err = {0};
    assert_int_equal(cisup_packing_build(&a, &plan, plan.blocks + 1, &err),
                     CISUP_EINFEASIBLE);
    assert_non_null(strstr(err.text, "2041"));
    assert_null(a.slot);
    assert_int_equal(cisup_packing_build(&a, &plan, 0, &err), CISUP_EINVAL);
    assert_null(a.slot);
    cisup_packing_plan_free(&plan);
}

static cisup_status build_and_free(void *context) {
    cisup_allocation a;
    const cisup_packing_plan *plan = context;
    const cisup_status status = cisup_packing_build(&a, plan, plan->blocks, NULL);
    if (status != CISUP_OK) assert_null(a.slot);
    cisup_allocation_free(&a);
    return status;
}

static void building_survives_every_allocation_failure(void **state) {
    (void)state;
    const cisup_index row[][2] = {{50, 3}, {60, 4}, {100, 6}, {44, 16}, {81, 5}, {29, 7}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        cisup_packing_plan plan = planned(row[k][0], row[k][1], 1);
        assert_true(check_every_allocation(build_and_free, &plan) >= 2);
        cisup_packing_plan_free(&plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_plan_builds_to_its_count),
        cmocka_unit_test(triples_are_valid_for_every_n),
        cmocka_unit_test(every_searched_packing_is_one),
        cmocka_unit_test(small_rules_reach_their_counts),
        cmocka_unit_test(every_vector_gives_an_incomplete_design),
        cmocka_unit_test(every_design_covers_all_pairs),
        cmocka_unit_test(the_first_circuits_do_not_depend_on_T),
        cmocka_unit_test(prefixes_are_whole_parallel_classes),
        cmocka_unit_test(too_many_circuits_are_refused),
        cmocka_unit_test(building_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
