/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include "common/wrap.h"
#include "verdict.h"

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/cycle_plan.h>

#include <string.h>

enum { ROOM = 1200 };

static int columns_of(const terminal *t) {
    return t->columns < TEXT_COLUMNS ? t->columns : TEXT_COLUMNS;
}

static void head_sizes(const finished_run *run, char text[ROOM]) {
    const setup *s = run->setup;
    const cisup_shape *n = &run->shape;
    char family[400];
    (void)snprintf(family, sizeof family, "%s",
                   s->circuits_path ? s->circuits_path
                                    : cisup_family_name(s->family.family));
    cisup_text_harmless(family);
    (void)snprintf(text, ROOM,
                   "%" PRId64 " circuits (%s, d = %" PRId64 ") in D = %" PRId64
                   ": N = %" PRId64 " a block, S = %" PRId64 ", L = %" PRId64,
                   n->T, family, n->d, n->D, n->N, n->S, n->L);
}

/* Which preset and scheme are in force. */
static void head_choices(const finished_run *run, char text[ROOM]) {
    const cisup_allocation_stats *a = &run->report->stats;
    char chosen[SETUP_CHOICES], overlap[64] = "";
    setup_choices(run->setup, chosen);
    if (run->shape.T > 1) (void)snprintf(overlap, sizeof overlap, ", P = %.4g", a->P);
    (void)snprintf(text, ROOM, "%s, load %" PRId64 " to %" PRId64 "%s", chosen,
                   a->load_min, a->load_max, overlap);
}

static void head_runs(const finished_run *run, char text[ROOM]) {
    const setup *s = run->setup;
    const cisup_experiment *x = run->experiment;
    const cisup_exclusion *e = &x->exclude;
    char left[80] = "", noise[40] = "";
    if (e->count)
        (void)snprintf(left, sizeof left, "; %" PRId64 " circuits are left out%s",
                       e->count, e->by_network ? ": of each network the worst" : "");
    if (x->noise > 0.0)
        (void)snprintf(noise, sizeof noise, "; input noise %.3g", x->noise);
    (void)snprintf(text, ROOM,
                   "%s construction, %s weights, %s; %" PRId64 " network%s x %" PRId64
                   " samples, seed %" PRIu64 "%s%s",
                   s->construction.masks ? "masks" : "published",
                   cisup_weight_scheme_name(s->weights.scheme), cisup_mode_name(x->mode),
                   run->report->networks, run->report->networks == 1 ? "" : "s",
                   x->inputs, x->seed, left, noise);
}

/* The words of a command line as a shell takes them; what is too long is left out. */
static void command_text(int count, const char *const *words, const char *more,
                         char text[ROOM]) {
    enum { LONGEST = 200 };
    size_t used = (size_t)snprintf(text, ROOM, "cisup propagate");
    for (int k = 0; k < count && used < LONGEST; k++) {
        const int is_plain =
            *words[k] &&
            strspn(words[k], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                             "TUVWXYZ0123456789-_./:=,+|%@") == strlen(words[k]);
        used += (size_t)snprintf(text + used, ROOM - used,
                                 is_plain ? " %.200s" : " '%.200s'", words[k]);
    }
    (void)snprintf(text + used, ROOM - used, "%s %s", used < LONGEST ? "" : " ...", more);
    cisup_text_harmless(text);
}

static void hint(const terminal *t, const char *what, const char *command) {
    enum { AT = 24, UNDER = 4 };
    const int fits = AT + (int)strlen(command) <= columns_of(t);
    if (fits)
        printf("  %-*s", AT - 2, what);
    else
        printf("  %s\n%*s", what, UNDER, "");
    wrap_to(stdout, columns_of(t), command, UNDER + 2, fits ? AT : UNDER);
}

/* Options for another command about as large a network, where they are not the default:
 * sizes and, for capacity, which asks for T, the family. */
