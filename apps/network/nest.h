/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_NEST_H
#define CISUP_APPS_NEST_H

#include "common/emit.h"

/* Nested arrays of numbers: in depth k size[k] of them, stride[k] numbers apart. */
static inline json_t *nest(const double *x, const cisup_index *size,
                           const cisup_index *stride, int depth) {
    if (depth == 0) return emit_number(*x);
    json_t *list = json_array();
    for (cisup_index k = 0; k < size[0]; k++)
        emit_append(&list, nest(x + k * stride[0], size + 1, stride + 1, depth - 1));
    return list;
}

#endif
