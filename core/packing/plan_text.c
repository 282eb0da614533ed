/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/packing_plan.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/packing_tables.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *text;
    cisup_index length, room;
    cisup_status status;
    cisup_error *err;
} writer;

static void say(writer *w, const char *format, ...) CISUP_PRINTF(2, 3);

static void say(writer *w, const char *format, ...) {
    char piece[160];
    va_list values;
    va_start(values, format);
    const int length = vsnprintf(piece, sizeof piece, format, values);
    va_end(values);
    if (w->status == CISUP_OK)
        w->status = cisup_grow(&w->text, &w->room, w->length + length + 1, 1, w->err);
    if (w->status != CISUP_OK) return;
    memcpy(w->text + w->length, piece, (size_t)length + 1);
    w->length += length;
}

/* "ag3(8": an affine space of dimension 3 and order 8. */
static void say_design(writer *w, const cisup_design *d) {
    if (d->family == CISUP_DESIGN_UNITAL)
        say(w, "unital(%" PRId64, d->k);
    else if (d->family == CISUP_DESIGN_DENNISTON)
        say(w, "denniston(%" PRId64, d->k);
    else
        say(w, "%s%d(%" PRId64, d->family == CISUP_DESIGN_AFFINE ? "ag" : "pg",
            d->dimension, d->k);
}

static void say_node(writer *w, const cisup_packing_plan *plan, int at);

/* "; groups A, last B" for the children that fill groups. */
static void say_fillings(writer *w, const cisup_packing_plan *plan,
                         const cisup_plan_node *node) {
    static const char *const label[3] = {"groups", "smaller", "last"};
    const int one = node->child[0] == node->child[2] && node->child[1] < 0;
    for (int k = 0; k < 3; k++) {
        if (node->child[k] < 0 || plan->node[node->child[k]].blocks == 0) continue;
        if (k == 2 && one) continue;
        say(w, "; %s ", label[k]);
        say_node(w, plan, node->child[k]);
    }
}

static void say_groups(writer *w, const cisup_packing_plan *plan,
                       const cisup_plan_node *node) {
    const cisup_index missing = node->reduced * (node->size - node->reduced_size);
    if (node->kind == CISUP_PLAN_TRANSVERSAL)
        say(w, "td(%" PRId64, node->q);
    else if (node->kind == CISUP_PLAN_INCOMPLETE)
        say(w, "vmt(%" PRId64, node->q);
    else if (node->kind == CISUP_PLAN_BLOWUP)
        say(w, "gdd(%" PRId64 "; cut to %" PRId64, node->q,
            node->groups == node->S ? 0
            : node->reduced         ? node->reduced_size / (node->S - 1)
                                    : node->q);
    else {
        say(w, "product(");
        say_design(w, &node->design);
        say(w, "); %" PRId64, node->q);
    }
    if (missing > 0 && node->kind != CISUP_PLAN_BLOWUP)
        say(w, "; less %" PRId64 "%s", missing, node->reduced > 1 ? " apart" : "");
    if (node->shared) say(w, "; %" PRId64 " shared", node->shared);
    say_fillings(w, plan, node);
    say(w, ")");
}

static void say_child(writer *w, const cisup_packing_plan *plan,
                      const cisup_plan_node *node, const char *name) {
    say(w, "%s(%" PRId64 "; ", name, node->points);
    say_node(w, plan, node->child[0]);
    say(w, ")");
}

static void say_cyclic(writer *w, const cisup_plan_node *node) {
    cisup_cyclic_entry entry = {.points = node->points};
    (void)cisup_cyclic_entry_at(node->entry, &entry);
    say(w, "cyclic(%" PRId64, entry.points);
    if (node->points < entry.points)
        say(w, "; less %" PRId64, entry.points - node->points);
    say(w, ")");
}

static void say_node(writer *w, const cisup_packing_plan *plan, int at) {
    const cisup_plan_node *node = &plan->node[at];
    switch (node->kind) {
    case CISUP_PLAN_EMPTY:
        say(w, "empty(%" PRId64 ")", node->points);
        break;
    case CISUP_PLAN_PAIRS:
        say(w, "pairs(%" PRId64 ")", node->points);
        break;
    case CISUP_PLAN_TRIPLES:
        say(w, "sts(%" PRId64 ")", node->points);
        break;
    case CISUP_PLAN_DESIGN:
        say_design(w, &node->design);
        if (node->points < node->design.points)
            say(w, "; less %" PRId64 "%s", node->design.points - node->points,
                node->apart ? " apart" : "");
        say(w, ")");
        break;
    case CISUP_PLAN_CYCLIC:
        say_cyclic(w, node);
        break;
    case CISUP_PLAN_DUAL:
        say_child(w, plan, node, "dual");
        break;
    case CISUP_PLAN_PAD:
        say_child(w, plan, node, "pad");
        break;
    case CISUP_PLAN_HOLED:
        say_child(w, plan, node, "holed");
        break;
    default:
        say_groups(w, plan, node);
    }
}

cisup_status cisup_packing_plan_text(const cisup_packing_plan *plan, char **text,
                                     cisup_error *err) {
    writer w = {.err = err};
    *text = NULL;
    say_node(&w, plan, plan->root);
    if (w.status != CISUP_OK) {
        cisup_release(w.text);
        return w.status;
    }
    *text = w.text;
    return CISUP_OK;
}
