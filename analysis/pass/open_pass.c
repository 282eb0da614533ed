/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open neurons m of a layer are followed to the circuits through them, one list for the
 * layer; these, in chunks, add w_t A_m/S to their neurons in the next layer. The common
 * part of capped weights counts once for each pair (n, m): a serial number stamped on n
 * tells whether m has reached it already. What capped, balanced and split weights give
 * to all neurons alike is one vector, the background; but for balanced weights it is
 * known before anything is added, and then only neurons whose sum rises above it are
 * looked at again. */
#include <cisup/analysis/pass/open_parts.h>

#include <cisup/analysis/pass/inside.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

void cisup_open_pass_free(cisup_open_pass *p) {
    if (!p) return;
    cisup_reached_free(&p->next);
    cisup_release(p->open.at);
    cisup_release(p->open.a);
    cisup_release(p->open.once);
    cisup_release(p->open.shift);
    cisup_release(p->open.start);
    cisup_release(p->inside);
    cisup_visits_free(&p->visits);
    cisup_touched_free(&p->touched);
    for (int k = 0; k < 2; k++) {
        cisup_release(p->chunk[k].neuron);
        cisup_release(p->chunk[k].image);
    }
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
    for (int k = 0; k < 2; k++) {
        cisup_open_chunk *c = &p->chunk[k];
        CISUP_TRY(cisup_new(&c->neuron, CISUP_OPEN_CHUNK * p->S, sizeof *c->neuron, err));
        CISUP_TRY(cisup_new(&c->image, CISUP_OPEN_CHUNK * d, sizeof *c->image, err));
    }
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
    (*p)->N = net->wiring->N;
    (*p)->S = net->wiring->S;
    (*p)->d = net->circuits->d;
    status = reserve(*p, z, net->is_single != 0, err);
    if (status == CISUP_OK) return CISUP_OK;
    cisup_open_pass_free(*p);
    *p = NULL;
    return status;
}

/* --- reading out ----------------------------------------------------------------- */

/* Circuits visited more than once are summed up in the table. The others of each neuron
 * are moved to the front of its list, and alone[k] of them are left. */
static cisup_status sum_visits(cisup_open_pass *p, const cisup_batch *batch,
                               cisup_index lane) {
    cisup_visits *v = &p->visits;
    cisup_status status = CISUP_OK;
    cisup_touched_clear(&p->touched);
    for (cisup_index k = 0; k < batch->count[lane]; k++) /* active circuits come first */
        CISUP_TRY(cisup_touched_add(&p->touched, batch->active[lane * batch->z + k], NULL,
                                    p->err));
    CISUP_TRY(cisup_visits_meet(v, &p->touched, p->err));
done:
    return status;
}

/* The circuits of the k-th open neuron that no other visits, moved to the front of its
 * list: how many. The others get their sums. */
static cisup_status split_visits(cisup_open_pass *p, cisup_index k, cisup_index *alone) {
    cisup_index *list = p->visits.circuit + p->open.start[k];
    const cisup_index count = p->open.start[k + 1] - p->open.start[k];
    cisup_status status = CISUP_OK;
    *alone = 0;
    for (cisup_index e = 0; e < count; e++) {
        const cisup_index t = list[e];
        if (cisup_visits_is_often(&p->visits, t) &&
            cisup_touched_find(&p->touched, t) >= 0)
            CISUP_TRY(cisup_touched_add(&p->touched, t, p->open.a + k * p->d, p->err));
        else
            list[(*alone)++] = t;
    }
done:
    return status;
}

