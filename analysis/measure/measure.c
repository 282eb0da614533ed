/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/measure/measure.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *cisup_state_name(cisup_state_kind state) {
    static const char *const name[] = {"active", "inactive", "signal"};
    return name[state];
}

const char *cisup_quantity_name(cisup_quantity quantity) {
    static const char *const name[] = {"readout", "on", "x"};
    return name[quantity];
}

int cisup_quantity_exists(const cisup_circuits *c, cisup_quantity quantity) {
    if (quantity == CISUP_READOUT) return 1;
    if (c->carried) return quantity == CISUP_X;
    if (c->on_count == 0) return 0;
    return quantity == CISUP_ON || c->d > c->on_count;
}

cisup_status cisup_measure_init(cisup_measure *m, const cisup_network *net, cisup_index z,
                                cisup_error *err) {
    const cisup_circuits *c = net->circuits;
    *m = (cisup_measure){
        .circuits = c, .N = net->base->N, .L = c->L, .d = c->d, .offset = net->offset};
    const cisup_index cells = cisup_cell(c->L + 1, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_new(&m->order, CISUP_LANES_MOST * z + 1, sizeof *m->order, err));
    CISUP_TRY(cisup_new(&m->sum, cells * CISUP_LANES_MOST, sizeof *m->sum, err));
    CISUP_TRY(cisup_new(&m->error, c->d, sizeof *m->error, err));
    CISUP_TRY(cisup_new(&m->tally, cells, sizeof *m->tally, err));
    CISUP_TRY(cisup_new(&m->open, c->L * c->d, sizeof *m->open, err));
done:
    m->largest = DBL_MAX;
    if (status != CISUP_OK) cisup_measure_free(m);
    return status;
}

void cisup_measure_free(cisup_measure *m) {
    cisup_release(m->order);
    cisup_release(m->sum);
    cisup_release(m->error);
    cisup_release(m->tally);
    cisup_release(m->open);
    *m = (cisup_measure){0};
}

/* By t, then by lane. */
static int ascending(const void *left, const void *right) {
    const cisup_active_one *x = left, *y = right;
    if (x->t != y->t) return (x->t > y->t) - (x->t < y->t);
    return (x->lane > y->lane) - (x->lane < y->lane);
}

/* Squared norms of an error, of its on-value and of its x, lane by lane.
 * error: [d][CISUP_LANES]. */
static void square_norms(const cisup_measure *m, const double *error,
                         double square[CISUP_QUANTITIES][CISUP_LANES]) {
    const cisup_circuits *c = m->circuits;
    double *on_square = square[CISUP_ON], *all = square[CISUP_READOUT];
    double *data = square[CISUP_X], on[CISUP_LANES] = {0};
    for (cisup_index i = 0; i < c->on_count; i++)
        cisup_lanes_add_scaled(on, i == 0 ? 1.0 : -1.0, error + i * CISUP_LANES);
    CISUP_EACH_LANE(k) on_square[k] = on[k] * on[k];
    cisup_lanes_zero(all);
    cisup_lanes_zero(data);
    for (cisup_index i = 0; i < m->d; i++) {
        const double *e = error + i * CISUP_LANES;
        if (i == 0 && c->biased) continue; /* the mask */
        CISUP_EACH_LANE(k) all[k] += e[k] * e[k];
        if (i < c->on_count) continue;
        CISUP_EACH_LANE(k) {
            const double x = e[k] - c->offset * on[k];
            data[k] += x * x;
        }
    }
}

