/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/reduced.h>

#include <cisup/analysis/measure/gating.h>
#include <cisup/analysis/pass/inside.h>
#include <cisup/analysis/pass/touched.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* K^l and what its neurons hold. */
typedef struct {
    cisup_index count;
    int32_t *neuron; /* [z S], increasing */
    double *a;       /* [z S][d]: sums, then activations */
} inside_layer;

struct cisup_reduced_pass {
    const cisup_open_network *net;
    cisup_index S, d, z;
    const cisup_index *active; /* [z], of the sample */
    inside_layer here, next;
    int32_t *row;              /* [S] neurons of one circuit */
    double *own;               /* [z][d][d] their weights into the next */
    cisup_index *circuit;      /* [z S] those of one neuron and others */
    cisup_index *known;        /* [z S] circuits in `touched` on a neuron */
    cisup_index *room;         /* [most] */
    cisup_touched touched;     /* circuits with several neurons in K^l, and active ones */
    double *est;               /* [d] */
    cisup_index *open, *wrong; /* [d] */
};

void cisup_reduced_pass_free(cisup_reduced_pass *p) {
    if (!p) return;
    cisup_release(p->here.neuron);
    cisup_release(p->here.a);
    cisup_release(p->next.neuron);
    cisup_release(p->next.a);
    cisup_release(p->row);
    cisup_release(p->own);
    cisup_release(p->circuit);
    cisup_release(p->known);
    cisup_release(p->room);
    cisup_touched_free(&p->touched);
    cisup_release(p->est);
    cisup_release(p->open);
    cisup_release(p->wrong);
    cisup_release(p);
}

static cisup_status reserve(cisup_reduced_pass *p, cisup_error *err) {
    const cisup_index d = p->d, z = p->z;
    const cisup_wiring *w = p->net->wiring;
    cisup_index all;
    cisup_status status;
    if (!cisup_multiply_sizes(z, p->S, &all) || all > INT32_MAX)
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "%" PRId64 " active circuits on %" PRId64 " neurons each", z,
                          p->S);
    CISUP_TRY(cisup_new(&p->here.neuron, all, sizeof(int32_t), err));
    CISUP_TRY(cisup_new(&p->next.neuron, all, sizeof(int32_t), err));
    CISUP_TRY(cisup_new(&p->here.a, all * d, sizeof(double), err));
    CISUP_TRY(cisup_new(&p->next.a, all * d, sizeof(double), err));
    CISUP_TRY(cisup_new(&p->row, p->S, sizeof *p->row, err));
    CISUP_TRY(cisup_new(&p->own, z * d * d, sizeof *p->own, err));
    CISUP_TRY(cisup_new(&p->circuit, all, sizeof *p->circuit, err));
    CISUP_TRY(cisup_new(&p->known, all, sizeof *p->known, err));
    if (w->circuit_of)
        CISUP_TRY(cisup_new(&p->room, w->cycle->most, sizeof *p->room, err));
    CISUP_TRY(cisup_touched_init(&p->touched, d, err));
    CISUP_TRY(cisup_new(&p->est, d, sizeof *p->est, err));
    CISUP_TRY(cisup_new(&p->open, d, sizeof *p->open, err));
    CISUP_TRY(cisup_new(&p->wrong, d, sizeof *p->wrong, err));
done:
    return status;
}

cisup_status cisup_reduced_pass_new(cisup_reduced_pass **p, const cisup_open_network *net,
                                    cisup_index z, cisup_error *err) {
    cisup_status status = cisup_new(p, 1, sizeof **p, err);
    if (status != CISUP_OK) return status;
    (*p)->net = net;
    (*p)->S = net->wiring->S;
    (*p)->d = net->circuits->d;
    (*p)->z = z;
    status = reserve(*p, err);
    if (status == CISUP_OK) return CISUP_OK;
    cisup_reduced_pass_free(*p);
    *p = NULL;
    return status;
}

/* --- sums ------------------------------------------------------------------------- */

/* K^l with sums of 0. */
static void start_layer(cisup_reduced_pass *p, cisup_index l, inside_layer *layer) {
    layer->count = cisup_inside_list(p->net->wiring, l, p->active, p->z, layer->neuron);
    memset(layer->a, 0, (size_t)(layer->count * p->d) * sizeof *layer->a);
}

/* The active circuits put w_t^1 a_t^0 into their neurons. */
static void embed(cisup_reduced_pass *p, const cisup_batch *batch, cisup_index lane) {
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    inside_layer *to = &p->here;
    start_layer(p, 1, to);
    for (cisup_index k = 0; k < p->z; k++) {
        const double *w = cisup_circuits_drawn(p->net->circuits, 1, p->active[k], buffer);
        cisup_wiring_neurons(p->net->wiring, 1, p->active[k], p->row);
        for (cisup_index s = 0; s < p->S; s++) {
            const cisup_index n = cisup_inside_find(to->neuron, to->count, p->row[s]);
            cisup_circuits_map(p->d, 1.0, w, cisup_batch_state(batch, lane, k, 0),
                               to->a + n * p->d);
        }
    }
}

