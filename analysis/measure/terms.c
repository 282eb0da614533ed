/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before M^l is known, Pre^l - B^l on the neurons is the sum of three fields:
 *
 *   overlap      sum over active u of E_u w_u a_u^{l-1}
 *   propagation  sum over all u of E_u w_u eps_u^{l-1}
 *   correct      (W^l - W^l_plain) A^{l-1}
 *
 * They are filled as soon as A^{l-1} is there. Once A^l tells M^l, (8.3)-(8.7) are means
 * over a circuit's neurons of the fields inside M. The overlap field also holds the
 * circuit's own E_t w_t a_t, which is taken out again: U_t M E_t = diag(mbar_t).
 *
 * In networks that carry masks M^l is K^l, nothing is corrected, and what a neuron makes
 * of its sum beyond that, where it clips or opens, stands in `correct`: the mean of it is
 * the activation term of a circuit that has nothing of its own. */
#include <cisup/analysis/measure/terms.h>

#include <cisup/analysis/measure/gating.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>

#include <math.h>
#include <string.h>

const char *cisup_term_name(cisup_term term) {
    static const char *const name[] = {"overlap",
                                       "propagation",
                                       "activation",
                                       "weight_correction",
                                       "readout_correction",
                                       "propagation_and_weight_correction",
                                       "total"};
    return name[term];
}

void cisup_terms_corrections_free(cisup_correction *corrections, cisup_index L) {
    for (cisup_index l = 2; corrections && l <= L; l++)
        cisup_correction_free(&corrections[l - 2]);
    cisup_release(corrections);
}

cisup_status cisup_terms_corrections(const cisup_network *net, cisup_correction **out,
                                     cisup_error *err) {
    const cisup_index L = net->circuits->L;
    cisup_status status;
    CISUP_TRY(cisup_new(out, L - 1, sizeof **out, err));
    for (cisup_index l = 2; l <= L; l++) {
        const cisup_transition x = cisup_network_transition(net, l);
        CISUP_TRY(cisup_correction_make(&(*out)[l - 2], &x, err));
    }
done:
    if (status != CISUP_OK) {
        cisup_terms_corrections_free(*out, L);
        *out = NULL;
    }
    return status;
}

cisup_status cisup_terms_init(cisup_terms *t, const cisup_network *net,
                              cisup_error *err) {
    *t = (cisup_terms){0};
    const cisup_index N = net->base->N, d = net->circuits->d;
    const cisup_index numbers = d * N * CISUP_LANES, width = d * CISUP_LANES;
    cisup_status status;
    CISUP_TRY(cisup_new(&t->overlap, numbers, sizeof *t->overlap, err));
    CISUP_TRY(cisup_new(&t->propagation, numbers, sizeof *t->propagation, err));
    CISUP_TRY(cisup_new(&t->correct, numbers, sizeof *t->correct, err));
    CISUP_TRY(cisup_new(&t->open, numbers, sizeof *t->open, err));
    CISUP_TRY(cisup_new(&t->term, CISUP_TERMS * width, sizeof *t->term, err));
    CISUP_TRY(cisup_new(&t->small, 4 * width, sizeof *t->small, err));
    CISUP_TRY(cisup_new(&t->work, cisup_correction_work(d, N), sizeof *t->work, err));
done:
    if (status != CISUP_OK) cisup_terms_free(t);
    return status;
}

void cisup_terms_free(cisup_terms *t) {
    cisup_release(t->overlap);
    cisup_release(t->propagation);
    cisup_release(t->correct);
    cisup_release(t->open);
    cisup_release(t->term);
    cisup_release(t->small);
    cisup_release(t->work);
    *t = (cisup_terms){0};
}

/* propagation = sum_u E_u w_u (U_u A^{l-1} - a_u^{l-1}) of layer l >= 2. */
CISUP_VECTOR
static void send_errors(cisup_terms *t, cisup_index l, const double *a) {
    const cisup_network *net = t->net;
    const cisup_index N = net->base->N, S = net->base->S, d = net->circuits->d;
    const cisup_readout in = {net->base, net->row_of + (l - 2) * net->base->T, d, 0.0};
    double *eps = t->small, *sent = t->small + d * CISUP_LANES;
    cisup_index k[CISUP_LANES];
    t->walk = (cisup_batch_walk){0};
    for (cisup_index u = 0; u < net->base->T; u++) {
        const int32_t *row = cisup_network_row(net, l, u);
        cisup_readout_circuit(&in, a, u, eps);
        cisup_batch_find(t->batch, &t->walk, u, k);
        for (cisup_index lane = 0; lane < CISUP_LANES; lane++)
            for (cisup_index i = 0; k[lane] >= 0 && i < d; i++)
                eps[i * CISUP_LANES + lane] -=
                    cisup_batch_state(t->batch, lane, k[lane], l - 1)[i];
        cisup_lanes_map(d, cisup_circuits_weights(net->circuits, l, u), eps, sent);
        for (cisup_index i = 0; i < d; i++)
            for (cisup_index s = 0; s < S; s++)
                cisup_lanes_add(t->propagation + (i * N + row[s]) * CISUP_LANES,
                                sent + i * CISUP_LANES);
    }
}

