/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_OUTCOME_H
#define CISUP_ANALYSIS_OUTCOME_H

#include <cisup/analysis/capacity.h>

const char *cisup_capacity_outcome_name(cisup_capacity_outcome outcome);

#endif
