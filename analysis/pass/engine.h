/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_ENGINE_H
#define CISUP_ANALYSIS_ENGINE_H

#include <cisup/analysis/measure/batch.h>
#include <cisup/analysis/mode.h>

/* What the layers of a network are made as for this engine. */
cisup_operator_form cisup_engine_form(cisup_engine engine);

/* The share of open neurons, those with A != 0 in some block, of all L N: the mean over
 * the first CISUP_LANES samples of a network (or `inputs`, if fewer) with z active
 * circuits. The same on every machine but for rounding. Time and memory of one
 * cisup_forward_run. Errors: those of cisup_forward_init. */
CISUP_MUST_CHECK cisup_status cisup_open_share(const cisup_network *net, cisup_mode mode,
                                               uint64_t seed, cisup_index network,
                                               cisup_index z, cisup_index inputs,
                                               double *share, cisup_error *err);

/* The share of open neurons at which a sparse and a batched pass through circuits on S
 * neurons cost the same; below it the sparse one costs less:
 *
 *   0.2 / (S + 10)                                  half of that in single precision
 *
 * A batched pass through T circuits costs S T; a sparse one, which visits a share of them
 * S times, share S T (S + c) r. c = 10 and r = 5 were measured for d = 4 by
 * bench/bench_crossover.c (bench/README.md), within a factor of 2.1. S >= 1. */
double cisup_engine_crossover(cisup_index S, cisup_precision precision);

#endif
