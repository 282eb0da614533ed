/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/open_parts.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/transition.h>

#include <math.h>

cisup_open_step cisup_open_step_of(const cisup_open_network *net, cisup_index l) {
    const cisup_wiring *x = net->wiring;
    const double S = (double)x->S;
    cisup_open_step s = {
        .net = net, .l = l, .own = 1.0 / S, .is_last = l == net->circuits->L};
    s.center = cisup_center(x->N, x->S, x->T, &net->weights);
    s.is_capped = net->weights.scheme == CISUP_WEIGHTS_CAPPED;
    if (net->weights.scheme == CISUP_WEIGHTS_BALANCED) s.own += s.center;
    if (net->weights.scheme == CISUP_WEIGHTS_SPLIT) s.common = s.center;
    if (s.is_capped && !s.is_last) s.common = (1.0 + net->kappa[l - 1]) / S;
    return s;
}

/* Lists the rows through neuron n of layer l. */
static cisup_status list_rows(cisup_open_pass *p, const cisup_wiring *w, cisup_index l,
                              int32_t n) {
    cisup_visits *v = &p->visits;
    cisup_status status = CISUP_OK;
    if (w->cycle) {
        CISUP_TRY(cisup_visits_reserve(v, w->cycle->most, p->err));
        v->count += cisup_cycle_circuits(w->cycle, cisup_wiring_part(w, l), n,
                                         v->circuit + v->count);
        goto done;
    }
    cisup_through c = cisup_incidence_through(w->base, n);
    for (cisup_index r; (r = cisup_through_next(&c)) >= 0;) {
        if (v->count == v->room) CISUP_TRY(cisup_visits_reserve(v, 1, p->err));
        v->circuit[v->count++] = r;
    }
done:
    return status;
}

/* Lists the circuits through the open neurons, neuron by neuron. */
static cisup_status list_visits(cisup_open_pass *p, const cisup_open_step *s) {
    const cisup_wiring *wiring = s->net->wiring;
    cisup_visits *v = &p->visits;
    cisup_status status;
    cisup_visits_clear(v);
    CISUP_TRY(cisup_grow(&p->open.start, &p->open.start_room, p->open.count + 1,
                         sizeof *p->open.start, p->err));
    for (cisup_index k = 0; k < p->open.count; k++) {
        const cisup_index start = p->open.start[k] = v->count;
        CISUP_TRY(list_rows(p, wiring, s->l, p->open.at[k]));
        cisup_index *list = v->circuit + start, kept = 0;
        const cisup_index rows = v->count - start;
        cisup_wiring_circuits_of(wiring, s->l, rows, list, list);
        for (cisup_index r = 0; r < rows; r++)
            if (list[r] >= 0) list[kept++] = list[r]; /* rows may have no circuit */
        v->count = start + kept;
    }
    p->open.start[p->open.count] = v->count;
done:
    return status;
}

/* What an open neuron gives alike to all that its circuits reach: `once` to each
 * neuron, `shift` for every circuit; and to all neurons, the background. */
static cisup_status prepare_senders(cisup_open_pass *p, const cisup_open_step *s) {
    const cisup_index d = p->d, count = p->open.count * d;
    const double *wbar = cisup_circuits_common(s->net->circuits, s->l + 1);
    const bool is_split = s->net->weights.scheme == CISUP_WEIGHTS_SPLIT;
    double *total = p->work;
    cisup_status status;
    cisup_open_neurons *open = &p->open;
    CISUP_TRY(
        cisup_grow(&open->once, &open->once_room, count + 1, sizeof(double), p->err));
    CISUP_TRY(
        cisup_grow(&open->shift, &open->shift_room, count + 1, sizeof(double), p->err));
    memset(open->once, 0, (size_t)count * sizeof *open->once);
    memset(open->shift, 0, (size_t)count * sizeof *open->shift);
    for (cisup_index k = 0; k < open->count && (s->is_capped || is_split); k++) {
        const double *a = open->a + k * d,
                     load = (double)(open->start[k + 1] - open->start[k]);
        if (s->is_capped) cisup_circuits_map(d, s->common, wbar, a, open->once + k * d);
        cisup_circuits_map(d, s->is_capped ? -s->own : s->common, wbar, a,
                           open->shift + k * d);
        if (is_split) cisup_circuits_map(d, -s->center * load, wbar, a, p->background);
    }
    if (!s->is_capped) goto done;
    cisup_open_total(p, total);
    cisup_circuits_map(d, -s->net->kappa[s->l - 1] / (double)p->S, wbar, total,
                       p->background);
done:
    return status;
}

