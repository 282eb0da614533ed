/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_SHAPE_SIZES_H
#define CISUP_CORE_SHAPE_SIZES_H

#include <cisup/core/shape.h>

/* The same of sizes that nothing is built of: any product will do. Errors: EINVAL. */
CISUP_MUST_CHECK cisup_status cisup_shape_check_sizes(cisup_shape *shape,
                                                      cisup_error *err);

#endif
