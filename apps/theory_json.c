/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "theory_report.h"

#include <math.h>
#include <string.h>

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *case_json(const cisup_theory_case *c) {
    const int has_pairs = c->T > 1.0;
    return json_pack("{so,so,so,so}", "P", has_pairs ? emit_number(c->P) : json_null(),
                     "p", has_pairs ? emit_number(c->p) : json_null(), "kappa",
                     emit_number(c->kappa), "V", emit_number(c->V));
}

static json_t *head_json(const theory_report *r) {
    const cisup_shape *s = &r->shape;
    json_t *params = json_pack(
        "{sI,sI,sI,sI,sI,sI,so,sb,so,so,so}", "D", s->D, "d", s->d, "T", s->T, "S", s->S,
        "z", s->z, "L", s->L, "margin", emit_number(r->even.margin), "fresh",
        r->even.fresh, "budget", emit_number(sqrt(r->question.budget)), "deviations",
        emit_number(r->question.deviations), "scheme", text_or_null(r->scheme));
    return json_pack("{ss,ss,ss,so,sI,so,so}", "record", "theory", "schema",
                     "cisup.theory/1", "version", CISUP_VERSION, "params", params, "N",
                     s->N, "even", case_json(&r->even), "actual",
                     r->scheme ? case_json(&r->actual) : json_null());
}

static cisup_status figures_json(const theory_report *r, cisup_error *err) {
    const cisup_theory_question *q = &r->question;
    int count;
    const cisup_theory_figure *f = cisup_theory_figures(&count);
    for (int k = 0; k < count; k++) {
        json_t *line =
            json_pack("{ss,ss,ss,ss,ss,so,sb}", "record", "figure", "name", f[k].name,
                      "equation", f[k].equation, "claim", cisup_claim_name(f[k].claim),
                      "range", f[k].range, "even", emit_number(f[k].value(&r->even, q)),
                      "even_in_range", f[k].is_in_range(&r->even, q));
        if (line && r->scheme) {
            (void)json_object_set_new(line, "actual",
                                      emit_number(f[k].value(&r->actual, q)));
            (void)json_object_set_new(line, "actual_in_range",
                                      json_boolean(f[k].is_in_range(&r->actual, q)));
        }
        const cisup_status status = emit_line(line, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

static cisup_status curves_json(const cisup_theory_case *c, cisup_index L,
                                const char *loads, cisup_error *err) {
    int count;
    const cisup_theory_curve *curve = cisup_theory_curves(&count);
    for (cisup_index l = 1; l <= L; l++)
        for (int k = 0; k < count; k++) {
            const cisup_theory_error e = curve[k].value(c, l);
            const cisup_status status = emit_line(
                json_pack("{ss,ss,ss,ss,ss,ss,ss,sI,so,so,sb}", "record", "prediction",
                          "name", curve[k].name, "equation", curve[k].equation, "claim",
                          cisup_claim_name(curve[k].claim), "range", curve[k].range,
                          "quantity", curve[k].quantity, "loads", loads, "layer", l,
                          "active", emit_number(e.active), "inactive",
                          emit_number(e.inactive), "in_range",
                          curve[k].is_in_range(c, l)),
                err);
            if (status != CISUP_OK) return status;
        }
    return CISUP_OK;
}

static json_t *limit_json(const theory_report *r, const cisup_theory_limit *limit,
                          cisup_theory_reach reach) {
    json_t *settings = json_array(), *binds = json_array();
    for (int s = 0; s < CISUP_SETTINGS; s++) {
        const char *name = cisup_setting_name(s);
        if (limit->settings >> s & 1u)
            (void)json_array_append_new(settings, json_string(name));
        if (r->binding[s] && strcmp(r->binding[s], limit->name) == 0)
            (void)json_array_append_new(binds, json_string(name));
    }
    return json_pack("{ss,ss,ss,ss,ss,so,sb,so,so,sb}", "record", "limit", "name",
                     limit->name, "equation", limit->equation, "claim",
                     cisup_claim_name(limit->claim), "range", limit->range, "T",
                     reach.T == INT64_MAX ? json_null() : json_integer(reach.T),
                     "in_range", reach.is_in_range, "settings", settings, "binds", binds,
                     "exceeded", r->shape.T > reach.T);
}

static cisup_status limits_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++) {
        if (r->reach[k].T < 0) continue;
        const cisup_status status = emit_line(limit_json(r, &limit[k], r->reach[k]), err);
        if (status != CISUP_OK) return status;
    }
    if (r->capacity < 0) return CISUP_OK;
    const cisup_theory_limit scheme = {.name = "scheme",
                                       .equation = "2",
                                       .range = "always",
                                       .claim = CISUP_CLAIM_BOUND,
                                       .settings = ~0u};
    return emit_line(limit_json(r, &scheme, (cisup_theory_reach){r->capacity, 1}), err);
}

static cisup_status published_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_statement *s = cisup_theory_statements(&count);
    for (int k = 0; k < count; k++) {
        const cisup_status status =
            emit_line(json_pack("{ss,ss,ss,ss,ss,ss,so}", "record", "published", "name",
                                s[k].name, "source", s[k].source, "claim", "asymptotic",
                                "statement", s[k].statement, "about", s[k].about, "scale",
                                emit_number(s[k].scale(&r->even))),
                      err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

cisup_status theory_json(const theory_report *r, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(emit_line(head_json(r), err));
    CISUP_TRY(figures_json(r, err));
    CISUP_TRY(curves_json(&r->even, r->shape.L, "even", err));
    if (r->scheme) CISUP_TRY(curves_json(&r->actual, r->shape.L, "actual", err));
    CISUP_TRY(limits_json(r, err));
    CISUP_TRY(published_json(r, err));
done:
    return status;
}