/* Adds the lanes named in `mask` to the cells of a layer's inactive circuits. */
static void add_squares(cisup_measure *m, cisup_index l, unsigned mask, int is_counted,
                        double square[CISUP_QUANTITIES][CISUP_LANES]) {
    double wanted[CISUP_LANES];
    for (int k = 0; k < CISUP_LANES; k++) wanted[k] = mask >> k & 1u ? 1.0 : 0.0;
    for (int q = 0; q < CISUP_QUANTITIES; q++) {
        if (!cisup_quantity_exists(m->circuits, (cisup_quantity)q)) continue;
        const cisup_index cell = cisup_cell(l, CISUP_INACTIVE, q);
        cisup_tally *tally = &m->tally[cell];
        double *sum = m->sum + cell * CISUP_LANES_MOST, *worst = tally->worst;
        const double *s = square[q];
        int bin[CISUP_LANES];
        CISUP_EACH_LANE(k) {
            const double x = wanted[k] > 0.0 ? s[k] : 0.0;
            sum[k] += x;
            const double size = x == x ? x : (double)INFINITY; /* NaN is the worst */
            worst[k] = size > worst[k] ? size : worst[k];
        }
        if (!is_counted) continue;
        CISUP_EACH_LANE(k) bin[k] = cisup_histogram_bin(s[k]);
        for (int k = 0; k < CISUP_LANES; k++)
            tally->squares.count[bin[k]] += mask >> k & 1u;
    }
}

void cisup_measure_add(cisup_measure *m, cisup_index l, int state, cisup_index lane,
                       cisup_index count, const double *error) {
    double square[CISUP_QUANTITIES];
    cisup_square_norms(m->circuits, error, square);
    for (int q = 0; q < CISUP_QUANTITIES; q++) {
        if (!cisup_quantity_exists(m->circuits, (cisup_quantity)q)) continue;
        const cisup_index cell = cisup_cell(l, state, q);
        if (state == CISUP_INACTIVE && square[q] > m->largest)
            square[q] = (double)INFINITY;
        m->sum[cell * CISUP_LANES_MOST + lane] += (double)count * square[q];
        cisup_tally_add(&m->tally[cell], square[q], count);
    }
}

void cisup_measure_active(cisup_measure *m, cisup_index l, const double *est) {
    const cisup_active_one *who = &m->order[m->next++];
    const double *state = cisup_batch_state(m->batch, who->lane, who->k, l);
    for (cisup_index i = 0; i < m->d; i++) m->error[i] = est[i] - state[i];
    cisup_measure_add(m, l, CISUP_ACTIVE, who->lane, 1, m->error);
}

CISUP_VECTOR
static void on_readout(void *context, cisup_index l, cisup_index t, const double *est) {
    cisup_measure *m = context;
    unsigned inactive = (1u << m->batch->used) - 1u;
    while (cisup_measure_due(m)->t == t) {
        const cisup_index lane = cisup_measure_due(m)->lane;
        for (cisup_index i = 0; i < m->d; i++) m->error[i] = est[i * CISUP_LANES + lane];
        cisup_measure_active(m, l, m->error);
        inactive &= ~(1u << lane);
    }
    double square[CISUP_QUANTITIES][CISUP_LANES];
    square_norms(m, est, square);
    add_squares(m, l, inactive, cisup_measure_counts(m, t), square);
}

void cisup_measure_layer(cisup_measure *m, cisup_index l) {
    const cisup_batch *b = m->batch;
    m->next = 0; /* the read-outs that follow start again at t = 0 */
    for (cisup_index k = 0; k < b->z; k++)
        for (cisup_index lane = 0; lane < b->used; lane++)
            if (k < b->count[lane])
                cisup_measure_add(m, l, CISUP_SIGNAL, lane, 1,
                                  cisup_batch_state(b, lane, k, l));
}

/* Open neurons of a block, lane by lane: all and those outside K^l. closed: what a closed
 * one inside holds. */
CISUP_VECTOR
static void count_block(const double *a, const unsigned char *in_active, double closed,
                        cisup_index N, double *open, double *wrong) {
    for (cisup_index n = 0; n < N; n++) {
        const double *x = a + n * CISUP_LANES;
        const unsigned char *in = in_active + n * CISUP_LANES;
        CISUP_EACH_LANE(k) {
            const double is_open = x[k] > (in[k] ? closed : 0.0) ? 1.0 : 0.0;
            open[k] += is_open;
            wrong[k] += in[k] ? 0.0 : is_open;
        }
    }
}

