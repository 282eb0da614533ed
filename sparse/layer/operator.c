/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/operator.h>

#include <cisup/core/base/words.h>

static const char *const engine_name[] = {
    [CISUP_ENGINE_FACTORED] = "factored",
    [CISUP_ENGINE_ASSEMBLED] = "assembled",
};

const char *cisup_engine_name(cisup_engine engine) {
    return engine_name[engine];
}

int cisup_engine_find(const char *name) {
    return CISUP_WORD_FIND(engine_name, name);
}

cisup_status cisup_operator_make(cisup_operator *out, cisup_engine engine,
                                 const cisup_transition *x, cisup_error *err) {
    const cisup_allocation *base = x->base;
    const double c = cisup_center(base->N, base->S, base->T, &x->options);
    *out = (cisup_operator){.engine = engine, .in = {base, x->from, x->d, c}};
    const cisup_status status = engine == CISUP_ENGINE_FACTORED
                                    ? cisup_factored_make(&out->factored, x, err)
                                    : cisup_weights_make(&out->assembled, x, err);
    if (status != CISUP_OK) cisup_operator_free(out);
    return status;
}

void cisup_operator_free(cisup_operator *op) {
    cisup_weights_free(&op->assembled);
    cisup_factored_free(&op->factored);
    *op = (cisup_operator){0};
}

double cisup_operator_kappa(const cisup_operator *op) {
    return op->engine == CISUP_ENGINE_FACTORED ? op->factored.kappa : op->assembled.kappa;
}

cisup_index cisup_operator_work(const cisup_operator *op) {
    return op->engine == CISUP_ENGINE_FACTORED ? cisup_factored_work(&op->factored)
                                               : 3 * op->in.d * CISUP_LANES;
}

void cisup_operator_apply(const cisup_operator *op, const double *a, double *y,
                          double *work, const cisup_reader *reader) {
    if (op->engine == CISUP_ENGINE_FACTORED) {
        cisup_factored_apply(&op->factored, a, y, work, reader);
        return;
    }
    cisup_readout_all(&op->in, a, work, reader);
    cisup_weights_apply(&op->assembled, a, y, work);
}
