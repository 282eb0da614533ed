/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <cisup/analysis/theory/theory_overlap.h>
#include <cisup/analysis/theory/theory_rows.h>
#include <cisup/core/circuits/circuits_parts.h>

#include <math.h>
#include <string.h>

static const double zero = 1e-10, above = 1.2;
enum { LIMITS_MOST = 32 };

static double signal_at(const cisup_result *r, const verdict *v, cisup_index layer) {
    const double square = r->mse[cisup_cell(layer, CISUP_SIGNAL, (int)v->quantity)].mean;
    return v->signal_most > 0.0 ? sqrt(square) : 1.0;
}

static cisup_interval relative(const cisup_interval *square, double signal) {
    return (cisup_interval){sqrt(square->mean) / signal, (double)NAN,
                            sqrt(square->low) / signal, sqrt(square->high) / signal};
}

static int on_blocks(const finished_run *run) {
    const cisup_experiment *x = run->experiment;
    if (x->cycle) return 0;
    if (x->circuits) return (int)x->circuits->on_count;
    return (int)cisup_family_on_count(x->family.family);
}

static cisup_theory_case theory_case(const finished_run *run, const cisup_result *r) {
    const cisup_shape *s = &run->shape;
    const cisup_experiment *x = run->experiment;
    const cisup_theory_case sizes = {.D = (double)(s->d * s->N),
                                     .d = (double)s->d,
                                     .S = (double)s->S,
                                     .z = (double)r->z,
                                     .N = (double)s->N,
                                     .margin = x->family.margin,
                                     .step = x->family.step,
                                     .fresh = x->family.fresh,
                                     .cycle = x->cycle ? x->cycle->c : 0};
    return cisup_theory_even(&sizes, (double)s->T);
}

/* Whether the formula of the theory column is within its range: rotations with a gate,
 * zero-mean circuits, or masks. */
static int is_in_range(const finished_run *run, const cisup_result *r, cisup_index l) {
    const cisup_theory_case c = theory_case(run, r);
    if (run->experiment->cycle) return r->z == 1 || (r->z <= 5 && l <= 8); /* (20.5) */
    const int is_rotation =
        !run->experiment->circuits && run->experiment->family.family == CISUP_ROTATION4;
    return cisup_theory_curve_find(is_rotation ? "refined" : "recursion")
        ->is_in_range(&c, l);
}

static double mean_share(const cisup_report *report, const double *wrong, cisup_index l,
                         cisup_index first, cisup_index end) {
    double sum = 0.0;
    for (cisup_index k = first; k < end; k++) sum += wrong[(l - 1) * report->d + k];
    return end > first ? sum / (double)(end - first) : (double)NAN;
}

verdict_layer verdict_at(const finished_run *run, const cisup_result *r, const verdict *v,
                         cisup_index l) {
    const cisup_report *report = run->report;
    const cisup_index on = report->masks + on_blocks(run);
    const int q = (int)v->quantity;
    const double signal = signal_at(r, v, l);
    const cisup_prediction *p = &r->theory[cisup_cell(l, CISUP_ACTIVE, q)];
    return (verdict_layer){
        .active = relative(&r->mse[cisup_cell(l, CISUP_ACTIVE, q)], signal),
        .inactive = relative(&r->mse[cisup_cell(l, CISUP_INACTIVE, q)], signal),
        .theory = sqrt(isnan(p->refined) ? p->post : p->refined) / signal,
        .is_theory_in_range = is_in_range(run, r, l),
        .wrong_on = mean_share(report, r->wrong, l, report->masks, on),
        .wrong_data = mean_share(report, r->wrong, l, on, report->d)};
}

/* Whether a layer is above the theory; -1: there is none, or both are zero. */
static int is_above(const verdict_layer *f) {
    const double x = f->active.mean;
    if (!(x > zero) || isnan(f->theory)) return -1;
    return x > above * f->theory && !(f->active.low <= f->theory);
}

static void compare(verdict *v, const verdict_layer *f, cisup_index l) {
    const double ratio = f->active.mean / f->theory;
    const int state = is_above(f);
    if (!isfinite(f->active.mean) && !v->ran_over) v->ran_over = l;
    if (f->active.mean >= 1.0 && !v->above_signal) v->above_signal = l;
    v->last = f->active.mean;
    if (state == 0) v->above_theory = 0;
    if (state < 0) return;
    if (state == 1 && !v->above_theory) {
        v->above_theory = l;
        v->ratio_first = ratio;
    }
    v->ratio_last = ratio;
    if (!(fabs(ratio - 1.0) <= v->within)) v->within = fabs(ratio - 1.0);
}

static void measure_signal(verdict *v, const cisup_result *r) {
    for (cisup_index l = 1; l <= v->L; l++) {
        const double s = sqrt(r->mse[cisup_cell(l, CISUP_SIGNAL, (int)v->quantity)].mean);
        if (!(s > 0.0) || isinf(s)) {
            v->signal_least = v->signal_most = 0.0;
            return;
        }
        if (l == 1 || s < v->signal_least) v->signal_least = s;
        if (l == 1 || s > v->signal_most) v->signal_most = s;
    }
}

