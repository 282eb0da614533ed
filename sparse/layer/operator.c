/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/operator.h>

cisup_status cisup_operator_make(cisup_operator *out, cisup_operator_form form,
                                 const cisup_transition *x, cisup_error *err) {
    const cisup_allocation *base = x->base;
    const double c = cisup_center(base->N, base->S, base->T, &x->options);
    *out = (cisup_operator){.form = form, .in = {base, x->from, x->d, c}};
    const cisup_status status = form == CISUP_OPERATOR_FACTORED
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
    return op->form == CISUP_OPERATOR_FACTORED ? op->factored.kappa : op->assembled.kappa;
}
