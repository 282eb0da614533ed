/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of bulk.h over the lanes, for any type of number and width of vectors. Not a
 * header of its own: bulk_plain.c and its like include it once for each type, with
 *
 *   REAL, BITS       the number, and the signed integer of its size
 *   BITS_MOST, MANTISSA, BIAS   of both: all bits but the sign; the number's layout
 *   TYPED(name)      the name with an ending of its own
 *   STRETCH, POURS   so many circuits are worked on in one go, a divisor of
 *                    CISUP_BULK_BLOCK; whether sums then go to double precision
 *   VECTOR_BYTES     how wide vectors are: 16, 32 or 64
 *
 * A line has LANES numbers and is worked on in PIECES vectors. Sums are made in the order
 * of sparse/layer/factored.c and analysis/measure/measure.c, which the bytes of results
 * depend on. */

#define LANES ((int)(CISUP_LINE_BYTES / sizeof(REAL)))
#define EACH ((int)(VECTOR_BYTES / sizeof(REAL)))
#define PIECES (CISUP_LINE_BYTES / VECTOR_BYTES)
#define vec TYPED(vec)
#define mask TYPED(mask)
#define parts TYPED(parts)

/* Part p of line i. Numbers of lines are 32-bit in places, what they are multiplied to is
 * not: 2^27 lines of 16 numbers are 8.6 GB. */
#define AT(lines, i, p) ((lines) + (cisup_index)(i)*LANES + (p)*EACH)

#include "bulk_lines.h"

#include <cisup/analysis/pass/bulk_parts.h>
#include <cisup/sparse/network/network_parts.h>

/* Sums of squares and largest squares of the circuits that a pass has come to. */
typedef struct {
    vec sum[CISUP_QUANTITIES], worst[CISUP_QUANTITIES];
} TYPED(squares);

/* The parts of `work`. Lines, but for the matrices. */
typedef struct {
    REAL *est, *shown;         /* [d] the read-out; centred */
    REAL *pool, *total;        /* [d] sums over circuits; over neurons */
    REAL *image;               /* [d] what every neuron gets */
    REAL *square;              /* [CISUP_BULK_HELD][quantities], to be counted */
    BITS *open, *wrong;        /* [d] */
    BITS *used, *keep;         /* lanes in use; those to measure */
    BITS *lost;                /* not 0 in lanes where some Pre + B is not finite */
    REAL *wbar, *left, *right; /* [d][d] each */
} parts;

static parts TYPED(divide)(const cisup_bulk *b) {
    const cisup_index d = b->plan->net->circuits->d, lines = d * LANES;
    REAL *x = b->work;
    BITS *y =
        (BITS *)(void *)(x + 5 * lines + CISUP_BULK_HELD * CISUP_QUANTITIES * LANES);
    REAL *matrix = (REAL *)(void *)(y + 2 * lines + 3 * LANES);
    return (parts){.est = x,
                   .shown = x + lines,
                   .pool = x + 2 * lines,
                   .total = x + 3 * lines,
                   .image = x + 4 * lines,
                   .square = x + 5 * lines,
                   .open = y,
                   .wrong = y + lines,
                   .used = y + 2 * lines,
                   .keep = y + 2 * lines + LANES,
                   .lost = y + 2 * lines + 2 * LANES,
                   .wbar = matrix,
                   .left = matrix + d * d,
                   .right = matrix + 2 * d * d};
}

/* Sums and largest squares so far go to the measurement. NaN is the worst. */
static void TYPED(pour_squares)(const cisup_bulk *b, TYPED(squares) * of) {
    cisup_measure *m = b->measure;
    for (int q = 0; q < CISUP_QUANTITIES; q++) {
        if (!cisup_quantity_exists(m->circuits, (cisup_quantity)q)) continue;
        const cisup_index cell = cisup_cell(b->l, CISUP_INACTIVE, q);
        double *sum = m->sum + cell * CISUP_LANES_MOST, *worst = m->tally[cell].worst;
        for (int k = 0; k < LANES; k++) {
            const double x = (double)of[k / EACH].sum[q][k % EACH];
            const double most = (double)of[k / EACH].worst[q][k % EACH];
            const double size = x == x ? most : (double)INFINITY;
            sum[k] += x;
            if (size > worst[k]) worst[k] = size;
        }
    }
    memset(of, 0, PIECES * sizeof *of);
}

