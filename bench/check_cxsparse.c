/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_peers.h"

#define NCOMPLEX
#include <suitesparse/cs.h>

#include <stdlib.h>
#include <time.h>

double cpu_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* E, N x T in columns: the rows of the allocation are its indices. */
static cs_di *incidence(const cisup_allocation *a) {
    const int entries = (int)(a->T * a->S);
    cs_di *e = cs_di_spalloc((int)a->N, (int)a->T, entries, 1, 0);
    if (!e) return NULL;
    for (int t = 0; t <= a->T; t++) e->p[t] = t * (int)a->S;
    for (int k = 0; k < entries; k++) {
        e->i[k] = a->slot[k];
        e->x[k] = 1.0;
    }
    return e;
}

static double largest(const cs_di *c) {
    double most = 0.0;
    for (int j = 0; j < c->n; j++)
        for (int k = c->p[j]; k < c->p[j + 1]; k++)
            if (c->i[k] != j && c->x[k] > most) most = c->x[k];
    return most;
}

int peer_cxsparse(const cisup_allocation *a, cisup_index neurons, peer_result *out) {
    cs_di *e = incidence(a);
    const double start = cpu_seconds();
    cs_di *et = e ? cs_di_transpose(e, 1) : NULL;
    const double built = cpu_seconds();
    if (et) et->n = (int)neurons; /* the first columns alone */
    cs_di *c = et ? cs_di_multiply(e, et) : NULL;
    out->second =
        built - start + (cpu_seconds() - built) * (double)a->N / (double)neurons;
    const int failed = !c;
    if (c) out->most = largest(c);
    cs_di_spfree(c);
    cs_di_spfree(et);
    cs_di_spfree(e);
    return failed;
}
