/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A layer is followed neuron by neuron: neuron m brings its activation to the circuits
 * through it, each of which adds w_t A_m/S to its neurons in the next layer. The common
 * part of capped weights counts once for each pair (n, m): a serial number stamped on n
 * tells whether m has reached it already. What capped, balanced and split weights give
 * to all neurons alike is one vector, the background. */
#include <cisup/analysis/open_pass.h>

#include <cisup/analysis/reached.h>
#include <cisup/analysis/touched.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FLIGHT = 32 }; /* circuits whose neurons are fetched before they are added to */

/* Neurons with what they hold, d numbers each. */
typedef struct {
    int32_t *at;
    double *a; /* [count][d] */
    cisup_index count, room, a_room;
} neuron_list;

struct cisup_open_pass {
    cisup_index N, S, d;
    cisup_reached next; /* the sums of the layer after that */
    neuron_list open;   /* of the layer now followed */
    int32_t *inside;    /* K^l, increasing */
    cisup_index inside_count;
    cisup_touched touched;                 /* read-outs of the layer now followed */
    int32_t *row;                          /* [FLIGHT][S] */
    double *image;                         /* [FLIGHT][d], what each circuit adds */
    double *background;                    /* [d] */
    double *work;                          /* [2][d] */
    cisup_index *open_count, *wrong_count; /* [d] */
    cisup_error *err;
};

void cisup_open_pass_free(cisup_open_pass *p) {
    if (!p) return;
    cisup_reached_free(&p->next);
    cisup_release(p->open.at);
    cisup_release(p->open.a);
    cisup_release(p->inside);
    cisup_touched_free(&p->touched);
    cisup_release(p->row);
    cisup_release(p->image);
    cisup_release(p->background);
    cisup_release(p->work);
    cisup_release(p->open_count);
    cisup_release(p->wrong_count);
    cisup_release(p);
}

static cisup_status reserve(cisup_open_pass *p, cisup_index z, bool is_single,
                            cisup_error *err) {
    const cisup_index d = p->d;
    cisup_status status;
    CISUP_TRY(cisup_reached_init(&p->next, p->N, p->S, d, is_single, err));
    CISUP_TRY(cisup_new(&p->row, FLIGHT * p->S, sizeof *p->row, err));
    CISUP_TRY(cisup_new(&p->image, FLIGHT * d, sizeof *p->image, err));
    CISUP_TRY(cisup_new(&p->background, d, sizeof *p->background, err));
    CISUP_TRY(cisup_new(&p->work, 2 * d, sizeof *p->work, err));
    CISUP_TRY(cisup_new(&p->inside, z * p->S, sizeof *p->inside, err));
    CISUP_TRY(cisup_touched_init(&p->touched, d, err));
    CISUP_TRY(cisup_new(&p->open_count, d, sizeof *p->open_count, err));
    CISUP_TRY(cisup_new(&p->wrong_count, d, sizeof *p->wrong_count, err));
done:
    return status;
}

cisup_status cisup_open_pass_new(cisup_open_pass **p, const cisup_open_network *net,
                                 cisup_index z, cisup_error *err) {
    *p = NULL;
    if (net->weights.scheme == CISUP_WEIGHTS_CAPPED &&
        net->weights.kappa == CISUP_KAPPA_ROWS)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a pass through open neurons has no kappa for each row");
    cisup_status status = cisup_new(p, 1, sizeof **p, err);
    if (status != CISUP_OK) return status;
    (*p)->N = net->wiring->base->N;
    (*p)->S = net->wiring->base->S;
    (*p)->d = net->circuits->d;
    status = reserve(*p, z, net->is_single != 0, err);
    if (status == CISUP_OK) return CISUP_OK;
    cisup_open_pass_free(*p);
    *p = NULL;
    return status;
}

/* out += factor w a. */
static void map(cisup_index d, double factor, const double *w, const double *a,
                double *out) {
    for (cisup_index i = 0; i < d; i++) {
        double sum = 0.0;
        for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * a[j];
        out[i] += factor * sum;
    }
}

