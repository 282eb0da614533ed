/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_FAMILIES_H
#define CISUP_CORE_FAMILIES_H

#include <cisup/core/base/rng.h>
#include <cisup/core/circuits.h>

#include <stdbool.h>

/* What is drawn: circuits of width d, their weights of layer l >= 1. */
typedef struct {
    const cisup_family_options *options;
    cisup_index d, l;
} cisup_family_draw;

/* Networks that carry masks take circuits without an on-indicator. */
typedef enum {
    CISUP_NEVER_CARRIED,
    CISUP_MAY_BE_CARRIED,
    CISUP_ALWAYS_CARRIED, /* and f is the identity in all layers */
} cisup_family_carried;

/* A family: a row of the table in families.c (docs/contributing.md adds one). */
typedef struct {
    const char *name;
    /* Draws the weights of one circuit into w: [d][d], zeroed on entry. rng NULL: puts
     * their expectation there instead, which is the common part of computed circuits. */
    void (*draw)(cisup_rng *rng, const cisup_family_draw *x, double *w);
    cisup_index width, least_width; /* width 0: any from least_width */
    cisup_index on_count;           /* 1: every bias is -margin; 2: those of a gate */
    double offset;
    int fold;            /* CISUP_FOLD_: what inputs are */
    bool has_margin;     /* it has b > 0 */
    bool has_layers;     /* its layers differ, with and without `fresh` */
    bool common_is_mean; /* the common part is the expectation in stored circuits, too,
                            instead of the mean of those drawn */
    cisup_family_carried carried;
} cisup_family_kind;

/* NULL: no family has this number. */
const cisup_family_kind *cisup_family_of(cisup_family family);

#endif
