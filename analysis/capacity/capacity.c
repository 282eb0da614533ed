/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * First T's far apart are decided by a sequential test until two of them, one within
 * the limit and one above, are near each other or until one is too close to call. Then
 * new networks are measured at three T's around, and the interval is that of the crossing
 * (analysis/statistics/crossing.h). At last others say what the error is. docs/math.md,
 * section 18.
 */
#include <cisup/analysis/capacity.h>

#include <cisup/analysis/capacity/outcome.h>
#include <cisup/analysis/capacity/search.h>
#include <cisup/core/memory.h>

#include <math.h>

enum { FIRST_NETWORKS = 24, FEWEST_NETWORKS = 12, MOST_MOVES = 8 };
static const double window_ratio = 1.25; /* of the mean at neighbouring points */
static const double least_ratio = 1.05;  /* below it windows do not get narrower */
static const double too_wide = 0.25;     /* of an interval over T, to be of use */

cisup_capacity_options cisup_capacity_defaults(void) {
    return (cisup_capacity_options){
        .confidence = 0.95, .tolerance = 0.05, .networks = 200};
}

const char *cisup_capacity_outcome_name(cisup_capacity_outcome outcome) {
    static const char *const names[] = {"found", "full", "infeasible", "less",
                                        "unfinished"};
    return names[outcome];
}

static cisup_window_question question_of(const cisup_search *s) {
    return (cisup_window_question){.limit = s->o.limit,
                                   .level = 1.0 - (1.0 - cisup_decisions_share) *
                                                      (1.0 - s->o.confidence),
                                   .tolerance = s->o.tolerance,
                                   .least = s->o.least,
                                   .most = s->o.most};
}

static cisup_index T_floor(const cisup_search *s, double T) {
    if (T < (double)s->o.least) return 0;
    return (cisup_index)floor(fmin(T, (double)s->o.most));
}

static void settle(const cisup_search *s, const cisup_window_finding *f) {
    cisup_capacity_result *r = s->result;
    r->T = T_floor(s, f->at);
    r->low = T_floor(s, f->low);
    r->high = T_floor(s, f->high);
    r->slope = f->slope;
    r->outcome = r->T == s->o.most ? CISUP_CAPACITY_FULL
                 : r->T == 0       ? CISUP_CAPACITY_INFEASIBLE
                                   : CISUP_CAPACITY_FOUND;
    r->is_precise = cisup_window_width(f) <= s->o.tolerance || r->low == r->high;
}

/* The rival has more than `high`. */
static void give_up(const cisup_search *s, double high) {
    cisup_capacity_result *r = s->result;
    r->outcome = CISUP_CAPACITY_LESS;
    r->T = r->low = 0;
    r->high = T_floor(s, high);
    r->at = 0;
    r->slope = (double)NAN;
}

/* What a search that is ended here has found. */
static void settle_for_now(const cisup_search *s, const cisup_window *w,
                           const cisup_window_finding *f,
                           const cisup_window_question *q) {
    const int is_bad = isnan(f->at) || f->is_curved || cisup_window_is_left(w, f, q) ||
                       cisup_window_is_misplaced(w, f, q);
    if (is_bad)
        s->result->T = s->result->low = s->result->high = 0;
    else
        settle(s, f);
}

/* Whether the interval lies below the rival. */
static int is_beaten_by(const cisup_search *s, const cisup_window_finding *f) {
    return f->is_bounded && f->high < (double)s->o.rival;
}

/* Measures networks that were not used before at every T of a window, until the interval
 * is narrow, the window proves misplaced, too wide or below the rival, or the networks
 * are used up. */
static cisup_status measure_window(cisup_search *s, const cisup_window *w,
                                   cisup_window_finding *f, cisup_error *err) {
    const cisup_index first = s->unused;
    const cisup_window_question q = question_of(s);
    cisup_index K = 0;
    cisup_index want =
        s->o.networks < FIRST_NETWORKS ? s->o.networks : (cisup_index)FIRST_NETWORKS;
    for (;;) {
        for (cisup_index j = 0; j < w->J; j++) {
            const cisup_status status =
                cisup_search_measure(s, w->T[j], first + K, want - K, s->column, err);
            if (status != CISUP_OK) return status;
            for (cisup_index k = K; k < want; k++) s->y[k * w->J + j] = s->column[k - K];
        }
        K = want;
        *f = cisup_window_evaluate(w, s->y, K, &q);
        settle_for_now(s, w, f, &q);
        const double width = cisup_window_width(f), need = width / s->o.tolerance;
        if (width <= s->o.tolerance || K >= s->o.networks || f->is_curved ||
            cisup_window_is_misplaced(w, f, &q) || is_beaten_by(s, f))
            return CISUP_OK;
        const double more = cisup_within(1.1 * need * need, 1.5, 4.0);
        want = (cisup_index)fmin(ceil((double)K * more), (double)s->o.networks);
    }
}

/* Windows until one is well placed and narrow enough for a power law. Its finding, or
 * what was known where there is none. */