static exactness how_exact(const verdict *v, const cisup_result *r) {
    exactness e = EXACT;
    for (cisup_index l = 1; l <= v->L; l++) {
        const double square = r->mse[cisup_cell(l, CISUP_ACTIVE, (int)v->quantity)].mean;
        if (!(sqrt(square) <= zero * signal_at(r, v, l))) return NOT_EXACT;
        if (square > 0.0) e = EXACT_BUT_ROUNDING;
    }
    return e;
}

/* The setting of the limits that speak of this network. */
static int setting_of(const finished_run *run) {
    const cisup_experiment *x = run->experiment;
    const cisup_weight_scheme weights = x->network.weights.scheme;
    if (x->mode != CISUP_MODE_RELU || x->circuits || !on_blocks(run))
        return CISUP_SETTING_GENERAL;
    if (weights == CISUP_WEIGHTS_PLAIN) return CISUP_SETTING_PLAIN;
    return x->family.family == CISUP_ROTATION4 && weights == CISUP_WEIGHTS_CAPPED
               ? CISUP_SETTING_ROTATION
               : CISUP_SETTING_GENERAL;
}

/* Of the limits on T that need no budget. */
static void ask_limits(verdict *v, const finished_run *run, const cisup_result *r) {
    const cisup_theory_case c = theory_case(run, r);
    const cisup_theory_question q = {v->L, (double)NAN, 2.0};
    cisup_theory_reach reach[LIMITS_MOST];
    int count;
    const cisup_theory_limit *limit = cisup_theory_limits(&count);
    if (run->experiment->cycle || run->experiment->mode == CISUP_MODE_LINEAR) return;
    for (int k = 0; k < count && k < LIMITS_MOST; k++)
        reach[k] = cisup_theory_limit_reach(&limit[k], &c, &q);
    const int binds = cisup_theory_binding(reach, setting_of(run));
    if (binds < 0) return;
    v->limit = limit[binds].name;
    v->limit_T = reach[binds].T;
}

/* The block whose closed neurons open most, and the largest part of the error, in the
 * layer where the error leaves the theory, or else the signal. */
static void look_closer(verdict *v, const finished_run *run, const cisup_result *r) {
    const cisup_report *report = run->report;
    const cisup_index l = v->above_theory ? v->above_theory : v->above_signal;
    const int on = on_blocks(run), blocks = (int)(report->d - report->masks);
    if (!l) return;
    v->look = l;
    for (int b = 0; b < blocks; b++) {
        const double share = r->wrong[(l - 1) * report->d + report->masks + b];
        if (!(share > v->share)) continue;
        v->share = share;
        v->is_on = b < on;
        v->block = v->is_on ? b : b - on;
        v->block_is_only = (v->is_on ? on : blocks - on) == 1;
    }
    if (!report->terms) return;
    const double whole = r->term[cisup_term_cell(l, CISUP_ACTIVE, CISUP_TERM_TOTAL)].mean;
    for (int t = 0; t < CISUP_TERM_TOTAL; t++) {
        const double part = r->term[cisup_term_cell(l, CISUP_ACTIVE, t)].mean / whole;
        const int is_summed =
            t == CISUP_TERM_PROPAGATION || t == CISUP_TERM_WEIGHT_CORRECTION;
        if (is_summed || !(part > v->term_share)) continue;
        v->term = cisup_term_name((cisup_term)t);
        v->term_share = part;
    }
}

verdict verdict_of(const finished_run *run, const cisup_result *r) {
    const cisup_report *report = run->report;
    verdict v = {.quantity = !run->experiment->cycle && report->has[CISUP_X]
                                 ? CISUP_X
                                 : CISUP_READOUT,
                 .L = report->L,
                 .T = run->shape.T,
                 .networks = report->networks,
                 .networks_asked = run->experiment->networks,
                 .within = (double)NAN,
                 .feedback = r->feedback,
                 .is_carried = run->experiment->cycle != NULL};
    measure_signal(&v, r);
    v.exact = how_exact(&v, r);
    for (cisup_index l = 1; l <= v.L; l++) {
        const verdict_layer f = verdict_at(run, r, &v, l);
        compare(&v, &f, l);
    }
    if (v.signal_most == 0.0) v.above_signal = 0;
    ask_limits(&v, run, r);
    look_closer(&v, run, r);
    return v;
}

const char *verdict_block(const verdict *v, char text[24]) {
    const char *kind = v->is_on ? "on" : "data";
    if (v->block_is_only)
        (void)snprintf(text, 24, "%s", kind);
    else
        (void)snprintf(text, 24, "%s-%d", kind, v->block);
    return text;
}
