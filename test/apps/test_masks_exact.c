/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * data/masks_networks.json: small networks that carry masks, run by an independent dense
 * implementation that multiplies with the masks. Ours have ReLUs, offsets and strengths
 * beyond all sums, and must give the same.
 *
 * Tolerance: sums of at most S T d < 1000 terms in at most six layers in a row, of
 * numbers below 100 from layer to layer: 1e-12 of the largest. The true layers add an
 * offset o to every number and take it away again, which costs a rounding of o in each of
 * several sums: with the largest here, 1530, up to 8.4e-13. */
#include "common/check.h"
#include "common/masked.h"

#include "network/given.h"

#include <cisup/analysis/pass/open_pass.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/sparse/network/relu_layers.h>

#include <string.h>

static const double through_layers = 1e-12;

static double *numbers_of(const json_t *node, double *out) {
    if (json_is_array(node)) {
        for (size_t k = 0; k < json_array_size(node); k++)
            out = numbers_of(json_array_get(node, k), out);
        return out;
    }
    assert_true(json_is_number(node));
    *out = json_number_value(node);
    return out + 1;
}

static double *taken(cisup_index count) {
    double *x;
    CHECK_OK(cisup_new(&x, count, sizeof *x, &error_));
    return x;
}

/* One case as it is run, and what the file says of it. */
typedef struct {
    size_t number;
    const json_t *object;
    given_network g;
    cisup_network net;
} one_case;

static void case_open(one_case *q, const json_t *object, size_t number,
                      cisup_operator_form form) {
    *q = (one_case){.number = number, .object = object};
    CHECK_OK(given_read(&q->g, object, &error_));
    q->g.options.form = form;
    CHECK_OK(
        cisup_network_make(&q->net, &q->g.base, &q->g.circuits, &q->g.options, &error_));
}

static void case_close(one_case *q) {
    cisup_network_free(&q->net);
    given_free(&q->g);
}

/* got: [count][width], of which the last m numbers are those of the field: [count][m]. */
static void compare(const one_case *q, const char *field, const double *got,
                    cisup_index width, cisup_index m, cisup_index count) {
    double *want = taken(count * m), largest = 1.0;
    assert_ptr_equal(numbers_of(json_object_get(q->object, field), want),
                     want + count * m);
    for (cisup_index k = 0; k < count * m; k++) largest = fmax(largest, fabs(want[k]));
    for (cisup_index k = 0; k < count * m; k++) {
        const double x = got[k / m * width + width - m + k % m];
        if (!(fabs(x - want[k]) <= through_layers * largest))
            fail_msg("case %zu, %s %d: got %.17g, want %.17g", q->number, field, (int)k,
                     x, want[k]);
    }
    cisup_release(want);
}

static void compare_run(const json_t *object, size_t number, cisup_operator_form form,
                        cisup_mode mode) {
    one_case q;
    case_open(&q, object, number, form);
    const cisup_shape *s = &q.g.shape;
    const cisup_index M = q.g.samples.count, d = q.g.circuits.d;
    const cisup_run_results out = {.readout = taken(s->L * M * s->T * d)};
    q.g.run.mode = mode;
    CHECK_OK(cisup_network_run(&q.net, &q.g.samples, &q.g.run, &out, &error_));
    compare(&q, "readout", out.readout, d, s->d, s->L * M * s->T);
    cisup_release(out.readout);
    case_close(&q);
}

/* --- the sparse engine ------------------------------------------------------------- */

typedef struct {
    double *est; /* [L][samples][T][d], NaN until shown */
    cisup_index samples, sample, T, d;
} sparse_record;

static void keep(void *context, cisup_index l, cisup_index t, cisup_index k,
                 const double *est) {
    const sparse_record *r = context;
    (void)k;
    memcpy(r->est + (((l - 1) * r->samples + r->sample) * r->T + t) * r->d, est,
           (size_t)r->d * sizeof *est);
}

static void keep_alike(void *context, cisup_index l, cisup_index count,
                       const cisup_index *t, const double *est) {
    const sparse_record *r = context;
    const double *all = r->est + ((l - 1) * r->samples + r->sample) * r->T * r->d;
    for (cisup_index u = 0; t && u < count; u++) keep(context, l, t[u], -1, est);
    for (cisup_index u = 0; !t && u < r->T; u++)
        if (isnan(all[u * r->d])) keep(context, l, u, -1, est);
}

