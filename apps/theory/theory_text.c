/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "theory_report.h"

#include "common/gate_options.h"
#include <cisup/analysis/theory/theory_closed.h>

#include <math.h>

/* The smaller of the limit that binds by theory and the scheme's capacity. */
static void bind_setting(theory_report *r, int setting) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    const int k = cisup_theory_binding(r->reach, setting);
    r->binding[setting] = k < 0 ? NULL : limit[k].name;
    r->most[setting] = k < 0 ? INT64_MAX : r->reach[k].T;
    if (r->capacity < 0 || r->capacity >= r->most[setting]) return;
    r->binding[setting] = "scheme";
    r->most[setting] = r->capacity;
}

void theory_report_limits(theory_report *r) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    for (int k = 0; k < count && k < LIMITS_MOST; k++)
        r->reach[k] = cisup_theory_limit_reach(&limit[k], &r->even, &r->question);
    for (int setting = 0; setting < CISUP_SETTINGS; setting++) bind_setting(r, setting);
}

cisup_theory_limit theory_scheme_limit(void) {
    return (cisup_theory_limit){.name = "scheme",
                                .source = CISUP_SOURCE_HERE,
                                .equation = "2",
                                .range = "always",
                                .claim = CISUP_CLAIM_BOUND,
                                .settings = ~0u};
}

/* A number in a column; "-" where there is none. */
static void cell(double x) {
    if (isnan(x))
        printf(" %10s", "-");
    else
        printf(" %10.4g", x);
}

static char mark(int is_in_range) {
    return is_in_range ? ' ' : '!';
}

static void head_text(const theory_report *r) {
    const cisup_shape *s = &r->shape;
    printf("%" PRId64 " circuits (d = %" PRId64 ") in D = %" PRId64 ": N = %" PRId64
           " neurons a block, S = %" PRId64 ", z = %" PRId64 ", L = %" PRId64
           ", margin %g\n",
           s->T, s->d, s->D, s->N, s->S, s->z, s->L, r->even.margin);
    if (!gate_step_is_default(&r->even.step))
        printf("gate: steepness %g, shift %g: closed up to an on-value of %.4g\n",
               r->even.step.steepness, r->even.step.shift,
               cisup_theory_closed_to(&r->even));
    if (r->scheme)
        printf("allocation %s: load %" PRId64 " to %" PRId64 " (cv %.3f)\n", r->scheme,
               r->stats.load_min, r->stats.load_max, r->stats.load_cv);
    printf("! in front: outside the range of the formula\n");
}

/* A figure up to its value. */
static void figure_text(const cisup_theory_figure *f, const cisup_theory_case *c,
                        const cisup_theory_question *q) {
    printf("%c %-20s %-8s %-8s %-10s", mark(f->is_in_range(c, q)), f->name, f->source,
           f->equation, cisup_claim_name(f->claim));
    cell(f->value(c, q));
}

static void figures_text(const theory_report *r) {
    int count;
    const cisup_theory_figure *f = cisup_theory_figures(&count);
    printf("\n  %-20s %-8s %-8s %-10s %10s", "figure", "source", "equation", "claim",
           "even");
    if (r->scheme) printf("   %10s", r->scheme);
    printf("  range\n");
    for (int k = 0; k < count; k++) {
        figure_text(&f[k], &r->even, &r->question);
        if (r->scheme) {
            printf(" %c", mark(f[k].is_in_range(&r->actual, &r->question)));
            cell(f[k].value(&r->actual, &r->question));
        }
        printf("  %s\n", f[k].range);
    }
}

typedef struct {
    const cisup_theory_curve *row;
    int count;
} curves;

enum { ACTIVE, INACTIVE };

static void curves_text(const curves *of, const cisup_theory_case *c, cisup_index L,
                        int state) {
    const cisup_theory_curve *curve = of->row;
    const int count = of->count;
    printf("\n%s circuits\nlayer", state == ACTIVE ? "active" : "inactive");
    for (int k = 0; k < count; k++) printf(" %12s", curve[k].name);
    printf("\n     ");
    for (int k = 0; k < count; k++) printf(" %12s", curve[k].source);
    printf("\n     ");
    for (int k = 0; k < count; k++)
        printf(" %5s %6s", curve[k].quantity, curve[k].equation);
    putchar('\n');
    for (cisup_index l = 1; l <= L; l++) {
        printf("%5" PRId64, l);
        for (int k = 0; k < count; k++) {
            const cisup_theory_error e = curve[k].value(c, l);
            printf(" %c", mark(curve[k].is_in_range(c, l)));
            cell(state == ACTIVE ? e.active : e.inactive);
        }
        putchar('\n');
    }
}

