/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_MODE_H
#define CISUP_ANALYSIS_MODE_H

#include <cisup/core/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a neuron does (docs/math.md, section 7). K^l: neurons of active circuits. */
typedef enum {
    CISUP_MODE_RELU,          /* the real network */
    CISUP_MODE_MASKED_LINEAR, /* Pre inside K^l, 0 outside; no ReLU */
    CISUP_MODE_MASKED_RELU,   /* ReLU inside K^l, 0 outside */
    CISUP_MODE_LINEAR,        /* Pre everywhere */
} cisup_mode;

/* "relu", "masked-linear", ...; cisup_mode_find returns -1 for an unknown name. */
CISUP_API const char *cisup_mode_name(cisup_mode mode);
CISUP_API int cisup_mode_find(const char *name);

/* The numbers that activations are kept in. */
typedef enum { CISUP_PRECISION_DOUBLE, CISUP_PRECISION_SINGLE } cisup_precision;
enum { CISUP_PRECISIONS = 2 };

/* How samples pass through a network; same results to rounding. */
typedef enum {
    CISUP_ENGINE_AUTO,      /* whichever but assembled is predicted to cost least */
    CISUP_ENGINE_BATCHED,   /* samples in lanes, one visit a circuit */
    CISUP_ENGINE_SPARSE,    /* from open neurons through their circuits */
    CISUP_ENGINE_ASSEMBLED, /* in lanes, through the assembled weights */
    CISUP_ENGINE_REDUCED,   /* through active circuits' neurons alone; carried masks */
} cisup_engine;

#ifdef __cplusplus
}
#endif

#endif
