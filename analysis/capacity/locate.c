/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/capacity/search.h>

#include <cisup/analysis/interval.h>
#include <cisup/analysis/statistics/decide.h>

#include <math.h>

/* 8, 16, 32, 64 networks; fewer if the caller allows fewer. Where only a T that is near
 * is wanted, the first two will do. */
enum { FIRST_LOOK = 8, NEAR_LOOK = 16, LOOKS = 4, LAST_LOOK = 64 };
const double cisup_decisions_share = 0.1;
static const double beyond_ratio = 1.12; /* how far beyond a crossing to look */
static const double near_ratio = 1.3;    /* of two T's, one within and one above */

static cisup_index at_most(cisup_index n, cisup_index most) {
    return n < most ? n : most;
}

cisup_status cisup_search_measure(cisup_search *s, cisup_index T, cisup_index first,
                                  cisup_index count, double *y, cisup_error *err) {
    s->T = T;
    for (cisup_index k = 0; k < count; k += CISUP_CAPACITY_TURN) {
        const cisup_index some = at_most(count - k, CISUP_CAPACITY_TURN);
        if (cisup_vigil_reach(&s->vigil, (double)s->runs))
            return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped on request");
        const cisup_status status =
            s->measure(s->context, T, first + k, some, y + k, err);
        if (status != CISUP_OK) return status;
        s->runs += some;
        if (s->unused < first + k + some) s->unused = first + k + some;
    }
    return CISUP_OK;
}

cisup_index cisup_search_T(const cisup_search *s, double T) {
    return (cisup_index)llround(cisup_within(T, (double)s->o.least, (double)s->o.most));
}

static void remember(cisup_search *s, cisup_search_place here, cisup_verdict verdict) {
    cisup_capacity_result *r = s->result;
    if (!s->best.T || here.mean < s->best.mean) s->best = here;
    if (verdict == CISUP_WITHIN && r->within < here.T) r->within = here.T;
    if (verdict == CISUP_ABOVE && (!r->above || here.T < r->above)) r->above = here.T;
    if (verdict == CISUP_WITHIN && s->near.T < here.T) s->near.T = 0;
    if (verdict == CISUP_WITHIN)
        s->within = here;
    else if (verdict == CISUP_ABOVE)
        s->above = here;
    else
        s->near = here;
}

/* Decision j may err with probability proportional to 1/(j (j+1)), which adds up to the
 * share of all decisions however many there are. */
static cisup_status decide(cisup_search *s, cisup_index T, cisup_index looks,
                           cisup_verdict *verdict, cisup_error *err) {
    const double j = (double)++s->decisions;
    const double error =
        cisup_decisions_share * (1.0 - s->o.confidence) / (j * (j + 1.0)) / LOOKS;
    const cisup_index most = at_most(s->o.networks, looks);
    double y[LAST_LOOK];
    cisup_accum mean = {0};
    cisup_index K = 0;
    *verdict = CISUP_CLOSE;
    while (K < most && *verdict == CISUP_CLOSE) {
        const cisup_index want = at_most(K ? 2 * K : FIRST_LOOK, most);
        const cisup_status status = cisup_search_measure(s, T, K, want - K, y + K, err);
        if (status != CISUP_OK) return status;
        K = want;
        *verdict = cisup_decide(y, K, s->o.limit, error);
    }
    for (cisup_index k = 0; k < K; k++) cisup_accum_add(&mean, y[k]);
    remember(s, (cisup_search_place){T, isnan(mean.mean) ? (double)INFINITY : mean.mean},
             *verdict);
    return CISUP_OK;
}

double cisup_search_slope(cisup_search_place a, cisup_search_place b) {
    return cisup_log_slope(a.T, a.mean, b.T, b.mean);
}

double cisup_search_crossing(const cisup_search *s) {
    const double a = log((double)s->within.T), b = log((double)s->above.T);
    const double down = log(s->o.limit / s->within.mean);
    const double whole = log(s->above.mean / s->within.mean);
    const double part =
        isfinite(down) && isfinite(whole) && whole > 0.0 ? down / whole : 0.5;
    return exp(a + (b - a) * cisup_within(part, 0.1, 0.9));
}

