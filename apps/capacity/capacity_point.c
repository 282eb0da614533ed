/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_point.h"

#include "common/program.h"

#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_masks.h>
#include <cisup/analysis/theory/theory_rows.h>
#include <cisup/analysis/theory_table.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>
#include <cisup/core/schemes/schemes_parts.h>

#include <math.h>
#include <stddef.h>
#include <stdio.h>

/* Larger networks are computed, where the scheme can be. */
static const cisup_index most_stored = 8192;

const char *capacity_choice_name(const capacity_choice *choice) {
    static const char *const cycle[CISUP_CYCLE_MOST + 1] = {
        "",         "",         "cycle 2",  "cycle 3",  "cycle 4",  "cycle 5",
        "cycle 6",  "cycle 7",  "cycle 8",  "cycle 9",  "cycle 10", "cycle 11",
        "cycle 12", "cycle 13", "cycle 14", "cycle 15", "cycle 16"};
    return choice->cycle ? cycle[choice->cycle] : cisup_scheme_name(choice->scheme);
}

/* The setup of one search. Borrows the lists. */
static setup setup_at(const capacity_point *p) {
    setup s = p->kind->setup;
    s.allocation.scheme = p->choice.scheme;
    if (s.construction.masks) {
        s.construction.cycle = p->choice.cycle;
        s.construction.active = p->z;
    }
    s.L = p->L;
    return s;
}

/* Inactive circuits exist from z + 1 on. */
static cisup_index least_T(const capacity_request *r, const capacity_point *p) {
    return p->z + (r->state == CISUP_INACTIVE);
}

int capacity_point_is_computed(const capacity_point *p, cisup_index N) {
    const setup *s = &p->kind->setup;
    const int has_rows =
        s->weights.scheme == CISUP_WEIGHTS_CAPPED && s->weights.kappa == CISUP_KAPPA_ROWS;
    if (s->own.w || has_rows || s->engine == CISUP_ENGINE_BATCHED ||
        s->engine == CISUP_ENGINE_ASSEMBLED)
        return 0;
    if (s->construction.masks) return 1;
    return N > most_stored && s->allocation.even_out != CISUP_EVEN_OUT_YES &&
           cisup_incidence_exists(p->choice.scheme, p->S);
}

/* N and the capacity of the scheme. */
static cisup_status sizes(const capacity_request *r, const capacity_point *p,
                          cisup_index *N, cisup_index *placed, cisup_error *err) {
    setup s = setup_at(p);
    const cisup_allocation_options options = setup_allocation(&s);
    s.z = (index_list){0}; /* of the point */
    cisup_shape shape = {.D = p->D, .d = s.d, .T = p->z, .S = p->S, .z = p->z, .L = p->L};
    cisup_status status;
    if (s.construction.masks) {
        CISUP_TRY(setup_shape(&s, p->D, INDEX_MAX_WORD, p->S, &shape, err));
        *N = shape.N;
        *placed = shape.T;
        if (*placed < least_T(r, p))
            status = CISUP_FAIL(err, CISUP_EINFEASIBLE,
                                "N = %" PRId64 ", S = %" PRId64
                                ": a cycle places %" PRId64 " circuits",
                                *N, p->S, *placed);
        goto done;
    }
    CISUP_TRY(cisup_shape_check(&shape, err));
    *N = shape.N;
    CISUP_TRY(cisup_allocation_capacity(shape.N, p->S, &options, placed, err));
    if (*placed < least_T(r, p))
        status = cisup_allocation_too_many(shape.N, p->S, least_T(r, p), options.scheme,
                                           *placed, err);
done:
    return status;
}

capacity_point capacity_point_at(const capacity_kind *kind, cisup_index i, cisup_index D,
                                 cisup_index S, cisup_index z, cisup_index L) {
    capacity_point p = {kind, D, S, z, L, kind->choice[i]};
    const capacity_point in_td = {kind, D, S, z, L, {CISUP_SCHEME_TD, 0}};
    if (kind->is_scheme_open && capacity_point_is_computed(&in_td, D / kind->setup.d) &&
        !kind->setup.construction.masks)
        p.choice = in_td.choice;
    return p;
}

cisup_status capacity_point_check(const capacity_request *r, const capacity_point *point,
                                  cisup_error *err) {
    cisup_index N, placed;
    return sizes(r, point, &N, &placed, err);
}

