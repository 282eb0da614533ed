/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_report.h"

#include "common/options_command.h"

#include <cisup/analysis/capacity/outcome.h>
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_overlap.h>

#include <math.h>

static const char *scheme_of(const capacity_answer *a) {
    return capacity_choice_name(&a->point.choice);
}

/* The name of a network in a table: its scheme where that was chosen. */
static void write_name(const capacity_answer *a, char name[32]) {
    const capacity_kind *kind = a->point.kind;
    if (a->point.choice.cycle)
        (void)snprintf(name, 32, "%s c=%" PRId64, kind->name, a->point.choice.cycle);
    else
        (void)snprintf(name, 32, "%s", kind->is_scheme_open ? kind->name : scheme_of(a));
}

static void write_limit(const capacity_request *r, const char *what, double limit) {
    if (isnan(limit)) return;
    printf(r->absolute ? "%s at most %g" : "%s at most %g = %g %% of the signal", what,
           limit, 100.0 * limit);
}

void capacity_text_head(const capacity_request *r) {
    const capacity_kind *k = &r->kind[0];
    printf("largest T of circuits ");
    for (int i = 0; i < r->kinds; i++) {
        const setup *s = &r->kind[i].setup;
        if (i && s->d == r->kind[i - 1].setup.d) continue; /* with other masks */
        printf("%s%s (d = %" PRId64 ")", i ? ", " : "",
               s->circuits_path ? s->circuits_path : cisup_family_name(s->family.family),
               s->d);
    }
    printf("; %s\nerror of %s %s,", cisup_mode_name(r->mode), cisup_state_name(r->state),
           cisup_quantity_name((cisup_quantity)k->quantity));
    write_limit(r, " rms", r->budget);
    if (!isnan(r->budget) && !isnan(r->worst)) printf(",\n");
    write_limit(r, " worst", r->worst);
    printf("; %g %% intervals\n", 100.0 * r->confidence);
}

void capacity_text_place(const capacity_place *p) {
    printf("\nD = %" PRId64 ", z = %" PRId64 " active, L = %" PRId64 " layers\n", p->D,
           p->z, p->L);
    printf("%-11s%3s%13s%12s%12s   %-14s%11s\n", "network", "S", "T", "low", "high",
           "binds", "theory");
}

/* A T that may be missing. */
static cisup_field value_T(cisup_index T) {
    return V_IF(T > 0 && T < INT64_MAX, T);
}

static void write_T(char text[32], const char *before, cisup_index T, int is_known) {
    text[0] = 0;
    if (is_known) (void)snprintf(text, 32, "%s%" PRId64, before, T);
}

static void capacity_text(const capacity_answer *a) {
    const cisup_capacity_result *s = &a->search;
    const int is_less = s->outcome == CISUP_CAPACITY_LESS;
    const int is_open = s->T != 0 && s->low != s->high;
    const int has_theory = a->theory_T >= 0 && a->theory_T < INT64_MAX;
    char name[32], T[32], low[32], high[32], theory[32];
    write_name(a, name);
    write_T(T, is_less ? "< " : "", is_less ? s->high + 1 : s->T, is_less || s->T);
    write_T(low, "", s->low, is_open);
    write_T(high, "", s->high, is_open);
    write_T(theory, "", a->theory_T, has_theory);
    printf("%-11s%3" PRId64 "%13s%12s%12s%c  %-14s%11s%s\n", name, a->point.S, T, low,
           high, !is_less && s->T && !s->is_precise ? '*' : ' ',
           is_less    ? "(given up)"
           : a->bound ? a->bound
           : s->T     ? ""
                      : "infeasible",
           theory, has_theory && a->is_theory_doubtful ? "!" : "");
    if (!is_less && !s->T)
        printf("  not even the error at T = %" PRId64 " is within %g\n", s->at, a->limit);
}

/* Options of capacity that the commands below have under other values, or not. */
static const char others[] =
    " circuits preset width redundancy layers construction cycle scheme mask-codes ";

static void write_network(command_line *c, const capacity_request *r,
                          const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const setup plain = setup_defaults();
    if (p->choice.cycle)
        command_word(c, "--construction masks --cycle %" PRId64, p->choice.cycle);
    else
        command_word(c, "--scheme %s", scheme_of(a));
    if (p->kind->setup.construction.codes) command_word(c, "--mask-codes");
    command_word(c, "-D %" PRId64, p->D);
    command_word(c, "-S %" PRId64, p->S);
    command_word(c, "-T %" PRId64, a->search.T);
    if (!r->setup.circuits_path) command_word(c, "-L %" PRId64, p->L);
    command_options(c, setup_options, &r->setup, &plain, others);
}

/* What T compares to: circuits side by side, and what weights could hold. */
static void write_scale(const capacity_answer *a) {
    const setup *s = &a->point.kind->setup;
    const capacity_point *p = &a->point;
    const double T = (double)a->search.T, d = (double)s->d, D = (double)p->D;
    const double each = (double)a->N * d;
    const cisup_theory_case c = {
        .D = each, .d = d, .S = (double)p->S, .z = (double)p->z, .N = (double)a->N};
    const cisup_theory_case there = cisup_theory_even(&c, T);
    printf("  T d/D = %.3g; without superposition T = D/d = %" PRId64 "\n", T * d / D,
           (cisup_index)(D / d));
    printf("  T d^2/D^2 = %.3g %% of the weights as parameters; overlap p = %.3g,\n"
           "  Welch's floor %.3g",
           100.0 * T * d * d / (D * D), there.p, cisup_theory_overlap_floor(&there));
    const int is_rotation = !s->own.w && (s->family.family == CISUP_ROTATION2 ||
                                          s->family.family == CISUP_ROTATION3 ||
                                          s->family.family == CISUP_ROTATION4);
    if (is_rotation && p->L > 1 && !a->is_by_worst && a->limit <= 1.0)
        printf("; information limit (1 bit a weight) %" PRId64,
               cisup_theory_T_information(1.0, (double)(p->L - 1) * D * D,
                                          cisup_theory_angle_bits(p->L, a->limit)));
    printf("\n");
}

