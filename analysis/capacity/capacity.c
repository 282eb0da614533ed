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
#include <cisup/analysis/capacity/window.h>
#include <cisup/analysis/statistics/decide.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/memory.h>

#include <math.h>

/* 8, 16, 32, 64 networks; fewer if the caller allows fewer */
enum { FIRST_LOOK = 8, LOOKS = 4, LAST_LOOK = 64 };
enum { FEW = 16 }; /* T's that are rather decided one by one than fitted */
enum { FIRST_NETWORKS = 24, FEWEST_NETWORKS = 12, MOST_MOVES = 8 };
static const double decisions_share = 0.1; /* of 1 - confidence; the rest: crossing */
static const double near_ratio = 1.3;      /* of two T's, one within and one above */
static const double window_ratio = 1.25;   /* of the mean at neighbouring points */
static const double least_ratio = 1.05;    /* below it windows do not get narrower */
static const double too_wide = 0.25;       /* of an interval over T, to be of use */

cisup_capacity_options cisup_capacity_defaults(void) {
    return (cisup_capacity_options){
        .confidence = 0.95, .tolerance = 0.02, .networks = 200};
}

const char *cisup_capacity_outcome_name(cisup_capacity_outcome outcome) {
    static const char *const names[] = {"found", "full", "infeasible", "unfinished"};
    return names[outcome];
}

/* A T and the mean over the networks measured there; T = 0: none yet. */
typedef struct {
    cisup_index T;
    double mean;
} place;

typedef struct {
    cisup_capacity_options o;
    cisup_capacity_measure *measure;
    void *context;
    cisup_capacity_result *result;
    cisup_index T; /* measured last */
    cisup_vigil vigil;
    place within, above, near; /* largest within, smallest above, too close to call */
    place best;                /* smallest mean */
    cisup_index decisions, unused, runs; /* unused: first network that is */
    double *y, *column;                  /* [networks*CISUP_WINDOW_POINTS], [networks] */
} search;

static cisup_status measure(search *s, cisup_index T, cisup_index first,
                            cisup_index count, double *y, cisup_error *err) {
    s->T = T;
    for (cisup_index k = 0; k < count; k++) {
        if (cisup_vigil_reach(&s->vigil, (double)s->runs))
            return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped on request");
        const cisup_status status = s->measure(s->context, T, first + k, 1, y + k, err);
        if (status != CISUP_OK) return status;
        s->runs++;
        if (s->unused < first + k + 1) s->unused = first + k + 1;
    }
    return CISUP_OK;
}

static cisup_index at_most(cisup_index n, cisup_index most) {
    return n < most ? n : most;
}

/* The nearest T in range. */
static cisup_index T_near(const search *s, double T) {
    return (cisup_index)llround(cisup_within(T, (double)s->o.least, (double)s->o.most));
}

static void remember(search *s, place here, cisup_verdict verdict) {
    cisup_capacity_result *r = s->result;
    if (!s->best.T || here.mean < s->best.mean) s->best = here;
    if (verdict == CISUP_WITHIN && r->within < here.T) r->within = here.T;
    if (verdict == CISUP_ABOVE && (!r->above || here.T < r->above)) r->above = here.T;
    if (verdict == CISUP_WITHIN)
        s->within = here;
    else if (verdict == CISUP_ABOVE)
        s->above = here;
    else
        s->near = here;
}

/* Decision j may err with probability proportional to 1/(j (j+1)), which adds up to the
 * share of all decisions however many there are. */
static cisup_status decide(search *s, cisup_index T, cisup_verdict *verdict,
                           cisup_error *err) {
    const double j = (double)++s->decisions;
    const double error =
        decisions_share * (1.0 - s->o.confidence) / (j * (j + 1.0)) / LOOKS;
    const cisup_index most = at_most(s->o.networks, LAST_LOOK);
    double y[LAST_LOOK];
    cisup_accum mean = {0};
    cisup_index K = 0;
    *verdict = CISUP_CLOSE;
    while (K < most && *verdict == CISUP_CLOSE) {
        const cisup_index want = at_most(K ? 2 * K : FIRST_LOOK, most);
        const cisup_status status = measure(s, T, K, want - K, y + K, err);
        if (status != CISUP_OK) return status;
        K = want;
        *verdict = cisup_decide(y, K, s->o.limit, error);
    }
    for (cisup_index k = 0; k < K; k++) cisup_accum_add(&mean, y[k]);
    remember(s, (place){T, isnan(mean.mean) ? (double)INFINITY : mean.mean}, *verdict);
    return CISUP_OK;
}

