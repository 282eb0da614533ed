/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SUPPOSE_H
#define CISUP_CORE_SUPPOSE_H

#include <cisup/core/computed/geometry.h>
#include <cisup/core/computed/implicit.h>
#include <cisup/core/scheme_proof.h>

/* The parts of core/scheme_proof.h. */

/* The next hypothesis, of the level begun last; key: NULL or one word. */
void cisup_suppose(cisup_scheme_proof *p, const char *key, const char *what, int holds);

/* Theorem and hypotheses of td for the first T circuits. */
void cisup_td_verify(const cisup_implicit *m, cisup_index T, cisup_scheme_proof *p);

/* Whether x_i - x_j is a unit for all i < j <= S: every number 1..S is prime to m, and
 * products with them differ in every field. */
int cisup_units_differ(const cisup_lines *lines, cisup_index S);

/* Whether x v = y v only for x = y or v = 0 in the field of a space. Errors: ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_field_verify(const cisup_geometry *g, int *holds,
                                                 cisup_error *err);

#endif
