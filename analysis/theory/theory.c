/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory/theory.h>

#include <cisup/analysis/interval.h>

#include <math.h>

/* Of one layer of a recursion: e_l and q_l, q_l also where no circuit has it. */
typedef cisup_theory_error state;

/* One circuit overlaps with nobody; its statistics may then be NaN. */
static double overlap(const cisup_theory_case *c) {
    return c->T > 1.0 ? c->P : 0.0;
}

static double square_overlap(const cisup_theory_case *c) {
    return c->T > 1.0 ? c->p : 0.0;
}

static double of_inactive(const cisup_theory_case *c, double value) {
    return c->T > c->z ? value : (double)NAN;
}

double cisup_theory_p_even(const cisup_theory_case *c) {
    return c->T > 1.0 ? c->T / (c->T - 1.0) * cisup_theory_p_followup(c) : 0.0;
}

double cisup_theory_p_followup(const cisup_theory_case *c) {
    return fmax(0.0, c->d / c->D - 1.0 / (c->S * c->T));
}

double cisup_theory_feedback(const cisup_theory_case *c) {
    const double p = square_overlap(c);
    return c->z * c->S * c->T * p * p;
}

cisup_theory_error cisup_theory_general_post(const cisup_theory_case *c, cisup_index l) {
    const double density = c->d / c->D;
    const double active = l < 2 ? (c->z - 1.0) * density
                                : (double)(l - 1) * c->T * c->z * density * density;
    return (cisup_theory_error){active, of_inactive(c, c->z * density)};
}

/* (9.1) From layer l-1 to layer l; the same step for every l. */
static state general_step(const cisup_theory_case *c, state before) {
    const double p = square_overlap(c), e = before.active;
    const double from_inactive = (c->T - c->z) * p * before.inactive;
    const double neuron = 1.0 + e + c->S * from_inactive; /* s_l */
    return (state){e + from_inactive + (c->z - 1.0) * p * (1.0 + e), c->z * p * neuron};
}

cisup_theory_error cisup_theory_general_recursion(const cisup_theory_case *c,
                                                  cisup_index l) {
    state now = {0.0, 0.0};
    for (cisup_index k = 1; k <= l; k++) now = general_step(c, now);
    return (cisup_theory_error){now.active, of_inactive(c, now.inactive)};
}

cisup_theory_error cisup_theory_settled(const cisup_theory_case *c, cisup_index l) {
    const double p = square_overlap(c), g = cisup_theory_feedback(c);
    if (g >= 1.0)
        return (cisup_theory_error){(double)INFINITY, of_inactive(c, (double)INFINITY)};
    const double q = c->z * p / (1.0 - g);
    const double active = (double)(l - 1) * c->T * p * q + (double)l * (c->z - 1.0) * p;
    return (cisup_theory_error){active, of_inactive(c, q)};
}

double cisup_theory_coherent(const cisup_theory_case *c, cisup_index l) {
    const double p = square_overlap(c), P = overlap(c), k = (double)l;
    if (l < 2) return 0.0;
    return c->T * p * p * (k - 1.0 + 2.0 * (k - 2.0) * P + (k - 2.0) * (k - 3.0) * P * P);
}

double cisup_theory_unreshuffled(const cisup_theory_case *c, cisup_index l) {
    const double steps = (double)(l - 1);
    const double one = c->T * square_overlap(c) / (c->S * c->S);
    return one * (c->fresh ? steps : steps * steps);
}

void cisup_theory_general(const cisup_theory_case *c, cisup_index layers,
                          cisup_prediction *active, cisup_prediction *inactive) {
    state now = {0.0, 0.0};
    for (cisup_index l = 1; l <= layers; l++) {
        now = general_step(c, now);
        const cisup_theory_error post = cisup_theory_general_post(c, l);
        active[l - 1] = (cisup_prediction){post.active, (double)NAN, now.active};
        inactive[l - 1] =
            (cisup_prediction){post.inactive, (double)NAN, of_inactive(c, now.inactive)};
    }
}

/* (1/S) sum of rho_n over the S neurons of one circuit. */
static double mean_background(const int32_t *row, cisup_index S, const cisup_index *load,
                              double miss) {
    double sum = 0.0;
    for (cisup_index k = 0; k < S; k++) sum += 1.0 - pow(miss, (double)load[row[k]]);
    return sum / (double)S;
}

double cisup_theory_background_variance(cisup_index N, cisup_index S, cisup_index T,
                                        const int32_t *slot, const cisup_index *load,
                                        double kappa) {
    const double miss = 1.0 - (double)S / (double)N;
    cisup_accum acc = {0};
    for (cisup_index t = 0; t < T; t++)
        cisup_accum_add(&acc, mean_background(slot + t * S, S, load, miss));
    return (1.0 + kappa) * (1.0 + kappa) * acc.m2 / (double)T;
}