static double slope_between(place a, place b) {
    return cisup_log_slope(a.T, a.mean, b.T, b.mean);
}

/* Where the power law through `within` and `above` meets the limit. */
static double crossing_between(const search *s) {
    const double a = log((double)s->within.T), b = log((double)s->above.T);
    const double down = log(s->o.limit / s->within.mean);
    const double whole = log(s->above.mean / s->within.mean);
    const double part =
        isfinite(down) && isfinite(whole) && whole > 0.0 ? down / whole : 0.5;
    return exp(a + (b - a) * cisup_within(part, 0.1, 0.9));
}

/* The next T to decide. The step grows while all verdicts agree. */
static cisup_index next_T(const search *s, double step) {
    const cisup_index low = s->within.T, high = s->above.T;
    if (!high) return T_near(s, fmax((double)low * step, (double)low + 1.0));
    if (!low) return T_near(s, fmin((double)high / step, (double)high - 1.0));
    const cisup_index T = T_near(s, crossing_between(s));
    return T <= low ? low + 1 : T >= high ? high - 1 : T;
}

static int is_located(const search *s) {
    const cisup_index low = s->within.T, high = s->above.T;
    if (s->near.T || low == s->o.most || high == s->o.least) return 1;
    if (!low || !high) return 0;
    return high - low == 1 ||
           (high - low > FEW && (double)high <= near_ratio * (double)low);
}

static cisup_status locate(search *s, cisup_error *err) {
    cisup_index T = T_near(s, (double)s->o.start);
    double step = 1.5;
    for (;;) {
        cisup_verdict verdict;
        const cisup_status status = decide(s, T, &verdict, err);
        if (status != CISUP_OK || is_located(s)) return status;
        T = next_T(s, step);
        step = fmin(step * step, 1000.0);
    }
}

static cisup_window_question question_of(const search *s) {
    return (cisup_window_question){.limit = s->o.limit,
                                   .level = 1.0 - (1.0 - decisions_share) *
                                                      (1.0 - s->o.confidence),
                                   .tolerance = s->o.tolerance,
                                   .least = s->o.least,
                                   .most = s->o.most};
}

static cisup_index T_floor(const search *s, double T) {
    if (T < (double)s->o.least) return 0;
    return (cisup_index)floor(fmin(T, (double)s->o.most));
}

