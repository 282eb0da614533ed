/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/bijection.h>

#include <cisup/core/base/rng.h>

#include <math.h>

__extension__ typedef unsigned __int128 uint128;

void cisup_bijection_init(cisup_bijection *b, cisup_index T, uint64_t seed,
                          cisup_index network, cisup_index l) {
    cisup_rng rng;
    *b = (cisup_bijection){.T = (uint64_t)T, .A = (uint64_t)sqrt((double)T)};
    while (b->A * b->A < b->T) b->A++;
    b->B = (b->T + b->A - 1) / b->A;
    cisup_rng_init(&rng, seed, CISUP_STREAM_PERMUTATION, network, 0, l);
    for (int k = 0; k < CISUP_BIJECTION_ROUNDS; k++) b->key[k] = cisup_rng_next(&rng);
}

/* A number below n that depends on every bit of v: two multiplications that carry bits
 * up, each followed by a shift that brings them down. */
static uint64_t mixed(uint64_t v, uint64_t key, uint64_t n) {
    v = (v ^ key) * UINT64_C(0x9e3779b97f4a7c15);
    v = (v ^ v >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (uint64_t)((uint128)(v ^ v >> 32) * n >> 64);
}

static uint64_t turn(const cisup_bijection *b, uint64_t t) {
    uint64_t x = t % b->A, y = t / b->A;
    for (int k = 0; k < CISUP_BIJECTION_ROUNDS; k += 2) {
        x += mixed(y, b->key[k], b->A);
        x -= x < b->A ? 0 : b->A;
        y += mixed(x, b->key[k + 1], b->B);
        y -= y < b->B ? 0 : b->B;
    }
    return y * b->A + x;
}

static uint64_t turn_back(const cisup_bijection *b, uint64_t t) {
    uint64_t x = t % b->A, y = t / b->A;
    for (int k = CISUP_BIJECTION_ROUNDS - 2; k >= 0; k -= 2) {
        y += b->B - mixed(x, b->key[k + 1], b->B);
        y -= y < b->B ? 0 : b->B;
        x += b->A - mixed(y, b->key[k], b->A);
        x -= x < b->A ? 0 : b->A;
    }
    return y * b->A + x;
}

cisup_index cisup_bijection_apply(const cisup_bijection *b, cisup_index t) {
    uint64_t image = (uint64_t)t;
    do image = turn(b, image);
    while (image >= b->T);
    return (cisup_index)image;
}

cisup_index cisup_bijection_invert(const cisup_bijection *b, cisup_index t) {
    uint64_t origin = (uint64_t)t;
    do origin = turn_back(b, origin);
    while (origin >= b->T);
    return (cisup_index)origin;
}

void cisup_bijection_apply_all(const cisup_bijection *b, cisup_index count,
                               const cisup_index *t, cisup_index *out) {
    const cisup_bijection own = *b; /* in registers: out cannot change it */
    for (cisup_index k = 0; k < count; k++) {
        uint64_t image = turn(&own, (uint64_t)t[k]);
        while (image >= own.T) image = turn(&own, image);
        out[k] = (cisup_index)image;
    }
}

void cisup_bijection_invert_all(const cisup_bijection *b, cisup_index count,
                                const cisup_index *t, cisup_index *out) {
    const cisup_bijection own = *b;
    for (cisup_index k = 0; k < count; k++) {
        uint64_t origin = turn_back(&own, (uint64_t)t[k]);
        while (origin >= own.T) origin = turn_back(&own, origin);
        out[k] = (cisup_index)origin;
    }
}