/* The next T to decide. While all verdicts agree: somewhat beyond the crossing of the
 * power law through the last two T's, of a slope that is guessed after the first; but at
 * most `step` away. */
static cisup_index next_T(const cisup_search *s, cisup_search_place before, double step) {
    const cisup_index low = s->within.T, high = s->above.T;
    const cisup_search_place here = low ? s->within : s->above;
    if (s->near.T) /* far below the rival: is it sure to be less? */
        return cisup_search_T(s, fmin(1.5 * (double)s->near.T + 1.0, (double)s->o.rival));
    const double far =
        pow(s->o.limit / here.mean, 1.0 / cisup_search_slope(before, here));
    if (!high)
        return cisup_search_T(
            s, fmax((double)low * cisup_within(beyond_ratio * far, 1.2, step),
                    (double)low + 1.0));
    if (!low)
        return cisup_search_T(s, fmin((double)high * cisup_within(far / beyond_ratio,
                                                                  1.0 / step, 1.0 / 1.2),
                                      (double)high - 1.0));
    const cisup_index T = cisup_search_T(s, cisup_search_crossing(s));
    return T <= low ? low + 1 : T >= high ? high - 1 : T;
}

static int is_located(const cisup_search *s) {
    const cisup_index low = s->within.T, high = s->above.T;
    const int is_near = s->near.T && near_ratio * (double)s->near.T >= (double)s->o.rival;
    if (is_near || low == s->o.most || high == s->o.least) return 1;
    if (!low || !high) return 0;
    return high - low == 1 ||
           (high - low > CISUP_SEARCH_FEW && (double)high <= near_ratio * (double)low);
}

int cisup_search_is_beaten(const cisup_search *s) {
    return s->above.T && s->above.T <= s->o.rival;
}

cisup_status cisup_search_locate(cisup_search *s, cisup_error *err) {
    cisup_index T = cisup_search_T(s, (double)s->o.start);
    double step = 2.0;
    for (;;) {
        cisup_verdict verdict;
        const cisup_search_place before = s->within.T ? s->within : s->above;
        const cisup_status status = decide(s, T, NEAR_LOOK, &verdict, err);
        if (status != CISUP_OK || is_located(s) || cisup_search_is_beaten(s))
            return status;
        T = next_T(s, before, step);
        step = fmin(1.5 * step, 4.0); /* far beyond the limit networks are slow, too */
    }
}

cisup_window_finding cisup_search_bracket(const cisup_search *s) {
    const cisup_search_place near = s->near;
    const double low = (double)(s->within.T ? s->within.T : s->o.least - 1);
    const double high = (double)(s->above.T ? s->above.T - 1 : s->o.most);
    const double closest = (double)near.T - (near.mean <= s->o.limit ? 0.0 : 1.0);
    const double at = near.T ? fmax(low, closest) : fmin(low, high);
    return (cisup_window_finding){
        .at = at, .low = low, .high = high, .slope = (double)NAN, .is_bounded = 1};
}

/* Decides T's one step from T, two more, ... until the verdict is the one wanted. */
static cisup_status walk(cisup_search *s, cisup_index T, int direction,
                         cisup_verdict wanted, cisup_error *err) {
    for (cisup_index step = 1;; step *= 2) {
        cisup_verdict verdict;
        const cisup_status status = decide(s, T, LAST_LOOK, &verdict, err);
        if (status != CISUP_OK || verdict == wanted) return status;
        const cisup_index next = cisup_search_T(s, (double)(T + direction * step));
        if (next == T) return CISUP_OK;
        T = next;
    }
}

cisup_status cisup_search_fence(cisup_search *s, cisup_index T, cisup_error *err) {
    s->within = s->above = s->near = (cisup_search_place){0};
    cisup_status status;
    CISUP_TRY(walk(s, T, -1, CISUP_WITHIN, err));
    if (T < s->o.most && (!s->above.T || s->above.T > T))
        CISUP_TRY(walk(s, T + 1, 1, CISUP_ABOVE, err));
    s->near.T = 0;
    while (s->within.T && s->above.T - s->within.T > 1 && !s->near.T) {
        cisup_verdict verdict;
        CISUP_TRY(decide(s, s->within.T + (s->above.T - s->within.T) / 2, LAST_LOOK,
                         &verdict, err));
    }
done:
    return status;
}
