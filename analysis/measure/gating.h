/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_GATING_H
#define CISUP_ANALYSIS_GATING_H

#include <cisup/analysis/mode.h>
#include <cisup/sparse/network.h>

#include <math.h>

/* How a layer of a network that carries masks opens its data neurons. */
typedef struct {
    int carried; /* 0: the network carries none, and nothing here counts */
    int biased;  /* neuron 0 of a circuit is its mask */
    double offset, strength;
} cisup_gating;

/* Of layer l = 1..L. The masked network has the circuits' own f inside K^l, 0 outside. */
static inline cisup_gating cisup_gating_of(const cisup_network *net, cisup_index l,
                                           cisup_mode mode) {
    if (!net->offset) return (cisup_gating){0};
    cisup_gating g = {1, net->circuits->biased, net->offset[l - 1], net->strength[l - 1]};
    if (mode == CISUP_MODE_RELU) return g;
    const unsigned char *is_signed = net->circuits->is_signed;
    g.offset = is_signed && is_signed[l - 1] ? (double)INFINITY : 0.0;
    g.strength = (double)INFINITY;
    return g;
}

/* What a data neuron with the sum x holds above its offset. */
static inline double cisup_gating_pass(const cisup_gating *g, double x, int is_inside) {
    if (is_inside) return -g->offset > x ? -g->offset : x;
    return x - g->strength > 0.0 ? x - g->strength : 0.0;
}

/* a: [d] the sums of a neuron, then what it holds above its offset. */
static inline void cisup_gating_apply(const cisup_gating *g, cisup_index d, double *a,
                                      int is_inside) {
    for (cisup_index i = 0; i < d; i++)
        a[i] = g->biased && i == 0 ? (is_inside ? 1.0 : 0.0)
                                   : cisup_gating_pass(g, a[i], is_inside);
}

#endif
