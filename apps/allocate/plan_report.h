/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PLAN_REPORT_H
#define CISUP_APPS_PLAN_REPORT_H

#include "check_report.h"
#include "common/options.h"

#include <cisup/core/proof/plan_proof.h>
#include <cisup/core/schemes.h>

/* A construction, its circuits and what it rests on. Start from {0}. */
enum { MOST_THEOREMS = 16 };
typedef struct {
    char *text;
    cisup_index circuits;
    int theorems;
    const cisup_plan_theorem *theorem[MOST_THEOREMS]; /* each once */
    cisup_packing_plan plan;                          /* empty for td */
} construction;

/* Errors: EINVAL (a scheme without a plan); ENOMEM. */
CISUP_MUST_CHECK cisup_status construction_make(cisup_index N, cisup_index S,
                                                cisup_scheme scheme, construction *c,
                                                cisup_error *err);
void construction_free(construction *c);

/* `allocate --plan`: the construction, its count and Johnson's bound, its sources. */
CISUP_MUST_CHECK cisup_status construction_show(const construction *c, cisup_index N,
                                                cisup_index S, const char *scheme,
                                                int is_json, cisup_error *err);

/* `check --algebra` of a plan: its steps. Errors: ENOMEM; EIO. */
CISUP_MUST_CHECK cisup_status plan_proof_show(const construction *c,
                                              const cisup_plan_proof *p,
                                              const findings *f, int is_json,
                                              cisup_error *err);

#endif
