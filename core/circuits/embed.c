/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits_embed.h>

#include <cisup/core/circuits/carried.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>

static const cisup_index most_width = INT64_C(1) << 30;

/* Width n_l of circuit t. */
static cisup_index width_of(const cisup_mlps *x, cisup_index t, cisup_index l) {
    return x->widths[(x->by_circuit ? t * (x->L + 1) : 0) + l];
}

static cisup_status sizes_check(const cisup_mlps *x, const cisup_embed_options *o,
                                cisup_error *err) {
    if (o->carried ? o->gate : x->linear == CISUP_LINEAR_ALL)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          o->gate && o->carried
                              ? "a gate around circuits that are carried"
                              : "all layers linear of circuits that are not carried");
    if (x->T < 1 || x->L < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "T = %" PRId64 ", L = %" PRId64 " must be at least 1", x->T,
                          x->L);
    for (cisup_index t = 0; t < (x->by_circuit ? x->T : 1); t++)
        for (cisup_index l = 0; l <= x->L; l++)
            if (width_of(x, t, l) < 1 || width_of(x, t, l) > most_width)
                return CISUP_FAIL(err, CISUP_EINVAL,
                                  "circuit %" PRId64 ", layer %" PRId64 ": width %" PRId64
                                  " is not in [1, 2^30]",
                                  t, l, width_of(x, t, l));
    return CISUP_OK;
}

/* is_split: the outputs take two neurons each. */
static cisup_index widest(const cisup_mlps *x, int is_split) {
    cisup_index m = 1;
    for (cisup_index t = 0; t < (x->by_circuit ? x->T : 1); t++)
        for (cisup_index l = 0; l <= x->L; l++) {
            const cisup_index needed = width_of(x, t, l) * (1 + (is_split && l == x->L));
            if (needed > m) m = needed;
        }
    return m;
}

/* Layer l of circuit t of MLPs that are read one after the other. */
typedef struct {
    const cisup_mlps *x;
    int has_split; /* outputs */
    cisup_index t, l;
    const double *v, *beta; /* its weights, its biases or NULL */
} layer;

static cisup_status layer_check(const layer *y, cisup_error *err) {
    const cisup_index n = width_of(y->x, y->t, y->l), in = width_of(y->x, y->t, y->l - 1);
    double sum = 0.0; /* NaN as soon as a number is not finite */
    for (cisup_index k = 0; k < n * in; k++) sum += y->v[k] - y->v[k];
    for (cisup_index k = 0; y->beta && k < n; k++) sum += y->beta[k] - y->beta[k];
    if (sum == 0.0) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "circuit %" PRId64 ", layer %" PRId64
                      ": a weight or bias is not finite",
                      y->t, y->l);
}

/* w: [m][m], beta: [m], zeroed. */
static void pad(const layer *y, cisup_index m, double *w, double *beta) {
    const cisup_index n = width_of(y->x, y->t, y->l), in = width_of(y->x, y->t, y->l - 1);
    const int is_split = y->l == y->x->L && y->has_split;
    for (cisup_index i = 0; i < n; i++)
        for (int half = 0; half <= is_split; half++) {
            const cisup_index to = is_split ? 2 * i + half : i;
            const double sign = half ? -1.0 : 1.0;
            for (cisup_index j = 0; j < in; j++) w[to * m + j] = sign * y->v[i * in + j];
            if (y->beta) beta[to] = sign * y->beta[i];
        }
}

/* Into plain->w and beta: [L][T][m]. */
static cisup_status pad_all(const cisup_mlps *x, int is_split, cisup_circuits *plain,
                            double *beta, cisup_error *err) {
    const cisup_index m = plain->d;
    layer y = {.x = x, .has_split = is_split, .v = x->weights, .beta = x->biases};
    for (y.t = 0; y.t < x->T; y.t++)
        for (y.l = 1; y.l <= x->L; y.l++) {
            const cisup_index row = ((y.l - 1) * x->T + y.t) * m;
            const cisup_index n = width_of(x, y.t, y.l);
            const cisup_status status = layer_check(&y, err);
            if (status != CISUP_OK) return status;
            pad(&y, m, plain->w + row * m, beta + row);
            y.v += n * width_of(x, y.t, y.l - 1);
            if (y.beta) y.beta += n;
        }
    return CISUP_OK;
}

static cisup_status common_bias_check(const cisup_circuits *plain, const double *beta,
                                      cisup_error *err) {
    const cisup_index k = cisup_bias_differs(plain, beta), d = plain->d, T = plain->T;
    if (k < 0) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "layer %" PRId64 ", neuron %" PRId64 ": circuit %" PRId64
                      " has the bias %g, circuit 0 another; only gated or carried "
                      "circuits may differ",
                      k / d / T + 1, k % d, k / d % T, beta[k]);
}

cisup_status cisup_circuits_embed(cisup_circuits *c, const cisup_mlps *mlps,
                                  const cisup_embed_options *options,
                                  cisup_mlp_places *places, cisup_error *err) {
    const cisup_embed_options o =
        options ? *options : (cisup_embed_options){.gate = 1, .margin = 1.0};
    const cisup_gate gate = {o.margin, o.step};
    cisup_circuits plain = {0};
    double *beta = NULL;
    *c = (cisup_circuits){0};
    cisup_status status;
    CISUP_TRY(sizes_check(mlps, &o, err));
    const int is_split = mlps->linear && !o.carried;
    const cisup_index m = widest(mlps, is_split), T = mlps->T, L = mlps->L;
    CISUP_TRY(cisup_circuits_init(&plain, T, m, L, L, err));
    CISUP_TRY(cisup_new(&beta, L * T * m, sizeof *beta, err));
    CISUP_TRY(pad_all(mlps, is_split, &plain, beta, err));
    if (o.carried) {
        CISUP_TRY(cisup_circuits_carry_plain(c, &plain, beta, mlps->linear, err));
    } else {
        if (!o.gate) CISUP_TRY(common_bias_check(&plain, beta, err));
        CISUP_TRY(cisup_circuits_wrap(c, &plain, beta, o.gate ? &gate : NULL, err));
    }
    if (places) *places = (cisup_mlp_places){c->d, cisup_circuits_first(c), is_split};
done:
    cisup_circuits_free(&plain);
    cisup_release(beta);
    return status;
}

void cisup_mlp_input(const cisup_mlp_places *p, cisup_index n, const double *x,
                     double *a) {
    for (cisup_index i = 0; i < p->d; i++)
        a[i] = i >= p->first && i < p->first + n ? x[i - p->first] : 0.0;
    if (p->first == 1) a[0] = 1.0;
    if (p->first == 2) {
        a[0] = 1.5;
        a[1] = 0.5;
    }
}

void cisup_mlp_output(const cisup_mlp_places *p, cisup_index n, const double *a,
                      double *y) {
    for (cisup_index i = 0; i < n; i++) {
        const double *at = a + p->first + (p->is_signed ? 2 * i : i);
        y[i] = p->is_signed ? at[0] - at[1] : at[0];
    }
}