/* What the circuits of a visit have in common; d, on_count, c as constants if possible.
 */
typedef struct {
    cisup_index d;
    int on_count, first;  /* first: 1 if neuron 0 is a mask, else 0 */
    REAL share, offset;   /* 1/S; of the data neurons */
    REAL c, own;          /* read-outs are own est - c total when c is not 0 */
    const int32_t *place; /* [T][S] */
    cisup_index S;
    cisup_index phase, rest; /* counted when (t + phase) & rest is 0 */
    bool is_measured, is_watched;
} TYPED(manner);

/* Squared norms of a read-out, of its on-value and of its x, in the lanes to keep;
 * written to `written` unless that is NULL. */
ALWAYS void TYPED(measure)(const REAL *est, TYPED(manner) how, const BITS *keep,
                           REAL *written, TYPED(squares) * of) {
    const int on_count = how.on_count, first = how.first;
    const REAL offset = how.offset;
    for (int p = 0; p < PIECES; p++) {
        vec on = {0}, all = {0}, data = {0};
        if (on_count > 0) on = TYPED(get)(AT(est, 0, p));
        if (on_count > 1) on -= TYPED(get)(AT(est, 1, p));
        for (cisup_index i = first; i < how.d; i++) {
            const vec e = TYPED(get)(AT(est, i, p)), x = e - offset * on;
            all += e * e;
            if (i >= on_count) data += x * x;
        }
        const mask wanted = TYPED(get_mask)(AT(keep, 0, p));
        const vec square[CISUP_QUANTITIES] = {[CISUP_READOUT] = TYPED(only)(all, wanted),
                                              [CISUP_ON] = TYPED(only)(on * on, wanted),
                                              [CISUP_X] = TYPED(only)(data, wanted)};
        for (int q = 0; q < CISUP_QUANTITIES; q++) {
            of[p].sum[q] += square[q];
            of[p].worst[q] = TYPED(larger)(square[q], of[p].worst[q]);
            if (written) TYPED(put)(AT(written, q, p), square[q]);
        }
    }
}

/* Squares become their bins, as cisup_histogram_bin has them. Not inlined: numbers go to
 * counters faster through memory than out of vectors. */
static __attribute__((noinline)) void TYPED(find_bins)(REAL *square, cisup_index lines,
                                                       BITS *bin) {
    enum { below = (BIAS + CISUP_HISTOGRAM_LOWEST) * (1 << CISUP_HISTOGRAM_BITS) - 1 };
    const mask most = (mask){0} + CISUP_HISTOGRAM_LAST;
    for (cisup_index k = 0; k < lines * PIECES; k++) {
        mask at = (mask)TYPED(get)(square + k * EACH) & BITS_MOST;
        at = (at >> (MANTISSA - CISUP_HISTOGRAM_BITS)) - below;
        at &= at > 0;
        const mask is_in = at < most;
        TYPED(put_mask)(bin + k * EACH, (at & is_in) | (most & ~is_in));
    }
}

/* Squares are counted for CISUP_BULK_HELD circuits at a time, since counts and
 * activations do not fit the first cache together. In lanes that are not to be kept they
 * are 0. */
typedef struct {
    cisup_index circuits, dropped; /* dropped: lanes that are not to be counted */
} TYPED(held);