/* What stays the same in every layer of (9.3) and (9.4). */
typedef struct {
    double P, p;
    double others; /* z-1 */
    double H;      /* squared offset that travels with the on-signal */
    double ke;     /* variance of one entry of C */
} rotation;

static rotation rotation_of(const cisup_theory_case *c) {
    const double P = overlap(c), amplitude = 1.0 + c->kappa;
    const double miss = exp(-c->T * P * P / (c->S * c->S)); /* 1 - rho' */
    return (rotation){.P = P,
                      .p = square_overlap(c),
                      .others = c->z - 1.0,
                      .H = 2.0 * (1.0 + c->margin) * (1.0 + c->margin),
                      .ke = (1.0 - miss) * miss * amplitude * amplitude};
}

/* nu_l: second moment of the on-noise. */
static double on_noise(const cisup_theory_case *c, const rotation *r, cisup_index l) {
    const double S2 = c->S * c->S, k = r->others, mean2 = r->P * r->P / S2;
    if (l == 1) return k * r->p + k * (k - 1.0) * mean2;
    return k * (r->p + r->ke / S2) + k * k * (mean2 + c->V);
}

/* coh_l: a neighbour in two layers running injects the same rotation again. */
static double coherence(const cisup_theory_case *c, const rotation *r, cisup_index l) {
    if (c->fresh || l <= 2) return 1.0;
    return 1.0 + 2.0 * r->P + 2.0 * (double)(l - 3) * r->P * r->P;
}

/* (9.4) From layer l-1 to layer l. */
static state rotation_step(const cisup_theory_case *c, const rotation *r, cisup_index l,
                           state before) {
    const double p = r->p, e = before.active;
    const double from_inactive = (c->T - c->z) * p * before.inactive;
    const double entry = l >= 2 ? r->ke / (c->S * c->S) : 0.0;
    const double offset = r->H * r->others * (p / 2.0 + entry);
    const double neuron = 1.0 + e + c->S * (from_inactive + offset); /* s_l */
    const double next = e + coherence(c, r, l) * from_inactive +
                        r->others * p * (1.0 + e) + r->H * on_noise(c, r, l);
    return (state){next, c->z * p * neuron};
}

/* Mean square of |alloc_t and K|/S over inactive t. */
double cisup_theory_rotation_on(const cisup_theory_case *c) {
    const double pairs = c->z * (c->z - 1.0), mean = overlap(c) / c->S;
    return of_inactive(c, c->z * square_overlap(c) + pairs * mean * mean -
                              1.5 * pairs * mean / c->N);
}

static double post_x(const cisup_theory_case *c, const rotation *r, double l) {
    const double density = c->d / c->D;
    return l * r->others * density + (l - 1.0) * c->T * c->z * density * density;
}

double cisup_theory_rotation_followup(const cisup_theory_case *c, cisup_index l) {
    const rotation r = rotation_of(c);
    const double p1 = cisup_theory_p_followup(c);
    return (double)(l - 1) * c->T * p1 * p1 * (c->z + r.H * r.others) +
           (double)l * p1 * r.others * (1.0 + r.H);
}

cisup_theory_error cisup_theory_rotation_recursion(const cisup_theory_case *c,
                                                   cisup_index l) {
    const rotation r = rotation_of(c);
    state now = {0.0, 0.0};
    for (cisup_index k = 1; k <= l; k++) now = rotation_step(c, &r, k, now);
    return (cisup_theory_error){now.active, of_inactive(c, now.inactive)};
}

void cisup_theory_rotation4(const cisup_theory_case *c, cisup_index layers,
                            cisup_prediction *x_active, cisup_prediction *x_inactive,
                            cisup_prediction *on_active, cisup_prediction *on_inactive) {
    const rotation r = rotation_of(c);
    const double post = of_inactive(c, c->z * c->d / c->D);
    const double followup = of_inactive(c, c->z * cisup_theory_p_followup(c));
    const double on = cisup_theory_rotation_on(c);
    state now = {0.0, 0.0};
    for (cisup_index l = 1; l <= layers; l++) {
        now = rotation_step(c, &r, l, now);
        x_active[l - 1] = (cisup_prediction){
            post_x(c, &r, (double)l), cisup_theory_rotation_followup(c, l), now.active};
        x_inactive[l - 1] =
            (cisup_prediction){post, followup, of_inactive(c, now.inactive)};
        on_active[l - 1] = (cisup_prediction){(double)NAN, 0.0, 0.0};
        on_inactive[l - 1] = (cisup_prediction){post, followup, on};
    }
}
