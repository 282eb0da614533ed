/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/ring.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/computed/flint_fields.h>
#include <cisup/core/memory.h>

/* 1/x modulo m for coprime x and m, by Euclid; 0 for m = 1. */
static cisup_index inverse_of(cisup_index x, cisup_index m) {
    cisup_index r = m, s = x % m, u = 0, v = 1; /* u x = r, v x = s modulo m */
    while (s) {
        const cisup_index quotient = r / s, rest = r % s, next = u - quotient * v;
        r = s;
        s = rest;
        u = v;
        v = next;
    }
    return m == 1 ? 0 : u < 0 ? u + m : u;
}

/* Powers and logarithms of all fields. */
static cisup_status logarithms_fill(cisup_ring *ring, cisup_error *err) {
    const cisup_lines *lines = &ring->lines;
    cisup_index elements = 0;
    cisup_status status;
    for (int f = 0; f < lines->fields; f++) elements += lines->field[f].q;
    CISUP_TRY(cisup_memory_require(12.0 * (double)elements, "a field's logarithms", err));
    CISUP_TRY(cisup_new(&ring->power, 2 * elements, sizeof *ring->power, err));
    CISUP_TRY(cisup_new(&ring->log, elements, sizeof *ring->log, err));
    int32_t *power = ring->power, *log = ring->log;
    for (int f = 0; f < lines->fields; f++) {
        const int32_t size = lines->field[f].q, order = size - 1;
        cisup_field_powers(lines->field[f].p, lines->field[f].e, power);
        for (int32_t k = 0; k < order; k++) {
            power[order + k] = power[k];
            log[power[k]] = k;
        }
        power += 2 * (cisup_index)size;
        log += size;
    }
done:
    return status;
}

cisup_status cisup_ring_init(cisup_ring *ring, cisup_index q, cisup_index groups,
                             cisup_error *err) {
    *ring = (cisup_ring){.groups = groups};
    cisup_status status;
    CISUP_TRY(cisup_lines_init(&ring->lines, q, groups - 1, err));
    ring->by_q = cisup_divisor_of((uint64_t)q);
    ring->by_m = cisup_divisor_of((uint64_t)ring->lines.m);
    CISUP_TRY(cisup_new(&ring->inverse, groups, sizeof *ring->inverse, err));
    for (cisup_index i = 1; i < groups; i++)
        ring->inverse[i] = (int32_t)inverse_of(i, ring->lines.m);
    if (ring->lines.fields) CISUP_TRY(logarithms_fill(ring, err));
done:
    if (status != CISUP_OK) cisup_ring_free(ring);
    return status;
}

void cisup_ring_free(cisup_ring *ring) {
    cisup_lines_free(&ring->lines);
    cisup_release(ring->inverse);
    cisup_release(ring->power);
    cisup_release(ring->log);
    *ring = (cisup_ring){0};
}

/* x - y in a field. */
static uint32_t difference(const cisup_small_field *f, cisup_index x, cisup_index y) {
    uint32_t part[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, (uint32_t)x, part);
    const uint64_t from = cisup_small_field_pack(f, part);
    cisup_small_field_split(f, (uint32_t)y, part);
    return cisup_small_field_unpack(
        f, cisup_small_field_subtract(f, from, cisup_small_field_pack(f, part)));
}

cisup_index cisup_ring_through_fields(const cisup_ring *ring, cisup_index i,
                                      cisup_index y, cisup_index j, cisup_index z) {
    const cisup_lines *lines = &ring->lines;
    const cisup_index m = lines->m, up = y % m - z % m;
    const cisup_index over = ring->inverse[i > j ? i - j : j - i];
    cisup_index b = (i > j ? up : -up) * over % m, unit = m;
    if (b < 0) b += m;
    const int32_t *power = ring->power, *log = ring->log;
    cisup_index left_y = y / m, left_z = z / m;
    for (int k = 0; k < lines->fields; k++) {
        const cisup_small_field *f = &lines->field[k];
        const cisup_index size = f->q;
        const uint32_t d = difference(f, left_y % size, left_z % size);
        if (d) b += unit * power[log[d] + size - 1 - log[difference(f, i, j)]];
        unit *= size;
        left_y /= size;
        left_z /= size;
        power += 2 * size;
        log += size;
    }
    return b * lines->q + cisup_lines_through(lines, i, y, b);
}