static void settle(const search *s, const cisup_window_finding *f) {
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

/* What a search that is ended here has found. */
static void settle_for_now(const search *s, const cisup_window *w,
                           const cisup_window_finding *f,
                           const cisup_window_question *q) {
    const int is_bad = isnan(f->at) || f->is_curved || cisup_window_is_left(w, f, q) ||
                       cisup_window_is_misplaced(w, f, q);
    if (is_bad)
        s->result->T = s->result->low = s->result->high = 0;
    else
        settle(s, f);
}

/* Measures networks that were not used before at every T of a window, until the interval
 * is narrow, the window proves misplaced or too wide, or the networks are used up. */
static cisup_status measure_window(search *s, const cisup_window *w,
                                   cisup_window_finding *f, cisup_error *err) {
    const cisup_index first = s->unused;
    const cisup_window_question q = question_of(s);
    cisup_index K = 0;
    cisup_index want =
        s->o.networks < FIRST_NETWORKS ? s->o.networks : (cisup_index)FIRST_NETWORKS;
    for (;;) {
        for (cisup_index j = 0; j < w->J; j++) {
            const cisup_status status =
                measure(s, w->T[j], first + K, want - K, s->column, err);
            if (status != CISUP_OK) return status;
            for (cisup_index k = K; k < want; k++) s->y[k * w->J + j] = s->column[k - K];
        }
        K = want;
        *f = cisup_window_evaluate(w, s->y, K, &q);
        settle_for_now(s, w, f, &q);
        const double width = cisup_window_width(f), need = width / s->o.tolerance;
        if (width <= s->o.tolerance || K >= s->o.networks || f->is_curved ||
            cisup_window_is_misplaced(w, f, &q))
            return CISUP_OK;
        const double more = cisup_within(1.1 * need * need, 1.5, 4.0);
        want = (cisup_index)fmin(ceil((double)K * more), (double)s->o.networks);
    }
}

/* What the decisions alone say of T. */
static cisup_window_finding bracket(const search *s) {
    const place near = s->near;
    const double low = (double)(s->within.T ? s->within.T : s->o.least - 1);
    const double high = (double)(s->above.T ? s->above.T - 1 : s->o.most);
    const double closest = (double)near.T - (near.mean <= s->o.limit ? 0.0 : 1.0);
    const double at = near.T ? fmax(low, closest) : fmin(low, high);
    return (cisup_window_finding){
        .at = at, .low = low, .high = high, .slope = (double)NAN, .is_bounded = 1};
}

/* Decides T's one step from T, two more, ... until the verdict is the one wanted. */
static cisup_status walk(search *s, cisup_index T, int direction, cisup_verdict wanted,
                         cisup_error *err) {
    for (cisup_index step = 1;; step *= 2) {
        cisup_verdict verdict;
        const cisup_status status = decide(s, T, &verdict, err);
        if (status != CISUP_OK || verdict == wanted) return status;
        const cisup_index next = T_near(s, (double)(T + direction * step));
        if (next == T) return CISUP_OK;
        T = next;
    }
}

/* Decides T's from T down and up, then between: where the mean jumps from one T to the
 * next there is no crossing to measure, and decisions are all there is. */
static cisup_status fence(search *s, cisup_index T, cisup_error *err) {
    s->within = s->above = s->near = (place){0};
    cisup_status status;
    CISUP_TRY(walk(s, T, -1, CISUP_WITHIN, err));
    if (T < s->o.most && (!s->above.T || s->above.T > T))
        CISUP_TRY(walk(s, T + 1, 1, CISUP_ABOVE, err));
    s->near.T = 0;
    while (s->within.T && s->above.T - s->within.T > 1 && !s->near.T) {
        cisup_verdict verdict;
        CISUP_TRY(decide(s, s->within.T + (s->above.T - s->within.T) / 2, &verdict, err));
    }
done:
    return status;
}

/* Windows until one is well placed and narrow enough for a power law. Its finding, or
 * what was known where there is none. */
static cisup_status measure_crossing(search *s, cisup_window_finding *f,
                                     cisup_error *err) {
    const cisup_window_question q = question_of(s);
    const place from = s->near.T ? s->near : s->within;
    const place to = s->above.T ? s->above : s->within;
    double centre = s->near.T ? (double)s->near.T : crossing_between(s);
    double slope = slope_between(from, to), ratio = window_ratio;
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

static cisup_status refine(search *s, cisup_error *err) {
    cisup_window_finding f = bracket(s);
    const double known = f.at;
    cisup_status status = measure_crossing(s, &f, err);
    if (status != CISUP_OK) return status;
    const double width = cisup_window_width(&f);
    if (width > s->o.tolerance && (width > too_wide || f.high - f.low < FEW)) {
        status = fence(s, T_near(s, floor(f.is_bounded ? f.at : known)), err);
        if (status != CISUP_OK) return status;
        const cisup_window_finding decided = bracket(s);
        if (!(f.high - f.low < decided.high - decided.low)) f = decided;
    }
    settle(s, &f);
    return CISUP_OK;
}

/* New networks at T and 10 % beyond. */
static cisup_status look_back(search *s, cisup_error *err) {
    cisup_capacity_result *r = s->result;
    double y[CISUP_CAPACITY_CHECKS];
    const cisup_interval none = cisup_interval_mean(NULL, 0, 0.95);
    r->error = r->error_beyond = none;
    r->at = r->T ? r->T : s->best.T;
    const double beyond = ceil(1.1 * (double)r->at - 1e-9 * (double)r->at);
    r->beyond = beyond <= (double)s->o.most ? (cisup_index)beyond : 0;
    r->check_first = s->unused;
    r->checks = at_most(s->o.networks, CISUP_CAPACITY_CHECKS);
    cisup_status status;
    CISUP_TRY(measure(s, r->at, r->check_first, r->checks, y, err));
    r->error = cisup_interval_mean(y, r->checks, s->o.confidence);
    if (!r->beyond) goto done;
    CISUP_TRY(measure(s, r->beyond, r->check_first, r->checks, y, err));
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
    search s = {
        .o = *options, .measure = measure_networks, .context = context, .result = result};
    *result = (cisup_capacity_result){0};
    cisup_status status;
    CISUP_TRY(options_check(options, err));
    CISUP_TRY(cisup_vigil_begin(&s.vigil, options->watcher, 0.0, err));
    CISUP_TRY(cisup_new(&s.y, options->networks, CISUP_WINDOW_POINTS * sizeof *s.y, err));
    CISUP_TRY(cisup_new(&s.column, options->networks, sizeof *s.column, err));
    CISUP_TRY(locate(&s, err));
    const cisup_window_finding known = bracket(&s);
    if (!s.near.T && known.low >= known.high) /* the decisions leave one T */
        settle(&s, &known);
    else
        CISUP_TRY(refine(&s, err));
    CISUP_TRY(look_back(&s, err));
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
