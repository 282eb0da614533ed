/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERLAP_PARTITION_H
#define CISUP_CORE_OVERLAP_PARTITION_H

#include <cisup/core/overlap/overlap_parts.h>

#include <stddef.h>

/* Partitioned marking; for core/overlap/overlap_partition.c and its two forms of keys
 * alone.
 *
 * Neurons are split into buckets of 2^shift neighbours. A pair n < m becomes a key in the
 * bucket of n; a row writes its keys as runs, one for each of its neurons. Then every
 * bucket is marked in one loop, in marks that stay in a core's cache. */

typedef struct cisup_key_form cisup_key_form;

/* One thread's share. */
typedef struct {
    cisup_index first, last; /* its rows, last excluded */
    int32_t *chunk;          /* [step*S + run] rows worked on */
    uint16_t *picked;        /* narrow, as long: places in the chunk */
    uint32_t *load;          /* wide: [N] */
    cisup_index *count;      /* [buckets] keys its rows have in each bucket */
    cisup_index *at;         /* [buckets] where its next key goes in this round */
    uint64_t *marks;         /* [mark_words], zero between buckets */
    cisup_pairs repeat;
    cisup_status status;
    cisup_error err;
} cisup_share;

typedef struct {
    const cisup_rows *rows;
    const cisup_key_form *form;
    cisup_index keep; /* pairs met twice that are kept */
    cisup_vigil *vigil;
    double places;    /* that all buckets take */
    double part;      /* of the check: the round */
    cisup_index step; /* rows of a chunk */
    int shift;
    cisup_index buckets, mark_words;
    int threads;
    cisup_share *share; /* [threads] */
    uint16_t *tail;     /* narrow: [step*S] larger neurons behind each place of a chunk */
    uint16_t *has_tail; /* narrow: [step*S/16 + 1], a bit for each place */
    void *key;          /* [room] keys of form->key_bytes */
    cisup_index room;
} cisup_partition;

/* What differs between keys of 16 and of 32 bits. */
struct cisup_key_form {
    size_t key_bytes;
    cisup_index run; /* keys that are written at a time: so much room behind each place */
    cisup_index beyond;      /* slots that `write` reads behind its rows */
    cisup_index chunk_slots; /* slots worked on at a time, if a row has no more */

    /* Adds to x->count what rows slot[0 .. count*S-1] have. */
    void (*count)(const cisup_partition *p, cisup_share *x, const int32_t *slot,
                  cisup_index count);
    /* After all: adds the loads of x to load[N], leaves the keys alone in x->count. */
    void (*settle)(const cisup_partition *p, cisup_share *x, cisup_index *load);
    /* Writes the keys of buckets b0..b1-1. */
    void (*write)(const cisup_partition *p, cisup_share *x, const int32_t *slot,
                  cisup_index count, cisup_index b0, cisup_index b1);
    /* Whether bucket b has a key twice. Leaves the marks zero. */
    bool (*is_met_twice)(const cisup_partition *p, cisup_share *x, cisup_index b);
};

/* The key of pair n < m is (n mod 2^shift) N + m, in narrow keys m. */
extern const cisup_key_form cisup_narrow_keys; /* 16 bits; a neuron a bucket */
extern const cisup_key_form cisup_wide_keys;   /* 32 bits */

/* Whether keys of 16 bits can hold the neurons, 31 bits count a neuron's pairs, and there
 * are enough of them to be worth a bucket for each neuron: measured. */
static inline bool cisup_keys_are_narrow(const cisup_rows *rows) {
    const double slots = (double)rows->T * (double)rows->S;
    return rows->N <= 1 << 16 && slots < (double)INT32_MAX &&
           slots >= 4.0 * (double)rows->N;
}

#endif
