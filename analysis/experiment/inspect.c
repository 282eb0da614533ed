/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/inspect.h>
#include <cisup/analysis/pass/forward.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/readout.h>

#include <math.h>
#include <string.h>

/* A circuit that shares a neuron with the inspected one in the last layer. */
typedef struct {
    cisup_index circuit, neuron;
    double *sent; /* [d][LANES]: w_u U_u A^{l-1} */
} meeting;

/* One inspected circuit, by its number in the network. */
typedef struct {
    cisup_index t;
    meeting *meet; /* [meets], by circuit */
    cisup_index meets, room;
    double *share;  /* [meets], sums of squared shares */
    double *neuron; /* [S], the same */
    double *sent;   /* [meets][d][LANES] */
} subject;

typedef struct {
    const cisup_specimen *s;
    const cisup_batch *batch;
    cisup_mode mode;
    subject *subject; /* [count] */
    cisup_index count;
    double *y; /* [d][LANES] */
} inspection;

/* Number of circuit `number` of the experiment in the network. */
static cisup_index find(const cisup_specimen *s, cisup_index number) {
    cisup_index t = 0;
    while (cisup_specimen_number(s, t) != number) t++;
    return t;
}

static int is_in(const int32_t *row, cisup_index S, int32_t n) {
    for (cisup_index k = 0; k < S; k++)
        if (row[k] == n) return 1;
    return 0;
}

static void subjects_free(subject *all, cisup_index count) {
    for (cisup_index k = 0; all && k < count; k++) {
        cisup_release(all[k].meet);
        cisup_release(all[k].share);
        cisup_release(all[k].neuron);
        cisup_release(all[k].sent);
    }
    cisup_release(all);
}

/* Lists the meetings of circuit t in the last layer. */
static cisup_status subject_init(subject *j, const cisup_network *net, cisup_index t,
                                 cisup_error *err) {
    const cisup_index S = net->base->S, L = net->circuits->L, d = net->circuits->d;
    const int32_t *own = cisup_network_row(net, L, t);
    cisup_status status;
    *j = (subject){.t = t};
    CISUP_TRY(cisup_new(&j->neuron, S, sizeof *j->neuron, err));
    for (cisup_index u = 0; u < net->base->T; u++) {
        const int32_t *row = cisup_network_row(net, L, u);
        for (cisup_index k = 0; k < S && u != t; k++) {
            if (!is_in(own, S, row[k])) continue;
            CISUP_TRY(cisup_grow(&j->meet, &j->room, j->meets + 1, sizeof *j->meet, err));
            j->meet[j->meets++] = (meeting){.circuit = u, .neuron = row[k]};
        }
    }
    CISUP_TRY(cisup_new(&j->sent, j->meets * d * CISUP_LANES, sizeof *j->sent, err));
    CISUP_TRY(cisup_new(&j->share, j->meets, sizeof *j->share, err));
    for (cisup_index k = 0; k < j->meets; k++)
        j->meet[k].sent = j->sent + k * d * CISUP_LANES;
done:
    return status;
}

/* What each neighbour sends to the last layer, from the activations before it. a:
 * A^{L-1}; in layer 1 active circuits send their inputs. */
static void note_sent(inspection *w, subject *j, const double *a) {
    const cisup_network *net = &w->s->net;
    const cisup_index L = net->circuits->L, d = net->circuits->d;
    const cisup_readout in = {
        net->base, L > 1 ? net->row_of + (L - 2) * net->base->T : NULL, d, 0.0};
    cisup_batch_walk walk = {0};
    cisup_index k[CISUP_LANES] = {0};
    for (cisup_index m = 0, u = 0; m < j->meets; m++) {
        for (; u <= j->meet[m].circuit; u++) cisup_batch_find(w->batch, &walk, u, k);
        if (L > 1) {
            cisup_readout_circuit(&in, a, j->meet[m].circuit, w->y);
        } else {
            for (cisup_index i = 0; i < d * CISUP_LANES; i++) {
                const cisup_index lane = i % CISUP_LANES, who = k[lane];
                w->y[i] =
                    who < 0 ? 0.0
                            : cisup_batch_state(w->batch, lane, who, 0)[i / CISUP_LANES];
            }
        }
        cisup_lanes_map(d, cisup_circuits_weights(net->circuits, L, j->meet[m].circuit),
                        w->y, j->meet[m].sent);
    }
}

/* Adds the squared shares of the last layer. */
static void note_shares(inspection *w, subject *j, const double *a,
                        const unsigned char *in_active) {
    const cisup_network *net = &w->s->net;
    const cisup_index N = net->base->N, S = net->base->S, L = net->circuits->L;
    const cisup_index d = net->circuits->d;
    const int32_t *own = cisup_network_row(net, L, j->t);
    cisup_batch_walk walk = {0};
    cisup_index k[CISUP_LANES];
    for (cisup_index u = 0; u <= j->t; u++) cisup_batch_find(w->batch, &walk, u, k);
    for (cisup_index i = net->circuits->biased; i < d; i++)
        for (cisup_index lane = 0; lane < w->batch->used; lane++) {
            const double *block = a + i * N * CISUP_LANES + lane;
            const unsigned char *inside = in_active + lane;
            for (cisup_index m = 0; m < j->meets; m++) {
                const cisup_index n = j->meet[m].neuron * CISUP_LANES;
                const double sent = j->meet[m].sent[i * CISUP_LANES + lane] / (double)S;
                if (net->cycle ? inside[n]
                               : cisup_mode_passes(w->mode, block[n], inside[n]))
                    j->share[m] += sent * sent;
            }
            const double state =
                k[lane] < 0 ? 0.0 : cisup_batch_state(w->batch, lane, k[lane], L)[i];
            for (cisup_index s = 0; s < S; s++) {
                const double share = (block[own[s] * CISUP_LANES] - state) / (double)S;
                j->neuron[s] += share * share;
            }
        }
}