/* A quantity that does not exist has squares of 0, which are not to be counted. */
static void TYPED(count)(const cisup_bulk *b, const parts *w, TYPED(held) * held) {
    cisup_measure *m = b->measure;
    BITS *bin = (BITS *)(void *)w->square;
    uint64_t *count[CISUP_QUANTITIES];
    for (int q = 0; q < CISUP_QUANTITIES; q++) {
        count[q] = m->tally[cisup_cell(b->l, CISUP_INACTIVE, q)].squares.count;
        const int exists = cisup_quantity_exists(m->circuits, (cisup_quantity)q);
        count[q][0] -= (uint64_t)(exists ? held->dropped : held->circuits * LANES);
    }
    TYPED(find_bins)(w->square, held->circuits * CISUP_QUANTITIES, bin);
    for (cisup_index k = 0; k < held->circuits; k++, bin += CISUP_QUANTITIES * LANES)
        for (int lane = 0; lane < LANES; lane++)
            for (int q = 0; q < CISUP_QUANTITIES; q++) count[q][bin[q * LANES + lane]]++;
    *held = (TYPED(held)){0};
}

/* Circuit t is active in some lanes: measures it there and takes these out of `keep`. */
static const BITS *TYPED(meet)(const cisup_bulk *b, const parts *w, cisup_index t,
                               const REAL *est) {
    cisup_measure *m = b->measure;
    memcpy(w->keep, w->used, CISUP_LINE_BYTES);
    while (cisup_measure_due(m)->t == t) {
        const cisup_index lane = cisup_measure_due(m)->lane;
        for (cisup_index i = 0; i < m->d; i++)
            m->error[i] = (double)est[i * LANES + lane];
        cisup_measure_active(m, b->l, m->error);
        w->keep[lane] = 0;
    }
    return w->keep;
}

/* What the circuits share: totals of the neurons, matrices in this type. */
static void TYPED(prepare)(const cisup_bulk *b, const cisup_bulk_layer *x,
                           const parts *w) {
    const cisup_index d = b->plan->net->circuits->d;
    for (cisup_index k = 0; k < d * LANES; k++) w->total[k] = (REAL)b->sum[k];
    for (int k = 0; k < LANES; k++) w->used[k] = -(k < b->batch->used);
    memset(b->sum + d * LANES, 0, (size_t)(d * LANES) * sizeof *b->sum);
    for (cisup_index k = 0; x && k < d * d; k++) w->wbar[k] = (REAL)x->f->wbar[k];
}

/* Shows the read-out to the observer and the measurement. */
ALWAYS void TYPED(show)(const cisup_bulk *b, const parts *w, cisup_index t,
                        cisup_index *due, TYPED(manner) how, TYPED(squares) * of,
                        TYPED(held) * held) {
    const REAL *est = w->est;
    if (how.c != 0) {
        for (cisup_index k = 0; k < how.d * LANES; k++)
            w->shown[k] = how.own * est[k] - how.c * w->total[k];
        est = w->shown;
    }
    if (how.is_watched)
        b->observer->readout(b->observer->context, b->l, t,
                             (const double *)(const void *)est);
    if (!how.is_measured) return;
    const BITS *keep = w->used;
    if (t == *due) {
        keep = TYPED(meet)(b, w, t, est);
        *due = cisup_measure_due(b->measure)->t;
    }
    REAL *written = NULL;
    if (((t + how.phase) & how.rest) == 0) {
        written = w->square + held->circuits++ * CISUP_QUANTITIES * LANES;
        for (int k = 0; k < LANES; k++) held->dropped += !keep[k];
    }
    TYPED(measure)(est, how, keep, written, of);
    if (held->circuits == CISUP_BULK_HELD) TYPED(count)(b, w, held);
}

/* v_t est, to be delivered, and the common part of schemes other than capped with one
 * kappa. */
ALWAYS void TYPED(send)(const cisup_bulk *b, const cisup_bulk_layer *x, const parts *w,
                        cisup_index t, cisup_index d) {
    const cisup_index at = t % CISUP_BULK_BLOCK * d * LANES;
    TYPED(map)((const REAL *)x->v + t * d * d, w->est, d, (REAL *)b->sent + at);
    if (b->common) TYPED(map)(w->wbar, w->est, d, (REAL *)b->sent_common + at);
    if (x->f->scheme == CISUP_WEIGHTS_BALANCED)
        TYPED(map_add)((const REAL *)x->w + t * d * d, w->est, d, w->pool);
    else if (x->f->scheme == CISUP_WEIGHTS_SPLIT)
        TYPED(map_add)(w->wbar, w->est, d, w->pool);
}