static void sizes_text(const finished_run *run, cisup_index z, int is_capacity,
                       char text[ROOM]) {
    const cisup_shape *n = &run->shape;
    const setup *s = run->setup;
    const cisup_family usual = s->construction.masks ? CISUP_ROTATION2 : CISUP_ROTATION4;
    size_t used = (size_t)snprintf(
        text, ROOM, "%s",
        is_capacity && s->construction.masks ? " --construction masks" : "");
    if (n->D != 1000 || is_capacity)
        used += (size_t)snprintf(text + used, ROOM - used, " -D %" PRId64, n->D);
    if (n->T != 557 && !is_capacity)
        used += (size_t)snprintf(text + used, ROOM - used, " -T %" PRId64, n->T);
    if (n->S != 6 || is_capacity)
        used += (size_t)snprintf(text + used, ROOM - used, " -S %" PRId64, n->S);
    used += (size_t)snprintf(text + used, ROOM - used, " -z %" PRId64 " -L %" PRId64, z,
                             n->L);
    if (is_capacity && s->family.family != usual)
        (void)snprintf(text + used, ROOM - used, " --family %s",
                       cisup_family_name(s->family.family));
}

static void hint_capacity(const finished_run *run, const terminal *t, cisup_index z) {
    char sizes[ROOM], text[ROOM];
    if (run->setup->circuits_path || run->experiment->mode != CISUP_MODE_RELU) return;
    sizes_text(run, z, 1, sizes);
    (void)snprintf(text, ROOM, "cisup capacity%.300s --budget 0.1", sizes);
    hint(t, "how many would fit", text);
}

/* The same sizes with masks, where no limit on closed neurons is and so many fit. */
static void hint_masks(const finished_run *run, const terminal *t, const verdict *v,
                       cisup_index z) {
    const setup *s = run->setup;
    const cisup_shape *n = &run->shape;
    const cisup_index N = n->D / 4; /* rotation2: two data neurons, two masks a circuit */
    char sizes[ROOM], text[ROOM];
    cisup_cycle_plan plan;
    const int is_closed = v->limit && v->T > v->limit_T &&
                          (!strcmp(v->limit, "closed") || !strcmp(v->limit, "plain"));
    if (!is_closed || s->construction.masks || s->circuits_path || N < n->S) return;
    if (cisup_cycle_plan_make(&plan, N, n->S, 2, NULL) != CISUP_OK || plan.T < n->T)
        return;
    sizes_text(run, z, 0, sizes);
    (void)snprintf(text, ROOM, "cisup propagate --construction masks%.300s", sizes);
    hint(t, "without this limit", text);
}

/* What to type next. first: the result that has most to ask about. */
static void hints(const finished_run *run, const terminal *t, const cisup_result *r,
                  int count, const char *const *words) {
    const cisup_experiment *x = run->experiment;
    const verdict v = verdict_of(run, r);
    const int has_terms = !x->computed && x->precision == CISUP_PRECISION_DOUBLE &&
                          x->noise == 0.0 && x->engine != CISUP_ENGINE_SPARSE &&
                          x->engine != CISUP_ENGINE_REDUCED && x->base->slot;
    char text[ROOM];
    if (v.look) {
        command_text(count, words, "--terms", text);
        if (has_terms && !run->report->terms) hint(t, "why, term by term", text);
        hint_capacity(run, t, r->z);
        hint_masks(run, t, &v, r->z);
    }
    command_text(count, words, "--all", text);
    hint(t, "every figure", text);
}

void screen_text(const finished_run *run, const terminal *t, int count,
                 const char *const *words) {
    const cisup_report *report = run->report;
    char text[ROOM];
    void (*const head[])(const finished_run *run, char *text) = {head_sizes, head_choices,
                                                                 head_runs};
    const cisup_result *asked = NULL;
    for (int k = 0; k < 3; k++) {
        head[k](run, text);
        wrap_to(stdout, columns_of(t), text, 2, 0);
    }
    for (cisup_index k = 0; k < report->z_count; k++) {
        const cisup_result *r = &report->result[k];
        screen_table(run, r, t);
        if (report->terms) screen_terms(run, r);
        if (report->worst) screen_worst(run, r);
        if (!asked && verdict_of(run, r).look) asked = r;
    }
    hints(run, t, asked ? asked : &report->result[0], count, words);
}
