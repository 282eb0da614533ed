/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_report.h"

#include <math.h>

static const char *scheme_of(const capacity_answer *a) {
    return cisup_scheme_name(a->point.scheme);
}

static void head_numbers(const capacity_request *r) {
    printf("error of %s %s", cisup_state_name(r->state),
           cisup_quantity_name((cisup_quantity)r->quantity));
    if (!isnan(r->budget)) printf(", root mean square at most %g", r->budget);
    if (!isnan(r->worst)) printf(", worst at most %g", r->worst);
    printf("; intervals %g %%\n\n", 100.0 * r->confidence);
}

void capacity_text_head(const capacity_request *r) {
    const setup *s = &r->setup;
    printf("largest T of %s circuits (d = %" PRId64 "), %s weights, %s\n",
           s->circuits_path ? s->circuits_path : cisup_family_name(s->family.family),
           s->d, cisup_weight_scheme_name(s->weights.scheme), cisup_mode_name(r->mode));
    head_numbers(r);
    printf("%6s %3s %3s %3s  %-7s%9s%9s%9s  %-14s%9s%9s%9s%9s%7s\n", "D", "z", "L", "S",
           "scheme", "T", "low", "high", "binds", "error", "at 1.1 T", "theory",
           "networks", "runs");
}

static void print_number(double x) {
    if (isnan(x))
        printf("%9s", "-");
    else
        printf("%9.3g", x);
}

static void print_T(cisup_index T) {
    if (T < 0 || T == INT64_MAX)
        printf("%9s", "-");
    else
        printf("%9" PRId64, T);
}

static void capacity_text(const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const cisup_capacity_result *s = &a->search;
    printf("%6" PRId64 " %3" PRId64 " %3" PRId64 " %3" PRId64 "  %-7s", p->D, p->z, p->L,
           p->S, scheme_of(a));
    print_T(s->T ? s->T : -1);
    print_T(s->T ? s->low : -1);
    print_T(s->high ? s->high : -1);
    printf("  %-14s", a->bound ? a->bound : "infeasible");
    print_number(s->error.mean);
    print_number(s->error_beyond.mean);
    print_T(a->theory_T);
    printf("%9" PRId64 "%7" PRId64 "%s\n", s->networks, s->runs,
           s->is_precise ? "" : "  interval wider than asked for");
    if (!s->T)
        printf("%6s not even the error at T = %" PRId64 " is within %g\n", "", s->at,
               a->limit);
}

void capacity_best_text(const capacity_answer *best, const char *word) {
    const capacity_point *p = &best->point;
    if (!best->search.T) return;
    printf("%6" PRId64 " %3" PRId64 " %3" PRId64 "  %s: S = %" PRId64
           ", scheme %s, T = %" PRId64 "\n",
           p->D, p->z, p->L, word, p->S, scheme_of(best), best->search.T);
}

static void print_interval(const cisup_capacity_result *s, const char *by) {
    printf(", T = %" PRId64 " (%" PRId64 " to %" PRId64 ")%s", s->T, s->low, s->high, by);
}

/* What an unfinished search knows, in one line. */
static void unfinished_text(const capacity_request *r, const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const cisup_capacity_result *s = &a->search;
    const int is_both = !isnan(r->budget) && !isnan(r->worst);
    printf("%6" PRId64 " %3" PRId64 " %3" PRId64 " %3" PRId64 "  %-7s  unfinished%s",
           p->D, p->z, p->L, p->S, scheme_of(a),
           !is_both         ? ""
           : a->is_by_worst ? ", by --worst"
                            : ", by --budget");
    if (s->high) print_interval(s, " so far");
    if (s->within) printf(", within the limit at %" PRId64, s->within);
    if (s->above) printf(", above it at %" PRId64, s->above);
    if (!s->within && !s->above) printf(", no T decided");
    printf("; %" PRId64 " networks, %" PRId64 " runs", s->networks, s->runs);
    if (a->by_budget.runs) print_interval(&a->by_budget, " by --budget");
    printf("\n");
}

/* A T that may be missing. */
static json_t *T_json(cisup_index T) {
    return T > 0 && T < INT64_MAX ? json_integer(T) : json_null();
}

static json_t *error_json(cisup_index T, const cisup_interval *e) {
    if (!T) return json_null();
    return json_pack("{sI,so,so,so}", "T", T, "value", emit_number(e->mean), "lo",
                     emit_number(e->low), "hi", emit_number(e->high));
}

static json_t *params_json(const capacity_request *r, const capacity_point *p) {
    const setup *s = &r->setup;
    const cisup_shape shape = {.D = p->D, .d = s->d, .T = 1, .S = p->S, .L = p->L};
    json_t *params = setup_json(s, &shape);
    if (params) (void)json_object_del(params, "T"); /* what is searched */
    emit_set(&params, "scheme", json_string(cisup_scheme_name(p->scheme)));
    emit_set(&params, "z", json_integer(p->z));
    options_json(&params, capacity_parameters, r);
    return params;
}

