/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/computed/lines.h>

#include <cisup/core/computed/flint_fields.h>
#include <cisup/core/memory.h>

/* A field of 64 elements is cheap to tabulate, so smaller factors are not worth it. */
enum { smallest_field = 64 };

/* Takes all factors p out of *rest and returns how many; *power = p to that number. */
static int32_t strip(cisup_index *rest, cisup_index p, cisup_index *power) {
    int32_t a = 0;
    for (*power = 1; *rest % p == 0; a++) {
        *rest /= p;
        *power *= p;
    }
    return a;
}

cisup_index cisup_lines_capacity(cisup_index q) {
    cisup_index least = INT64_MAX;
    const cisup_factors f = cisup_factor(q);
    for (int k = 0; k < f.count; k++) {
        cisup_index power = 1;
        for (int e = 0; e < f.e[k]; e++) power *= f.p[k];
        if (power < least) least = power;
    }
    return least;
}

bool cisup_lines_usable(cisup_index q, cisup_index S) {
    if (q <= S) return false;
    cisup_index rest = q, power;
    for (cisup_index p = 2; p <= S && p * p <= rest; p++)
        if (strip(&rest, p, &power) && power <= S) return false;
    return rest == 1 || rest > S; /* rest <= S would be a prime to the first power */
}

cisup_index cisup_lines_largest(cisup_index n, cisup_index S) {
    for (cisup_index q = n; q > S; q--)
        if (cisup_lines_usable(q, S)) return q;
    return 0;
}

/* GF(p)^a as a product of as many fields as have enough elements. */
static cisup_status fields_append(cisup_lines *lines, cisup_index p, int32_t a,
                                  cisup_error *err) {
    const cisup_index enough = lines->S < smallest_field ? smallest_field : lines->S + 1;
    int32_t e = 0;
    for (cisup_index size = 1; size < enough; size *= p) e++;
    while (a > 0) {
        const int32_t digits = a < 2 * e ? a : e;
        const cisup_status status = cisup_small_field_init(
            &lines->field[lines->fields], (int32_t)p, digits, (int32_t)lines->S, err);
        if (status != CISUP_OK) return status;
        lines->fields++;
        a -= digits;
    }
    return CISUP_OK;
}

cisup_status cisup_lines_init(cisup_lines *lines, cisup_index q, cisup_index S,
                              cisup_error *err) {
    *lines = (cisup_lines){0};
    if (S < 1 || q > INT32_MAX || (q != 1 && !cisup_lines_usable(q, S)))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "no %" PRId64 " groups of %" PRId64 " points from a ring",
                          S + 1, q);
    *lines = (cisup_lines){.q = q, .S = S};
    cisup_status status = CISUP_OK;
    cisup_index rest = q, power;
    for (cisup_index p = 2; p <= S && p <= rest; p++) {
        const int32_t a = strip(&rest, p, &power);
        if (a) CISUP_TRY(fields_append(lines, p, a, err));
    }
    lines->m = rest;
done:
    if (status != CISUP_OK) cisup_lines_free(lines);
    return status;
}

void cisup_lines_free(cisup_lines *lines) {
    for (int f = 0; f < lines->fields; f++) cisup_small_field_free(&lines->field[f]);
    *lines = (cisup_lines){0};
}

/* Takes the digit of radix n off *v. */
static uint32_t digit(cisup_index *v, cisup_index n) {
    const uint32_t low = (uint32_t)*v % (uint32_t)n;
    *v = (uint32_t)*v / (uint32_t)n;
    return low;
}

/* out[i] += unit (a + x_i b) in one field, i < count. */
static void add_field_points(const cisup_small_field *f, uint32_t a, uint32_t b,
                             cisup_index count, int32_t unit, int32_t *out) {
    uint32_t part_a[CISUP_MOST_CHUNKS], part_b[CISUP_MOST_CHUNKS];
    cisup_small_field_split(f, a, part_a);
    cisup_small_field_split(f, b, part_b);
    const uint64_t start = cisup_small_field_pack(f, part_a);
    for (cisup_index i = 0; i < count; i++) {
        const uint64_t shift = cisup_small_field_times(f, i, part_b);
        out[i] += unit * (int32_t)cisup_small_field_unpack(
                             f, cisup_small_field_add(f, start, shift));
    }
}

