/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "theory_report.h"

#include "common/gate_options.h"

#include <math.h>
#include <string.h>

static void add_case(cisup_record *r, const char *names, const cisup_theory_case *c) {
    const int has_pairs = c->T > 1.0;
    RECORD_ADD(r, names, V_IF(has_pairs, c->P), V_IF(has_pairs, c->p), V(c->kappa),
               V(c->V));
}

static cisup_status head_json(const theory_report *r, cisup_error *err) {
    const cisup_shape *s = &r->shape;
    cisup_record head = {0};
    RECORD_ADD(&head, "record schema version", V("shape"), V("cisup.theory/1"),
               V(CISUP_VERSION));
    RECORD_ADD(&head, "params: D d T S z L margin fresh budget deviations scheme",
               V(s->D), V(s->d), V(s->T), V(s->S), V(s->z), V(s->L), V(r->even.margin),
               V(r->even.fresh), V(sqrt(r->question.budget)), V(r->question.deviations),
               V(r->scheme));
    if (!gate_step_is_default(&r->even.step))
        options_record(&head, gate_options, &r->even.step);
    RECORD_ADD(&head, "N", V(s->N));
    add_case(&head, "even: P p kappa V", &r->even);
    if (r->scheme)
        add_case(&head, "actual: P p kappa V", &r->actual);
    else
        RECORD_ADD(&head, "actual", V(r->scheme));
    return emit(&head, err);
}

/* A limit in one of the settings that it may hold for. */
typedef struct {
    const theory_report *report;
    const cisup_theory_limit *limit;
} bound;

static void setting_item(const void *of, cisup_index s, cisup_record *item) {
    const bound *b = of;
    if (b->limit->settings >> s & 1u) RECORD_ADD(item, "", V(cisup_setting_name((int)s)));
}

static void binds_item(const void *of, cisup_index s, cisup_record *item) {
    const bound *b = of;
    const char *name = b->report->binding[s];
    if (name && strcmp(name, b->limit->name) == 0)
        RECORD_ADD(item, "", V(cisup_setting_name((int)s)));
}

/* What every formula has. */
#define FORMULA "record kind name source equation claim range value valid binds "
#define NO_BINDS V_LIST(NULL, 0, binds_item)

/* A case with the name of its loads, and the rows that are asked of it. */
typedef struct {
    const cisup_theory_case *c;
    const char *loads;
    const cisup_theory_figure *figure;
    const cisup_theory_curve *curve;
    int figures, curves;
} asked;

static asked ask_published(const cisup_theory_case *c, const char *loads) {
    asked a = {.c = c, .loads = loads};
    a.figure = cisup_theory_figures(&a.figures);
    a.curve = cisup_theory_curves(&a.curves);
    return a;
}

static asked ask_masks(const cisup_theory_case *c) {
    asked a = {.c = c, .loads = "masks"};
    a.figure = cisup_theory_masks_figures(&a.figures);
    a.curve = cisup_theory_masks_curves(&a.curves);
    return a;
}

static cisup_status figures_json(const asked *a, const cisup_theory_question *q,
                                 cisup_error *err) {
    const cisup_theory_case *c = a->c;
    const cisup_theory_figure *f = a->figure;
    cisup_status status = CISUP_OK;
    for (const cisup_theory_figure *end = f + a->figures; f < end && status == CISUP_OK;
         f++)
        status = emit(
            RECORD_OF(FORMULA "loads", V("theory"), V("figure"), V(f->name), V(f->source),
                      V(f->equation), V(cisup_claim_name(f->claim)), V(f->range),
                      V(f->value(c, q)), V(f->is_in_range(c, q)), NO_BINDS, V(a->loads)),
            err);
    return status;
}

