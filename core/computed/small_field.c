/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The products x u^j come from FLINT (core/computed/flint_fields.h); those with all
 * elements are their sums. */
#include <cisup/core/computed/small_field.h>

#include <cisup/core/computed/flint_fields.h>
#include <cisup/core/memory.h>

#include <stdbool.h>

enum { largest_chunk = 128 };

static uint64_t pack(const cisup_small_field *f, uint32_t v) {
    uint32_t part[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, v, part);
    return cisup_small_field_pack(f, part);
}

static void translations_fill(cisup_small_field *f) {
    for (uint32_t v = 0; v < f->chunk; v++) {
        uint64_t w = 0;
        uint32_t rest = v;
        for (int j = 0; j < f->h; j++, rest /= (uint32_t)f->p)
            w |= (uint64_t)(rest % (uint32_t)f->p) << (j * f->lane);
        f->packed[v] = w;
        f->plain[w] = (uint16_t)v;
    }
}

/* Products of x with the chunk c: each from one with a digit less. */
static void chunk_products(const cisup_small_field *f, const uint64_t *basis,
                           uint64_t *out) {
    out[0] = 0;
    uint32_t unit = 1;
    for (int j = 0; j < f->h; j++, unit *= (uint32_t)f->p)
        for (uint32_t v = unit; v < unit * (uint32_t)f->p; v++)
            out[v] = cisup_small_field_add(f, out[v - unit], basis[j]);
}

/* product: [most+1][e], x u^j in plain form. */
static void products_fill(cisup_small_field *f, const int32_t *product) {
    uint64_t basis[64] = {0}; /* x u^j; 0 beyond the last digit */
    for (int32_t x = 0; x <= f->most; x++) {
        for (int j = 0; j < f->e; j++)
            basis[j] = pack(f, (uint32_t)product[(cisup_index)x * f->e + j]);
        for (int c = 0; c < f->chunks; c++)
            chunk_products(f, basis + c * f->h,
                           f->times + (x * f->chunks + c) * (cisup_index)f->chunk);
    }
}

/* The sizes that follow from p and e; false when they are out of range. */
static bool sizes_set(cisup_small_field *f) {
    if (f->p < 2 || f->e < 1 || f->most < 1) return false;
    cisup_index q = 1;
    for (int32_t j = 0; j < f->e; j++)
        if ((q *= f->p) > INT32_MAX) return false;
    if (f->most >= q) return false;
    f->q = (int32_t)q;
    f->lane = 1;
    while (f->p > 2 && (1 << (f->lane - 1)) < f->p) f->lane++;
    f->h = 1;
    f->chunk = (uint32_t)f->p;
    for (; f->chunk * (uint32_t)f->p <= largest_chunk && f->h < f->e; f->h++)
        f->chunk *= (uint32_t)f->p;
    f->chunks = (f->e + f->h - 1) / f->h;
    for (int32_t j = 0; j < f->e; j++) f->ones |= UINT64_C(1) << (j * f->lane);
    return f->chunk <= UINT16_MAX;
}

cisup_status cisup_small_field_init(cisup_small_field *f, int32_t p, int32_t e,
                                    int32_t most, cisup_error *err) {
    *f = (cisup_small_field){.p = p, .e = e, .most = most};
    int32_t *product = NULL;
    cisup_status status;
    if (!sizes_set(f)) {
        status = CISUP_FAIL(err, CISUP_EINVAL,
                            "GF(%" PRId32 "^%" PRId32 ") with multipliers up to %" PRId32,
                            p, e, most);
        goto done;
    }
    const cisup_index products = (most + INT64_C(1)) * f->chunks * f->chunk;
    CISUP_TRY(cisup_new(&f->packed, f->chunk, sizeof *f->packed, err));
    CISUP_TRY(
        cisup_new(&f->plain, INT64_C(1) << (f->h * f->lane), sizeof *f->plain, err));
    CISUP_TRY(cisup_new(&f->times, products, sizeof *f->times, err));
    CISUP_TRY(cisup_new(&product, (most + INT64_C(1)) * e, sizeof *product, err));
    translations_fill(f);
    cisup_field_products(p, e, most + INT64_C(1), product);
    products_fill(f, product);
done:
    cisup_release(product);
    if (status != CISUP_OK) cisup_small_field_free(f);
    return status;
}

void cisup_small_field_free(cisup_small_field *f) {
    cisup_release(f->packed);
    cisup_release(f->plain);
    cisup_release(f->times);
    *f = (cisup_small_field){0};
}