static void write_advice(const capacity_request *r, const cisup_capacity_result *s) {
    if (s->is_precise) return;
    const double width = (double)(s->high - s->low) / (2.0 * (double)s->T);
    const double wanted = width / r->tolerance;
    const double networks = ceil((double)r->networks * 1.2 * wanted * wanted);
    printf("  * wider than asked for; about right with -K %.0f\n",
           fmax(networks, (double)r->networks + 1.0));
}

void capacity_best_text(const capacity_request *r, const capacity_answer *best,
                        const char *word) {
    const capacity_point *p = &best->point;
    const cisup_capacity_result *s = &best->search;
    const cisup_index many = 1000000; /* circuits; fewer are stored in no time */
    char name[32];
    write_name(best, name);
    printf("%s%s%s, S = %" PRId64 ": T = %" PRId64, word ? word : "", word ? ": " : "",
           name, p->S, s->T);
    if (s->low != s->high) printf(" (%" PRId64 " to %" PRId64 ")", s->low, s->high);
    printf("\n  error there %.3g", s->error.mean);
    if (s->beyond) printf(", at 1.1 T %.3g", s->error_beyond.mean);
    printf("\n");
    write_advice(r, s);
    write_scale(best);
    command_line c = command_start(stdout, "measure it", "cisup propagate");
    write_network(&c, r, best);
    command_word(&c, "-z %" PRId64, p->z);
    if (r->mode != CISUP_MODE_RELU)
        command_word(&c, "--mode %s", cisup_mode_name(r->mode));
    if (s->T > many && capacity_point_is_computed(p, best->N))
        command_word(&c, "--implicit");
    command_end(&c);
    if (s->T > 10 * many) return; /* files of more circuits are for nobody */
    c = command_start(stdout, "take it away", "cisup export");
    write_network(&c, r, best);
    command_word(&c, "-o net");
    command_end(&c);
}

static void print_interval(const cisup_capacity_result *s, const char *by) {
    printf(", T = %" PRId64 " (%" PRId64 " to %" PRId64 ")%s", s->T, s->low, s->high, by);
}

/* What an unfinished search knows, in one line. */
static void unfinished_text(const capacity_request *r, const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const cisup_capacity_result *s = &a->search;
    const int is_both = !isnan(r->budget) && !isnan(r->worst);
    char name[32];
    write_name(a, name);
    printf("%-11s%3" PRId64 "  unfinished%s", name, p->S,
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
                       const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const setup *s = &p->kind->setup;
    const cisup_shape shape = {.D = p->D, .d = s->d, .S = p->S, .L = p->L};
    setup_record(s, &shape, r);
    RECORD_ADD(r, "params: scheme z", V(cisup_scheme_name(p->choice.scheme)), V(p->z));
    if (p->choice.cycle) RECORD_ADD(r, "params: cycle", V(p->choice.cycle));
    options_record(r, capacity_parameters, q);
    RECORD_ADD(r, "params: quantity samples",
               V(cisup_quantity_name((cisup_quantity)p->kind->quantity)), V(a->samples));
}

static void start(cisup_record *line, const char *name, const capacity_request *r,
                  const capacity_answer *a) {
    RECORD_ADD(line, "record schema version", V(name), V("cisup.capacity/1"),
               V(CISUP_VERSION));
    add_params(line, r, a);
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
                                      const capacity_point *point, cisup_index rival,
                                      capacity_answer *answer, cisup_error *err) {
    cisup_status status = capacity_point_search(r, point, rival, answer, err);
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
    return emit(
        RECORD_OF("record D z L S scheme T T_lo T_hi construction cycle mask_codes",
                  V("best"), V(p->D), V(p->z), V(p->L), V(p->S), V(scheme_of(best)),
                  V(best->search.T), V(best->search.low), V(best->search.high),
                  V(p->choice.cycle ? "masks" : "published"),
                  V_IF(p->choice.cycle > 0, p->choice.cycle),
                  V_IF(p->choice.cycle > 0, p->kind->setup.construction.codes)),
        err);
}

static const char *line_name(const frontier_line *f) {
    return f->choice ? capacity_choice_name(f->choice) : "best at each place";
}

void frontier_text(const frontier_line *f, double confidence) {
    const int is_layers = f->along[0] == 'L';
    printf("\n%s, %s: ", f->kind->name, line_name(f));
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
                          "theory_exponent leading_exponent construction mask_codes",
                          V("fit"), V("cisup.fit/1"), V(f->along), V(line_name(f)),
                          V_LIST(f, f->count, point_item), V(f->fitted),
                          V(f->measured.exponent), V(f->measured.low),
                          V(f->measured.high), V(f->measured.misfit),
                          V(f->theory.exponent), V(f->leading),
                          V(f->kind->setup.construction.masks ? "masks" : "published"),
                          V_IF(f->kind->setup.construction.masks,
                               f->kind->setup.construction.codes)),
                err);
}
