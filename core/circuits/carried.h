/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CARRIED_H
#define CISUP_CORE_CARRIED_H

#include <cisup/core/circuits.h>

/* T MLPs of one width m and L layers. */
typedef struct {
    cisup_index T, m, L;
    cisup_index layers;             /* 1 or L: whether all layers have the same weights */
    const double *v;                /* [layers][T][m][m] */
    const double *beta;             /* [layers][T][m]; NULL, or all 0: none */
    const unsigned char *is_signed; /* [L]; NULL: ReLU in every layer */
} cisup_plain_mlps;

/* Carried circuits out of them,
 *
 *   y^l = f( v_t^l y^{l-1} + beta_t^l ),  f the identity where is_signed, else ReLU
 *
 * of width m, or m + 1 if there are biases.
 *
 *   c   uninitialised on entry, empty after a failure; cisup_circuits_free frees
 *
 * Errors: EINVAL (a size); ENOMEM. O(layers T m^2). Source: docs/math.md, section 20. */
CISUP_MUST_CHECK cisup_status cisup_circuits_carry(cisup_circuits *c,
                                                   const cisup_plain_mlps *mlps,
                                                   cisup_error *err);

/* The same of plain circuits, whose bias and common part are not looked at. beta: as
 * above; linear: which layers are signed. */
CISUP_MUST_CHECK cisup_status cisup_circuits_carry_plain(cisup_circuits *c,
                                                         const cisup_circuits *plain,
                                                         const double *beta,
                                                         cisup_linear linear,
                                                         cisup_error *err);

#endif
