/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/engine.h>
#include <cisup/analysis/pass/forward.h>

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/base/words.h>

#include <stddef.h>

static const char *const engine_name[] = {
    [CISUP_ENGINE_AUTO] = "auto",       [CISUP_ENGINE_BATCHED] = "batched",
    [CISUP_ENGINE_SPARSE] = "sparse",   [CISUP_ENGINE_ASSEMBLED] = "assembled",
    [CISUP_ENGINE_REDUCED] = "reduced", //
};

const char *cisup_engine_name(cisup_engine engine) {
    return engine_name[engine];
}

int cisup_engine_find(const char *name) {
    return CISUP_WORD_FIND(engine_name, name);
}

cisup_operator_form cisup_engine_form(cisup_engine engine) {
    return engine == CISUP_ENGINE_ASSEMBLED ? CISUP_OPERATOR_ASSEMBLED
                                            : CISUP_OPERATOR_FACTORED;
}

/* Counts open neurons of the lanes in use. */
typedef struct {
    cisup_index N, d, used, open;
} census;

static void count_layer(void *context, cisup_index l, const double *a,
                        const unsigned char *in_active) {
    census *c = context;
    (void)in_active;
    if (l == 0) return;
    for (cisup_index n = 0; n < c->N; n++)
        for (cisup_index lane = 0; lane < c->used; lane++) {
            int is_open = 0;
            for (cisup_index i = 0; i < c->d; i++)
                is_open |= a[(i * c->N + n) * CISUP_LANES + lane] != 0.0;
            c->open += is_open;
        }
}

cisup_status cisup_open_share(const cisup_network *net, cisup_mode mode, uint64_t seed,
                              cisup_index network, cisup_index z, cisup_index inputs,
                              double *share, cisup_error *err) {
    const cisup_circuits *circuits = net->circuits;
    census c = {.N = net->base->N,
                .d = circuits->d,
                .used = inputs < CISUP_LANES ? inputs : CISUP_LANES};
    const cisup_observer observer = {&c, count_layer, NULL};
    cisup_batch batch = {0};
    cisup_forward forward = {0};
    cisup_status status;
    CISUP_TRY(cisup_batch_init(&batch, z, circuits, err));
    CISUP_TRY(cisup_forward_init(&forward, net, err));
    cisup_batch_draw(&batch, circuits, seed, network, 0, c.used);
    cisup_forward_run(&forward, net, mode, &batch, &observer);
    *share = (double)c.open / ((double)c.N * (double)circuits->L * (double)c.used);
done:
    cisup_forward_free(&forward);
    cisup_batch_free(&batch);
    return status;
}

double cisup_engine_crossover(cisup_index S, cisup_precision precision) {
    const double share = 0.2 / ((double)S + 10.0);
    return precision == CISUP_PRECISION_SINGLE ? 0.5 * share : share;
}
