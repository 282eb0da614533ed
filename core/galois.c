/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/galois.h>

#include <cisup/core/flint_fields.h>
#include <cisup/core/memory.h>

static cisup_index power(cisup_index p, int e) {
    cisup_index value = 1;
    while (e-- > 0) value *= p;
    return value;
}

cisup_index cisup_ring_capacity(cisup_index q) {
    cisup_index least = INT64_MAX;
    const cisup_factors f = cisup_factor(q);
    for (int k = 0; k < f.count; k++) {
        const cisup_index part = power(f.p[k], f.e[k]);
        if (part < least) least = part;
    }
    return least;
}

int32_t cisup_ring_add(const cisup_ring *ring, int32_t a, int32_t b) {
    int32_t sum = 0, weight = 1;
    for (int k = 0; k < ring->digits; k++) {
        const int32_t radix = ring->radix[k];
        const int64_t digit = ((int64_t)(a % radix) + b % radix) % radix;
        sum += (int32_t)digit * weight;
        a /= radix;
        b /= radix;
        weight *= radix;
    }
    return sum;
}

void cisup_ring_translate(const cisup_ring *ring, int32_t y, int32_t *sum) {
    int32_t size = 1;
    sum[0] = 0;
    for (int k = 0; k < ring->digits; k++) {
        const int32_t radix = ring->radix[k], digit = y % radix;
        y /= radix;
        /* Upwards from the lowest block, which is moved last. */
        for (int32_t d = radix - 1; d >= 0; d--) {
            const int32_t moved = (d < radix - digit ? d + digit : d + digit - radix);
            const int32_t offset = moved * size;
            for (int32_t x = 0; x < size; x++) sum[d * size + x] = sum[x] + offset;
        }
        size *= radix;
    }
}

/* Fills row i of the table on the elements below size*radix, knowing those below
 * size: x_i (b + d w) = x_i b + d (x_i w), where w has the value `size`. */
static void extend(cisup_ring *ring, int32_t *row, int32_t size, int32_t radix,
                   int32_t unit) {
    for (int32_t d = 1; d < radix; d++)
        for (int32_t b = 0; b < size; b++)
            row[d * size + b] = cisup_ring_add(ring, row[(d - 1) * size + b], unit);
}

/* Z_m, the lowest digit: x_i w = i mod m. */
static void fill_modular(cisup_ring *ring, int32_t m) {
    for (cisup_index i = 0; i < ring->count; i++)
        extend(ring, ring->times + i * ring->order, 1, m, (int32_t)(i % m));
}

/* The field of p^e elements on the digits above `size`. */
static cisup_status fill_field(cisup_ring *ring, int32_t size, int32_t p, int e,
                               cisup_error *err) {
    int32_t *product;
    const cisup_status status =
        cisup_new(&product, ring->count * e, sizeof *product, err);
    if (status != CISUP_OK) return status;
    cisup_field_products(p, e, ring->count, product);
    for (cisup_index i = 0; i < ring->count; i++) {
        int32_t below = size;
        for (int j = 0; j < e; j++, below *= p)
            extend(ring, ring->times + i * ring->order, below, p,
                   product[i * e + j] * size);
    }
    cisup_release(product);
    return CISUP_OK;
}

/* Splits q into Z_m and fields; returns m and leaves only the fields in f. */
static int32_t modular_part(cisup_factors *f, cisup_index count) {
    cisup_index m = 1;
    int fields = 0;
    for (int k = 0; k < f->count; k++) {
        if (f->e[k] == 1 || f->p[k] >= count) {
            m *= power(f->p[k], f->e[k]);
        } else {
            f->p[fields] = f->p[k];
            f->e[fields++] = f->e[k];
        }
    }
    f->count = fields;
    return (int32_t)m;
}

static void append_digits(cisup_ring *ring, int32_t radix, int e) {
    for (int j = 0; j < e; j++) ring->radix[ring->digits++] = radix;
}

cisup_status cisup_ring_init(cisup_ring *ring, cisup_index q, cisup_index count,
                             cisup_error *err) {
    *ring = (cisup_ring){0};
    if (q < 1 || q > INT32_MAX || count < 1 || count > cisup_ring_capacity(q))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "no ring of %" PRId64 " elements has %" PRId64
                          " with unit differences",
                          q, count);
    cisup_factors f = cisup_factor(q);
    const int32_t m = modular_part(&f, count);
    *ring = (cisup_ring){.order = q, .count = count};
    if (m > 1) append_digits(ring, m, 1);
    for (int k = 0; k < f.count; k++) append_digits(ring, (int32_t)f.p[k], f.e[k]);
    cisup_index entries;
    cisup_status status;
    if (!cisup_multiply_sizes(q, count, &entries)) entries = INT64_MAX;
    CISUP_TRY(cisup_new(&ring->times, entries, sizeof *ring->times, err));
    if (m > 1) fill_modular(ring, m);
    int32_t size = m;
    for (int k = 0; k < f.count; k++) {
        CISUP_TRY(fill_field(ring, size, (int32_t)f.p[k], f.e[k], err));
        size *= (int32_t)power(f.p[k], f.e[k]);
    }
done:
    if (status != CISUP_OK) cisup_ring_free(ring);
    return status;
}

void cisup_ring_free(cisup_ring *ring) {
    cisup_release(ring->times);
    *ring = (cisup_ring){0};
}