static cisup_theory_case theory_case(const capacity_answer *a) {
    const setup *s = &a->point.kind->setup;
    return (cisup_theory_case){.D = (double)(s->d * a->N),
                               .d = (double)s->d,
                               .S = (double)a->point.S,
                               .z = (double)a->point.z,
                               .N = (double)a->N,
                               .margin = s->family.margin,
                               .step = s->family.step,
                               .fresh = s->family.fresh};
}

/* The setting of the limits that speak of such networks. */
static int setting_of(const capacity_request *r, const setup *s) {
    const int has_indicator = !s->own.w && cisup_family_on_count(s->family.family);
    if (r->mode != CISUP_MODE_RELU || !has_indicator) return CISUP_SETTING_GENERAL;
    if (s->weights.scheme == CISUP_WEIGHTS_PLAIN) return CISUP_SETTING_PLAIN;
    return s->family.family == CISUP_ROTATION4 &&
                   s->weights.scheme == CISUP_WEIGHTS_CAPPED
               ? CISUP_SETTING_ROTATION
               : CISUP_SETTING_GENERAL;
}

static cisup_theory_masks carried_sizes(const capacity_answer *a) {
    return (cisup_theory_masks){.N = (double)(a->N / a->point.S * a->point.S),
                                .S = (double)a->point.S,
                                .z = (double)a->point.z,
                                .c = a->point.choice.cycle,
                                .fresh = a->point.kind->setup.family.fresh};
}

/* T of networks that carry masks by the recursion, which knows rotations; all others have
 * no error with one active circuit. -1: theory is silent. */
static cisup_index carried_theory(const capacity_request *r, const capacity_answer *a) {
    const setup *s = &a->point.kind->setup;
    const cisup_theory_masks sizes = carried_sizes(a);
    if (a->point.z == 1) return a->placed;
    if (s->own.w || s->family.family != CISUP_ROTATION2) return -1;
    return cisup_theory_masks_T_recursion(&sizes, cisup_theory_masks_classes, a->point.L,
                                          r->budget * r->budget);
}

/* What theory says of T, for mean squares of active circuits: the limit that binds, or
 * for masked rotations the refined recursion. */
static void ask_theory(const capacity_request *r, capacity_answer *a) {
    const cisup_theory_case c = theory_case(a);
    const cisup_theory_question q = {a->point.L, r->budget * r->budget, 2.0};
    const setup *s = &a->point.kind->setup;
    const int is_masked_rotation = s->family.family == CISUP_ROTATION4 && !s->own.w &&
                                   s->weights.scheme == CISUP_WEIGHTS_CAPPED &&
                                   r->mode == CISUP_MODE_MASKED_LINEAR;
    a->theory_T = -1;
    if (r->state != CISUP_ACTIVE || isnan(r->budget)) return;
    if (s->construction.masks) {
        a->theory_T = carried_theory(r, a);
        a->theory_bound = "masks_recursion";
        a->is_theory_doubtful = a->point.z > 1 && !isnan(s->construction.offset);
    } else if (is_masked_rotation) {
        a->theory_T =
            cisup_theory_T_error(&c, CISUP_ERROR_ROTATION, a->point.L, q.budget);
        a->theory_bound = "refined";
    } else {
        cisup_theory_reach reach[32];
        int count;
        const cisup_theory_limit *limit = cisup_theory_limits(&count);
        for (int k = 0; k < count; k++)
            reach[k] = cisup_theory_limit_reach(&limit[k], &c, &q);
        const int setting = setting_of(r, s);
        const int binds = cisup_theory_binding(reach, setting);
        if (binds < 0) return;
        a->theory_T = reach[binds].T;
        a->theory_bound = limit[binds].name;
        for (int k = 0; k < count; k++)
            if ((limit[k].settings >> setting & 1u) && !reach[k].is_in_range &&
                reach[k].T >= 0 && reach[k].T < a->theory_T)
                a->is_theory_doubtful = 1;
    }
    if (a->placed < a->theory_T) {
        a->theory_T = a->placed;
        a->theory_bound = "allocation";
    }
}

/* Draws what a search is at while it measures. */
typedef struct {
    cisup_network_error error;
    progress_bar bar;
    const cisup_capacity_result *search; /* what is known by now */
    char name[64];
} watched;