/* The three fields of layer l from A^{l-1}. In layer 1 there is overlap only. */
static void fill_fields(cisup_terms *t, cisup_index l, const double *a) {
    const cisup_index numbers = t->net->base->N * t->net->circuits->d * CISUP_LANES;
    memset(t->propagation, 0, (size_t)numbers * sizeof *t->propagation);
    memset(t->correct, 0, (size_t)numbers * sizeof *t->correct);
    cisup_batch_embed(t->net, t->batch, l, t->overlap);
    if (l == 1) return;
    send_errors(t, l, a);
    if (!t->net->cycle)
        cisup_correction_apply(&t->correction[l - 2], a, t->correct, t->work);
}

static void find_open(cisup_terms *t, const double *a, const unsigned char *in_active) {
    const cisup_index block = t->net->base->N * CISUP_LANES;
    const int carried = t->net->cycle != 0;
    for (cisup_index k = 0; k < block * t->net->circuits->d; k++)
        t->open[k] = isfinite(a[k])
                         ? carried
                               ? in_active[k % block]
                               : cisup_mode_passes(t->mode, a[k], in_active[k % block])
                         : (double)NAN;
}

/* Takes the fields inside M^l, and the sizes of what is added up. total: [d][LANES]. */
static void close_fields(cisup_terms *t, cisup_index l, const double *a, double center,
                         const double *total) {
    const cisup_index N = t->net->base->N, d = t->net->circuits->d;
    const double *b = cisup_circuits_bias(t->net->circuits, l);
    cisup_lanes_zero(t->size);
    for (cisup_index k = 0; k < d * N; k++) {
        const cisup_index at = k * CISUP_LANES, i = k / N;
        CISUP_EACH_LANE(m) {
            double *o = t->overlap + at + m, *p = t->propagation + at + m;
            double *c = t->correct + at + m;
            const double size = fabs(*o) + fabs(*p) + fabs(*c) + fabs(b[i]) +
                                fabs(a[at + m]) +
                                fabs(center * total[i * CISUP_LANES + m]);
            t->size[m] = size > t->size[m] ? size : t->size[m];
            const double open = t->open[at + m]; /* 1, 0 or NaN */
            *o = open > 0.0 ? *o : open;
            *p = open > 0.0 ? *p : open;
            if (!t->net->cycle) *c = open > 0.0 ? *c : open;
        }
    }
}

/* What the neurons hold beyond the sums inside K^l: at a mask, all. */
static void find_clipped(cisup_terms *t, cisup_index l) {
    const cisup_gating g = cisup_gating_of(t->net, l, t->mode);
    const cisup_index N = t->net->base->N, numbers = t->net->circuits->d * N;
    for (cisup_index k = 0; k < numbers * CISUP_LANES; k++) {
        const double sum = t->overlap[k] + t->propagation[k], inside = t->open[k];
        const int is_mask = g.biased && k < N * CISUP_LANES;
        t->correct[k] = is_mask            ? inside
                        : inside == inside ? cisup_gating_pass(&g, sum, inside > 0.0) -
                                                 (inside > 0.0 ? sum : 0.0)
                                           : inside;
    }
}

/* Takes the circuit's own part out of the overlap, and (8.5). state NULL: inactive, its
 * state 0 throughout; else of layer l-1, followed by that of layer l. mbar: [d][LANES].
 */
static void compare_own(cisup_terms *t, cisup_index l, cisup_index u, cisup_index lane,
                        const double *state, const double *mbar) {
    const cisup_circuits *c = t->net->circuits;
    const double *w = cisup_circuits_weights(c, l, u), *b = cisup_circuits_bias(c, l);
    double *overlap = t->term + CISUP_TERM_OVERLAP * c->d * CISUP_LANES;
    double *activation = t->term + CISUP_TERM_ACTIVATION * c->d * CISUP_LANES;
    for (cisup_index i = 0; i < c->d; i++) {
        const cisup_index at = i * CISUP_LANES + lane;
        double drive = 0.0;
        for (cisup_index j = 0; state && j < c->d; j++)
            drive += w[i * c->d + j] * state[j];
        const double pre = drive + b[i], m = state && pre > 0.0 ? 1.0 : 0.0;
        overlap[at] -= mbar[at] * drive;
        if (t->net->cycle)
            activation[at] += mbar[at] * drive - (state ? state[c->d + i] : 0.0);
        else
            activation[at] = (mbar[at] - m) * pre;
    }
}

