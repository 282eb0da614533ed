/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/computed/flint_fields.h>

#include <flint/fmpz.h>
#include <flint/fq_nmod.h>
#include <flint/ulong_extras.h>

cisup_factors cisup_factor(cisup_index n) {
    n_factor_t f;
    n_factor_init(&f);
    n_factor(&f, (mp_limb_t)n, 1);
    cisup_factors out = {.count = f.num};
    for (int k = 0; k < f.num; k++) {
        out.p[k] = (cisup_index)f.p[k];
        out.e[k] = f.exp[k];
    }
    return out;
}

/* The element whose coefficients are the base-p digits of `code`. */
static void element_set(fq_nmod_t x, cisup_index code, cisup_index p) {
    nmod_poly_zero(x);
    for (slong k = 0; code; k++, code /= p)
        nmod_poly_set_coeff_ui(x, k, (ulong)(code % p));
}

static cisup_index element_code(const fq_nmod_t x, cisup_index p) {
    cisup_index code = 0;
    for (slong k = nmod_poly_degree(x); k >= 0; k--)
        code = code * p + (cisup_index)nmod_poly_get_coeff_ui(x, k);
    return code;
}

void cisup_field_products(cisup_index p, int e, cisup_index count, int32_t *product) {
    const fmpz prime = (fmpz)p; /* a small fmpz is the number itself */
    fq_nmod_ctx_t field;
    fq_nmod_ctx_init(field, &prime, e, "t");
    fq_nmod_t x, t;
    fq_nmod_init(x, field);
    fq_nmod_init(t, field);
    fq_nmod_gen(t, field);
    for (cisup_index i = 0; i < count; i++) {
        element_set(x, i, p);
        for (int j = 0; j < e; j++) {
            product[i * e + j] = (int32_t)element_code(x, p);
            fq_nmod_mul(x, x, t, field);
        }
    }
    fq_nmod_clear(x, field);
    fq_nmod_clear(t, field);
    fq_nmod_ctx_clear(field);
}

/* Writes the powers of g until they come back to 1; how many there are. */
static cisup_index powers_of(const fq_nmod_t g, cisup_index p, const fq_nmod_ctx_t field,
                             int32_t *power) {
    fq_nmod_t x;
    cisup_index order = 0;
    fq_nmod_init(x, field);
    fq_nmod_one(x, field);
    do {
        power[order++] = (int32_t)element_code(x, p);
        fq_nmod_mul(x, x, g, field);
    } while (!fq_nmod_is_one(x, field));
    fq_nmod_clear(x, field);
    return order;
}

void cisup_field_powers(cisup_index p, int e, int32_t *power) {
    const fmpz prime = (fmpz)p;
    fq_nmod_ctx_t field;
    fq_nmod_ctx_init(field, &prime, e, "t");
    fq_nmod_t g;
    fq_nmod_init(g, field);
    cisup_index nonzero = 1;
    for (int k = 0; k < e; k++) nonzero *= p;
    nonzero--;
    /* From t on, which Conway's polynomials make a generator; then 1, 2, ... */
    for (cisup_index code = e > 1 ? p : 1;; code = code < nonzero ? code + 1 : 1) {
        element_set(g, code, p);
        if (powers_of(g, p, field, power) == nonzero) break;
    }
    fq_nmod_clear(g, field);
    fq_nmod_ctx_clear(field);
}
