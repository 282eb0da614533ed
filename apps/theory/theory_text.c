/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "theory_report.h"

#include "common/gate_options.h"
#include "common/table.h"
#include "common/terminal.h"
#include "common/wrap.h"
#include <cisup/analysis/theory/theory_closed.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

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
enum { NUMBER_ROOM = 24 };
static const char *number(double x, char text[NUMBER_ROOM]) {
    (void)snprintf(text, NUMBER_ROOM, isnan(x) ? "-" : "%.4g", x);
    return text;
}

static char mark(int is_in_range) {
    return is_in_range ? ' ' : '!';
}

static void paragraph(int columns, const char *format, ...) CISUP_PRINTF(2, 3);
static void paragraph(int columns, const char *format, ...) {
    char text[512];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    wrap_to(stdout, columns, text, 2, 0);
}

static void head_text(const theory_report *r, int columns) {
    const cisup_shape *s = &r->shape;
    paragraph(columns,
              "%" PRId64 " circuits (d = %" PRId64 ") in D = %" PRId64 ": N = %" PRId64
              " a block, S = %" PRId64 ", z = %" PRId64 ", L = %" PRId64 ", margin %g",
              s->T, s->d, s->D, s->N, s->S, s->z, s->L, r->even.margin);
    if (!gate_step_is_default(&r->even.step))
        paragraph(
            columns, "gate: steepness %g, shift %g: closed up to an on-value of %.4g",
            r->even.step.steepness, r->even.step.shift, cisup_theory_closed_to(&r->even));
    if (r->scheme)
        paragraph(columns, "allocation %s: load %" PRId64 " to %" PRId64 " (cv %.3f)",
                  r->scheme, r->stats.load_min, r->stats.load_max, r->stats.load_cv);
    printf("! in front: outside the range of the formula\n");
}

/* Figures of a case, called `name`; beside even loads those of the scheme. */
static void figures_text(const theory_report *r, int columns,
                         const cisup_theory_figure *f, int count,
                         const cisup_theory_case *c, const char *name) {
    const cisup_theory_case *other = c == &r->even && r->scheme ? &r->actual : NULL;
    text_table *const t = table_begin(other ? "lllllrlr" : "lllllr");
    char value[NUMBER_ROOM], more[NUMBER_ROOM];
    table_add(t, "range", " \tfigure\tsource\teq.\tclaim\t%s\t \t%s", name,
              other ? r->scheme : "");
    for (int k = 0; k < count; k++)
        table_add(t, f[k].range, "%c\t%s\t%s\t%s\t%s\t%s\t%c\t%s",
                  mark(f[k].is_in_range(c, &r->question)), f[k].name, f[k].source,
                  f[k].equation, cisup_claim_name(f[k].claim),
                  number(f[k].value(c, &r->question), value),
                  other ? mark(f[k].is_in_range(other, &r->question)) : ' ',
                  other ? number(f[k].value(other, &r->question), more) : "");
    putchar('\n');
    table_print(t, columns);
}

typedef struct {
    const cisup_theory_curve *row;
    int count;
} curves;

enum { ACTIVE, INACTIVE, CURVE_COLUMNS = 13, LAYER_COLUMNS = 5 };

/* Some curves beside each other. */
static void curves_part(const cisup_theory_curve *curve, int count,
                        const cisup_theory_case *c, cisup_index L, int state) {
    char value[NUMBER_ROOM];
    printf("layer");
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
            printf(" %c %10s", mark(curve[k].is_in_range(c, l)),
                   number(state == ACTIVE ? e.active : e.inactive, value));
        }
        putchar('\n');
    }
}

/* As many beside each other as there is room for. */
static void curves_text(const curves *of, const cisup_theory_case *c, cisup_index L,
                        int state, int columns) {
    const int room = (columns - LAYER_COLUMNS) / CURVE_COLUMNS,
              most = room > 1 ? room : 1;
    printf("\n%s circuits\n", state == ACTIVE ? "active" : "inactive");
    for (int k = 0; k < of->count; k += most) {
        if (k) putchar('\n');
        curves_part(of->row + k, of->count - k < most ? of->count - k : most, c, L,
                    state);
    }
}

static void errors_text(const cisup_theory_case *c, cisup_index L, const char *loads,
                        int columns) {
    curves all;
    all.row = cisup_theory_curves(&all.count);
    printf("\nmean square errors of masked networks, loads %s\n", loads);
    curves_text(&all, c, L, ACTIVE, columns);
    curves_text(&all, c, L, INACTIVE, columns);
}

