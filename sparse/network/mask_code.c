/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which kind has the fewest bits: for z = 1 subsets, none has fewer (Sperner). Else
 * packings of v ~ sqrt(z (z+1) n) bits while n is small, about 20 z^2, then polynomials
 * of v ~ (deg z + 1) n^(1/(deg+1)). */
#include <cisup/sparse/network/mask_code.h>

#include <cisup/core/allocation.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/core/shape.h>

#include <math.h>
#include <string.h>

/* C(v, w), or `most` if it is larger; most < 2^31, so that no product overflows. */
static cisup_index choose(cisup_index v, cisup_index w, cisup_index most) {
    cisup_index count = 1;
    if (w < 0 || w > v) return 0;
    for (cisup_index k = 1; k <= w && count < most; k++) count = count * (v - w + k) / k;
    return count < most ? count : most;
}

static void try_subsets(cisup_mask_code *code) {
    cisup_index v = 1;
    while (choose(v, (v + 1) / 2, code->points) < code->points) v++;
    if (code->active > 1 || v >= code->bits) return;
    code->kind = CISUP_CODE_SUBSETS;
    code->bits = v;
    code->weight = (v + 1) / 2;
    code->shared = code->weight - 1;
}

static int is_prime(cisup_index k) {
    for (cisup_index f = 2; f * f <= k; f++)
        if (k % f == 0) return 0;
    return k >= 2;
}

/* Whether k^exponent >= n. */
static int reaches(cisup_index k, cisup_index exponent, cisup_index n) {
    cisup_index power = 1;
    for (cisup_index e = 0; e < exponent && power < n; e++)
        power = power > n / k ? n : power * k;
    return power >= n;
}

/* Two polynomials of a degree agree at no more places than that. */
static void try_polynomials(cisup_mask_code *code) {
    for (cisup_index degree = 1;; degree++) {
        const cisup_index weight = degree * code->active + 1;
        cisup_index k = weight;
        if (weight >= code->bits / weight + 1) return;
        while (!reaches(k, degree + 1, code->points) || !is_prime(k)) k++;
        if (k * weight >= code->bits) continue;
        code->kind = CISUP_CODE_POLYNOMIALS;
        code->bits = k * weight;
        code->weight = weight;
        code->shared = degree;
    }
}

static cisup_allocation_options packing_options(void) {
    cisup_allocation_options o = cisup_allocation_defaults();
    o.even_out = CISUP_EVEN_OUT_NO;
    return o;
}

/* Of more bits plans take long, and no packing with z <= 7 has so many. */
enum { MOST_PACKED = 256 };

static cisup_status try_packings(cisup_mask_code *code, cisup_error *err) {
    const cisup_allocation_options o = packing_options();
    const cisup_index weight = code->active + 1;
    for (cisup_index v = weight; v < code->bits && v <= MOST_PACKED; v++) {
        cisup_index places;
        if (cisup_johnson_bound(v, weight) < code->points) continue;
        const cisup_status status =
            cisup_allocation_capacity(v, weight, &o, &places, err);
        if (status != CISUP_OK) return status;
        if (places < code->points) continue;
        code->kind = CISUP_CODE_PACKING;
        code->bits = v;
        code->weight = weight;
        code->shared = 1;
    }
    return CISUP_OK;
}

cisup_status cisup_mask_code_plan(cisup_mask_code *code, cisup_index points,
                                  cisup_index active, cisup_error *err) {
    *code = (cisup_mask_code){0};
    if (points < 1 || points > CISUP_MOST_NEURONS || active < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a code of %" PRId64 " points for %" PRId64 " active circuits",
                          points, active);
    *code = (cisup_mask_code){
        .points = points, .active = active, .bits = points, .weight = 1};
    if (active >= points) return CISUP_OK;
    try_subsets(code);
    try_polynomials(code);
    const cisup_status status = try_packings(code, err);
    if (status != CISUP_OK) *code = (cisup_mask_code){0};
    return status;
}

/* The y-th subset in the order of the largest element, then the next, ... */
static void subset(cisup_index y, const cisup_mask_code *code, int32_t *word) {
    cisup_index top = code->bits - 1;
    for (cisup_index w = code->weight; w > 0; w--, top--) {
        while (choose(top, w, INT32_MAX) > y) top--;
        y -= choose(top, w, INT32_MAX);
        word[w - 1] = (int32_t)top;
    }
}

/* The coefficients are the digits of y. */
static void values(cisup_index y, const cisup_mask_code *code, int32_t *word) {
    const cisup_index k = code->bits / code->weight;
    for (cisup_index x = 0; x < code->weight; x++) {
        cisup_index value = 0, power = 1;
        for (cisup_index rest = y; rest > 0; rest /= k) {
            value = (value + rest % k * power) % k;
            power = power * x % k;
        }
        word[x] = (int32_t)(x * k + value);
    }
}

static cisup_status packing(const cisup_mask_code *code, int32_t *word,
                            cisup_error *err) {
    const cisup_allocation_options o = packing_options();
    cisup_allocation a;
    const cisup_status status =
        cisup_allocation_make(&a, code->bits, code->weight, code->points, &o, err);
    if (status != CISUP_OK) return status;
    memcpy(word, a.slot, (size_t)(code->points * code->weight) * sizeof *word);
    cisup_allocation_free(&a);
    return CISUP_OK;
}

cisup_status cisup_mask_code_words(const cisup_mask_code *code, int32_t **word,
                                   cisup_error *err) {
    const cisup_index n = code->points, w = code->weight;
    cisup_status status = cisup_new(word, n * w, sizeof **word, err);
    for (cisup_index y = 0; status == CISUP_OK && y < n; y++) {
        if (code->kind == CISUP_CODE_WHOLE) (*word)[y] = (int32_t)y;
        if (code->kind == CISUP_CODE_SUBSETS) subset(y, code, *word + y * w);
        if (code->kind == CISUP_CODE_POLYNOMIALS) values(y, code, *word + y * w);
    }
    if (status == CISUP_OK && code->kind == CISUP_CODE_PACKING)
        status = packing(code, *word, err);
    if (status == CISUP_OK) return CISUP_OK;
    cisup_release(*word);
    *word = NULL;
    return status;
}

/* A degree with weight^(degree + 1) >= n has a prime k < 2 weight, hence fewer bits than
 * one whose weight is sqrt(2) times as large. */
double cisup_mask_code_weight_bound(cisup_index points, cisup_index active) {
    double weight = 1.0;
    if (active == 1) return 17.0; /* C(34, 17) > 2^31 */
    for (double degree = 1.0; pow(weight, degree) < (double)points; degree += 1.0)
        weight = degree * (double)active + 1.0;
    return fmin(sqrt(2.0) * weight, sqrt((double)points) + 1.0) + (double)active + 1.0;
}
