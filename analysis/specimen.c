/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/specimen.h>

void cisup_specimen_free(cisup_specimen *s) {
    if (s->correction) cisup_terms_corrections_free(s->correction, s->net.circuits->L);
    cisup_network_free(&s->net);
    cisup_circuits_free(&s->drawn);
    *s = (cisup_specimen){0};
}

cisup_status cisup_specimen_make(cisup_specimen *s, const cisup_experiment *x,
                                 cisup_index network, cisup_error *err) {
    *s = (cisup_specimen){0};
    cisup_family_options family = x->family;
    cisup_network_options options = x->network;
    family.seed = options.seed = x->seed;
    family.network = options.network = network;
    options.threads = x->threads;
    const cisup_circuits *circuits = x->circuits ? x->circuits : &s->drawn;
    cisup_status status;
    if (!x->circuits)
        CISUP_TRY(cisup_circuits_make(&s->drawn, x->base->T, x->d, x->L, &family, err));
    CISUP_TRY(cisup_network_make(&s->net, x->base, circuits, &options, err));
    if (x->terms) CISUP_TRY(cisup_terms_corrections(&s->net, &s->correction, err));
done:
    if (status != CISUP_OK) cisup_specimen_free(s);
    return status;
}
