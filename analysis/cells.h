/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_CELLS_H
#define CISUP_ANALYSIS_CELLS_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose error and the error of what. All are norms of est_t^l - a_t^l: of the whole
 * state, of its on-value, of its data vector x (core/circuits.h). The third kind holds
 * the norms of the exact states a_t^l of the active circuits, to compare with. */
typedef enum {
    CISUP_ACTIVE,
    CISUP_INACTIVE,
    CISUP_SIGNAL,
    CISUP_STATES
} cisup_state_kind;
typedef enum { CISUP_READOUT, CISUP_ON, CISUP_X, CISUP_QUANTITIES } cisup_quantity;

CISUP_API const char *cisup_state_name(cisup_state_kind state);
CISUP_API const char *cisup_quantity_name(cisup_quantity quantity);

/* Index into [L][states][quantities], l = 1..L. */
CISUP_API inline cisup_index cisup_cell(cisup_index l, int state, int quantity) {
    return ((l - 1) * CISUP_STATES + state) * CISUP_QUANTITIES + quantity;
}

/* The parts of an error est_t^l - a_t^l, (8.3)-(8.7), which add up to it (theorem 2).
 * Propagation and weight correction nearly cancel in the schemes that correct, so their
 * sum comes too. */
typedef enum {
    CISUP_TERM_OVERLAP,
    CISUP_TERM_PROPAGATION,
    CISUP_TERM_ACTIVATION,
    CISUP_TERM_WEIGHT_CORRECTION,
    CISUP_TERM_READOUT_CORRECTION,
    CISUP_TERM_PROPAGATION_AND_WEIGHT_CORRECTION,
    CISUP_TERM_TOTAL, /* the error itself */
    CISUP_TERMS
} cisup_term;

/* "overlap", "propagation", ..., "total". */
CISUP_API const char *cisup_term_name(cisup_term term);

/* Index into [L][active, inactive][CISUP_TERMS], l = 1..L. */
CISUP_API inline cisup_index cisup_term_cell(cisup_index l, int state, int term) {
    return ((l - 1) * 2 + state) * CISUP_TERMS + term;
}

#ifdef __cplusplus
}
#endif

#endif