static cisup_status capacity_json(const capacity_request *r, const capacity_answer *a,
                                  cisup_error *err) {
    const cisup_capacity_result *s = &a->search;
    json_t *theory = a->theory_T < 0 ? json_null()
                                     : json_pack("{so,ss}", "T", T_json(a->theory_T),
                                                 "limit", a->theory_bound);
    json_t *line = json_pack(
        "{ss,ss,ss,so,sI,so,ss,sI,sI,sI,so,sb,ss,so,so,so}", "record", "capacity",
        "schema", "cisup.capacity/1", "version", CISUP_VERSION, "params",
        params_json(r, &a->point), "N", a->N, "placed", T_json(a->placed), "outcome",
        cisup_capacity_outcome_name(s->outcome), "T", s->T, "T_lo", s->low, "T_hi",
        s->high, "confidence", emit_number(r->confidence), "precise", s->is_precise,
        "decided_by", a->is_by_worst ? "worst" : "budget", "binds",
        a->bound ? json_string(a->bound) : json_null(), "slope", emit_number(s->slope),
        "error_at_T", error_json(s->at, &s->error));
    json_t *more = json_pack("{so,so,so,so,sI,sI}", "beyond",
                             error_json(s->beyond, &s->error_beyond), "masked",
                             emit_number(a->masked), "feedback", emit_number(a->feedback),
                             "theory", theory, "networks", s->networks, "runs", s->runs);
    emit_merge(&line, more);
    return emit_line(line, err);
}

static json_t *unfinished_search_json(const cisup_capacity_result *s) {
    const int is_known = s->high > 0 || s->outcome == CISUP_CAPACITY_INFEASIBLE;
    return json_pack(
        "{so,so,so,so,so,sI,sI}", "T", is_known ? json_integer(s->T) : json_null(),
        "T_lo", is_known ? json_integer(s->low) : json_null(), "T_hi",
        is_known ? json_integer(s->high) : json_null(), "within", T_json(s->within),
        "above", T_json(s->above), "networks", s->networks, "runs", s->runs);
}

static cisup_status unfinished_json(const capacity_request *r, const capacity_answer *a,
                                    cisup_error *err) {
    json_t *line = json_pack(
        "{ss,ss,ss,so,sI,so,ss,sI,so}", "record", "unfinished", "schema",
        "cisup.capacity/1", "version", CISUP_VERSION, "params", params_json(r, &a->point),
        "N", a->N, "placed", T_json(a->placed), "by", a->is_by_worst ? "worst" : "budget",
        "at", a->search.at, "by_budget",
        a->by_budget.runs ? unfinished_search_json(&a->by_budget) : json_null());
    json_t *more = unfinished_search_json(&a->search);
    if (line && (!more || json_object_update(line, more) != 0)) {
        json_decref(line);
        line = NULL;
    }
    json_decref(more);
    return emit_line(line, err);
}

cisup_status capacity_search_and_show(const capacity_request *r,
                                      const capacity_point *point,
                                      capacity_answer *answer, cisup_error *err) {
    cisup_status status = capacity_point_search(r, point, answer, err);
    const int is_begun = answer->search.runs > 0 || answer->by_budget.runs > 0;
    if (status != CISUP_OK && !is_begun) return status;
    if (status == CISUP_OK && r->json)
        status = capacity_json(r, answer, err);
    else if (r->json) /* the caller is to know what ended the search */
        (void)unfinished_json(r, answer, NULL);
    else if (status == CISUP_OK && !r->quiet)
        capacity_text(answer);
    else if (!r->quiet)
        unfinished_text(r, answer);
    /* A row may be long in coming; nobody may be there to read it any more. */
    return status == CISUP_OK ? emit_flush(err) : status;
}

cisup_status capacity_best_json(const capacity_answer *best, cisup_error *err) {
    const capacity_point *p = &best->point;
    return emit_line(json_pack("{ss,sI,sI,sI,sI,ss,sI,sI,sI}", "record", "best", "D",
                               p->D, "z", p->z, "L", p->L, "S", p->S, "scheme",
                               scheme_of(best), "T", best->search.T, "T_lo",
                               best->search.low, "T_hi", best->search.high),
                     err);
}

void frontier_text(const frontier_line *f, double confidence) {
    const int is_layers = f->along[0] == 'L';
    printf("\nscheme %s: ", cisup_scheme_name(f->scheme));
    if (isnan(f->measured.exponent)) {
        printf("no exponent, T is bound by the error at %" PRId64 " of %" PRId64
               " places\n",
               f->fitted, f->count);
        return;
    }
    printf("T ~ %s%s%s ^ %.3f (%g %% interval %.3f to %.3f), from %" PRId64 " of %" PRId64
           " places\n",
           is_layers ? "(" : "", f->along, is_layers ? "-1)" : "", f->measured.exponent,
           100.0 * confidence, f->measured.low, f->measured.high, f->fitted, f->count);
    if (!isnan(f->theory.exponent))
        printf("theory at these places: %.3f\n", f->theory.exponent);
    if (!isnan(f->leading)) printf("theory, leading order: %g\n", f->leading);
}

cisup_status frontier_json(const frontier_line *f, cisup_error *err) {
    json_t *points = json_array();
    for (cisup_index k = 0; k < f->count; k++) {
        const capacity_answer *a = &f->answer[k];
        emit_append(&points, json_pack("{so,sI,sI,sI,sI,so}", "x", emit_number(f->x[k]),
                                       "S", a->point.S, "T", a->search.T, "T_lo",
                                       a->search.low, "T_hi", a->search.high, "binds",
                                       a->bound ? json_string(a->bound) : json_null()));
    }
    return emit_line(json_pack("{ss,ss,ss,ss,so,sI,so,so,so,so,so,so}", "record", "fit",
                               "schema", "cisup.fit/1", "x", f->along, "scheme",
                               cisup_scheme_name(f->scheme), "points", points, "fitted",
                               f->fitted, "exponent", emit_number(f->measured.exponent),
                               "lo", emit_number(f->measured.low), "hi",
                               emit_number(f->measured.high), "misfit",
                               emit_number(f->measured.misfit), "theory_exponent",
                               emit_number(f->theory.exponent), "leading_exponent",
                               emit_number(f->leading)),
                     err);
}