/* What neurons of layer l need to open, given the background: see cisup_reached. */
void cisup_open_need(cisup_open_pass *p, const cisup_open_network *net, cisup_mode mode,
                     cisup_index l, bool is_known) {
    const double *bias = cisup_circuits_bias(net->circuits, l);
    const bool is_masked =
        mode == CISUP_MODE_MASKED_LINEAR || mode == CISUP_MODE_MASKED_RELU;
    for (cisup_index i = 0; i < p->d; i++) {
        if (is_masked)
            p->next.need[i] = (double)INFINITY; /* K^l is looked at, nothing else */
        else if (net->sized)                    /* K^l is looked at in any case */
            p->next.need[i] = cisup_gating_of(net->sized, l, mode).strength;
        else if (mode == CISUP_MODE_RELU && is_known)
            p->next.need[i] = -(bias[i] + p->background[i]);
    }
}

/* out = factor w a + shift. */
static inline __attribute__((always_inline)) void
image_of(cisup_index d, double factor, const double *w, const double *a,
         const double *shift, double *out) {
    for (cisup_index i = 0; i < d; i++) {
        double sum = 0.0;
        for (cisup_index j = 0; j < d; j++) sum += w[i * d + j] * a[j];
        out[i] = factor * sum + shift[i];
    }
}

/* The circuits from visit `at` on, senders counted from *sender. */
static void fill_chunk(cisup_open_pass *p, const cisup_open_step *s, cisup_index at,
                       cisup_index *sender, cisup_open_chunk *c) {
    const cisup_index d = p->d, *t = p->visits.circuit + at;
    const bool is_balanced = s->net->weights.scheme == CISUP_WEIGHTS_BALANCED;
    double buffer[CISUP_COMPUTED_WIDTH * CISUP_COMPUTED_WIDTH];
    cisup_index row[CISUP_OPEN_CHUNK];
    c->count =
        p->visits.count - at < CISUP_OPEN_CHUNK ? p->visits.count - at : CISUP_OPEN_CHUNK;
    cisup_wiring_rows_of(s->net->wiring, s->l + 1, c->count, t, row);
    for (cisup_index k = 0; k < c->count; k++) {
        int32_t *neuron = c->neuron + k * p->S;
        cisup_wiring_row(s->net->wiring, s->l + 1, row[k], neuron);
        for (cisup_index n = 0; n < p->S; n++)
            cisup_reached_prefetch(&p->next, neuron[n]);
    }
    for (cisup_index k = 0; k < c->count; k++) {
        while (p->open.start[*sender + 1] <= at + k) ++*sender;
        const double *a = p->open.a + *sender * d, *shift = p->open.shift + *sender * d;
        const double *w = cisup_circuits_drawn(s->net->circuits, s->l + 1, t[k], buffer);
        c->sender[k] = (int32_t)*sender;
        if (d == 4)
            image_of(4, s->own, w, a, shift, c->image + k * 4);
        else if (d == 2)
            image_of(2, s->own, w, a, shift, c->image + k * 2);
        else
            image_of(d, s->own, w, a, shift, c->image + k * d);
        if (is_balanced) cisup_circuits_map(d, -s->center, w, a, p->background);
    }
}

cisup_status cisup_open_add(cisup_open_pass *p, const cisup_open_chunk *c,
                            const double *once) {
    const cisup_rows_sent rows = {c->count, c->neuron, c->sender, c->image};
    return cisup_reached_add(&p->next, &rows, once, p->err);
}

/* Adds what all visited circuits send. */
static cisup_status send_visits(cisup_open_pass *p, const cisup_open_step *s) {
    const double *once = s->is_capped ? p->open.once : NULL;
    cisup_index sender = 0, turn = 0;
    cisup_status status = CISUP_OK;
    p->chunk[1].count = 0;
    for (cisup_index at = 0; at < p->visits.count; at += CISUP_OPEN_CHUNK, turn ^= 1) {
        fill_chunk(p, s, at, &sender, &p->chunk[turn]);
        CISUP_TRY(cisup_open_add(p, &p->chunk[turn ^ 1], once));
    }
    CISUP_TRY(cisup_open_add(p, &p->chunk[turn ^ 1], once));
done:
    return status;
}

void cisup_open_start(cisup_open_pass *p, cisup_index senders) {
    cisup_reached_start(&p->next, senders);
    memset(p->background, 0, (size_t)p->d * sizeof *p->background);
}

/* Lists the circuits of layer l and leaves the sums of the next one. */
cisup_status cisup_open_follow(cisup_open_pass *p, const cisup_open_step *s,
                               cisup_mode mode) {
    cisup_status status;
    cisup_open_start(p, p->open.count);
    CISUP_TRY(list_visits(p, s));
    if (s->is_last) goto done;
    CISUP_TRY(prepare_senders(p, s));
    cisup_open_need(p, s->net, mode, s->l + 1,
                    s->net->weights.scheme != CISUP_WEIGHTS_BALANCED);
    CISUP_TRY(send_visits(p, s));
done:
    return status;
}
