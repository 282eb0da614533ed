/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/specimen.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/terms.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/operator.h>
#include <cisup/sparse/network/network_parts.h>

void cisup_specimen_free(cisup_specimen *s) {
    if (s->computed) {
        cisup_computed_free(s->computed);
        cisup_release(s->computed);
        s->net.circuits = NULL;
    }
    cisup_wiring_free(&s->wiring);
    cisup_release(s->kappa);
    if (s->correction) cisup_terms_corrections_free(s->correction, s->net.circuits->L);
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->some);
    cisup_circuits_free(&s->drawn);
    cisup_release(s->kept);
    *s = (cisup_specimen){0};
}

/* Takes the excluded circuits out. *circuits: all, then those that are left. */
static cisup_status exclude(cisup_specimen *s, const cisup_experiment *x,
                            cisup_index network, const cisup_circuits **circuits,
                            cisup_error *err) {
    const cisup_exclusion *e = &x->exclude;
    const cisup_index *out = e->circuit + (e->by_network ? network * e->count : 0);
    const cisup_index T = x->base->T;
    cisup_index at = 0, next = 0;
    cisup_status status;
    CISUP_TRY(cisup_new(&s->kept, T, sizeof *s->kept, err));
    for (cisup_index t = 0; t < T; t++) {
        if (next < e->count && out[next] == t)
            next++;
        else
            s->kept[at++] = t;
    }
    CISUP_TRY(cisup_circuits_keep(&s->some, *circuits, s->kept, at, err));
    s->base.T = at;
    *circuits = &s->some;
done:
    return status;
}

double cisup_specimen_kappa(const cisup_specimen *s, cisup_index l) {
    return s->computed ? s->computed->kappa[l - 2]
                       : cisup_operator_kappa(&s->net.layers[l - 2]);
}

static cisup_status compute(cisup_specimen *s, const cisup_experiment *x,
                            const cisup_family_options *family,
                            const cisup_network_options *options, cisup_error *err) {
    const int is_single = x->precision == CISUP_PRECISION_SINGLE;
    cisup_status status;
    CISUP_TRY(cisup_new(&s->computed, 1, sizeof *s->computed, err));
    CISUP_TRY(cisup_computed_make(s->computed, x->computed, x->cycle, x->d, x->L, family,
                                  options, is_single, err));
    s->net = (cisup_network){.base = &s->base,
                             .circuits = &s->computed->circuits,
                             .weights = s->computed->open.weights,
                             .cycle = options->carrying.cycle};
    if (!x->cycle) goto done;
    CISUP_TRY(cisup_network_gate(&s->net, &options->carrying, err));
    s->computed->open.sized = &s->net;
done:
    return status;
}

cisup_status cisup_specimen_make(cisup_specimen *s, const cisup_experiment *x,
                                 cisup_index network, cisup_error *err) {
    *s = (cisup_specimen){.base = *x->base};
    cisup_family_options family = x->family;
    cisup_network_options options = x->network;
    family.seed = options.seed = x->seed;
    family.network = options.network = network;
    options.threads = x->threads;
    for (cisup_index k = 0; k < x->z_count; k++)
        if (x->z[k] > options.carrying.active) options.carrying.active = x->z[k];
    const cisup_circuits *circuits = x->circuits ? x->circuits : &s->drawn;
    cisup_status status;
    if (cisup_experiment_is_computed(x)) {
        CISUP_TRY(compute(s, x, &family, &options, err));
        goto done;
    }
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&s->drawn, x->base->T, x->d, x->L, &family, err));
    if (x->exclude.count) CISUP_TRY(exclude(s, x, network, &circuits, err));
    options.kept = s->kept;
    options.rows = x->base->T;
    options.form = cisup_engine_form(x->engine);
    CISUP_TRY(cisup_network_make(&s->net, &s->base, circuits, &options, err));
    if (x->terms) CISUP_TRY(cisup_terms_corrections(&s->net, &s->correction, err));
done:
    if (status != CISUP_OK) cisup_specimen_free(s);
    return status;
}

cisup_status cisup_specimen_open(cisup_specimen *s, const cisup_experiment *x,
                                 cisup_incidence *neurons,
                                 const cisup_open_network **open, cisup_error *err) {
    const cisup_index L = s->net.circuits->L;
    cisup_status status = CISUP_OK;
    *open = s->computed ? &s->computed->open : &s->open;
    if ((*open)->wiring) return status;
    if (!x->cycle && neurons->N == 0)
        CISUP_TRY(cisup_incidence_of(neurons, x->base, err));
    if (x->cycle)
        CISUP_TRY(cisup_wiring_cycle(&s->wiring, x->cycle, &s->net, L, err));
    else
        CISUP_TRY(cisup_wiring_of(&s->wiring, neurons, &s->net, err));
    CISUP_TRY(cisup_new(&s->kappa, L, sizeof *s->kappa, err));
    for (cisup_index l = 2; l <= L; l++) s->kappa[l - 2] = cisup_specimen_kappa(s, l);
    s->open = (cisup_open_network){.wiring = &s->wiring,
                                   .circuits = s->net.circuits,
                                   .weights = s->net.weights,
                                   .kappa = s->kappa,
                                   .is_single = x->precision == CISUP_PRECISION_SINGLE,
                                   .sized = s->net.cycle ? &s->net : NULL};
done:
    return status;
}
