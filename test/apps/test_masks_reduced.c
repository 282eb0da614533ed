/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The networks of data/masks_networks.json, run by an independent dense implementation,
 * through the neurons of their active circuits alone.
 *
 * Tolerance: as in test_masks_exact.c, 1e-12 of the largest number. */
#include "common/check.h"

#include "network/given.h"

#include <cisup/analysis/pass/reduced.h>

#include <string.h>

typedef struct {
    const json_t *readout; /* [L][samples][T][d] */
    cisup_index sample, d, first, active[8];
    int seen;
} expected;

static double number_at(const json_t *node, cisup_index k) {
    return json_number_value(json_array_get(node, (size_t)k));
}

static double largest_of(const json_t *node) {
    double largest = 1.0;
    if (!json_is_array(node)) return fabs(json_number_value(node));
    for (size_t k = 0; k < json_array_size(node); k++)
        largest = fmax(largest, largest_of(json_array_get(node, k)));
    return largest;
}

static void see_layer(void *context, cisup_index l, const cisup_index *open,
                      const cisup_index *wrong, cisup_index inside) {
    (void)context, (void)l, (void)open, (void)wrong, (void)inside;
}

/* All that are shown one by one, the active ones among them. */
static void see_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                        const double *est) {
    expected *e = context;
    const json_t *layer = json_array_get(e->readout, (size_t)(l - 1));
    const json_t *sample = json_array_get(layer, (size_t)e->sample);
    const json_t *want = json_array_get(sample, (size_t)t);
    const double tolerance = 1e-12 * largest_of(e->readout);
    if (k >= 0) assert_int_equal(t, e->active[k]);
    for (cisup_index i = 0; i < e->d; i++)
        CHECK_NEAR(est[e->first + i], number_at(want, i), tolerance);
    e->seen += k >= 0;
}

static void see_alike(void *context, cisup_index l, cisup_index count,
                      const cisup_index *t, const double *est) {
    (void)context, (void)l, (void)count, (void)t, (void)est;
}

static void run_samples(const given_network *g, const cisup_open_network *open,
                        const json_t *readout) {
    const cisup_index z = g->samples.z, d = g->circuits.d, L = g->shape.L;
    cisup_batch batch;
    cisup_reduced_pass *p;
    CHECK_OK(cisup_batch_init(&batch, z, &g->circuits, &error_));
    CHECK_OK(cisup_reduced_pass_new(&p, open, z, &error_));
    batch.used = g->samples.count;
    memcpy(batch.active, g->samples.active, (size_t)(batch.used * z) * 8);
    for (cisup_index k = 0; k < batch.used * z; k++)
        memcpy(cisup_batch_state(&batch, k / z, k % z, 0), g->samples.input + k * d,
               (size_t)d * sizeof(double));
    cisup_batch_states(&batch, &g->circuits);
    for (cisup_index lane = 0; lane < batch.used; lane++) {
        expected e = {
            .readout = readout, .sample = lane, .d = g->shape.d, .first = d - g->shape.d};
        memcpy(e.active, batch.active + lane * z, (size_t)z * sizeof *e.active);
        const cisup_open_observer o = {&e, see_layer, see_readout, see_alike};
        CHECK_OK(
            cisup_reduced_pass_run(p, open, CISUP_MODE_RELU, &batch, lane, &o, &error_));
        assert_int_equal(e.seen, z * L);
    }
    cisup_reduced_pass_free(p);
    cisup_batch_free(&batch);
}

static void compare_case(const json_t *object) {
    given_network g;
    cisup_network net;
    cisup_wiring wiring;
    cisup_cycle cycle;
    cisup_allocation part[CISUP_CYCLE_MOST];
    CHECK_OK(given_read(&g, object, &error_));
    CHECK_OK(cisup_network_make(&net, &g.base, &g.circuits, &g.options, &error_));
    const cisup_index c = net.cycle, T = g.shape.T, S = g.base.S;
    for (cisup_index h = 0; h < c; h++)
        part[h] = (cisup_allocation){g.base.N, S, T, g.base.slot + h * T * S};
    CHECK_OK(cisup_cycle_of(&cycle, part, c, &error_));
    CHECK_OK(cisup_wiring_cycle(&wiring, &cycle, &net, g.shape.L, &error_));
    const cisup_open_network open = {.wiring = &wiring,
                                     .circuits = &g.circuits,
                                     .weights = net.weights,
                                     .sized = &net};
    run_samples(&g, &open, json_object_get(object, "readout"));
    cisup_wiring_free(&wiring);
    cisup_cycle_free(&cycle);
    cisup_network_free(&net);
    given_free(&g);
}

static void active_circuits_equal_the_independent_ones(void **state) {
    (void)state;
    json_t *root = json_load_file(CISUP_DATA "/masks_networks.json", 0, NULL);
    assert_non_null(root);
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 12);
    for (size_t k = 0; k < 12; k++) compare_case(json_array_get(cases, k));
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(active_circuits_equal_the_independent_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
