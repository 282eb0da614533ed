/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/measure/term_sums.h>

#include <cisup/core/memory.h>

#include <string.h>

cisup_status cisup_term_sums_init(cisup_term_sums *s, const cisup_network *net,
                                  cisup_error *err) {
    *s = (cisup_term_sums){.L = net->circuits->L};
    const cisup_index cells = cisup_term_cell(s->L + 1, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_terms_init(&s->terms, net, err));
    CISUP_TRY(cisup_new(&s->sum, 2 * cells * CISUP_LANES, sizeof *s->sum, err));
done:
    if (status != CISUP_OK) cisup_term_sums_free(s);
    return status;
}

void cisup_term_sums_free(cisup_term_sums *s) {
    cisup_terms_free(&s->terms);
    cisup_release(s->sum);
    *s = (cisup_term_sums){0};
}

/* Adds the lanes that `wanted` names. square, product: [LANES]. */
static void add_lanes(cisup_term_sums *s, cisup_index cell, const unsigned char *wanted,
                      const double *square, const double *product) {
    const cisup_index cells = cisup_term_cell(s->L + 1, 0, 0);
    double *squares = s->sum + cell * CISUP_LANES;
    double *products = s->sum + (cells + cell) * CISUP_LANES;
    CISUP_EACH_LANE(m) {
        squares[m] += wanted[m] ? square[m] : 0.0;
        products[m] += wanted[m] ? product[m] : 0.0;
    }
}

CISUP_VECTOR
static void add_circuit(void *context, cisup_index l, cisup_index t, const double *term,
                        const unsigned char *active) {
    cisup_term_sums *s = context;
    const cisup_index d = s->terms.net->circuits->d, width = d * CISUP_LANES;
    const double *total = term + CISUP_TERM_TOTAL * width;
    unsigned char inactive[CISUP_LANES];
    int active_lanes = 0;
    (void)t;
    for (int m = 0; m < CISUP_LANES; m++) {
        inactive[m] = m < s->terms.batch->used && !active[m];
        active_lanes += active[m];
    }
    for (int p = 0; p < CISUP_TERMS; p++) {
        double square[CISUP_LANES] = {0}, product[CISUP_LANES] = {0};
        for (cisup_index i = s->terms.net->circuits->biased; i < d; i++) { /* no mask */
            const double *x = term + p * width + i * CISUP_LANES;
            const double *y = total + i * CISUP_LANES;
            CISUP_EACH_LANE(m) {
                square[m] += x[m] * x[m];
                product[m] += x[m] * y[m];
            }
        }
        add_lanes(s, cisup_term_cell(l, 1, p), inactive, square, product);
        if (active_lanes) add_lanes(s, cisup_term_cell(l, 0, p), active, square, product);
    }
}

cisup_observer cisup_term_sums_start(cisup_term_sums *s, const cisup_network *net,
                                     const cisup_correction *correction, cisup_mode mode,
                                     const cisup_batch *batch) {
    const cisup_index cells = cisup_term_cell(s->L + 1, 0, 0);
    memset(s->sum, 0, (size_t)(2 * cells * CISUP_LANES) * sizeof *s->sum);
    return cisup_terms_start(&s->terms, net, correction, mode, batch, add_circuit, s);
}

void cisup_term_sums_read(const cisup_term_sums *s, double *out) {
    const cisup_index cells = cisup_term_cell(s->L + 1, 0, 0);
    for (cisup_index cell = 0; cell < 2 * cells; cell++) {
        out[cell] = 0.0;
        for (int m = 0; m < CISUP_LANES; m++) out[cell] += s->sum[cell * CISUP_LANES + m];
    }
}

extern inline cisup_index cisup_term_cell(cisup_index l, int state, int term);
