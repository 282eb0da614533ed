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
    return json_pack("{ss,ss,ss,so,sI,so,so}", "record", "shape", "schema",
                     "cisup.theory/1", "version", CISUP_VERSION, "params", params, "N",
                     s->N, "even", case_json(&r->even), "actual",
                     r->scheme ? case_json(&r->actual) : json_null());
}

/* One formula; `more`, what its kind has besides, is released. valid < 0: not known. */
static cisup_status formula_json(const char *kind, const char *name, const char *source,
                                 const char *equation, const char *claim,
                                 const char *range, json_t *value, int valid,
                                 json_t *binds, json_t *more, cisup_error *err) {
    json_t *line = json_pack(
        "{ss,ss,ss,ss,ss,ss,ss,so,so,so}", "record", "theory", "kind", kind, "name", name,
        "source", source, "equation", equation, "claim", claim, "range", range, "value",
        value, "valid", valid < 0 ? json_null() : json_boolean(valid), "binds", binds);
    emit_merge(&line, more);
    return emit_line(line, err);
}

static cisup_status figures_json(const theory_report *r, const cisup_theory_case *c,
                                 const char *loads, cisup_error *err) {
    const cisup_theory_question *q = &r->question;
    int count;
    const cisup_theory_figure *f = cisup_theory_figures(&count);
    for (int k = 0; k < count; k++) {
        const cisup_status status = formula_json(
            "figure", f[k].name, f[k].source, f[k].equation, cisup_claim_name(f[k].claim),
            f[k].range, emit_number(f[k].value(c, q)), f[k].is_in_range(c, q),
            json_array(), json_pack("{ss}", "loads", loads), err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

static cisup_status error_json(const cisup_theory_curve *curve,
                               const cisup_theory_case *c, cisup_index l, int is_active,
                               const char *loads, cisup_error *err) {
    const cisup_theory_error e = curve->value(c, l);
    return formula_json("error", curve->name, curve->source, curve->equation,
                        cisup_claim_name(curve->claim), curve->range,
                        emit_number(is_active ? e.active : e.inactive),
                        curve->is_in_range(c, l), json_array(),
                        json_pack("{ss,ss,sI,ss}", "loads", loads, "quantity",
                                  curve->quantity, "layer", l, "state",
                                  is_active ? "active" : "inactive"),
                        err);
}

static cisup_status curves_json(const cisup_theory_case *c, cisup_index L,
                                const char *loads, cisup_error *err) {
    int count;
    const cisup_theory_curve *curve = cisup_theory_curves(&count);
    for (cisup_index l = 1; l <= L; l++)
        for (int k = 0; k < 2 * count; k++) {
            const cisup_status status =
                error_json(&curve[k / 2], c, l, k % 2 == 0, loads, err);
            if (status != CISUP_OK) return status;
        }
    return CISUP_OK;
}

static cisup_status limit_json(const theory_report *r, const cisup_theory_limit *limit,
                               cisup_theory_reach reach, cisup_error *err) {
    json_t *settings = json_array(), *binds = json_array();
    for (int s = 0; s < CISUP_SETTINGS; s++) {
        const char *name = cisup_setting_name(s);
        if (limit->settings >> s & 1u) emit_append(&settings, json_string(name));
        if (r->binding[s] && strcmp(r->binding[s], limit->name) == 0)
            emit_append(&binds, json_string(name));
    }
    return formula_json(
        "limit", limit->name, limit->source, limit->equation,
        cisup_claim_name(limit->claim), limit->range,
        reach.T == INT64_MAX ? json_null() : json_integer(reach.T), reach.is_in_range,
        binds,
        json_pack("{so,sb}", "settings", settings, "exceeded", r->shape.T > reach.T),
        err);
}

static cisup_status limits_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    for (int k = 0; k < count; k++) {
        if (r->reach[k].T < 0) continue;
        const cisup_status status = limit_json(r, &limit[k], r->reach[k], err);
        if (status != CISUP_OK) return status;
    }
    if (r->capacity < 0) return CISUP_OK;
    const cisup_theory_limit scheme = theory_scheme_limit();
    return limit_json(r, &scheme, (cisup_theory_reach){r->capacity, 1}, err);
}

static cisup_status published_json(const theory_report *r, cisup_error *err) {
    int count;
    const cisup_theory_statement *s = cisup_theory_statements(&count);
    for (int k = 0; k < count; k++) {
        const cisup_status status =
            formula_json("published", s[k].name, s[k].source, "12.2", "asymptotic",
                         s[k].about, emit_number(s[k].scale(&r->even)), -1, json_array(),
                         json_pack("{ss}", "statement", s[k].statement), err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

cisup_status theory_json(const theory_report *r, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(emit_line(head_json(r), err));
    CISUP_TRY(figures_json(r, &r->even, "even", err));
    if (r->scheme) CISUP_TRY(figures_json(r, &r->actual, "actual", err));
    CISUP_TRY(curves_json(&r->even, r->shape.L, "even", err));
    if (r->scheme) CISUP_TRY(curves_json(&r->actual, r->shape.L, "actual", err));
    CISUP_TRY(limits_json(r, err));
    CISUP_TRY(published_json(r, err));
done:
    return status;
}