/* All parts of one circuit, the total and what is left over. */
static void split_circuit(cisup_terms *t, cisup_index l, cisup_index u, const double *a,
                          const double *total, const cisup_index k[CISUP_LANES]) {
    const cisup_index d = t->net->circuits->d, width = d * CISUP_LANES;
    const cisup_readout r = cisup_network_readout(t->net, l);
    double *part[CISUP_TERMS], *y = t->small, *mbar = y + width, *est = y + 2 * width;
    for (int p = 0; p < CISUP_TERMS; p++) part[p] = t->term + p * width;
    cisup_readout_circuit(&r, t->overlap, u, part[CISUP_TERM_OVERLAP]);
    cisup_readout_circuit(&r, t->propagation, u, part[CISUP_TERM_PROPAGATION]);
    cisup_readout_circuit(
        &r, t->correct, u,
        part[t->net->cycle ? CISUP_TERM_ACTIVATION : CISUP_TERM_WEIGHT_CORRECTION]);
    cisup_readout_circuit(&r, t->open, u, mbar);
    cisup_readout_circuit(&r, a, u, y);
    cisup_readout_center(&r, y, total, est);
    for (cisup_index lane = 0; lane < CISUP_LANES; lane++) {
        const double *state =
            k[lane] < 0 ? NULL : cisup_batch_state(t->batch, lane, k[lane], l - 1);
        compare_own(t, l, u, lane, state, mbar);
        for (cisup_index i = 0; state && i < d; i++)
            est[i * CISUP_LANES + lane] -=
                cisup_batch_state(t->batch, lane, k[lane], l)[i];
    }
    const double cS = r.center * (double)t->net->base->S;
    for (cisup_index j = 0; j < width; j++) {
        part[CISUP_TERM_READOUT_CORRECTION][j] = cS * y[j] - r.center * total[j];
        part[CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION][j] =
            part[CISUP_TERM_PROPAGATION][j] + part[CISUP_TERM_WEIGHT_CORRECTION][j];
        part[CISUP_TERM_TOTAL][j] = est[j];
    }
}

/* How far the five parts are from the error. */
static void check_sum(cisup_terms *t) {
    const cisup_index width = t->net->circuits->d * CISUP_LANES;
    for (cisup_index j = 0; j < width; j++) {
        const cisup_index lane = j % CISUP_LANES;
        double left = t->term[CISUP_TERM_TOTAL * width + j];
        for (int p = 0; p <= CISUP_TERM_READOUT_CORRECTION; p++)
            left -= t->term[p * width + j];
        const double residual = fabs(left) / t->size[lane];
        if (lane < t->batch->used && residual > t->residual) t->residual = residual;
    }
}

CISUP_VECTOR
static void split_layer(cisup_terms *t, cisup_index l, const double *a,
                        const unsigned char *in_active) {
    const cisup_readout r = cisup_network_readout(t->net, l);
    double *total = t->small + 3 * r.d * CISUP_LANES;
    cisup_index k[CISUP_LANES];
    unsigned char active[CISUP_LANES];
    find_open(t, a, in_active);
    if (t->net->cycle) find_clipped(t, l);
    cisup_readout_totals(&r, a, total);
    close_fields(t, l, a, r.center, total);
    t->walk = (cisup_batch_walk){0};
    for (cisup_index u = 0; u < t->net->base->T; u++) {
        cisup_batch_find(t->batch, &t->walk, u, k);
        split_circuit(t, l, u, a, total, k);
        check_sum(t);
        for (int lane = 0; lane < CISUP_LANES; lane++) active[lane] = k[lane] >= 0;
        if (t->visit) t->visit(t->context, l, u, t->term, active);
    }
}

static void on_layer(void *context, cisup_index l, const double *a,
                     const unsigned char *in_active) {
    cisup_terms *t = context;
    if (l > 0) split_layer(t, l, a, in_active);
    if (l < t->net->circuits->L) fill_fields(t, l + 1, a);
}

cisup_observer cisup_terms_start(cisup_terms *t, const cisup_network *net,
                                 const cisup_correction *correction, cisup_mode mode,
                                 const cisup_batch *batch, cisup_terms_visit *visit,
                                 void *context) {
    t->net = net;
    t->correction = correction;
    t->mode = mode;
    t->batch = batch;
    t->visit = visit;
    t->context = context;
    return (cisup_observer){t, on_layer, NULL};
}

cisup_status cisup_terms_check(double residual, cisup_error *err) {
    if (residual <= 1e-9) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_ESHAPE,
                      "internal error: the parts of an error do not add up to it, "
                      "residual %.3g",
                      residual);
}