static void start_layer(cisup_open_pass *p) {
    cisup_reached_start(&p->next);
    memset(p->background, 0, (size_t)p->d * sizeof *p->background);
}

/* --- following a layer ----------------------------------------------------------- */

/* The layer that is followed and what its weights do. */
typedef struct {
    const cisup_open_network *net;
    cisup_index l; /* the layer that is read; l+1 is added to unless l = L */
    double own;    /* factor of w_t on the circuit's neurons */
    double common; /* of wbar on the same, once a pair if `capped` */
    double center; /* c */
    bool is_last, is_capped;
} step;

static step step_of(const cisup_open_network *net, cisup_index l) {
    const cisup_incidence *x = net->wiring->base;
    const double S = (double)x->S;
    step s = {.net = net, .l = l, .own = 1.0 / S, .is_last = l == net->circuits->L};
    s.center = cisup_center(x->N, x->S, net->wiring->T, &net->weights);
    s.is_capped = net->weights.scheme == CISUP_WEIGHTS_CAPPED;
    if (net->weights.scheme == CISUP_WEIGHTS_BALANCED) s.own += s.center;
    if (net->weights.scheme == CISUP_WEIGHTS_SPLIT) s.common = s.center;
    if (s.is_capped && !s.is_last) s.common = (1.0 + net->kappa[l - 1]) / S;
    return s;
}

/* What circuit t of the next layer adds for the activation a of one of its neurons. */
static void image_of(cisup_open_pass *p, const step *s, cisup_index t, const double *a,
                     double *image) {
    const cisup_index d = p->d;
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    const double *w = cisup_circuits_drawn(s->net->circuits, s->l + 1, t, buffer);
    const double *wbar = cisup_circuits_common(s->net->circuits, s->l + 1);
    memset(image, 0, (size_t)d * sizeof *image);
    map(d, s->own, w, a, image);
    if (s->is_capped) map(d, -s->own, wbar, a, image);
    if (s->net->weights.scheme == CISUP_WEIGHTS_SPLIT) {
        map(d, s->common, wbar, a, image);
        map(d, -s->center, wbar, a, p->background);
    }
    if (s->net->weights.scheme == CISUP_WEIGHTS_BALANCED)
        map(d, -s->center, w, a, p->background);
}

/* The rows and images gathered so far. */
static cisup_status add_rows(cisup_open_pass *p, cisup_index rows, const double *once) {
    return cisup_reached_add(&p->next, rows, p->row, p->image, once, p->err);
}

/* Follows one open neuron to its circuits and these to the next layer. */
static cisup_status follow(cisup_open_pass *p, const step *s, int32_t m, const double *a,
                           double *once) {
    const cisup_wiring *wiring = s->net->wiring;
    cisup_index rows = 0;
    cisup_status status = CISUP_OK;
    cisup_reached_next(&p->next);
    memset(once, 0, (size_t)p->d * sizeof *once);
    if (s->is_capped && !s->is_last)
        map(p->d, s->common, cisup_circuits_common(s->net->circuits, s->l + 1), a, once);
    cisup_through c = cisup_incidence_through(wiring->base, m);
    for (cisup_index r; (r = cisup_through_next(&c)) >= 0;) {
        const cisup_index t = cisup_wiring_circuit_of(wiring, s->l, r);
        if (t < 0) continue;
        CISUP_TRY(cisup_touched_add(&p->touched, t, a, p->err));
        if (s->is_last) continue;
        image_of(p, s, t, a, p->image + rows * p->d);
        cisup_wiring_neurons(wiring, s->l + 1, t, p->row + rows * p->S);
        if (++rows < FLIGHT) continue;
        CISUP_TRY(add_rows(p, rows, s->is_capped ? once : NULL));
        rows = 0;
    }
    CISUP_TRY(add_rows(p, rows, s->is_capped ? once : NULL));
done:
    return status;
}

static void total_of(const cisup_open_pass *p, double *total) {
    memset(total, 0, (size_t)p->d * sizeof *total);
    for (cisup_index k = 0; k < p->open.count; k++)
        for (cisup_index i = 0; i < p->d; i++) total[i] += p->open.a[k * p->d + i];
}