/* A limit; `settings`: those it is about, by their first letters. */
static void limit_row(text_table *t, const theory_report *r,
                      const cisup_theory_limit *limit, cisup_theory_reach reach,
                      const char *settings) {
    char T[NUMBER_ROOM] = "none";
    if (reach.T != INT64_MAX) (void)snprintf(T, sizeof T, "%" PRId64, reach.T);
    table_add(t, limit->range, "%c\t%s\t%s\t%s\t%s\t%s\t%s\t%s", mark(reach.is_in_range),
              limit->name, limit->source, limit->equation, cisup_claim_name(limit->claim),
              T, r->shape.T > reach.T ? "exceeded" : "", settings);
}

static const char *settings_text(const cisup_theory_limit *limit,
                                 char text[CISUP_SETTINGS + 1]) {
    for (int s = 0; s < CISUP_SETTINGS; s++)
        text[s] = limit->settings >> s & 1u ? cisup_setting_name(s)[0] : '-';
    text[CISUP_SETTINGS] = 0;
    return text;
}

/* Limits that are not about the published network. */
static void other_limits_text(const theory_report *r, const cisup_theory_limit *limit,
                              int count, const cisup_theory_case *c, int columns) {
    text_table *const t = table_begin("lllllrl");
    table_add(t, "range", " \tlimit\tsource\teq.\tclaim\tT\t ");
    for (int k = 0; k < count; k++) {
        const cisup_theory_reach reach =
            cisup_theory_limit_reach(&limit[k], c, &r->question);
        if (reach.T >= 0) limit_row(t, r, &limit[k], reach, "");
    }
    table_print(t, columns);
}

static void limits_text(const theory_report *r, int columns) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    text_table *const t = table_begin("lllllrll");
    char for_whom[CISUP_SETTINGS + 1];
    putchar('\n');
    paragraph(columns, "largest T, even loads (g: zero-mean circuits, masked; r: "
                       "rotations, capped, relu; p: on-indicators, plain, relu)");
    table_add(t, "range", " \tlimit\tsource\teq.\tclaim\tT\t \tfor");
    for (int k = 0; k < count; k++)
        if (r->reach[k].T >= 0)
            limit_row(t, r, &limit[k], r->reach[k], settings_text(&limit[k], for_whom));
    if (r->capacity >= 0) {
        const cisup_theory_limit scheme = theory_scheme_limit();
        limit_row(t, r, &scheme, (cisup_theory_reach){r->capacity, 1},
                  settings_text(&scheme, for_whom));
    }
    table_print(t, columns);
    for (int s = 0; s < CISUP_SETTINGS; s++) {
        printf("binds (%s): ", cisup_setting_name(s));
        if (r->binding[s])
            printf("%s, T <= %" PRId64 "\n", r->binding[s], r->most[s]);
        else
            printf("none\n");
    }
    if (isnan(r->question.budget)) printf("no --budget: limits by errors left out\n");
}

static void published_text(const theory_report *r, int columns) {
    int count;
    const cisup_theory_statement *s = cisup_theory_statements(&count);
    text_table *const t = table_begin("llllr");
    char value[NUMBER_ROOM];
    printf("\npublished, asymptotic only; value: what stands inside O(), no bound\n");
    for (int k = 0; k < count; k++)
        table_add(t, s[k].about, "%c\t%s\t%s\t%s\t%s",
                  mark(!s[k].is_in_range || s[k].is_in_range(&r->even)), s[k].name,
                  s[k].source, s[k].statement, number(s[k].scale(&r->even), value));
    table_print(t, columns);
}

static void masks_text(const theory_report *r, int columns) {
    const cisup_theory_case *c = &r->masks;
    int figures, limits;
    const cisup_theory_figure *f = cisup_theory_masks_figures(&figures);
    const cisup_theory_limit *limit = cisup_theory_masks_limits(&limits);
    curves all;
    all.row = cisup_theory_masks_curves(&all.count);
    putchar('\n');
    paragraph(columns,
              "network that carries its masks, cycle of %" PRId64
              " allocations, circuits in whole parallel classes",
              c->cycle);
    figures_text(r, columns, f, figures, c, "classes");
    curves_text(&all, c, r->shape.L, ACTIVE, columns);
    curves_text(&all, c, r->shape.L, INACTIVE, columns);
    printf("\nlargest T, masks carried\n");
    other_limits_text(r, limit, limits, c, columns);
}

void theory_text(const theory_report *r) {
    const int columns = terminal_of_output(1).columns;
    int count;
    head_text(r, columns);
    const cisup_theory_figure *f = cisup_theory_figures(&count);
    figures_text(r, columns, f, count, &r->even, "even");
    errors_text(&r->even, r->shape.L, "even", columns);
    if (r->scheme) errors_text(&r->actual, r->shape.L, r->scheme, columns);
    limits_text(r, columns);
    published_text(r, columns);
    const cisup_theory_limit *any = cisup_theory_any_limits(&count);
    printf("\nwhat the weights can hold, whatever the construction\n");
    other_limits_text(r, any, count, &r->even, columns);
    if (r->masks.cycle) masks_text(r, columns);
}