static void pass_by(void *context, cisup_index l, const cisup_index *open,
                    const cisup_index *wrong, cisup_index inside) {
    (void)context;
    (void)l;
    (void)open;
    (void)wrong;
    (void)inside;
}

static void run_sparse(const one_case *q, const cisup_open_network *open,
                       sparse_record *r) {
    const given_network *g = &q->g;
    const cisup_index z = g->samples.z;
    const cisup_open_observer observer = {r, pass_by, keep, keep_alike};
    cisup_open_pass *pass;
    cisup_batch batch;
    CHECK_OK(cisup_open_pass_new(&pass, open, z, &error_));
    CHECK_OK(cisup_batch_init(&batch, z, &g->circuits, &error_));
    batch.used = 1;
    for (r->sample = 0; r->sample < r->samples; r->sample++) {
        memcpy(batch.active, g->active + r->sample * z, (size_t)z * sizeof *g->active);
        for (cisup_index k = 0; k < z; k++)
            memcpy(cisup_batch_state(&batch, 0, k, 0),
                   g->input + (r->sample * z + k) * r->d, (size_t)r->d * sizeof(double));
        CHECK_OK(cisup_open_pass_run(pass, open, CISUP_MODE_RELU, &batch, 0, &observer,
                                     &error_));
    }
    cisup_batch_free(&batch);
    cisup_open_pass_free(pass);
}

static void compare_sparse(const json_t *object, size_t number) {
    one_case q;
    case_open(&q, object, number, CISUP_OPERATOR_FACTORED);
    const cisup_shape *s = &q.g.shape;
    cisup_allocation part[CISUP_CYCLE_MOST];
    cisup_cycle cycle;
    cisup_wiring wiring;
    for (cisup_index h = 0; h < q.net.cycle; h++) {
        part[h] = q.g.base;
        part[h].slot += h * s->T * s->S;
    }
    CHECK_OK(cisup_cycle_of(&cycle, part, q.net.cycle, &error_));
    CHECK_OK(cisup_wiring_cycle(&wiring, &cycle, &q.net, s->L, &error_));
    const double kappa[masked_L] = {0};
    const cisup_open_network open = {.wiring = &wiring,
                                     .circuits = &q.g.circuits,
                                     .weights = q.net.weights,
                                     .kappa = kappa,
                                     .sized = &q.net};
    const cisup_index reads = s->L * q.g.samples.count * s->T, d = q.g.circuits.d;
    sparse_record r = {taken(reads * d), q.g.samples.count, 0, s->T, d};
    for (cisup_index k = 0; k < reads * d; k++) r.est[k] = (double)NAN;
    run_sparse(&q, &open, &r);
    compare(&q, "readout", r.est, d, s->d, reads);
    cisup_release(r.est);
    cisup_wiring_free(&wiring);
    cisup_cycle_free(&cycle);
    case_close(&q);
}

/* --- the true layers --------------------------------------------------------------- */

/* The case as the loops of common/masked.h take it. */
static void fill_masked(const one_case *q, masked_case *x) {
    const given_network *g = &q->g;
    const cisup_shape *s = &g->shape;
    const cisup_circuits *c = &g->circuits;
    const int first = (int)cisup_circuits_first(c), d = (int)s->d, width = d + first;
    *x = (masked_case){.N = (int)s->N,
                       .S = (int)s->S,
                       .T = (int)s->T,
                       .c = (int)q->net.cycle,
                       .L = (int)s->L,
                       .d = d,
                       .z = (int)s->z,
                       .samples = (int)g->samples.count};
    for (int l = 0; l < x->L; l++) {
        x->is_signed[l] = c->is_signed[l];
        for (int k = 0; k < x->T * d; k++) {
            const double *row =
                cisup_circuits_weights(c, l + 1, k / d) + (k % d + first) * width;
            x->beta[l][k / d][k % d] = first ? row[0] : 0.0;
            memcpy(x->w[l][k / d][k % d], row + first, (size_t)d * sizeof *row);
        }
    }
    for (int h = 0; h < x->c; h++)
        for (int k = 0; k < x->T * x->S; k++)
            x->part[h][k / x->S][k % x->S] = g->base.slot[h * x->T * x->S + k];
    for (int k = 0; k < x->samples * x->z; k++) {
        x->active[k / x->z][k % x->z] = (int)g->active[k];
        memcpy(x->input[k / x->z][k % x->z], g->input + k * width + first,
               (size_t)d * sizeof(double));
    }
}