/* The weights of the active circuits into layer l, which most often are asked for. */
static void draw_own(cisup_reduced_pass *p, cisup_index l) {
    const cisup_index size = p->d * p->d;
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    for (cisup_index k = 0; k < p->z; k++)
        memcpy(p->own + k * size,
               cisup_circuits_drawn(p->net->circuits, l, p->active[k], buffer),
               (size_t)size * sizeof *p->own);
}

static const double *weights_of(const cisup_reduced_pass *p, cisup_index l, cisup_index t,
                                double *buffer) {
    for (cisup_index k = 0; k < p->z; k++)
        if (p->active[k] == t) return p->own + k * p->d * p->d;
    return cisup_circuits_drawn(p->net->circuits, l, t, buffer);
}

/* The sums of layer l + 1. */
static void follow(cisup_reduced_pass *p, cisup_index l) {
    const cisup_wiring *w = p->net->wiring;
    const double share = 1.0 / (double)p->S;
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    inside_layer *from = &p->here, *to = &p->next;
    start_layer(p, l + 1, to);
    draw_own(p, l + 1);
    const cisup_places all = {cisup_wiring_part(w, l + 1), to->neuron, to->count};
    for (cisup_index k = 0; k < from->count; k++) {
        const cisup_places one = {cisup_wiring_part(w, l), from->neuron + k, 1};
        cisup_wiring_through(w, one, all, p->circuit);
        for (cisup_index n = 0; n < to->count; n++)
            if (p->circuit[n] >= 0)
                cisup_circuits_map(p->d, share,
                                   weights_of(p, l + 1, p->circuit[n], buffer),
                                   from->a + k * p->d, to->a + n * p->d);
    }
    const inside_layer swap = p->here;
    p->here = p->next;
    p->next = swap;
}

/* Sums become activations. Returns whether all sums are finite. */
static bool open_layer(cisup_reduced_pass *p, cisup_index l, cisup_mode mode) {
    const cisup_gating g = cisup_gating_of(p->net->sized, l, mode);
    const inside_layer *k = &p->here;
    memset(p->open, 0, (size_t)p->d * sizeof *p->open);
    for (cisup_index e = 0; e < k->count * p->d; e++)
        if (!isfinite(k->a[e])) return false;
    for (cisup_index n = 0; n < k->count; n++) {
        double *a = k->a + n * p->d;
        cisup_gating_apply(&g, p->d, a, 1);
        for (cisup_index i = 0; i < p->d; i++) p->open[i] += a[i] > -g.offset;
    }
    return true;
}

/* --- reading out ------------------------------------------------------------------ */

/* Adds what the k-th neuron of K^l holds to a circuit that is known to have it. */
static cisup_status add_seat(cisup_reduced_pass *p, cisup_index t, cisup_index k,
                             cisup_error *err) {
    p->known[k]++;
    return cisup_touched_add(&p->touched, t, p->here.a + k * p->d, err);
}

/* The active circuits come first. */
static cisup_status sum_active(cisup_reduced_pass *p, cisup_index l, cisup_error *err) {
    const inside_layer *in = &p->here;
    cisup_status status = CISUP_OK;
    cisup_touched_clear(&p->touched);
    memset(p->known, 0, (size_t)in->count * sizeof *p->known);
    for (cisup_index t = 0; t < p->z; t++)
        CISUP_TRY(cisup_touched_add(&p->touched, p->active[t], NULL, err));
    for (cisup_index t = 0; t < p->z; t++) {
        cisup_wiring_neurons(p->net->wiring, l, p->active[t], p->row);
        for (cisup_index s = 0; s < p->S; s++)
            CISUP_TRY(add_seat(p, p->active[t],
                               cisup_inside_find(in->neuron, in->count, p->row[s]), err));
    }
done:
    return status;
}

/* Circuits that the k-th neuron of K^l shares with later ones, unless an earlier neuron
 * has found them: then all their neurons have been added. */