static cisup_status show_readouts(cisup_open_pass *p, const cisup_open_step *s,
                                  const cisup_batch *batch, cisup_index lane,
                                  const cisup_open_observer *o) {
    const cisup_index d = p->d;
    double *est = p->work, *total = p->work + d;
    const double own = 1.0 / (double)p->S + s->center;
    cisup_index rest = s->net->wiring->T;
    cisup_status status;
    cisup_open_total(p, total);
    CISUP_TRY(sum_visits(p, batch, lane));
    for (cisup_index k = 0; k < p->open.count; k++) {
        const double *a = p->open.a + k * d;
        cisup_index alone;
        CISUP_TRY(split_visits(p, k, &alone));
        for (cisup_index i = 0; i < d; i++) est[i] = own * a[i] - s->center * total[i];
        if (alone > 0)
            o->alike(o->context, s->l, alone, p->visits.circuit + p->open.start[k], est);
        rest -= alone;
    }
    for (cisup_index k = 0; k < p->touched.count; k++) {
        const double *sum = p->touched.sum + k * d;
        for (cisup_index i = 0; i < d; i++) est[i] = own * sum[i] - s->center * total[i];
        o->readout(o->context, s->l, p->touched.circuit[k],
                   k < batch->count[lane] ? k : -1, est);
    }
    rest -= p->touched.count;
    for (cisup_index i = 0; i < d; i++) est[i] = -s->center * total[i];
    if (rest > 0) o->alike(o->context, s->l, rest, NULL, est);
done:
    return status;
}

/* --- opening a layer ------------------------------------------------------------- */

static bool is_inside(const cisup_open_pass *p, int32_t n) {
    return cisup_inside_find(p->inside, p->inside_count, n) >= 0;
}

/* What a neuron makes of its sum. */
static double activation(cisup_mode mode, double x) {
    if (mode == CISUP_MODE_RELU || mode == CISUP_MODE_MASKED_RELU)
        return x > 0.0 ? x : 0.0;
    return x;
}

/* What a layer makes of its sums. */
typedef struct {
    cisup_mode mode;
    const double *level; /* [d], what every neuron gets */
    cisup_gating gating;
} opening;

/* a: [d] sums, then activations, above the offset where masks are carried. Returns
 * whether some are not 0. */
static bool activate(const cisup_open_pass *p, const opening *o, int32_t n, double *a) {
    const cisup_gating *g = &o->gating;
    bool is_open = false;
    if (g->carried) cisup_gating_apply(g, p->d, a, is_inside(p, n));
    for (cisup_index i = 0; i < p->d; i++) {
        if (!g->carried) a[i] = activation(o->mode, a[i]);
        is_open |= a[i] != 0.0;
    }
    return is_open;
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

static void count_open(cisup_open_pass *p, const opening *o, int32_t n, const double *a) {
    const bool inside = is_inside(p, n);
    const double closed = o->gating.carried && inside ? -o->gating.offset : 0.0;
    for (cisup_index i = 0; i < p->d; i++) {
        p->open_count[i] += a[i] > closed;
        p->wrong_count[i] += a[i] > closed && !inside;
    }
}

/* Opens neurons n = at[0], at[1], ... (at NULL: 0, 1, ...) of which some number is not
 * 0 once activated. */
static cisup_status open_neurons(cisup_open_pass *p, const opening *o, const int32_t *at,
                                 cisup_index count) {
    enum { AHEAD = 24 };
    const cisup_index d = p->d;
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < count; k++) {
        const int32_t n = at ? at[k] : (int32_t)k;
        if (at && k + AHEAD < count) cisup_reached_prefetch(&p->next, at[k + AHEAD]);
        double *a = p->open.a + p->open.count * d;
        cisup_reached_get(&p->next, n, o->level, a);
        const bool is_open = activate(p, o, n, a);
        if (is_open || o->gating.carried) count_open(p, o, n, a);
        if (!is_open) continue;
        p->open.at[p->open.count++] = n;
        CISUP_TRY(list_room(p));
    }
done:
    return status;
}

/* K^l, and the neurons outside whose sums are above the strength. Those of K^l that have
 * to do with a breach are opened, and counted, once. */
static cisup_status open_carried(cisup_open_pass *p, const opening *o) {
    cisup_index outside = 0;
    cisup_status status;
    for (cisup_index k = 0; k < p->next.count; k++)
        if (!is_inside(p, p->next.list[k])) p->next.list[outside++] = p->next.list[k];
    CISUP_TRY(open_neurons(p, o, p->inside, p->inside_count));
    CISUP_TRY(open_neurons(p, o, p->next.list, outside));
done:
    return status;
}

/* The activations of layer l from the sums in y. Neurons that nothing reached are
 * looked at only if what all get opens them. */
