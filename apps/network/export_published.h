/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_EXPORT_PUBLISHED_H
#define CISUP_APPS_EXPORT_PUBLISHED_H

#include "export_files.h"

#include <cisup/core/shape.h>
#include <cisup/sparse/network.h>

/* Writes a network of the published construction: the allocation and the permutations, of
 * each layer E<l>, U<l>, B<l>, w<l>, wbar<l>, from layer 2 on W<l>, and the manifest,
 * which is the record with "form", "kappa" and "center" added. full: E and U of all
 * blocks, D x T d, instead of one, N x T. Errors: those of the matrices and of writing.
 */
CISUP_MUST_CHECK cisup_status export_published(export_files *x, const cisup_network *net,
                                               const cisup_shape *shape, int full,
                                               cisup_record *manifest, cisup_error *err);

#endif
