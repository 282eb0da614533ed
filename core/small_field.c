/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything is built from one operation, multiplication by u in packed form: shift
 * the digits up, fold the one that leaves back by f. If u returns to 1 after q-1 steps
 * and not before, all q-1 nonzero residues are powers of u, so the ring is a field. */
#include <cisup/core/small_field.h>

#include <cisup/core/memory.h>

#include <stdbool.h>

enum { largest_chunk = 128 };

/* fold[t] = -t f0, packed, where f(u) = u^e + f0(u). */
static void fold_fill(const cisup_small_field *f, uint64_t f0, uint64_t *fold) {
    fold[0] = 0;
    for (int32_t t = 1; t < f->p; t++)
        fold[t] = cisup_small_field_subtract(f, fold[t - 1], f0);
}

static uint64_t times_u(const cisup_small_field *f, const uint64_t *fold, uint64_t w) {
    const int top = (f->e - 1) * f->lane;
    const uint64_t leaves = w >> top;
    return cisup_small_field_add(f, (w ^ (leaves << top)) << f->lane, fold[leaves]);
}

static bool is_primitive(const cisup_small_field *f, const uint64_t *fold) {
    uint64_t w = 1;
    for (int32_t k = 1; k < f->q - 1; k++) {
        w = times_u(f, fold, w);
        if (w <= 1) return false;
    }
    return times_u(f, fold, w) == 1;
}

static uint64_t pack(const cisup_small_field *f, uint32_t v) {
    uint32_t part[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, v, part);
    return cisup_small_field_pack(f, part);
}

/* Finds f and leaves its folds. */
static void choose_polynomial(const cisup_small_field *f, uint64_t *fold) {
    for (uint32_t f0 = 1; f0 < (uint32_t)f->q; f0++) {
        if (f0 % (uint32_t)f->p == 0) continue; /* u would divide f */
        fold_fill(f, pack(f, f0), fold);
        if (is_primitive(f, fold)) return;
    }
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

static void products_fill(cisup_small_field *f, const uint64_t *fold) {
    uint64_t basis[64] = {0}; /* x u^j; 0 beyond the last digit */
    for (int32_t x = 0; x <= f->most; x++) {
        uint64_t w = pack(f, (uint32_t)x);
        for (int j = 0; j < f->e; j++, w = times_u(f, fold, w)) basis[j] = w;
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
    uint64_t *fold = NULL;
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
    CISUP_TRY(cisup_new(&fold, p, sizeof *fold, err));
    translations_fill(f);
    choose_polynomial(f, fold);
    products_fill(f, fold);
done:
    cisup_release(fold);
    if (status != CISUP_OK) cisup_small_field_free(f);
    return status;
}

void cisup_small_field_free(cisup_small_field *f) {
    cisup_release(f->packed);
    cisup_release(f->plain);
    cisup_release(f->times);
    *f = (cisup_small_field){0};
}