/* Circuits first, ..., end-1. */
ALWAYS void TYPED(visit_some)(const cisup_bulk *b, const cisup_bulk_layer *x,
                              const parts *w, cisup_index first, cisup_index end,
                              TYPED(manner) how, TYPED(squares) * of) {
    TYPED(squares) mine[PIECES]; /* nobody else's, so that registers can hold it */
    TYPED(held) held = {0};
    cisup_index due = how.is_measured ? cisup_measure_due(b->measure)->t : end;
    memcpy(mine, of, sizeof mine);
    for (cisup_index t = first; t < end; t++) {
        const seat in = {how.place + t * how.S, how.S, how.d};
        TYPED(read)(b->a, in, how.share, w->est);
        TYPED(show)(b, w, t, &due, how, mine, &held);
        if (x) TYPED(send)(b, x, w, t, how.d);
    }
    if (held.circuits) TYPED(count)(b, w, &held);
    memcpy(of, mine, sizeof mine);
}

ALWAYS void TYPED(visit_all)(cisup_bulk *b, const cisup_bulk_layer *x,
                             TYPED(manner) how) {
    const cisup_index T = b->plan->net->base->T;
    const parts w = TYPED(divide)(b);
    TYPED(squares) of[PIECES] = {0};
    TYPED(prepare)(b, x, &w);
    for (cisup_index first = 0, end; first < T; first = end) {
        end = T - first < STRETCH ? T : first + STRETCH;
        TYPED(visit_some)(b, x, &w, first, end, how, of);
        if (POURS || end == T) {
            if (how.is_measured) TYPED(pour_squares)(b, of);
            TYPED(pour)(w.pool, how.d, b->sum + how.d * LANES);
        }
        if (!x || (end < T && end % CISUP_BULK_BLOCK != 0)) continue;
        const cisup_index block = (end - 1) / CISUP_BULK_BLOCK;
        TYPED(deliver)(&x->mail, block, b->sent, how.d, b->y);
        if (b->common) TYPED(deliver)(&x->mail, block, b->sent_common, how.d, b->common);
    }
}

#include "bulk_settle.h"

#include "bulk_noise.h"

static void TYPED(visit)(cisup_bulk *b, const cisup_bulk_layer *x) {
    const cisup_circuits *circuits = b->plan->net->circuits;
    const cisup_readout in = cisup_network_readout(b->plan->net, b->l);
    const cisup_measure *m = b->measure;
    const bool is_watched = b->observer && b->observer->readout;
    const cisup_index T = in.base->T;
    const double S = (double)in.base->S, c = in.center;
    TYPED(manner)
    how = {.d = circuits->d,
           .on_count = (int)circuits->on_count,
           .first = circuits->biased,
           .share = (REAL)(1.0 / S),
           .offset = (REAL)circuits->offset,
           .c = (REAL)c,
           .own = (REAL)(1.0 + c * S),
           .place = b->plan->place + (b->l - 1) * T * in.base->S,
           .S = in.base->S,
           .phase = m ? m->phase : 0,
           .rest = m && m->thinned ? CISUP_READOUT_STEP - 1 : 0,
           .is_measured = true};
    if (sizeof(REAL) == sizeof(double) && (is_watched || !m)) {
        how.is_measured = m != NULL;
        how.is_watched = is_watched;
        TYPED(visit_all)(b, x, how);
    } else if (how.d == 4 && how.on_count == 2 && c == 0.0) {
        how.d = 4;
        how.on_count = 2;
        how.first = 0;
        how.c = 0;
        TYPED(visit_all)(b, x, how);
    } else if (how.d == 2 && how.on_count == 0 && c == 0.0) {
        how.d = 2;
        how.on_count = how.first = 0;
        how.c = 0;
        TYPED(visit_all)(b, x, how);
    } else {
        TYPED(visit_all)(b, x, how);
    }
    if (x && x->f->scheme == CISUP_WEIGHTS_CAPPED) TYPED(excess)(b, x);
}

#undef LANES
#undef EACH
#undef PIECES
#undef vec
#undef mask
#undef parts
#undef AT