static cisup_status measure(void *context, cisup_index T, cisup_index first,
                            cisup_index count, double *y, cisup_error *err) {
    watched *w = context;
    progress_search(&w->bar, w->name, w->search, T, first + count);
    const cisup_status status =
        cisup_network_error_measure(&w->error, T, first, count, y, err);
    if (status != CISUP_ESTOPPED) return status;
    return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped by signal %d at T = %" PRId64,
                      signal_received(), T);
}

static watched watched_at(const capacity_request *r, const capacity_answer *a,
                          const setup *s, cisup_error_measure kind) {
    const capacity_point *p = &a->point;
    watched w = {.bar = progress_start(r->quiet)};
    (void)snprintf(w.name, sizeof w.name, "%s, %s, S = %" PRId64, p->kind->name,
                   capacity_choice_name(&p->choice), p->S);
    w.error = (cisup_network_error){.x = cisup_experiment_defaults(),
                                    .allocation = setup_allocation(s),
                                    .N = a->N,
                                    .S = p->S,
                                    .z = p->z,
                                    .state = r->state,
                                    .quantity = (cisup_quantity)p->kind->quantity,
                                    .measure = kind,
                                    .relative = !r->absolute,
                                    .computed = capacity_point_is_computed(p, a->N),
                                    .seed = s->seed};
    cisup_experiment *x = &w.error.x;
    x->circuits = s->own.w ? &s->own : NULL;
    x->family = setup_family(s);
    x->d = s->d;
    x->L = s->L;
    x->network = setup_network(s);
    x->engine = s->engine;
    x->mode = r->mode;
    x->precision = r->precision;
    x->inputs = a->samples;
    x->threads = (int)r->threads;
    x->watcher = &signal_watcher;
    return w;
}

/* The mean of the networks that the search ended with, were no closed neuron open. */
static cisup_status measure_masked(watched *w, const cisup_capacity_result *search,
                                   double *mean, cisup_error *err) {
    double y[CISUP_CAPACITY_CHECKS];
    const cisup_index checks = search->checks;
    w->error.x.mode = CISUP_MODE_MASKED_RELU;
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < checks && status == CISUP_OK; k += CISUP_CAPACITY_TURN) {
        const cisup_index some =
            checks - k < CISUP_CAPACITY_TURN ? checks - k : CISUP_CAPACITY_TURN;
        status = measure(w, search->at, search->check_first + k, some, y + k, err);
    }
    if (status == CISUP_OK) *mean = cisup_interval_mean(y, checks, 0.95).mean;
    return status;
}

static double root(double x) {
    return x < 0.0 ? 0.0 : sqrt(x); /* NaN stays NaN */
}

/* Mean squares become roots. */
static void take_roots(cisup_interval *i) {
    i->mean = root(i->mean);
    i->low = root(i->low);
    i->high = root(i->high);
}

/* The limit that more than half of the mean square error at T comes from: neurons that
 * are wrongly open, or the feedback among inactive circuits, of which the part g is. */
static const char *bound_of(const capacity_answer *a, cisup_mode mode) {
    const double closed = a->masked / a->search.error.mean;
    if (a->search.outcome == CISUP_CAPACITY_INFEASIBLE) return NULL;
    if (a->search.outcome == CISUP_CAPACITY_FULL) return "allocation";
    if (mode == CISUP_MODE_RELU && closed * closed < 0.5) return "closed-neurons";
    return mode != CISUP_MODE_LINEAR && a->feedback >= 0.5 ? "feedback" : "error";
}

/* g at the T that the search ended with. */
static double feedback_at(const capacity_request *r, const capacity_answer *a) {
    const double T = (double)a->search.at;
    if (r->setup.construction.masks) {
        const cisup_theory_masks sizes = carried_sizes(a);
        const cisup_theory_masks there = cisup_theory_masks_classes(&sizes, T);
        return (there.z - 1.0) * there.r / there.S;
    }
    const cisup_theory_case c = theory_case(a);
    const cisup_theory_case there = cisup_theory_even(&c, T);
    return cisup_theory_feedback(&there);
}

/* Where to begin. Where several circuits are active in a published network, theory for
 * one is of no use: up to N/S no two circuits meet, and not far beyond the budget is
 * used. */
static cisup_index start_at(const capacity_answer *a) {
    const capacity_point *p = &a->point;
    const int has_theory = a->theory_T > 0 && a->theory_T < INT64_MAX;
    if (p->kind->setup.construction.masks || p->z == 1)
        return has_theory ? a->theory_T : a->N;
    return a->N / p->S;
}

