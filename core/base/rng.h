/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_RNG_H
#define CISUP_CORE_RNG_H

#include <cisup/core/status.h>

#include <stdbool.h>

/* What a stream is for. The numbers are part of the meaning of a seed: a new
 * purpose gets a new number, an old one keeps its own. */
typedef enum {
    CISUP_STREAM_ALLOCATION = 1,  /* the random allocation scheme */
    CISUP_STREAM_PERMUTATION = 2, /* pi_l of a network; layer = l */
    CISUP_STREAM_CIRCUIT = 3,     /* weights; sample = circuit, layer = l or 0 */
    CISUP_STREAM_ACTIVE = 4,      /* the active set of a sample; layer = z */
    CISUP_STREAM_INPUT = 5,       /* a circuit's input; layer = circuit */
    CISUP_STREAM_TEST = 6,
    CISUP_STREAM_SEARCH = 7,  /* local search for more circuits */
    CISUP_STREAM_COLUMNS = 8, /* neurons that kappa is estimated from; layer = l */
    CISUP_STREAM_NOISE = 9,   /* of inputs; layer = circuit, or 0 of all layer 0 */
} cisup_purpose;

/* A stream of random numbers addressed by what it is for, never by what was drawn
 * before: the same address gives the same numbers in any order and on any thread.
 *
 *   Philox4x64-10, key = (seed, 0),
 *   counter = (draw, sample, network, purpose * 2^48 + layer)
 *
 * A plain value; nothing to free.
 * Source: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC11 (2011), doi:10.1145/2063384.2063405, through the Random123 library. */
typedef struct {
    uint64_t key, counter[4], word[4];
    int used; /* words of the current block already given out; 4: none left */
    bool has_normal;
    double next_normal;
} cisup_rng;

/* Opens the stream at an address. network, sample >= 0; 0 <= layer < 2^48. */
void cisup_rng_init(cisup_rng *rng, uint64_t seed, cisup_purpose purpose,
                    cisup_index network, cisup_index sample, cisup_index layer);

/* 64 random bits. */
uint64_t cisup_rng_next(cisup_rng *rng);

/* Uniform in [0, 1), a multiple of 2^-53. */
double cisup_rng_unit(cisup_rng *rng);

/* Uniform in {0, ..., n-1}, exactly; n >= 1. Source: D. Lemire, ACM TOMACS 29
 * (2019) 3, doi:10.1145/3230636. */
uint64_t cisup_rng_below(cisup_rng *rng, uint64_t n);

/* Normal(0, 1) by the method of Box and Muller. */
double cisup_rng_normal(cisup_rng *rng);

/* A point uniform on the unit sphere of R^n. x: [n], n >= 1. */
void cisup_rng_sphere(cisup_rng *rng, cisup_index n, double *x);

/* A uniform permutation of {0, ..., n-1}. out: [n]. */
void cisup_rng_permutation(cisup_rng *rng, cisup_index n, cisup_index *out);

/* z distinct numbers of {0, ..., n-1}, every set equally likely, ascending.
 * out: [z], 0 <= z <= n. Time O(z log z + moves), no memory of size n.
 * Source: R. W. Floyd in J. Bentley, "Programming pearls", CACM 30 (1987) 754,
 * doi:10.1145/30401.315746. */
void cisup_rng_subset(cisup_rng *rng, cisup_index n, cisup_index z, cisup_index *out);

#endif
