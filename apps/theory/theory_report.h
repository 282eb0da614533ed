/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_THEORY_REPORT_H
#define CISUP_APPS_THEORY_REPORT_H

#include "common/emit.h"

#include <cisup/analysis/theory/theory_published.h>
#include <cisup/analysis/theory/theory_rows.h>
#include <cisup/analysis/theory_table.h>
#include <cisup/core/allocation.h>
#include <cisup/core/shape.h>

enum { LIMITS_MOST = 32 };

/* Everything `cisup theory` says of one shape. */
typedef struct {
    cisup_shape shape;
    cisup_theory_question question;
    cisup_theory_case even, actual; /* actual only with a scheme */
    cisup_theory_case masks;        /* cycle 0: not asked for */
    const char *scheme;             /* NULL: none was asked for */
    cisup_allocation_stats stats;
    cisup_index capacity; /* of the scheme; -1: not known */
    cisup_theory_reach reach[LIMITS_MOST];
    const char *binding[CISUP_SETTINGS]; /* name of the limit; NULL: none */
    cisup_index most[CISUP_SETTINGS];    /* its T */
} theory_report;

/* Fills reach, binding and most from the rest. */
void theory_report_limits(theory_report *r);

/* The limit that the scheme of r->capacity is. */
cisup_theory_limit theory_scheme_limit(void);

void theory_text(const theory_report *r);

/* docs/formats.md, "theory". */
CISUP_MUST_CHECK cisup_status theory_json(const theory_report *r, cisup_error *err);

#endif
