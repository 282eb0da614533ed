/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_report.h"

#include <cisup/analysis/capacity/outcome.h>

#include <math.h>

static const char *scheme_of(const capacity_answer *a) {
    return capacity_choice_name(&a->point.choice);
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

/* A T that may be missing. */
static cisup_field value_T(cisup_index T) {
    return V_IF(T > 0 && T < INT64_MAX, T);
}

#define CAPACITY_LINE                                                                    \
    "{D:6} {z:3} {L:3} {S:3}  {scheme:-7}{T:9}{T_lo:9}{T_hi:9}  {binds:-14|infeasible}"  \
    "{error:9.3g}{beyond:9.3g}{theory:9}{networks:9}{runs:7}"                            \
    "{precise:|  interval wider than asked for}\n"

static void capacity_text(const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const cisup_capacity_result *s = &a->search;
    const int is_found = s->T != 0;
    emit_text(RECORD_OF("D z L S scheme T T_lo T_hi binds error beyond theory networks "
                        "runs precise at limit",
                        V(p->D), V(p->z), V(p->L), V(p->S), V(scheme_of(a)),
                        V_IF(is_found, s->T), V_IF(is_found, s->low),
                        V_IF(s->high != 0, s->high), V(a->bound), V(s->error.mean),
                        V(s->error_beyond.mean),
                        V_IF(a->theory_T >= 0 && a->theory_T < INT64_MAX, a->theory_T),
                        V(s->networks), V(s->runs), V(s->is_precise), V(s->at),
                        V(a->limit)),
              is_found ? CAPACITY_LINE
                       : CAPACITY_LINE
                  "       not even the error at T = {at} is within {limit}\n");
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

static void add_params(cisup_record *r, const capacity_request *q,
                       const capacity_point *p) {
    const cisup_shape shape = {.D = p->D, .d = q->setup.d, .S = p->S, .L = p->L};
    setup_record(&q->setup, &shape, r);
    RECORD_ADD(r, "params: scheme z", V(cisup_scheme_name(p->choice.scheme)), V(p->z));
    if (p->choice.cycle) RECORD_ADD(r, "params: cycle", V(p->choice.cycle));
    options_record(r, capacity_parameters, q);
}

static void start(cisup_record *line, const char *name, const capacity_request *r,
                  const capacity_answer *a) {
    RECORD_ADD(line, "record schema version", V(name), V("cisup.capacity/1"),
               V(CISUP_VERSION));
    add_params(line, r, &a->point);
    RECORD_ADD(line, "N placed", V(a->N), value_T(a->placed));
}

static cisup_status capacity_json(const capacity_request *r, const capacity_answer *a,
                                  cisup_error *err) {
    const cisup_capacity_result *s = &a->search;
    const cisup_interval *at = &s->error, *beyond = &s->error_beyond;
    cisup_record line = {0};
    start(&line, "capacity", r, a);
    RECORD_ADD(&line, "outcome T T_lo T_hi confidence precise decided_by binds slope",
               V(cisup_capacity_outcome_name(s->outcome)), V(s->T), V(s->low), V(s->high),
               V(r->confidence), V(s->is_precise), V(a->is_by_worst ? "worst" : "budget"),
               V(a->bound), V(s->slope));
    RECORD_PART(&line, s->at != 0, "error_at_T", "T value lo hi", V(s->at), V(at->mean),
                V(at->low), V(at->high));
    RECORD_PART(&line, s->beyond != 0, "beyond", "T value lo hi", V(s->beyond),
                V(beyond->mean), V(beyond->low), V(beyond->high));
    RECORD_ADD(&line, "masked feedback", V(a->masked), V(a->feedback));
    RECORD_PART(&line, a->theory_T >= 0, "theory", "T limit", value_T(a->theory_T),
                V(a->theory_bound));
    RECORD_ADD(&line, "networks runs", V(s->networks), V(s->runs));
    return emit(&line, err);
}

static cisup_status unfinished_json(const capacity_request *r, const capacity_answer *a,
                                    cisup_error *err) {
    const cisup_capacity_result *s = &a->search, *b = &a->by_budget;
    const int is_known = s->high > 0 || s->outcome == CISUP_CAPACITY_INFEASIBLE;
    const int is_before = b->high > 0 || b->outcome == CISUP_CAPACITY_INFEASIBLE;
    cisup_record line = {0};
    start(&line, "unfinished", r, a);
    RECORD_ADD(&line, "by at", V(a->is_by_worst ? "worst" : "budget"), V(s->at));
    RECORD_PART(&line, b->runs != 0, "by_budget",
                "T T_lo T_hi within above networks runs", V_IF(is_before, b->T),
                V_IF(is_before, b->low), V_IF(is_before, b->high), value_T(b->within),
                value_T(b->above), V(b->networks), V(b->runs));
    RECORD_ADD(&line, "T T_lo T_hi within above networks runs", V_IF(is_known, s->T),
               V_IF(is_known, s->low), V_IF(is_known, s->high), value_T(s->within),
               value_T(s->above), V(s->networks), V(s->runs));
    return emit(&line, err);
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
    return emit(RECORD_OF("record D z L S scheme T T_lo T_hi", V("best"), V(p->D),
                          V(p->z), V(p->L), V(p->S), V(scheme_of(best)),
                          V(best->search.T), V(best->search.low), V(best->search.high)),
                err);
}

void frontier_text(const frontier_line *f, double confidence) {
    const int is_layers = f->along[0] == 'L';
    printf("\nscheme %s: ", capacity_choice_name(&f->choice));
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

static void point_item(const void *of, cisup_index k, cisup_record *item) {
    const frontier_line *f = of;
    const capacity_answer *a = &f->answer[k];
    RECORD_ADD(item, "x S T T_lo T_hi binds", V(f->x[k]), V(a->point.S), V(a->search.T),
               V(a->search.low), V(a->search.high), V(a->bound));
}

cisup_status frontier_json(const frontier_line *f, cisup_error *err) {
    return emit(RECORD_OF("record schema x scheme points fitted exponent lo hi misfit "
                          "theory_exponent leading_exponent",
                          V("fit"), V("cisup.fit/1"), V(f->along),
                          V(capacity_choice_name(&f->choice)),
                          V_LIST(f, f->count, point_item), V(f->fitted),
                          V(f->measured.exponent), V(f->measured.low),
                          V(f->measured.high), V(f->measured.misfit),
                          V(f->theory.exponent), V(f->leading)),
                err);
}