/* Reads out layer l and leaves the sums of the next one in y. */
static cisup_status follow_layer(cisup_open_pass *p, const step *s,
                                 const cisup_batch *batch, cisup_index lane) {
    cisup_status status = CISUP_OK;
    double *once = p->work, *total = p->work + p->d;
    start_layer(p);
    cisup_touched_clear(&p->touched);
    memset(once, 0, (size_t)p->d * sizeof *once);
    for (cisup_index k = 0; k < batch->z; k++) /* active circuits come first */
        CISUP_TRY(cisup_touched_add(&p->touched, batch->active[lane * batch->z + k], once,
                                    p->err));
    for (cisup_index k = 0; k < p->open.count; k++)
        CISUP_TRY(follow(p, s, p->open.at[k], p->open.a + k * p->d, once));
    if (!s->is_capped || s->is_last) goto done;
    total_of(p, total);
    map(p->d, -s->net->kappa[s->l - 1] / (double)p->S,
        cisup_circuits_common(s->net->circuits, s->l + 1), total, p->background);
done:
    return status;
}

static void show_readouts(cisup_open_pass *p, const step *s, const cisup_batch *batch,
                          const cisup_open_observer *o) {
    const cisup_index d = p->d, count = p->touched.count;
    double *est = p->work, *total = p->work + d;
    const double own = 1.0 / (double)p->S + s->center;
    total_of(p, total);
    for (cisup_index k = 0; k < count; k++) {
        const double *sum = p->touched.sum + k * d;
        for (cisup_index i = 0; i < d; i++) est[i] = own * sum[i] - s->center * total[i];
        o->readout(o->context, s->l, p->touched.circuit[k], k < batch->z ? k : -1, est);
    }
    for (cisup_index i = 0; i < d; i++) est[i] = -s->center * total[i];
    o->rest(o->context, s->l, s->net->wiring->T - count, est);
}

/* --- opening a layer ------------------------------------------------------------- */

static int ascending(const void *left, const void *right) {
    const int32_t x = *(const int32_t *)left, y = *(const int32_t *)right;
    return (x > y) - (x < y);
}

/* K^l: the neurons of the active circuits. */
static void list_inside(cisup_open_pass *p, const cisup_wiring *w, cisup_index l,
                        const cisup_batch *batch, cisup_index lane) {
    const cisup_index all = batch->z * p->S;
    for (cisup_index k = 0; k < batch->z; k++)
        cisup_wiring_neurons(w, l, batch->active[lane * batch->z + k],
                             p->inside + k * p->S);
    qsort(p->inside, (size_t)all, sizeof *p->inside, ascending);
    p->inside_count = 0;
    for (cisup_index k = 0; k < all; k++)
        if (k == 0 || p->inside[k] != p->inside[k - 1])
            p->inside[p->inside_count++] = p->inside[k];
}

static bool is_inside(const cisup_open_pass *p, int32_t n) {
    return bsearch(&n, p->inside, (size_t)p->inside_count, sizeof n, ascending) != NULL;
}

/* What a neuron makes of its sum. */
static double activation(cisup_mode mode, double x) {
    if (mode == CISUP_MODE_RELU || mode == CISUP_MODE_MASKED_RELU)
        return x > 0.0 ? x : 0.0;
    return x;
}

/* Room for one more open neuron. */
static cisup_status list_room(cisup_open_pass *p) {
    cisup_status status;
    CISUP_TRY(cisup_grow(&p->open.at, &p->open.room, p->open.count + 1,
                         sizeof *p->open.at, p->err));
    CISUP_TRY(cisup_grow(&p->open.a, &p->open.a_room, (p->open.count + 1) * p->d,
                         sizeof *p->open.a, p->err));
done:
    return status;
}

static void count_open(cisup_open_pass *p, int32_t n, const double *a) {
    const bool inside = is_inside(p, n);
    for (cisup_index i = 0; i < p->d; i++) {
        p->open_count[i] += a[i] > 0.0;
        p->wrong_count[i] += a[i] > 0.0 && !inside;
    }
}

