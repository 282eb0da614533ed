/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_SPECIMEN_H
#define CISUP_ANALYSIS_SPECIMEN_H

#include <cisup/analysis/computed.h>
#include <cisup/analysis/experiment.h>

/* One of the networks of an experiment with the circuits drawn for it. Parts point to
 * each other: it must stay where it was made. Start from {0}. */
typedef struct {
    cisup_circuits drawn;  /* empty when the experiment brings circuits */
    cisup_circuits some;   /* without the excluded ones; empty if there are none */
    cisup_allocation base; /* borrows the rows of the experiment's; T counts circuits */
    cisup_index *kept;     /* [T] numbers of the circuits, or NULL: all */
    cisup_network net;
    cisup_correction *correction; /* [L-1] with terms, else NULL */
    cisup_computed *computed; /* or NULL; net then has sizes and circuits, no layers */
} cisup_specimen;

/* Makes network number `network`: the same in every call. *s is uninitialised on entry,
 * empty after a failure. Errors: those of cisup_circuits_make, cisup_network_make. */
CISUP_MUST_CHECK cisup_status cisup_specimen_make(cisup_specimen *s,
                                                  const cisup_experiment *x,
                                                  cisup_index network, cisup_error *err);
void cisup_specimen_free(cisup_specimen *s);

/* kappa of layer l = 2..L. */
double cisup_specimen_kappa(const cisup_specimen *s, cisup_index l);

/* The number that circuit t of the specimen has in the experiment. */
static inline cisup_index cisup_specimen_number(const cisup_specimen *s, cisup_index t) {
    return s->kept ? s->kept[t] : t;
}

#endif