static cisup_status sum_shared(cisup_reduced_pass *p, cisup_index l, cisup_index k,
                               cisup_error *err) {
    const inside_layer *in = &p->here;
    const cisup_index part = cisup_wiring_part(p->net->wiring, l);
    const cisup_index before = p->touched.count;
    const cisup_places one = {part, in->neuron + k, 1},
                       later = {part, in->neuron + k + 1, in->count - k - 1};
    cisup_status status = CISUP_OK;
    cisup_wiring_through(p->net->wiring, one, later, p->circuit);
    for (cisup_index n = 0; n < later.count; n++) {
        const cisup_index t = p->circuit[n];
        if (t < 0) continue;
        const cisup_index at = cisup_touched_find(&p->touched, t);
        if (at >= 0 && at < before) continue;
        if (at < 0) CISUP_TRY(add_seat(p, t, k, err));
        CISUP_TRY(add_seat(p, t, k + 1 + n, err));
    }
done:
    return status;
}

static cisup_status show_readouts(cisup_reduced_pass *p, cisup_index l,
                                  const cisup_open_observer *o, cisup_error *err) {
    const cisup_wiring *w = p->net->wiring;
    const cisup_index d = p->d, part = cisup_wiring_part(w, l);
    const double share = 1.0 / (double)p->S;
    cisup_index rest = w->T;
    cisup_status status;
    CISUP_TRY(sum_active(p, l, err));
    for (cisup_index k = 0; k < p->here.count; k++) CISUP_TRY(sum_shared(p, l, k, err));
    for (cisup_index k = 0; k < p->here.count; k++) {
        const cisup_index alone =
            cisup_wiring_load(w, part, p->here.neuron[k], p->room) - p->known[k];
        for (cisup_index i = 0; i < d; i++) p->est[i] = share * p->here.a[k * d + i];
        if (alone > 0) o->alike(o->context, l, alone, NULL, p->est);
        rest -= alone;
    }
    for (cisup_index k = 0; k < p->touched.count; k++) {
        const double *sum = p->touched.sum + k * d;
        for (cisup_index i = 0; i < d; i++) p->est[i] = share * sum[i];
        o->readout(o->context, l, p->touched.circuit[k], k < p->z ? k : -1, p->est);
    }
    rest -= p->touched.count;
    memset(p->est, 0, (size_t)d * sizeof *p->est);
    if (rest > 0) o->alike(o->context, l, rest, NULL, p->est);
done:
    return status;
}

/* No read-out of a lost sample is a number. */
static void show_lost(cisup_reduced_pass *p, cisup_index l,
                      const cisup_open_observer *o) {
    const cisup_index rest = p->net->wiring->T - p->z;
    o->layer(o->context, l, NULL, NULL, p->here.count);
    for (cisup_index i = 0; i < p->d; i++) p->est[i] = (double)NAN;
    for (cisup_index k = 0; k < p->z; k++)
        o->readout(o->context, l, p->active[k], k, p->est);
    if (rest > 0) o->alike(o->context, l, rest, NULL, p->est);
}

cisup_status cisup_reduced_pass_run(cisup_reduced_pass *p, const cisup_open_network *net,
                                    cisup_mode mode, const cisup_batch *batch,
                                    cisup_index lane, const cisup_open_observer *observer,
                                    cisup_error *err) {
    bool is_lost = false;
    cisup_status status = CISUP_OK;
    p->net = net;
    p->active = batch->active + lane * batch->z;
    p->z = batch->count[lane];
    embed(p, batch, lane);
    for (cisup_index l = 1; l <= batch->L; l++) {
        is_lost = is_lost || !open_layer(p, l, mode);
        if (is_lost) {
            show_lost(p, l, observer);
        } else {
            observer->layer(observer->context, l, p->open, p->wrong, p->here.count);
            CISUP_TRY(show_readouts(p, l, observer, err));
        }
        if (l < batch->L) follow(p, l);
    }
done:
    return status;
}

/* --- bounds ----------------------------------------------------------------------- */

/* With an offset of 0 the strength beyond all sums is X_l. */
cisup_status cisup_reduced_check(const cisup_network *net, const cisup_carrying *how,
                                 cisup_mode mode, cisup_index z, cisup_error *err) {
    cisup_network bound = *net;
    cisup_carrying plain = *how;
    cisup_status status;
    if (mode != CISUP_MODE_RELU || isnan(how->strength)) return CISUP_OK;
    bound.offset = bound.strength = NULL;
    plain.active = z;
    plain.offset = 0.0;
    plain.strength = (double)NAN;
    CISUP_TRY(cisup_network_gate(&bound, &plain, err));
    for (cisup_index l = 1; l <= net->circuits->L && status == CISUP_OK; l++)
        if (!(net->strength[l - 1] >= bound.strength[l - 1]))
            status = CISUP_FAIL(err, CISUP_EINVAL,
                                "the engine reduced takes neurons outside K for closed: "
                                "in layer %" PRId64
                                " the strength %.4g is below %.4g, what a sum may reach",
                                l, net->strength[l - 1], bound.strength[l - 1]);
done:
    cisup_release(bound.offset);
    cisup_release(bound.strength);
    return status;
}
