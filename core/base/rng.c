/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/rng.h>

#include <Random123/philox.h>
#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

void cisup_rng_init(cisup_rng *rng, uint64_t seed, cisup_purpose purpose,
                    cisup_index network, cisup_index sample, cisup_index layer) {
    *rng = (cisup_rng){.key = seed, .used = 4};
    rng->counter[1] = (uint64_t)sample;
    rng->counter[2] = (uint64_t)network;
    rng->counter[3] = (uint64_t)purpose << 48 | (uint64_t)layer;
}

uint64_t cisup_rng_next(cisup_rng *rng) {
    if (rng->used == 4) {
        philox4x64_ctr_t counter;
        memcpy(counter.v, rng->counter, sizeof counter.v);
        const philox4x64_key_t key = {{rng->key, 0}};
        const philox4x64_ctr_t block = philox4x64(counter, key);
        memcpy(rng->word, block.v, sizeof rng->word);
        rng->counter[0]++;
        rng->used = 0;
    }
    return rng->word[rng->used++];
}

double cisup_rng_unit(cisup_rng *rng) {
    return (double)(cisup_rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t cisup_rng_below(cisup_rng *rng, uint64_t n) {
    const uint64_t reject = -n % n;
    for (;;) {
        const uint128 product = (uint128)cisup_rng_next(rng) * n;
        if ((uint64_t)product >= reject) return (uint64_t)(product >> 64);
    }
}

double cisup_rng_normal(cisup_rng *rng) {
    if (rng->has_normal) {
        rng->has_normal = false;
        return rng->next_normal;
    }
    const double radius = sqrt(-2.0 * log1p(-cisup_rng_unit(rng)));
    const double angle = 2.0 * 3.14159265358979323846 * cisup_rng_unit(rng);
    rng->has_normal = true;
    rng->next_normal = radius * sin(angle);
    return radius * cos(angle);
}

void cisup_rng_sphere(cisup_rng *rng, cisup_index n, double *x) {
    double square = 0.0;
    while (square == 0.0) {
        for (cisup_index i = 0; i < n; i++) {
            x[i] = cisup_rng_normal(rng);
            square += x[i] * x[i];
        }
    }
    const double scale = 1.0 / sqrt(square);
    for (cisup_index i = 0; i < n; i++) x[i] *= scale;
}

void cisup_rng_permutation(cisup_rng *rng, cisup_index n, cisup_index *out) {
    for (cisup_index k = 0; k < n; k++) {
        const cisup_index j = (cisup_index)cisup_rng_below(rng, (uint64_t)k + 1);
        out[k] = out[j];
        out[j] = k;
    }
}

/* The first position in the ascending a[0..n-1] whose value is >= x. */
static cisup_index lower_bound(const cisup_index *a, cisup_index n, cisup_index x) {
    cisup_index low = 0;
    while (low < n) {
        const cisup_index middle = low + (n - low) / 2;
        if (a[middle] < x)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

void cisup_rng_subset(cisup_rng *rng, cisup_index n, cisup_index z, cisup_index *out) {
    for (cisup_index k = 0; k < z; k++) {
        const cisup_index top = n - z + k;
        const cisup_index drawn = (cisup_index)cisup_rng_below(rng, (uint64_t)top + 1);
        const cisup_index at = lower_bound(out, k, drawn);
        if (at < k && out[at] == drawn) {
            out[k] = top; /* larger than all before */
        } else {
            memmove(out + at + 1, out + at, (size_t)(k - at) * sizeof *out);
            out[at] = drawn;
        }
    }
}
