/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All three constructions put triples {(x,i), (y,i), (x o y, i+1)} on Q x {0,1,2} for a
 * commutative quasigroup Q and mend the diagonal. Pairs x < y are taken difference by
 * difference: each difference meets the points evenly. */
#include <cisup/core/triples.h>

typedef struct {
    int32_t *row;
    cisup_index count;
    int32_t size;   /* of Q */
    int32_t points; /* those from here on are left out with their triples */
} output;

static void put(output *o, int32_t x, int32_t y, int32_t z) {
    if (x >= o->points || y >= o->points || z >= o->points) return;
    int32_t *row = o->row + 3 * o->count++;
    row[0] = x;
    row[1] = y;
    row[2] = z;
}

/* Point (x, i). */
static int32_t at(const output *o, int32_t x, int32_t i) {
    return x + i % 3 * o->size;
}

/* Half of x + y in the cyclic group of odd order `size`. */
static int32_t mean(const output *o, int32_t x, int32_t y) {
    const int32_t sum = (x + y) % o->size;
    return sum % 2 ? (sum + o->size) / 2 : sum / 2;
}

/* The same for even order, where each half is taken twice: odd sums go above. */
static int32_t half_mean(const output *o, int32_t x, int32_t y) {
    const int32_t sum = (x + y) % o->size;
    return sum % 2 ? (sum - 1 + o->size) / 2 : sum / 2;
}

/* 0 stays, 1..size-1 move on cyclically. */
static int32_t moved(const output *o, int32_t x) {
    return x == 0 ? 0 : x == o->size - 1 ? 1 : x + 1;
}

static int32_t moved_back(const output *o, int32_t x) {
    return x == 0 ? 0 : x == 1 ? o->size - 1 : x - 1;
}

/* {(x,i), (y,i), (x o y, i+1)} for the pairs with y = x + d, once each; `turn` also
 * moves the product where it returns to level 0. */
static void put_difference(output *o, int32_t d, int turn) {
    const int32_t size = o->size, pairs = 2 * d == size ? d : size;
    for (int32_t x = 0; x < pairs; x++)
        for (int32_t i = 0; i < 3; i++) {
            const int32_t y = (x + d) % size;
            int32_t z = size % 2 ? mean(o, x, y) : half_mean(o, x, y);
            if (turn && i == 2) z = moved(o, z);
            put(o, at(o, x, i), at(o, y, i), at(o, z, i + 1));
        }
}

static void put_differences(output *o, int turn) {
    for (int32_t d = 1; 2 * d <= o->size; d++) put_difference(o, d, turn);
}

/* n = 6k+3, Q = Z_(2k+1). */
static void bose(output *o, int32_t n) {
    o->size = n / 3;
    for (int32_t x = 0; x < o->size; x++) put(o, at(o, x, 0), at(o, x, 1), at(o, x, 2));
    put_differences(o, 0);
}

/* n = 6k+1, Q = Z_2k and a further point. */
static void skolem(output *o, int32_t n) {
    const int32_t k = n / 6, infinity = n - 1;
    o->size = 2 * k;
    for (int32_t x = 0; x < k; x++) {
        put(o, at(o, x, 0), at(o, x, 1), at(o, x, 2));
        for (int32_t i = 0; i < 3; i++)
            put(o, infinity, at(o, x + k, i), at(o, x, i + 1));
    }
    put_differences(o, 0);
}

/* n = 6k+5, Q = Z_(2k+1) and two further points; those and (0,i) are the block of
 * five, which gets the triples {f, g, (0,0)} and {(0,0), (0,1), (0,2)}. */
static void with_five(output *o, int32_t n) {
    const int32_t f = n - 2, g = n - 1;
    o->size = (n - 2) / 3;
    put(o, at(o, 0, 0), at(o, 0, 1), at(o, 0, 2));
    put(o, f, g, at(o, 0, 0));
    for (int32_t x = 1; x + 1 < o->size; x += 2) {
        const int32_t y = moved(o, x), before = moved_back(o, x);
        put(o, f, at(o, x, 0), at(o, x, 1));
        put(o, f, at(o, x, 2), at(o, y, 0));
        put(o, f, at(o, y, 1), at(o, y, 2));
        put(o, g, at(o, x, 1), at(o, x, 2));
        put(o, g, at(o, y, 0), at(o, y, 1));
        put(o, g, at(o, x, 0), at(o, before, 2));
    }
    put_differences(o, 1);
}

void cisup_triples_build(cisup_index n, int32_t *row) {
    output o = {.row = row, .points = (int32_t)n};
    /* n = 6k+4 leaves out g, one of the five, so that a triple of them stays. */
    const int32_t whole = (int32_t)n + (n % 2 == 0);
    if (whole % 6 == 3)
        bose(&o, whole);
    else if (whole % 6 == 1)
        skolem(&o, whole);
    else
        with_five(&o, whole);
}

cisup_index cisup_triples_count(cisup_index n) {
    if (n < 3) return 0;
    switch (n % 6) {
    case 1:
    case 3:
        return n * (n - 1) / 6;
    case 5: /* all triples but one block of five, which holds two */
        return (n * (n - 1) - 20) / 6 + 2;
    case 4: /* that less a point of the five */
        return (n * n - 2 * n - 2) / 6;
    default: /* a Steiner triple system less a point */
        return n * (n - 2) / 6;
    }
}
