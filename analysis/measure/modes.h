/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_MODES_H
#define CISUP_ANALYSIS_MODES_H

#include <cisup/analysis/mode.h>

/* "double", "single"; cisup_precision_find returns -1 for an unknown name. */
const char *cisup_precision_name(cisup_precision precision);
int cisup_precision_find(const char *name);

/* "auto", "batched", "sparse", "assembled", "reduced"; cisup_engine_find returns -1 for
 * an unknown name. */
const char *cisup_engine_name(cisup_engine engine);
int cisup_engine_find(const char *name);

#endif
