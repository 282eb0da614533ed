/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_TRIPLES_H
#define CISUP_CORE_TRIPLES_H

#include <cisup/core/status.h>

#include <stdbool.h>

/* A largest packing of n >= 3 points with triples, any two sharing at most one point,
 * computed without a table: Bose's systems for n = 6k+3, Skolem's for 6k+1, systems with
 * one block of five for 6k+5, and these less one point.
 *
 * With {(x,i), (y,i), (x o y, i+1)} on Q x Z_3, Q = Z_size, for the pairs x, y = x + d:
 * class d = 1 .. classes has these triples for x in Q and i in Z_3, for even size and
 * d = size/2 only those with x < d. Each class meets the points of Q x Z_3 evenly (each
 * three times for odd size, two or four times for even). What mends the
 * diagonal x = y comes before the classes for Bose's systems, where it is a parallel
 * class; for the others, with the points beyond Q x Z_3, after them.
 *
 * Source: C. C. Lindner, C. A. Rodger, Design Theory, 2nd ed. (2009), sections 1.2-1.4;
 * docs/allocations.md. */
typedef enum { CISUP_TRIPLES_BOSE, CISUP_TRIPLES_SKOLEM, CISUP_TRIPLES_FIVE } cisup_bases;

typedef struct {
    cisup_index n, count; /* points, triples */
    cisup_bases base;
    bool less;            /* the last point of the system is left out */
    cisup_index size;     /* of Q */
    cisup_index classes;  /* differences d */
    cisup_index in_class; /* triples of a class; the last one has fewer for even size */
    cisup_index first, rest; /* the first triples of the classes, and after them */
} cisup_triples;

/* 0 for n < 3. n <= 2^31-1. O(1). */
cisup_index cisup_triples_count(cisup_index n);

/* n >= 3. O(1). */
cisup_triples cisup_triples_of(cisup_index n);

/* Triple t, increasing. row: [3]; 0 <= t < count. O(1). */
void cisup_triples_row(const cisup_triples *s, cisup_index t, int32_t *row);

/* The triples t < T that hold a point, those of a class together: a plain value. */
typedef struct {
    const cisup_triples *s;
    cisup_index T;
    cisup_index u, i; /* the point (u, i) of Q x Z_3; i = 3: the u-th beyond */
    cisup_index d, k; /* class, or classes + 1 for the rest; candidate in it */
} cisup_triples_walk;

/* 0 <= point < n, T <= count. */
cisup_triples_walk cisup_triples_through(const cisup_triples *s, cisup_index T,
                                         cisup_index point);

/* The next triple, or -1 after the last. O(1). */
cisup_index cisup_triples_next(cisup_triples_walk *c);

#endif
