/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_EMBEDDING_H
#define CISUP_SPARSE_EMBEDDING_H

#include <cisup/core/allocation.h>
#include <cisup/sparse/csc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* (3.2): U = E^T / S for either form of E. Errors: ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_unembedding(const cisup_csc *e,
                                                          cisup_index S, cisup_csc *u,
                                                          cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
