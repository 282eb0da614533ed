/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/computed.h>

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

/* Neurons that kappa is estimated from in larger networks; all in smaller ones. */
static const cisup_index all_columns = 4096, some_columns = 64;

void cisup_computed_free(cisup_computed *c) {
    cisup_wiring_free(&c->wiring);
    cisup_circuits_free(&c->circuits);
    cisup_release(c->kappa);
    cisup_release(c->error);
    *c = (cisup_computed){0};
}

static cisup_status find_kappas(cisup_computed *c, const cisup_network_options *o,
                                cisup_error *err) {
    const cisup_index N = c->wiring.N, L = c->circuits.L;
    cisup_status status = CISUP_OK;
    if (o->weights.scheme != CISUP_WEIGHTS_CAPPED || c->wiring.cycle) goto done;
    for (cisup_index l = 2; l <= L; l++) {
        cisup_kappa_estimate found;
        CISUP_TRY(cisup_wiring_kappa(&c->wiring, l, o->weights.correction,
                                     N <= all_columns ? N : some_columns, o->seed, &found,
                                     err));
        c->kappa[l - 2] = found.kappa;
        c->error[l - 2] = found.error;
    }
done:
    return status;
}

cisup_status cisup_computed_make(cisup_computed *c, const cisup_incidence *base,
                                 const cisup_cycle *cycle, cisup_index d, cisup_index L,
                                 const cisup_family_options *family,
                                 const cisup_network_options *o, int is_single,
                                 cisup_error *err) {
    *c = (cisup_computed){0};
    cisup_status status;
    const cisup_index T = base ? base->T : cycle->T;
    CISUP_TRY(cisup_circuits_compute(&c->circuits, T, d, L, family, err));
    CISUP_TRY(base ? cisup_wiring_make(&c->wiring, base, L, o->keep_order, o->seed,
                                       o->network, err)
                   : cisup_wiring_cycle(&c->wiring, cycle, NULL, L, err));
    CISUP_TRY(cisup_new(&c->kappa, L, sizeof *c->kappa, err));
    CISUP_TRY(cisup_new(&c->error, L, sizeof *c->error, err));
    CISUP_TRY(find_kappas(c, o, err));
    c->open = (cisup_open_network){.wiring = &c->wiring,
                                   .circuits = &c->circuits,
                                   .weights = o->weights,
                                   .kappa = c->kappa,
                                   .is_single = is_single};
    if (cycle) c->open.weights.scheme = CISUP_WEIGHTS_PLAIN;
done:
    if (status != CISUP_OK) cisup_computed_free(c);
    return status;
}
