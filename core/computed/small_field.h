/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SMALL_FIELD_H
#define CISUP_CORE_SMALL_FIELD_H

#include <cisup/core/status.h>

/* A finite field as far as lines y = a + x b with few slopes' factors x need it: sums
 * of any two elements and products of any element with one of the elements 0..most.
 *
 *   GF(p^e) = GF(p)[u]/f(u), element v <-> the polynomial of v's digits in base p
 *
 * An element has two forms: plain, 0..q-1, and packed, digit j in the bits
 * [j lane, (j+1) lane), where all digits are added in one go. Plain elements are
 * translated and multiplied by tables, one for every chunk of h digits, p^h <= 128 or
 * h = 1; the tables take (most+1) p^h e/h words. Owns its tables. Start from {0}. */
enum { CISUP_MOST_CHUNKS = 8 };

typedef struct {
    int32_t p, e, q;  /* q = p^e */
    int32_t most;     /* largest multiplier */
    int lane;         /* bits of a packed digit; 1 for p = 2 */
    int h, chunks;    /* digits a chunk, chunks an element */
    uint32_t chunk;   /* p^h */
    uint64_t ones;    /* 1 in every lane */
    uint64_t *packed; /* [p^h]: plain chunk -> packed */
    uint16_t *plain;  /* [2^(h lane)]: packed chunk -> plain */
    uint64_t *times;  /* [most+1][chunks][p^h]: products, packed */
} cisup_small_field;

/* Makes GF(p^e) for products with 0..most.
 *
 *   f     uninitialised on entry, empty after a failure
 *   p     a prime (not tested), p^e < 2^31, 1 <= most < p^e
 *
 * f(u) is FLINT's, Conway's polynomial where it is known. Time O(most e p^h). Errors:
 * EINVAL (sizes); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_small_field_init(cisup_small_field *f, int32_t p,
                                                     int32_t e, int32_t most,
                                                     cisup_error *err);
void cisup_small_field_free(cisup_small_field *f);

/* The digits of a packed sum before reduction, 0..2p-1 each -> 0..p-1. */
static inline uint64_t cisup_small_field_reduce(const cisup_small_field *f, uint64_t s) {
    const uint64_t p = (uint64_t)f->p, top = UINT64_C(1) << (f->lane - 1);
    const uint64_t over = (s + f->ones * (top - p)) & (f->ones * top);
    return s - (over >> (f->lane - 1)) * p;
}

/* Packed a + b and a - b. O(1). */
static inline uint64_t cisup_small_field_add(const cisup_small_field *f, uint64_t a,
                                             uint64_t b) {
    return f->p == 2 ? a ^ b : cisup_small_field_reduce(f, a + b);
}

static inline uint64_t cisup_small_field_subtract(const cisup_small_field *f, uint64_t a,
                                                  uint64_t b) {
    if (f->p == 2) return a ^ b;
    return cisup_small_field_reduce(f, a + f->ones * (uint64_t)f->p - b);
}

/* The chunks of a plain element. part: [chunks]. */
static inline void cisup_small_field_split(const cisup_small_field *f, uint32_t v,
                                           uint32_t *part) {
    for (int c = 0; c < f->chunks; c++, v /= f->chunk) part[c] = v % f->chunk;
}

/* Packed form of the element with these chunks. */
static inline uint64_t cisup_small_field_pack(const cisup_small_field *f,
                                              const uint32_t *part) {
    uint64_t w = 0;
    for (int c = 0; c < f->chunks; c++) w |= f->packed[part[c]] << (c * f->h * f->lane);
    return w;
}

/* Packed x v for 0 <= x <= most and the element v with these chunks. */
static inline uint64_t cisup_small_field_times(const cisup_small_field *f, int64_t x,
                                               const uint32_t *part) {
    const uint64_t *row = f->times + x * f->chunks * (int64_t)f->chunk;
    uint64_t w = row[part[0]];
    for (int c = 1; c < f->chunks; c++)
        w = cisup_small_field_add(f, w, row[c * (int64_t)f->chunk + part[c]]);
    return w;
}

/* Plain form of a packed element. */
static inline uint32_t cisup_small_field_unpack(const cisup_small_field *f, uint64_t w) {
    const int bits = f->h * f->lane;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint32_t v = f->plain[w & mask], unit = f->chunk;
    for (int c = 1; c < f->chunks; c++, unit *= f->chunk)
        v += unit * f->plain[(w >> (c * bits)) & mask];
    return v;
}

#endif