/* The same in all fields; a and b without their digits modulo m. */
static void add_fields_points(const cisup_lines *lines, cisup_index a, cisup_index b,
                              cisup_index count, cisup_index unit, int32_t *out) {
    for (int k = 0; k < lines->fields; k++) {
        const cisup_small_field *f = &lines->field[k];
        const uint32_t low_a = digit(&a, f->q), low_b = digit(&b, f->q);
        add_field_points(f, low_a, low_b, count, (int32_t)unit, out);
        unit *= f->q;
    }
}

void cisup_lines_points(const cisup_lines *lines, cisup_index a, cisup_index b,
                        int32_t *out) {
    const int32_t m = (int32_t)lines->m;
    int32_t z = (int32_t)(lines->fields ? digit(&a, m) : (uint32_t)a) - m;
    const int32_t step = (int32_t)(lines->fields ? digit(&b, m) : (uint32_t)b);
    for (cisup_index i = 0; i < lines->S; i++) { /* z = point - m */
        out[i] = z + m;
        z += step;
        z -= z < 0 ? 0 : m;
    }
    if (lines->fields) add_fields_points(lines, a, b, lines->S, lines->m, out);
}

void cisup_lines_add_points(const cisup_lines *lines, cisup_index a, cisup_index b,
                            cisup_index unit, int32_t *out) {
    cisup_index z = digit(&a, lines->m);
    const cisup_index step = digit(&b, lines->m);
    for (cisup_index i = 0; i <= lines->S && lines->m > 1; i++) {
        out[i] += (int32_t)(unit * z);
        z += step;
        if (z >= lines->m) z -= lines->m;
    }
    add_fields_points(lines, a, b, lines->S + 1, unit * lines->m, out);
}

/* a + x_i b, or a - x_i b. */
static cisup_index combine(const cisup_lines *lines, cisup_index a, cisup_index i,
                           cisup_index b, bool minus) {
    cisup_index unit = lines->m;
    const cisup_index z = lines->fields ? digit(&a, unit) : a;
    const cisup_index shift =
        (cisup_index)((uint64_t)(i * (lines->fields ? digit(&b, unit) : b)) %
                      (uint64_t)unit);
    cisup_index out = minus ? z - shift : z + shift - unit;
    if (out < 0) out += unit;
    for (int k = 0; k < lines->fields; k++) {
        const cisup_small_field *f = &lines->field[k];
        uint32_t part[CISUP_MOST_CHUNKS];
        cisup_small_field_split(f, digit(&b, f->q), part);
        const uint64_t product = cisup_small_field_times(f, i, part);
        cisup_small_field_split(f, digit(&a, f->q), part);
        const uint64_t start = cisup_small_field_pack(f, part);
        const uint64_t sum = minus ? cisup_small_field_subtract(f, start, product)
                                   : cisup_small_field_add(f, start, product);
        out += unit * cisup_small_field_unpack(f, sum);
        unit *= f->q;
    }
    return out;
}

cisup_index cisup_lines_point(const cisup_lines *lines, cisup_index i, cisup_index a,
                              cisup_index b) {
    return combine(lines, a, i, b, false);
}

cisup_index cisup_lines_through(const cisup_lines *lines, cisup_index i, cisup_index y,
                                cisup_index b) {
    return combine(lines, y, i, b, true);
}

cisup_index cisup_lines_one(const cisup_lines *lines) {
    cisup_index one = lines->m > 1, unit = lines->m;
    for (int k = 0; k < lines->fields; k++) {
        one += unit;
        unit *= lines->field[k].q;
    }
    return one;
}

/* Knowing out[] on the elements below `size`, gives it on those below size * radix.
 * Upwards from the lowest block, which is moved last. */
static void translate_digit(int32_t size, int32_t radix, int32_t shift, int32_t *out) {
    for (int32_t d = radix - 1; d >= 0; d--) {
        const int32_t moved = d < radix - shift ? d + shift : d + shift - radix;
        const int32_t offset = moved * size;
        for (int32_t x = 0; x < size; x++) out[d * size + x] = out[x] + offset;
    }
}

void cisup_lines_translate(const cisup_lines *lines, cisup_index y, int32_t *out) {
    const int32_t m = (int32_t)lines->m, shift = (int32_t)digit(&y, m);
    for (int32_t a = 0; a < m - shift; a++) out[a] = a + shift;
    for (int32_t a = m - shift; a < m; a++) out[a] = a + shift - m;
    int32_t size = m;
    for (int k = 0; k < lines->fields; k++) {
        const int32_t p = lines->field[k].p;
        for (int32_t j = 0; j < lines->field[k].e; j++, size *= p)
            translate_digit(size, p, (int32_t)digit(&y, p), out);
    }
}
