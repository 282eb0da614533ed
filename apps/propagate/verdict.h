/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_VERDICT_H
#define CISUP_APPS_VERDICT_H

#include "report.h"

/* What a run says of one z, in figures that are divided by the signal. */

/* One layer. Root mean squares of the error of the quantity; NaN where there is none. */
typedef struct {
    cisup_interval active, inactive; /* sd is NaN */
    double theory;                   /* of active circuits */
    int is_theory_in_range;
    double wrong_on, wrong_data; /* shares of the closed neurons that are open, mean over
                                    the blocks of on-neurons and of data neurons */
} verdict_layer;

/* How far a run is exact. */
typedef enum { NOT_EXACT, EXACT_BUT_ROUNDING, EXACT } exactness;

/* Layers are 0 where there is none. */
typedef struct {
    cisup_quantity quantity;
    double signal_least, signal_most; /* root mean squares; 0: there is none, and figures
                                         are not divided */
    exactness exact;
    cisup_index L, networks, networks_asked;
    cisup_index ran_over;           /* first layer whose error is not finite */
    cisup_index above_theory;       /* from here on every layer is */
    double ratio_first, ratio_last; /* to the theory, there and in the last layer */
    double within;                  /* largest part by which a layer differs from
                                       the theory; NaN: nothing to compare */
    cisup_index above_signal;       /* first layer with an error of 1 or more */
    double last;                    /* error of the last layer */
    const char *limit;              /* of the theory that binds; NULL: none */
    cisup_index limit_T, T;
    int block, is_on;  /* most wrongly open where the error leaves */
    int block_is_only; /* of its kind */
    double share;      /* of that block; 0 or NaN: none */
    cisup_index look;  /* the layer of these */
    const char *term;  /* largest part of the error there; or NULL */
    double term_share; /* its mean square over that of the error */
    double feedback;
    int is_carried;
} verdict;

/* O(L). */
verdict verdict_of(const finished_run *run, const cisup_result *r);
verdict_layer verdict_at(const finished_run *run, const cisup_result *r, const verdict *v,
                         cisup_index layer);

/* The verdict in sentences. Above the theory is an error 1.2 times as large whose
 * interval does not reach it; zero is below 10^-10 of the signal. */
enum { VERDICT_ROOM = 1200 };
void verdict_text(const verdict *v, char text[VERDICT_ROOM]);

/* "on-0", "data": a block of neurons; text: at least 24 characters. */
const char *verdict_block(const verdict *v, char text[24]);

#endif
