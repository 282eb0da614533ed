/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan_report.h"

#include "common/emit.h"
#include "common/terminal.h"
#include "common/wrap.h"

#include <cisup/core/allocation.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes/schemes_parts.h>

#include <string.h>

static const char documented[] = "docs/allocations.md";

/* --- constructions ------------------------------------------------------------- */

static void rest_on(construction *c, const cisup_plan_theorem *theorem) {
    for (int k = 0; k < c->theorems; k++)
        if (c->theorem[k] == theorem) return;
    c->theorem[c->theorems++] = theorem;
}

/* Those of the nodes in use, from the whole to its parts. */
static void collect(construction *c, int at) {
    const cisup_plan_node *n = &c->plan.node[at];
    if (n->blocks == 0) return;
    rest_on(c, cisup_plan_theorem_of(n));
    for (int k = 0; k < 3; k++)
        if (n->child[k] >= 0 && n->child[k] != at) collect(c, n->child[k]);
}

cisup_status construction_make(cisup_index N, cisup_index S, cisup_scheme scheme,
                               construction *c, cisup_error *err) {
    static const cisup_plan_node td = {.kind = CISUP_PLAN_TRANSVERSAL},
                                 dual = {.kind = CISUP_PLAN_DUAL};
    cisup_status status;
    *c = (construction){0};
    if (scheme == CISUP_SCHEME_TD) {
        rest_on(c, cisup_plan_theorem_of(&td));
        rest_on(c, cisup_plan_theorem_of(&dual));
        return cisup_allocation_describe(N, S, scheme, &c->text, &c->circuits, err);
    }
    CISUP_TRY(cisup_allocation_plan(N, S, scheme, &c->plan, err));
    CISUP_TRY(cisup_packing_plan_text(&c->plan, &c->text, err));
    c->circuits = c->plan.blocks;
    collect(c, c->plan.root);
done:
    if (status != CISUP_OK) construction_free(c);
    return status;
}

void construction_free(construction *c) {
    cisup_release(c->text);
    cisup_packing_plan_free(&c->plan);
    *c = (construction){0};
}

static void theorem_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_plan_theorem *t = ((const construction *)of)->theorem[k];
    RECORD_ADD(item, "step theorem source", V(t->word), V(t->theorem), V(t->source));
}

cisup_status construction_show(const construction *c, cisup_index N, cisup_index S,
                               const char *scheme, int is_json, cisup_error *err) {
    const cisup_index bound = cisup_johnson_bound(N, S);
    const double ratio = (double)c->circuits / (double)bound;
    if (is_json)
        return emit(RECORD_OF("record scheme N S plan circuits bound ratio sources see",
                              V("plan"), V(scheme), V(N), V(S), V(c->text),
                              V(c->circuits), V(bound), V(ratio),
                              V_LIST(c, c->theorems, theorem_item), V(documented)),
                    err);
    const int columns = terminal_of_output(1).columns;
    wrap_to(stdout, columns, c->text, 2, 0);
    printf("%" PRId64 " circuits, %.2f %% of Johnson's bound %" PRId64 "\n", c->circuits,
           100.0 * ratio, bound);
    for (int k = 0; k < c->theorems; k++) {
        printf("%-9s ", c->theorem[k]->word);
        wrap_to(stdout, columns, c->theorem[k]->theorem, 10, 10);
        printf("%-9s ", "");
        wrap_to(stdout, columns, c->theorem[k]->source, 12, 10);
    }
    printf("More about them: %s\n", documented);
    return CISUP_OK;
}

/* --- certificates -------------------------------------------------------------- */

static void child_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_index *child = of;
    const int is_new = child[k] && (k == 0 || child[k] != child[k - 1]) &&
                       (k < 2 || child[k] != child[0]);
    if (is_new) RECORD_ADD(item, "", V(child[k]));
}

static void hypothesis_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_plan_step *s = of;
    RECORD_ADD(item, "hypothesis holds", V(s->hypothesis[k].what),
               V(s->hypothesis[k].holds));
}

static void step_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_plan_step *s = (const cisup_plan_step *)of + k;
    RECORD_ADD(item,
               "step neurons redundancy hole circuits filled_by theorem source "
               "hypotheses",
               V(s->theorem->word), V(s->node->points), V(s->node->S), V(s->node->hole),
               V(s->node->blocks), V_LIST(s->child, 3, child_item),
               V(s->theorem->theorem), V(s->theorem->source),
               V_LIST(s, s->count, hypothesis_item));
}

static void step_text(const cisup_plan_step *s, int number) {
    cisup_record r = {0};
    char label[24];
    step_item(s, 0, &r);
    (void)snprintf(label, sizeof label, "step %d", number);
    printf("%-12s ", label);
    emit_text(&r, "{step}: N = {neurons}, S = {redundancy}, {circuits} circuits");
    if (s->node->hole) emit_text(&r, ", a hole of {hole}");
    if (s->child[0] || s->child[1] || s->child[2]) printf(", from steps");
    emit_text_list(&r, "filled_by", ", {0}");
    putchar('\n');
    report_line("", s->theorem->theorem);
    report_line("", s->theorem->source);
    for (int k = 0; k < s->count; k++) {
        char text[256];
        (void)snprintf(text, sizeof text, "%s: %s", s->hypothesis[k].what,
                       s->hypothesis[k].holds ? "yes" : "NO");
        report_line("", text);
    }
}

cisup_status plan_proof_show(const construction *c, const cisup_plan_proof *p,
                             const findings *f, int is_json, cisup_error *err) {
    cisup_record r = {0};
    RECORD_ADD(&r, "record circuits neurons redundancy plan steps holds seconds",
               V("proof"), V(f->circuits), V(f->neurons), V(f->redundancy), V(c->text),
               V_LIST(p->step, p->count, step_item), V(p->holds), V(f->seconds));
    if (is_json) return emit(&r, err);
    emit_text(&r, "circuits     {circuits}\nneurons      {neurons}\n"
                  "redundancy   {redundancy}\n");
    report_line("plan", c->text);
    for (int k = 0; k < p->count; k++) step_text(&p->step[k], k + 1);
    emit_text(&r, "holds        {holds:yes|no}\n");
    printf("More about the theorems: %s\n", documented);
    return CISUP_OK;
}
