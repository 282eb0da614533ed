/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_WEIGHTS_MAKE_H
#define CISUP_SPARSE_WEIGHTS_MAKE_H

#include <cisup/sparse/layer/transition.h>

/* Builds W^l of (4.1)-(4.4); the sparse part by cisup_assemble (sparse/layer/assembly.h).
 *
 *   out   uninitialised on entry, empty after a failure
 *
 * Time and memory O(T S^2 d^2), for one kappa also the time of cisup_kappa. The bytes
 * do not depend on the number of threads. Errors: ENOMEM. Source: docs/math.md,
 * section 4. */
CISUP_MUST_CHECK cisup_status cisup_weights_make(cisup_weights *out,
                                                 const cisup_transition *x,
                                                 cisup_error *err);
void cisup_weights_free(cisup_weights *w);

/* y += W a for CISUP_LANES samples. a, y: [d N][CISUP_LANES]; work: [CISUP_LANES]. */
void cisup_weights_apply(const cisup_weights *w, const double *a, double *y,
                         double *work);

/* All entries of W, the background included. out: [d N][d N], row i, column j. */
void cisup_weights_dense(const cisup_weights *w, double *out);

/* "auto", "products", "direct"; -1 for an unknown name. */
int cisup_assembling_find(const char *name);

#endif