static void on_layer(void *context, cisup_index l, const double *a,
                     const unsigned char *in_active) {
    inspection *w = context;
    const cisup_index L = w->s->net.circuits->L;
    for (cisup_index j = 0; j < w->count; j++) {
        if (l == L - 1) note_sent(w, &w->subject[j], a);
        if (l == L) note_shares(w, &w->subject[j], a, in_active);
    }
}

/* The place that a share gets in a list of the CISUP_CULPRITS largest, those behind it
 * moved on by the caller; CISUP_CULPRITS: none. NaN counts as the largest. */
static cisup_index place(double share, const double *list, cisup_index count) {
    cisup_index at = count;
    while (at > 0 && (isnan(share) ? !isnan(list[at - 1]) : share > list[at - 1])) at--;
    return at;
}

/* Picks the largest of n shares: their numbers in pick[], as many as returned; of equal
 * ones the first. */
static cisup_index pick_largest(const double *share, cisup_index n,
                                cisup_index pick[CISUP_CULPRITS]) {
    double kept[CISUP_CULPRITS + 1];
    cisup_index who[CISUP_CULPRITS + 1], count = 0;
    for (cisup_index k = 0; k < n; k++) {
        const cisup_index at = place(share[k], kept, count);
        if (at == CISUP_CULPRITS) continue;
        for (cisup_index m = count; m > at; m--) {
            kept[m] = kept[m - 1];
            who[m] = who[m - 1];
        }
        kept[at] = share[k];
        who[at] = k;
        if (count < CISUP_CULPRITS) count++;
    }
    for (cisup_index k = 0; k < count; k++) pick[k] = who[k];
    return count;
}

static void conclude(const inspection *w, const subject *j, cisup_index inputs,
                     cisup_culprit *c) {
    const cisup_network *net = &w->s->net;
    const int32_t *own = cisup_network_row(net, net->circuits->L, j->t);
    cisup_index pick[CISUP_CULPRITS];
    c->neurons = pick_largest(j->neuron, net->base->S, pick);
    for (cisup_index k = 0; k < c->neurons; k++)
        c->neuron[k] =
            (cisup_disturbed){own[pick[k]], j->neuron[pick[k]] / (double)inputs};
    c->neighbours = pick_largest(j->share, j->meets, pick);
    for (cisup_index k = 0; k < c->neighbours; k++) {
        const meeting *m = &j->meet[pick[k]];
        c->neighbour[k] =
            (cisup_neighbour){cisup_specimen_number(w->s, m->circuit), m->neuron,
                              j->share[pick[k]] / (double)inputs};
    }
}

static void run_samples(inspection *w, const cisup_experiment *x, cisup_index network,
                        cisup_forward *f, cisup_batch *batch) {
    const cisup_observer observer = {w, on_layer, NULL};
    for (cisup_index first = 0; first < x->inputs; first += CISUP_LANES) {
        const cisup_index left = x->inputs - first;
        cisup_batch_draw(batch, w->s->net.circuits, x->seed, network, first,
                         left < CISUP_LANES ? left : CISUP_LANES);
        cisup_forward_run(f, &w->s->net, x->mode, batch, &observer);
    }
}

cisup_status cisup_inspect(const cisup_specimen *s, const cisup_experiment *x,
                           cisup_index z, cisup_culprit *culprit, cisup_index count,
                           cisup_error *err) {
    const cisup_circuits *c = s->net.circuits;
    cisup_forward f = {0};
    cisup_batch batch = {0};
    inspection w = {.s = s, .batch = &batch, .mode = x->mode, .count = count};
    cisup_status status;
    CISUP_TRY(cisup_forward_init(&f, &s->net, err));
    CISUP_TRY(cisup_batch_init(&batch, z, c, err));
    batch.sets = x->active;
    CISUP_TRY(cisup_new(&w.y, c->d * CISUP_LANES, sizeof *w.y, err));
    CISUP_TRY(cisup_new(&w.subject, count, sizeof *w.subject, err));
    for (cisup_index k = 0; k < count; k++)
        CISUP_TRY(
            subject_init(&w.subject[k], &s->net, find(s, culprit[k].who.circuit), err));
    run_samples(&w, x, culprit[0].who.network, &f, &batch);
    for (cisup_index k = 0; k < count; k++)
        conclude(&w, &w.subject[k], x->inputs, &culprit[k]);
done:
    cisup_release(w.y);
    subjects_free(w.subject, count);
    cisup_forward_free(&f);
    cisup_batch_free(&batch);
    return status;
}