/* As many samples as a network has at little cost; many, where errors are rare. */
static cisup_index samples_at(const capacity_request *r, const capacity_answer *a) {
    const double cheap = 2e7, most = 1000.0;                 /* cheap: multiply-adds */
    const double fewest = a->N > most_stored ? 20.0 : 100.0; /* wide ones vary less */
    const capacity_point *p = &a->point;
    const setup *s = &p->kind->setup;
    if (r->samples) return r->samples;
    if (s->construction.masks && capacity_point_is_computed(p, a->N))
        return (cisup_index)most;
    const double each = (double)p->L * (double)start_at(a) * (double)(p->S * s->d);
    return (cisup_index)fmax(fewest, fmin(most, cheap / each));
}

/* One search by one limit. */
static cisup_status search_by(const capacity_request *r, cisup_error_measure kind,
                              double confidence, cisup_index rival, capacity_answer *a,
                              cisup_error *err) {
    const setup s = setup_at(&a->point);
    watched w = watched_at(r, a, &s, kind);
    cisup_capacity_options o = cisup_capacity_defaults();
    a->is_by_worst = kind == CISUP_WORST;
    a->limit = a->is_by_worst ? r->worst : r->budget;
    o.least = least_T(r, &a->point);
    o.most = a->placed;
    if (!w.error.computed && o.most > INT32_MAX) o.most = INT32_MAX;
    o.start = start_at(a);
    o.rival = rival;
    o.limit = a->is_by_worst ? a->limit : a->limit * a->limit;
    o.confidence = confidence;
    o.tolerance = r->tolerance;
    o.networks = r->networks;
    a->masked = a->feedback = (double)NAN;
    cisup_status status;
    w.search = &a->search;
    CISUP_TRY(cisup_capacity_search(&o, measure, &w, &a->search, err));
    if (a->search.outcome == CISUP_CAPACITY_LESS) goto done;
    if (r->mode == CISUP_MODE_RELU)
        CISUP_TRY(measure_masked(&w, &a->search, &a->masked, err));
    if (!a->is_by_worst) {
        take_roots(&a->search.error);
        take_roots(&a->search.error_beyond);
        a->masked = sqrt(a->masked);
    }
    a->feedback = feedback_at(r, a);
    a->bound = bound_of(a, r->mode);
done:
    if (status != CISUP_OK) a->search.outcome = CISUP_CAPACITY_UNFINISHED;
    progress_end(&w.bar);
    cisup_network_error_free(&w.error);
    return status;
}

/* With two limits both searches leave half of the error probability each; then the
 * smaller of two lower ends and of two upper ends hold the smaller T. */
static void join(capacity_answer *a, const capacity_answer *b) {
    capacity_answer smaller = b->search.T < a->search.T ? *b : *a;
    const cisup_capacity_result *p = &a->search, *q = &b->search;
    smaller.search.low = p->low < q->low ? p->low : q->low;
    smaller.search.high = p->high < q->high ? p->high : q->high;
    smaller.search.networks = p->networks > q->networks ? p->networks : q->networks;
    smaller.search.runs = p->runs + q->runs;
    *a = smaller;
}

cisup_status capacity_point_search(const capacity_request *r, const capacity_point *point,
                                   cisup_index rival, capacity_answer *answer,
                                   cisup_error *err) {
    *answer = (capacity_answer){.point = *point};
    const int is_both = !isnan(r->budget) && !isnan(r->worst);
    const double confidence = is_both ? 0.5 + 0.5 * r->confidence : r->confidence;
    cisup_status status;
    CISUP_TRY(sizes(r, point, &answer->N, &answer->placed, err));
    ask_theory(r, answer);
    answer->samples = samples_at(r, answer);
    if (isnan(r->budget))
        return search_by(r, CISUP_WORST, confidence, rival, answer, err);
    CISUP_TRY(search_by(r, CISUP_MEAN_SQUARE, confidence, rival, answer, err));
    if (is_both && answer->search.outcome != CISUP_CAPACITY_LESS) {
        capacity_answer other = *answer;
        status = search_by(r, CISUP_WORST, confidence, rival, &other, err);
        if (status != CISUP_OK) {
            other.by_budget = answer->search;
            *answer = other;
            goto done;
        }
        if (other.search.outcome == CISUP_CAPACITY_LESS)
            *answer = other;
        else
            join(answer, &other);
    }
done:
    return status;
}
