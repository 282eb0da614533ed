/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_INCIDENCE_FORM_H
#define CISUP_CORE_INCIDENCE_FORM_H

#include <cisup/core/computed/geometry.h>
#include <cisup/core/computed/implicit.h>
#include <cisup/core/computed/pairs.h>
#include <cisup/core/computed/triples.h>
#include <cisup/core/incidence.h>

/* What is behind a cisup_incidence. */
typedef enum {
    CISUP_INCIDENCE_STORED,   /* a cisup_allocation and its neurons' lists */
    CISUP_INCIDENCE_SINGLE,   /* S = 1: circuit t on neuron t mod N */
    CISUP_INCIDENCE_TD,       /* core/computed/implicit.h */
    CISUP_INCIDENCE_PAIRS,    /* core/computed/pairs.h */
    CISUP_INCIDENCE_TRIPLES,  /* core/computed/triples.h */
    CISUP_INCIDENCE_GEOMETRY, /* core/computed/geometry.h, then neurons on no line */
} cisup_incidence_kind;

/* The circuits of neuron n are circuit[start[n]] .. circuit[start[n+1]-1], increasing. */
typedef struct {
    const cisup_allocation *allocation; /* borrowed */
    cisup_index *start;                 /* [N+1] */
    cisup_index *circuit;               /* [T*S] */
} cisup_stored;

typedef struct cisup_incidence_form {
    cisup_incidence_kind kind;
    union {
        cisup_stored stored;
        cisup_implicit td;
        cisup_triples triples;
        cisup_geometry geometry;
    } of;
} cisup_incidence_form;

/* Whether a scheme's allocations can be computed with S neurons a circuit; every
 * scheme's can with S = 1. */
int cisup_incidence_exists(cisup_scheme scheme, cisup_index S);

/* The rows one after the other, computed whenever they are asked for; borrows x. */
cisup_rows cisup_incidence_rows(const cisup_incidence *x);

#endif
