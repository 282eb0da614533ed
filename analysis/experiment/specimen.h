/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_SPECIMEN_H
#define CISUP_ANALYSIS_SPECIMEN_H

#include <cisup/analysis/experiment.h>
#include <cisup/analysis/pass/computed.h>
#include <cisup/sparse/layer/correction.h>

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

    /* What passes through open neurons need on top; empty until cisup_specimen_open. */
    cisup_wiring wiring;
    double *kappa; /* [L-1] */
    cisup_open_network open;
} cisup_specimen;

/* Makes network number `network`: the same in every call. *s is uninitialised on entry,
 * empty after a failure. Errors: those of cisup_circuits_make, cisup_network_make. */
CISUP_MUST_CHECK cisup_status cisup_specimen_make(cisup_specimen *s,
                                                  const cisup_experiment *x,
                                                  cisup_index network, cisup_error *err);
void cisup_specimen_free(cisup_specimen *s);

/* The same network for passes through open neurons (analysis/pass/open_pass.h), made at
 * the first call.
 *
 *   neurons   of the experiment's base; filled in if empty (N = 0), and must then stay as
 *             long as the specimen; not used by computed networks and with a cycle
 *
 * *open is borrowed from s. Errors: those of cisup_incidence_of; ENOMEM. O(L T S). */
CISUP_MUST_CHECK cisup_status cisup_specimen_open(cisup_specimen *s,
                                                  const cisup_experiment *x,
                                                  cisup_incidence *neurons,
                                                  const cisup_open_network **open,
                                                  cisup_error *err);

/* kappa of layer l = 2..L. */
double cisup_specimen_kappa(const cisup_specimen *s, cisup_index l);

/* The number that circuit t of the specimen has in the experiment. */
static inline cisup_index cisup_specimen_number(const cisup_specimen *s, cisup_index t) {
    return s->kept ? s->kept[t] : t;
}

#endif