/* Opens neurons n = at[0], at[1], ... (at NULL: 0, 1, ...) of which some number is not
 * 0 once activated. level: [d], what every neuron gets. */
static cisup_status open_neurons(cisup_open_pass *p, cisup_mode mode, const int32_t *at,
                                 cisup_index count, const double *level) {
    enum { AHEAD = 24 };
    const cisup_index d = p->d;
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < count; k++) {
        const int32_t n = at ? at[k] : (int32_t)k;
        if (at && k + AHEAD < count) cisup_reached_prefetch(&p->next, at[k + AHEAD]);
        double *a = p->open.a + p->open.count * d;
        bool is_open = false;
        cisup_reached_get(&p->next, n, level, a);
        for (cisup_index i = 0; i < d; i++) {
            a[i] = activation(mode, a[i]);
            is_open |= a[i] != 0.0;
        }
        if (!is_open) continue;
        count_open(p, n, a);
        p->open.at[p->open.count++] = n;
        CISUP_TRY(list_room(p));
    }
done:
    return status;
}

/* The activations of layer l from the sums in y. Neurons that nothing reached are
 * looked at only if what all get opens them. */
static cisup_status open_layer(cisup_open_pass *p, const cisup_open_network *net,
                               cisup_mode mode, cisup_index l) {
    const double *bias = cisup_circuits_bias(net->circuits, l);
    double *level = p->work;
    bool rest_is_closed = true;
    cisup_status status;
    p->open.count = 0;
    memset(p->open_count, 0, (size_t)p->d * sizeof *p->open_count);
    memset(p->wrong_count, 0, (size_t)p->d * sizeof *p->wrong_count);
    CISUP_TRY(list_room(p));
    for (cisup_index i = 0; i < p->d; i++) {
        level[i] = bias[i] + p->background[i];
        rest_is_closed = rest_is_closed && activation(mode, level[i]) == 0.0;
    }
    if (mode == CISUP_MODE_MASKED_LINEAR || mode == CISUP_MODE_MASKED_RELU)
        return open_neurons(p, mode, p->inside, p->inside_count, level);
    if (rest_is_closed) return open_neurons(p, mode, p->next.list, p->next.count, level);
    return open_neurons(p, mode, NULL, p->N, level);
done:
    return status;
}

/* (6.1): the active circuits put w_t^1 a_t^0 into their neurons. */
static cisup_status embed(cisup_open_pass *p, const cisup_open_network *net,
                          const cisup_batch *batch, cisup_index lane) {
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    cisup_status status = CISUP_OK;
    start_layer(p);
    for (cisup_index k = 0; k < batch->z; k++) {
        const cisup_index t = batch->active[lane * batch->z + k];
        memset(p->image, 0, (size_t)p->d * sizeof *p->image);
        map(p->d, 1.0, cisup_circuits_drawn(net->circuits, 1, t, buffer),
            cisup_batch_state(batch, lane, k, 0), p->image);
        cisup_wiring_neurons(net->wiring, 1, t, p->row);
        CISUP_TRY(add_rows(p, 1, NULL));
    }
done:
    return status;
}

cisup_status cisup_open_pass_run(cisup_open_pass *p, const cisup_open_network *net,
                                 cisup_mode mode, const cisup_batch *batch,
                                 cisup_index lane, const cisup_open_observer *observer,
                                 cisup_error *err) {
    cisup_status status;
    p->err = err;
    CISUP_TRY(embed(p, net, batch, lane));
    for (cisup_index l = 1; l <= batch->L; l++) {
        const step s = step_of(net, l);
        list_inside(p, net->wiring, l, batch, lane);
        CISUP_TRY(open_layer(p, net, mode, l));
        observer->layer(observer->context, l, p->open_count, p->wrong_count,
                        p->inside_count);
        CISUP_TRY(follow_layer(p, &s, batch, lane));
        show_readouts(p, &s, batch, observer);
    }
done:
    return status;
}
