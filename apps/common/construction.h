/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_CONSTRUCTION_H
#define CISUP_APPS_CONSTRUCTION_H

#include "options.h"

#include <cisup/core/circuits_csv.h>
#include <cisup/core/cycle.h>
#include <cisup/sparse/network.h>

/* Which construction a network is of, and the options of those that carry masks. */
typedef struct {
    int masks;         /* 0: published; 1: carried masks */
    cisup_index cycle; /* c; 0 until construction_complete unless given */
    const char *offset_text, *strength_text;
    const char *offset_from, *strength_from; /* "safe", "pilot", "given" or "default" */
    double offset, strength; /* of those texts: NaN for "safe" and "pilot" */
    cisup_linear linear;
    int codes;          /* masks are handed on as codes */
    cisup_index active; /* most circuits active at a time, for these; 0: the largest z */
    int robust;         /* masks deaf to small noise: of propagate, which sets it */
} construction;

construction construction_defaults(void);

/* Rows of construction; and all but the construction itself, for a command that takes a
 * list of them. */
extern const option_row construction_options[], construction_details[];

#define CONSTRUCTION_WORDS "published|masks"
#define CONSTRUCTION_HELP                                                                \
    "closing neurons by the circuits' own gate, or by masks that are carried through "   \
    "the network (published)"

/* Whether offset or strength is that of a pilot run (analysis/experiment/pilot.h). */
int construction_has_pilot(const construction *c);

/* Understands the texts. is_rotation: of family rotation2, whose offset is 1 unless
 * another is given: then the lower side of a neuron cuts off outliers. Errors: EINVAL
 * naming the option: a number that is negative or none; an option of masks without
 * --construction masks. */
CISUP_MUST_CHECK cisup_status construction_complete(construction *c, int is_rotation,
                                                    cisup_error *err);

#endif