static cisup_status open_layer(cisup_open_pass *p, const cisup_open_network *net,
                               cisup_mode mode, cisup_index l) {
    const double *bias = cisup_circuits_bias(net->circuits, l);
    double *level = p->work;
    opening o = {.mode = mode, .level = level};
    bool rest_is_closed = true;
    cisup_status status;
    if (net->sized) o.gating = cisup_gating_of(net->sized, l, mode);
    p->open.count = 0;
    memset(p->open_count, 0, (size_t)p->d * sizeof *p->open_count);
    memset(p->wrong_count, 0, (size_t)p->d * sizeof *p->wrong_count);
    CISUP_TRY(list_room(p));
    for (cisup_index i = 0; i < p->d; i++) {
        level[i] = bias[i] + p->background[i];
        rest_is_closed = rest_is_closed && activation(mode, level[i]) == 0.0;
    }
    p->is_lost = !cisup_reached_is_finite(&p->next, level);
    if (p->is_lost) goto done;
    if (o.gating.carried) return open_carried(p, &o);
    if (mode == CISUP_MODE_MASKED_LINEAR || mode == CISUP_MODE_MASKED_RELU)
        return open_neurons(p, &o, p->inside, p->inside_count);
    if (rest_is_closed) return open_neurons(p, &o, p->next.list, p->next.count);
    return open_neurons(p, &o, NULL, p->N);
done:
    return status;
}

/* A lost sample has no read-out that is a number: the active circuits', all others'. */
static void show_lost(cisup_open_pass *p, const cisup_open_network *net, cisup_index l,
                      const cisup_batch *batch, cisup_index lane,
                      const cisup_open_observer *o) {
    const cisup_index rest = net->wiring->T - batch->count[lane];
    double *est = p->work;
    o->layer(o->context, l, NULL, NULL, p->inside_count);
    for (cisup_index i = 0; i < p->d; i++) est[i] = (double)NAN;
    for (cisup_index k = 0; k < batch->count[lane]; k++)
        o->readout(o->context, l, batch->active[lane * batch->z + k], k, est);
    if (rest > 0) o->alike(o->context, l, rest, NULL, est);
}

/* (6.1): the active circuits put w_t^1 a_t^0 into their neurons. */
static cisup_status embed(cisup_open_pass *p, const cisup_open_network *net,
                          cisup_mode mode, const cisup_batch *batch, cisup_index lane) {
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    cisup_open_chunk *c = &p->chunk[0];
    cisup_status status = CISUP_OK;
    cisup_open_start(p, batch->count[lane]);
    cisup_open_need(p, net, mode, 1, true);
    c->count = 1;
    for (cisup_index k = 0; k < batch->count[lane]; k++) {
        const cisup_index t = batch->active[lane * batch->z + k];
        memset(c->image, 0, (size_t)p->d * sizeof *c->image);
        cisup_circuits_map(p->d, 1.0, cisup_circuits_drawn(net->circuits, 1, t, buffer),
                           cisup_batch_state(batch, lane, k, 0), c->image);
        cisup_wiring_neurons(net->wiring, 1, t, c->neuron);
        c->sender[0] = (int32_t)k;
        CISUP_TRY(cisup_open_add(p, c, NULL));
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
    p->is_lost = false;
    CISUP_TRY(embed(p, net, mode, batch, lane));
    for (cisup_index l = 1; l <= batch->L; l++) {
        const cisup_open_step s = cisup_open_step_of(net, l);
        p->inside_count =
            cisup_inside_list(net->wiring, l, batch->active + lane * batch->z,
                              batch->count[lane], p->inside);
        if (!p->is_lost) CISUP_TRY(open_layer(p, net, mode, l));
        if (p->is_lost) {
            show_lost(p, net, l, batch, lane, observer);
            continue;
        }
        observer->layer(observer->context, l, p->open_count, p->wrong_count,
                        p->inside_count);
        CISUP_TRY(cisup_open_follow(p, &s, mode));
        CISUP_TRY(show_readouts(p, &s, batch, lane, observer));
    }
done:
    return status;
}