static cisup_status curves_json(const asked *a, cisup_index L, cisup_error *err) {
    const cisup_theory_case *c = a->c;
    const int count = a->curves;
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < 2 * count * L && status == CISUP_OK; k++) {
        const cisup_index l = k / (2 * count) + 1;
        const cisup_theory_curve *f = &a->curve[k % (2 * count) / 2];
        const cisup_theory_error e = f->value(c, l);
        status = emit(RECORD_OF(FORMULA "loads quantity layer state", V("theory"),
                                V("error"), V(f->name), V(f->source), V(f->equation),
                                V(cisup_claim_name(f->claim)), V(f->range),
                                V(k % 2 ? e.inactive : e.active), V(f->is_in_range(c, l)),
                                NO_BINDS, V(a->loads), V(f->quantity), V(l),
                                V(k % 2 ? "inactive" : "active")),
                      err);
    }
    return status;
}

static cisup_status limit_json(const theory_report *r, const cisup_theory_limit *f,
                               cisup_theory_reach reach, cisup_error *err) {
    const bound b = {r, f};
    if (reach.T < 0) return CISUP_OK;
    return emit(
        RECORD_OF(FORMULA "settings exceeded", V("theory"), V("limit"), V(f->name),
                  V(f->source), V(f->equation), V(cisup_claim_name(f->claim)),
                  V(f->range), V_IF(reach.T != INT64_MAX, reach.T), V(reach.is_in_range),
                  V_LIST(&b, CISUP_SETTINGS, binds_item),
                  V_LIST(&b, CISUP_SETTINGS, setting_item), V(r->shape.T > reach.T)),
        err);
}

static cisup_status limits_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    const cisup_theory_limit scheme = theory_scheme_limit();
    cisup_status status = CISUP_OK;
    for (int k = 0; k < count && status == CISUP_OK; k++)
        status = limit_json(r, &limit[k], r->reach[k], err);
    if (status != CISUP_OK) return status;
    return limit_json(r, &scheme, (cisup_theory_reach){r->capacity, 1}, err);
}

/* Limits that are not about the published network. */
static cisup_status other_limits_json(const theory_report *r,
                                      const cisup_theory_limit *limit, int count,
                                      const cisup_theory_case *c, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (int k = 0; k < count && status == CISUP_OK; k++)
        status = limit_json(r, &limit[k],
                            cisup_theory_limit_reach(&limit[k], c, &r->question), err);
    return status;
}

static int is_meant(const cisup_theory_statement *s, const cisup_theory_case *c) {
    return !s->is_in_range || s->is_in_range(c);
}

static cisup_status published_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_statement *s = cisup_theory_statements(&count);
    cisup_status status = CISUP_OK;
    for (const cisup_theory_statement *end = s + count; s < end && status == CISUP_OK;
         s++)
        status =
            emit(RECORD_OF(FORMULA "statement", V("theory"), V("published"), V(s->name),
                           V(s->source), V("12.2"), V(cisup_claim_name(s->claim)),
                           V(s->about), V(s->scale(&r->even)),
                           V_IF(s->is_in_range != NULL, is_meant(s, &r->even)), NO_BINDS,
                           V(s->statement)),
                 err);
    return status;
}

cisup_status theory_json(const theory_report *r, cisup_error *err) {
    const asked even = ask_published(&r->even, "even"),
                actual = ask_published(&r->actual, "actual"),
                masks = ask_masks(&r->masks);
    const cisup_theory_limit *limit;
    int count;
    cisup_status status;
    CISUP_TRY(head_json(r, err));
    CISUP_TRY(figures_json(&even, &r->question, err));
    if (r->scheme) CISUP_TRY(figures_json(&actual, &r->question, err));
    CISUP_TRY(curves_json(&even, r->shape.L, err));
    if (r->scheme) CISUP_TRY(curves_json(&actual, r->shape.L, err));
    CISUP_TRY(limits_json(r, err));
    CISUP_TRY(published_json(r, err));
    limit = cisup_theory_any_limits(&count);
    CISUP_TRY(other_limits_json(r, limit, count, &r->even, err));
    if (!r->masks.cycle) goto done;
    CISUP_TRY(figures_json(&masks, &r->question, err));
    CISUP_TRY(curves_json(&masks, r->shape.L, err));
    limit = cisup_theory_masks_limits(&count);
    CISUP_TRY(other_limits_json(r, limit, count, &r->masks, err));
done:
    return status;
}
