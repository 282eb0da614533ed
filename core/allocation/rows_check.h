/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_ROWS_CHECK_H
#define CISUP_CORE_ROWS_CHECK_H

#include <cisup/core/rows.h>

/* The first k < count*S for which slot k is not larger than the one before it in its row
 * (than -1 at the beginning of a row) or not below N; -1 if the rows are in order. */
cisup_index cisup_rows_fault(const int32_t *slot, cisup_index count, cisup_index S,
                             cisup_index N);

/* Fails for the first slot out of order among `count` rows, of circuits first and
 * following, slot: [count*S]. Errors: EFORMAT, naming the circuit and the neuron. */
CISUP_MUST_CHECK cisup_status cisup_rows_check(const cisup_rows *rows, cisup_index first,
                                               const int32_t *slot, cisup_index count,
                                               cisup_error *err);

#endif