/* a: A^l. Data neurons hold y + o where a mask lets them or in layer 1, else 0; mask
 * neurons exactly the complement of the file's masks, [c][N]. */
static void compare_layer(const one_case *q, const masked_result *want,
                          const double *masks, cisup_index l, const double *a) {
    const cisup_relu_layers *x = q->net.relu;
    const double o = q->net.offset[l - 1];
    for (cisup_index k = 0; k < x->layer[l - 1].D; k++) {
        const cisup_relu_label of = cisup_relu_label_of(x, l, k);
        assert_int_equal(of.block * x->N + of.slot, k);
        const double inside = masks[of.part * x->N + of.slot];
        assert_true(inside == want->K[of.part][of.slot]);
        if (of.is_mask) {
            assert_true(a[k] == 1.0 - inside);
            continue;
        }
        assert_int_equal(of.part, (l - 1) % x->cycle);
        const double y = want->y[l - 1][of.block][of.slot] + o * (l > 1 ? inside : 1.0);
        CHECK_NEAR(a[k], y, through_layers * fmax(1.0, want->largest));
    }
}

static void compare_layers(const json_t *object, size_t number) {
    static masked_case oracle;
    static masked_result want;
    one_case q;
    case_open(&q, object, number, CISUP_OPERATOR_ASSEMBLED);
    const cisup_relu_layers *x = q.net.relu;
    const cisup_index cN = x->cycle * x->N, M = q.g.samples.count, z = q.g.shape.z;
    double *masks = taken(M * cN), *in, *out;
    assert_ptr_equal(numbers_of(json_object_get(object, "masks"), masks), masks + M * cN);
    fill_masked(&q, &oracle);
    for (cisup_index m = 0; m < M; m++) {
        masked_run(&oracle, (int)m, &want);
        in = taken(x->inputs);
        for (cisup_index k = m * z; k < (m + 1) * z; k++)
            cisup_relu_input(&q.net, q.g.active[k], q.g.input + k * q.g.circuits.d, 1, 0,
                             in);
        for (cisup_index l = 1; l <= x->L; l++) {
            out = taken(x->layer[l - 1].D);
            cisup_relu_layer_run(&x->layer[l - 1], 1, in, out);
            compare_layer(&q, &want, masks + m * cN, l, out);
            cisup_release(in);
            in = out;
        }
        cisup_release(in);
    }
    cisup_release(masks);
    case_close(&q);
}

/* --- all cases --------------------------------------------------------------------- */

static void each_case(void (*look)(const json_t *object, size_t number)) {
    json_error_t error;
    json_t *root = json_load_file(CISUP_DATA "/masks_networks.json", 0, &error);
    if (!root) fail_msg("line %d: %s", error.line, error.text);
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 12);
    for (size_t k = 0; k < 12; k++) look(json_array_get(cases, k), k);
    json_decref(root);
}

static void compare_forms(const json_t *object, size_t number) {
    compare_run(object, number, CISUP_OPERATOR_FACTORED, CISUP_MODE_RELU);
    compare_run(object, number, CISUP_OPERATOR_FACTORED, CISUP_MODE_MASKED_RELU);
    compare_run(object, number, CISUP_OPERATOR_ASSEMBLED, CISUP_MODE_RELU);
}

static void all_engines_equal_the_independent_networks(void **state) {
    (void)state;
    each_case(compare_forms);
    each_case(compare_sparse);
}

static void true_layers_hold_masks_and_data(void **state) {
    (void)state;
    each_case(compare_layers);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_engines_equal_the_independent_networks),
        cmocka_unit_test(true_layers_hold_masks_and_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