static void count_open(cisup_measure *m, cisup_index l, const double *a,
                       const unsigned char *in_active) {
    const cisup_index N = m->N, used = m->batch->used;
    const double closed = m->offset ? -m->offset[l - 1] : 0.0;
    int64_t outside = N * used;
    for (cisup_index n = 0; n < N; n++)
        for (cisup_index k = 0; k < used; k++) outside -= in_active[n * CISUP_LANES + k];
    for (cisup_index i = 0; i < m->d; i++) {
        double open[CISUP_LANES] = {0}, wrong[CISUP_LANES] = {0};
        count_block(a + i * N * CISUP_LANES, in_active, closed, N, open, wrong);
        cisup_open_count *count = &m->open[(l - 1) * m->d + i];
        count->outside += outside;
        for (cisup_index k = 0; k < used; k++) {
            count->lost += !isfinite(a[i * N * CISUP_LANES + k]);
            count->open += (int64_t)open[k];
            count->wrong += (int64_t)wrong[k];
        }
    }
}

static void on_layer(void *context, cisup_index l, const double *a,
                     const unsigned char *in_active) {
    cisup_measure *m = context;
    if (l == 0) return;
    cisup_measure_layer(m, l);
    count_open(m, l, a, in_active);
}

cisup_observer cisup_measure_start(cisup_measure *m, const cisup_batch *batch,
                                   cisup_index first, cisup_index inputs) {
    const double readouts = (double)m->circuits->T * (double)inputs;
    m->batch = batch;
    m->thinned = readouts >= (double)CISUP_MANY_READOUTS;
    m->phase = first / CISUP_LANES_MOST;
    m->next = 0;
    cisup_index at = 0;
    for (cisup_index lane = 0; lane < batch->used; lane++)
        for (cisup_index k = 0; k < batch->count[lane]; k++)
            m->order[at++] =
                (cisup_active_one){batch->active[lane * batch->z + k], lane, k};
    qsort(m->order, (size_t)at, sizeof *m->order, ascending);
    m->order[at].t = m->circuits->T;
    const cisup_index cells = cisup_cell(m->L + 1, 0, 0);
    memset(m->sum, 0, (size_t)(cells * CISUP_LANES_MOST) * sizeof *m->sum);
    return (cisup_observer){m, on_layer, on_readout};
}

double cisup_measure_sum(const cisup_measure *m, cisup_index cell) {
    double sum = 0.0;
    for (cisup_index k = 0; k < m->batch->used; k++)
        sum += m->sum[cell * CISUP_LANES_MOST + k];
    return sum;
}

double cisup_tally_worst(const cisup_tally *tally) {
    double worst = 0.0;
    for (int k = 0; k < CISUP_LANES_MOST; k++)
        if (tally->worst[k] > worst) worst = tally->worst[k];
    return sqrt(worst);
}

void cisup_measure_merge(cisup_measure *into, const cisup_measure *from) {
    for (cisup_index cell = 0; cell < cisup_cell(into->L + 1, 0, 0); cell++) {
        cisup_tally *tally = &into->tally[cell];
        cisup_histogram_merge(&tally->squares, &from->tally[cell].squares);
        for (int k = 0; k < CISUP_LANES_MOST; k++)
            if (from->tally[cell].worst[k] > tally->worst[k])
                tally->worst[k] = from->tally[cell].worst[k];
    }
    for (cisup_index k = 0; k < into->L * into->d; k++) {
        into->open[k].open += from->open[k].open;
        into->open[k].wrong += from->open[k].wrong;
        into->open[k].outside += from->open[k].outside;
        into->open[k].lost += from->open[k].lost;
    }
}

extern inline cisup_index cisup_cell(cisup_index l, int state, int quantity);
