/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_OPEN_PARTS_H
#define CISUP_ANALYSIS_OPEN_PARTS_H

#include <cisup/analysis/measure/gating.h>
#include <cisup/analysis/pass/open_pass.h>
#include <cisup/analysis/pass/reached.h>
#include <cisup/analysis/pass/visits.h>

#include <stdbool.h>
#include <string.h>

/* What open_pass.c, which opens layers and reads them out, and open_follow.c, which
 * follows them to the next, have in common. */

/* Circuits whose neurons are fetched before they are added to. */
enum { CISUP_OPEN_CHUNK = 16 };

/* Neurons with what they hold, d numbers each, and where their visits start. */
typedef struct {
    int32_t *at;
    double *a;            /* [count][d] */
    double *once, *shift; /* [count][d], see prepare_senders */
    cisup_index *start;   /* [count+1] among the layer's visits */
    cisup_index count, room, a_room, once_room, shift_room, start_room;
} cisup_open_neurons;

/* What some circuits send; one chunk is fetched while the other is added. */
typedef struct {
    cisup_index count;
    int32_t *neuron; /* [CISUP_OPEN_CHUNK][S] */
    int32_t sender[CISUP_OPEN_CHUNK];
    double *image; /* [CISUP_OPEN_CHUNK][d] */
} cisup_open_chunk;

struct cisup_open_pass {
    cisup_index N, S, d;
    cisup_reached next;      /* the sums of the layer after that */
    cisup_open_neurons open; /* of the layer now followed */
    int32_t *inside;         /* K^l, increasing */
    cisup_index inside_count;
    cisup_visits visits;   /* of the layer now followed */
    cisup_touched touched; /* its read-outs: active circuits, those visited often */
    cisup_open_chunk chunk[2];
    double *background;                    /* [d] */
    double *work;                          /* [2][d] */
    cisup_index *open_count, *wrong_count; /* [d] */
    bool is_lost; /* some sum of this layer or one before is not finite */
    cisup_error *err;
};

/* The layer that is followed and what its weights do. */
typedef struct {
    const cisup_open_network *net;
    cisup_index l; /* the layer that is read; l+1 is added to unless l = L */
    double own;    /* factor of w_t on the circuit's neurons */
    double common; /* of wbar on the same, once a pair if `capped` */
    double center; /* c */
    bool is_last, is_capped;
} cisup_open_step;

/* Reads layer l of a network. */
cisup_open_step cisup_open_step_of(const cisup_open_network *net, cisup_index l);

/* Starts the sums of layer l, to which `senders` add, with an empty background. */
void cisup_open_start(cisup_open_pass *p, cisup_index senders);

/* What neurons of layer l need to open, given the background if it is known. */
void cisup_open_need(cisup_open_pass *p, const cisup_open_network *net, cisup_mode mode,
                     cisup_index l, bool is_known);

/* Adds what some circuits send; once: cisup_reached_add. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_open_add(cisup_open_pass *p,
                                             const cisup_open_chunk *c,
                                             const double *once);

/* Lists the circuits of the open neurons and leaves the sums of the next layer. Errors:
 * ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_open_follow(cisup_open_pass *p,
                                                const cisup_open_step *s,
                                                cisup_mode mode);

/* The sum of all activations. */
static inline void cisup_open_total(const cisup_open_pass *p, double *total) {
    memset(total, 0, (size_t)p->d * sizeof *total);
    for (cisup_index k = 0; k < p->open.count; k++)
        for (cisup_index i = 0; i < p->d; i++) total[i] += p->open.a[k * p->d + i];
}

#endif
