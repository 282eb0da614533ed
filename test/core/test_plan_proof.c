/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates of plans: they hold for what is planned, every step of a plan is in one,
 * and none holds once a node is spoiled. */
#include "common/check.h"

#include <cisup/core/packing/packing_tables.h>
#include <cisup/core/proof/plan_proof.h>

static cisup_packing_plan planned(cisup_index N, cisup_index S, unsigned families) {
    cisup_plan_options o = cisup_plan_defaults();
    cisup_packing_plan plan;
    o.families = families;
    CHECK_OK(cisup_packing_plan_make(&plan, N, S, &o, &error_));
    return plan;
}

static int holds(const cisup_packing_plan *plan) {
    cisup_plan_proof p;
    CHECK_OK(cisup_plan_verify(plan, &p, &error_));
    const int all = p.holds;
    cisup_plan_proof_free(&p);
    return all;
}

/* Which kinds occur, as bits. */
static unsigned check_plan(cisup_index N, cisup_index S, unsigned families) {
    cisup_packing_plan plan = planned(N, S, families);
    cisup_plan_proof p;
    unsigned kinds = 0;
    CHECK_OK(cisup_plan_verify(&plan, &p, &error_));
    for (int k = 0; k < p.count; k++) {
        const cisup_plan_step *s = &p.step[k];
        if (!s->holds)
            for (int h = 0; h < s->count; h++)
                if (!s->hypothesis[h].holds)
                    fail_msg("N = %d, S = %d, %s: %s", (int)N, (int)S, s->theorem->word,
                             s->hypothesis[h].what);
        assert_true(s->count > 0 && s->count <= CISUP_MOST_STEP_HYPOTHESES);
        assert_true(s->theorem->theorem[0] && s->theorem->source[0]);
        for (int c = 0; c < 3; c++) /* steps are in order, and filled by what is said */
            assert_true(s->child[c] == 0 ||
                        p.step[s->child[c] - 1].node == &plan.node[s->node->child[c]]);
        kinds |= 1u << s->node->kind;
    }
    assert_true(p.holds && p.step[0].node == &plan.node[plan.root]);
    cisup_plan_proof_free(&p);
    cisup_packing_plan_free(&plan);
    return kinds;
}

static void what_is_planned_is_proved(void **state) {
    (void)state;
    unsigned kinds = 0;
    for (cisup_index S = 2; S <= 16; S++)
        for (cisup_index N = S; N < 700; N += 1 + N / 7) kinds |= check_plan(N, S, ~0u);
    kinds |= check_plan(4096, 8, ~0u) | check_plan(2500, 32, ~0u);
    kinds |=
        check_plan(1000, 5, ~(1u << CISUP_PLAN_TRANSVERSAL | 1u << CISUP_PLAN_BLOWUP));
    const unsigned all = (2u << CISUP_PLAN_HOLED) - 1;
    assert_int_equal(kinds | 1u << CISUP_PLAN_EMPTY, all);
}

/* Nodes with blocks that the plan's steps use. */
static void spoil(cisup_packing_plan *plan, int *kept, unsigned *kinds) {
    for (int at = 0; at < plan->nodes; at++) {
        cisup_plan_node *n = &plan->node[at], was = *n;
        if (n->blocks == 0) continue;
        *kinds |= 1u << n->kind;
        n->blocks++;
        *kept += holds(plan);
        *n = was;
        n->S++;
        *kept += holds(plan);
        *n = was;
        if (n->groups > 0) {
            n->q++;
            *kept += holds(plan);
            *n = was;
            n->shared++;
            *kept += holds(plan);
            *n = was;
            n->size++;
            *kept += holds(plan);
            *n = was;
            n->child[2] = -1;
            *kept += holds(plan);
            *n = was;
        } else if (n->child[0] < 0) {
            n->points++;
            *kept += holds(plan);
            *n = was;
            n->hole = 2;
            *kept += holds(plan);
            *n = was;
        }
    }
    assert_true(holds(plan));
}

static void spoiled_plans_are_not_proved(void **state) {
    (void)state;
    static const cisup_index size[][2] = {{250, 6}, {100, 6},  {66, 6}, {300, 8},
                                          {49, 4},  {120, 9},  {60, 3}, {200, 16},
                                          {91, 5},  {331, 12}, {40, 7}, {450, 5}};
    unsigned kinds = 0;
    int kept = 0;
    for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
        cisup_packing_plan plan = planned(size[k][0], size[k][1], ~0u);
        spoil(&plan, &kept, &kinds);
        cisup_packing_plan_free(&plan);
    }
    assert_int_equal(kept, 0);
    assert_true(kinds >> CISUP_PLAN_TRANSVERSAL & 1);
    assert_true(kinds >> CISUP_PLAN_CYCLIC & 1);
    assert_true(kinds >> CISUP_PLAN_DUAL & 1);
}

/* Fillings of the same size, but with blocks that hold two shared points. */
static void shared_points_are_covered_once(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(1000, 7, ~0u);
    cisup_plan_node *root = &plan.node[plan.root];
    assert_true(root->kind == CISUP_PLAN_TRANSVERSAL && root->shared > 1);
    const int child = root->child[0];
    assert_true(child >= 0 && plan.node[child].hole == root->shared);
    plan.node[child].hole = 0;
    assert_false(holds(&plan));
    cisup_packing_plan_free(&plan);
}

static cisup_status verify(void *plan) {
    cisup_plan_proof p;
    const cisup_status status = cisup_plan_verify(plan, &p, NULL);
    cisup_plan_proof_free(&p);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    cisup_packing_plan plan = planned(250, 6, ~0u);
    assert_true(check_every_allocation(verify, &plan) > 3);
    cisup_packing_plan_free(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_planned_is_proved),
        cmocka_unit_test(spoiled_plans_are_not_proved),
        cmocka_unit_test(shared_points_are_covered_once),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