static cisup_status measure_crossing(cisup_search *s, cisup_window_finding *f,
                                     cisup_error *err) {
    const cisup_window_question q = question_of(s);
    const cisup_search_place from = s->near.T ? s->near : s->within;
    const cisup_search_place to = s->above.T ? s->above : s->within;
    double centre = s->near.T ? (double)s->near.T : cisup_search_crossing(s);
    double slope = cisup_search_slope(from, to), ratio = window_ratio;
    const double highest = s->above.T ? (double)s->above.T : (double)s->o.most;
    for (int moves = 0; s->o.most > s->o.least; moves++) {
        const cisup_window w =
            cisup_window_at(centre, slope, ratio, s->o.least, s->o.most);
        cisup_window_finding seen;
        const cisup_status status = measure_window(s, &w, &seen, err);
        if (status != CISUP_OK) return status;
        const int is_bad = seen.is_curved || cisup_window_is_left(&w, &seen, &q);
        const int is_narrow = ratio < least_ratio || w.T[w.J - 1] - w.T[0] < w.J;
        const int is_last = moves == MOST_MOVES || (seen.is_curved && is_narrow);
        if (is_last || !(is_bad || cisup_window_is_misplaced(&w, &seen, &q))) {
            if (!isnan(seen.at) && !is_bad) *f = seen;
            break;
        }
        centre = cisup_within(seen.at, fmax(0.5 * w.centre, (double)s->within.T),
                              fmin(2.0 * w.centre, highest));
        slope = seen.slope;
        if (seen.is_curved) ratio = sqrt(ratio);
    }
    return CISUP_OK;
}

static cisup_status refine(cisup_search *s, cisup_error *err) {
    cisup_window_finding f = cisup_search_bracket(s);
    const double known = f.at;
    cisup_status status = measure_crossing(s, &f, err);
    if (status != CISUP_OK) return status;
    if (is_beaten_by(s, &f)) {
        give_up(s, f.high);
        return CISUP_OK;
    }
    const double width = cisup_window_width(&f);
    if (width > s->o.tolerance &&
        (width > too_wide || f.high - f.low < CISUP_SEARCH_FEW)) {
        status = cisup_search_fence(
            s, cisup_search_T(s, floor(f.is_bounded ? f.at : known)), err);
        if (status != CISUP_OK) return status;
        const cisup_window_finding decided = cisup_search_bracket(s);
        if (!(f.high - f.low < decided.high - decided.low)) f = decided;
    }
    settle(s, &f);
    return CISUP_OK;
}

/* New networks at T and 10 % beyond. */
static cisup_status look_back(cisup_search *s, cisup_error *err) {
    cisup_capacity_result *r = s->result;
    double y[CISUP_CAPACITY_CHECKS];
    const cisup_interval none = cisup_interval_mean(NULL, 0, 0.95);
    r->error = r->error_beyond = none;
    r->at = r->T ? r->T : s->best.T;
    const double beyond = ceil(1.1 * (double)r->at - 1e-9 * (double)r->at);
    r->beyond = beyond <= (double)s->o.most ? (cisup_index)beyond : 0;
    r->check_first = s->unused;
    r->checks =
        s->o.networks < CISUP_CAPACITY_CHECKS ? s->o.networks : CISUP_CAPACITY_CHECKS;
    cisup_status status;
    CISUP_TRY(cisup_search_measure(s, r->at, r->check_first, r->checks, y, err));
    r->error = cisup_interval_mean(y, r->checks, s->o.confidence);
    if (!r->beyond) goto done;
    CISUP_TRY(cisup_search_measure(s, r->beyond, r->check_first, r->checks, y, err));
    r->error_beyond = cisup_interval_mean(y, r->checks, s->o.confidence);
done:
    return status;
}

static cisup_status options_check(const cisup_capacity_options *o, cisup_error *err) {
    if (o->least < 1 || o->most < o->least)
        return CISUP_FAIL(err, CISUP_EINVAL, "T in %" PRId64 "..%" PRId64, o->least,
                          o->most);
    if (!(o->limit > 0.0 && isfinite(o->limit)))
        return CISUP_FAIL(err, CISUP_EINVAL, "limit %g", o->limit);
    if (!(o->confidence > 0.0 && o->confidence < 1.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "confidence %g", o->confidence);
    if (!(o->tolerance > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "tolerance %g", o->tolerance);
    if (o->networks < FEWEST_NETWORKS)
        return CISUP_FAIL(err, CISUP_EINVAL, "%" PRId64 " networks, at least %d are used",
                          o->networks, FEWEST_NETWORKS);
    return CISUP_OK;
}

cisup_status cisup_capacity_search(const cisup_capacity_options *options,
                                   cisup_capacity_measure *measure_networks,
                                   void *context, cisup_capacity_result *result,
                                   cisup_error *err) {
    cisup_search s = {
        .o = *options, .measure = measure_networks, .context = context, .result = result};
    *result = (cisup_capacity_result){0};
    cisup_status status;
    CISUP_TRY(options_check(options, err));
    CISUP_TRY(cisup_vigil_begin(&s.vigil, options->watcher, 0.0, err));
    CISUP_TRY(cisup_new(&s.y, options->networks, CISUP_WINDOW_POINTS * sizeof *s.y, err));
    CISUP_TRY(cisup_new(&s.column, options->networks, sizeof *s.column, err));
    if (options->most < options->rival) { /* not one network need be measured */
        give_up(&s, (double)options->most);
        goto done;
    }
    CISUP_TRY(cisup_search_locate(&s, err));
    const cisup_window_finding known = cisup_search_bracket(&s);
    if (cisup_search_is_beaten(&s))
        give_up(&s, (double)(s.above.T - 1));
    else if (!s.near.T && known.low >= known.high) /* the decisions leave one T */
        settle(&s, &known);
    else
        CISUP_TRY(refine(&s, err));
    if (result->outcome != CISUP_CAPACITY_LESS) CISUP_TRY(look_back(&s, err));
    (void)cisup_vigil_reach(&s.vigil, (double)s.runs); /* all is there */
    if (cisup_vigil_end(&s.vigil, NULL) != CISUP_OK) goto done;
done:
    cisup_release(s.y);
    cisup_release(s.column);
    result->networks = s.unused;
    result->runs = s.runs;
    if (status != CISUP_OK) {
        result->outcome = CISUP_CAPACITY_UNFINISHED;
        result->at = s.T;
    }
    return status;
}
