/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_GEOMETRY_H
#define CISUP_CORE_GEOMETRY_H

#include <cisup/core/computed/lines.h>

/* The lines of an affine or projective space of dimension m >= 2 over the field of q
 * elements, any two points on exactly one, computed in both directions:
 *
 *   AG(m, q)   q^m points, S = q on a line
 *   PG(m, q)   D_m points, S = q + 1 on a line,   D_j = q^j + ... + q + 1 = |PG(j, q)|
 *
 * An affine point is the number of its coordinates x_1 .. x_m in radix q, x_1 the most
 * significant. A direction is one of the D_(m-1) vectors whose first nonzero coordinate
 * is 1. A line is a direction v and the base point b whose coordinate there is 0; its
 * points b + x v come in increasing order with x. A parallel class is the q^(m-1) lines
 * of one direction.
 *
 * PG(m) is AG(m), whose lines are extended by their direction, and the points at
 * infinity, which are those of PG(m-1) and follow in the order of the directions.
 *
 * `less` points of one line are left out, those of AG being 0 .. less-1, which are
 * bases, and those of PG the last ones: either way the lines that are lost are the
 * first or the last of every class or round, and the others need no table.
 *
 * Order of the lines: AG by parallel classes in golden-ratio steps; PG by the flats
 * j = m, m-1, .. 1 at infinity of each other, in a flat by rounds with a line of each
 * direction, line k of direction v having the base k + v(v+1)/2 mod q^(j-1).
 *
 * Memory: no tables for a prime q, else those of core/computed/small_field.h for all
 * multipliers, at most some hundred q words. Start from {0}. Source: docs/allocations.md,
 * "ag and pg". */
typedef enum { CISUP_AFFINE, CISUP_PROJECTIVE } cisup_geometry_kind;

enum { CISUP_MOST_DIMENSIONS = 31 };

typedef struct {
    cisup_geometry_kind kind;
    int dimension; /* m */
    cisup_index q, S, less;
    cisup_index points, lines; /* that are left */
    cisup_index step;          /* between directions of AG, coprime to D_(m-1) - 1 */
    cisup_index power[CISUP_MOST_DIMENSIONS + 1]; /* q^j */
    cisup_index flat[CISUP_MOST_DIMENSIONS + 1];  /* D_j */
    cisup_index first[CISUP_MOST_DIMENSIONS + 1]; /* PG: the first line of the j-flat */
    cisup_lines field;                            /* of q elements, each an x_i */
} cisup_geometry;

/* Points and lines of a whole geometry; false when q is no prime power, m < 2 or there
 * are more than 2^31-1 points. */
bool cisup_geometry_sizes(cisup_geometry_kind kind, int dimension, cisup_index q,
                          cisup_index *points, cisup_index *lines);

/*   g      uninitialised on entry, empty after a failure
 *   less   points left out, 0..S
 *
 * Errors: EINVAL (sizes as above, less); ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_geometry_init(cisup_geometry *g,
                                                  cisup_geometry_kind kind, int dimension,
                                                  cisup_index q, cisup_index less,
                                                  cisup_error *err);
void cisup_geometry_free(cisup_geometry *g);

/* The S points of line t, increasing. row: [S]; 0 <= t < lines. O(S m). */
void cisup_geometry_row(const cisup_geometry *g, cisup_index t, int32_t *row);

/* The lines t < T through a point, a plain value: those of AG increase. */
typedef struct {
    const cisup_geometry *g;
    cisup_index T, point; /* with those left out */
    int flat, own;        /* flat now walked; the one in which the point is affine */
    cisup_index code;     /* the point in its own flat */
    cisup_index k;        /* next class, direction or base */
} cisup_geometry_walk;

/* 0 <= point < points, 0 <= T <= lines. */
cisup_geometry_walk cisup_geometry_through(const cisup_geometry *g, cisup_index T,
                                           cisup_index point);

/* The next line, or -1 after the last. O(m), for PG also for each direction of the
 * point's flat with its line at T or later. */
cisup_index cisup_geometry_next(cisup_geometry_walk *c);

#endif