static void errors_text(const cisup_theory_case *c, cisup_index L, const char *loads) {
    curves all;
    all.row = cisup_theory_curves(&all.count);
    printf("\nmean square errors of masked networks, loads %s\n", loads);
    curves_text(&all, c, L, ACTIVE);
    curves_text(&all, c, L, INACTIVE);
}

/* A limit up to where it holds. */
static void limit_text(const theory_report *r, const cisup_theory_limit *limit,
                       cisup_theory_reach reach) {
    printf("%c %-20s %-8s %-8s %-10s", mark(reach.is_in_range), limit->name,
           limit->source, limit->equation, cisup_claim_name(limit->claim));
    if (reach.T == INT64_MAX)
        printf(" %19s", "none");
    else
        printf(" %19" PRId64, reach.T);
    printf(" %-8s ", r->shape.T > reach.T ? "exceeded" : "");
}

static void limit_row(const theory_report *r, const cisup_theory_limit *limit,
                      cisup_theory_reach reach) {
    limit_text(r, limit, reach);
    for (int s = 0; s < CISUP_SETTINGS; s++)
        printf(" %c", limit->settings >> s & 1u ? cisup_setting_name(s)[0] : '-');
    printf("  %s\n", limit->range);
}

/* Limits that are not about the published network. */
static void other_limits_text(const theory_report *r, const cisup_theory_limit *limit,
                              int count, const cisup_theory_case *c) {
    printf("  %-20s %-8s %-8s %-10s %19s           range\n", "limit", "source",
           "equation", "claim", "T");
    for (int k = 0; k < count; k++) {
        const cisup_theory_reach reach =
            cisup_theory_limit_reach(&limit[k], c, &r->question);
        if (reach.T < 0) continue;
        limit_text(r, &limit[k], reach);
        printf(" %s\n", limit[k].range);
    }
}

static void limits_text(const theory_report *r) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    printf(
        "\nlargest T, even loads (g: zero-mean circuits, masked; r: rotations, capped, "
        "relu; p: on-indicators, plain, relu)\n");
    printf("  %-20s %-8s %-8s %-10s %19s           for     range\n", "limit", "source",
           "equation", "claim", "T");
    for (int k = 0; k < count; k++)
        if (r->reach[k].T >= 0) limit_row(r, &limit[k], r->reach[k]);
    if (r->capacity >= 0) {
        const cisup_theory_limit scheme = theory_scheme_limit();
        limit_row(r, &scheme, (cisup_theory_reach){r->capacity, 1});
    }
    for (int s = 0; s < CISUP_SETTINGS; s++) {
        printf("binds (%s): ", cisup_setting_name(s));
        if (r->binding[s])
            printf("%s, T <= %" PRId64 "\n", r->binding[s], r->most[s]);
        else
            printf("none\n");
    }
    if (isnan(r->question.budget)) printf("no --budget: limits by errors left out\n");
}

static void published_text(const theory_report *r) {
    int count;
    const cisup_theory_statement *s = cisup_theory_statements(&count);
    printf("\npublished, asymptotic only; value: what stands inside O(), no bound\n");
    for (int k = 0; k < count; k++) {
        const int is_meant = !s[k].is_in_range || s[k].is_in_range(&r->even);
        printf("%c %-19s %-6s %-33s", mark(is_meant), s[k].name, s[k].source,
               s[k].statement);
        cell(s[k].scale(&r->even));
        printf("  %s\n", s[k].about);
    }
}

static void masks_text(const theory_report *r) {
    const cisup_theory_case *c = &r->masks;
    int figures, limits;
    const cisup_theory_figure *f = cisup_theory_masks_figures(&figures);
    const cisup_theory_limit *limit = cisup_theory_masks_limits(&limits);
    curves all;
    all.row = cisup_theory_masks_curves(&all.count);
    printf("\nnetwork that carries its masks, cycle of %" PRId64
           " allocations, circuits in whole parallel classes\n",
           c->cycle);
    printf("\n  %-20s %-8s %-8s %-10s %10s  range\n", "figure", "source", "equation",
           "claim", "classes");
    for (int k = 0; k < figures; k++) {
        figure_text(&f[k], c, &r->question);
        printf("  %s\n", f[k].range);
    }
    curves_text(&all, c, r->shape.L, ACTIVE);
    curves_text(&all, c, r->shape.L, INACTIVE);
    printf("\nlargest T, masks carried\n");
    other_limits_text(r, limit, limits, c);
}

void theory_text(const theory_report *r) {
    head_text(r);
    figures_text(r);
    errors_text(&r->even, r->shape.L, "even");
    if (r->scheme) errors_text(&r->actual, r->shape.L, r->scheme);
    limits_text(r);
    published_text(r);
    int count;
    const cisup_theory_limit *any = cisup_theory_any_limits(&count);
    printf("\nwhat the weights can hold, whatever the construction\n");
    other_limits_text(r, any, count, &r->even);
    if (r->masks.cycle) masks_text(r);
}
