/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * data/masks_networks.json: small networks that carry masks, run by an independent dense
 * implementation that multiplies with the masks. Ours have ReLUs, offsets and strengths
 * beyond all sums, and must give the same.
 *
 * Tolerance: sums of at most S T d < 1000 terms in at most six layers in a row, of
 * numbers below 100 from layer to layer: 1e-12 of the largest. */
#include "common/check.h"

#include "network/given.h"

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

/* got: [count][width], of which the last m numbers are wanted: [count][m]. */
static void compare(const char *what, size_t number, const double *got, cisup_index width,
                    const double *want, cisup_index m, cisup_index count) {
    double largest = 1.0;
    for (cisup_index k = 0; k < count * m; k++) largest = fmax(largest, fabs(want[k]));
    for (cisup_index k = 0; k < count * m; k++) {
        const double x = got[k / m * width + width - m + k % m];
        if (!(fabs(x - want[k]) <= through_layers * largest))
            fail_msg("case %zu, %s %d: got %.17g, want %.17g", number, what, (int)k, x,
                     want[k]);
    }
}

static void compare_case(const json_t *object, size_t number, cisup_mode mode) {
    given_network g;
    cisup_network net;
    CHECK_OK(given_read(&g, object, &error_));
    CHECK_OK(cisup_network_make(&net, &g.base, &g.circuits, &g.options, &error_));
    const cisup_shape *s = &g.shape;
    const cisup_index reads = s->L * g.samples.count * s->T, d = g.circuits.d;
    double *want = taken(reads * s->d);
    const cisup_run_results out = {.readout = taken(reads * d)};
    g.run.mode = mode;
    CHECK_OK(cisup_network_run(&net, &g.samples, &g.run, &out, &error_));
    assert_ptr_equal(numbers_of(json_object_get(object, "readout"), want),
                     want + reads * s->d);
    compare("read-out", number, out.readout, d, want, s->d, reads);
    cisup_release(want);
    cisup_release(out.readout);
    cisup_network_free(&net);
    given_free(&g);
}

static void networks_equal_the_independent_ones(void **state) {
    (void)state;
    json_error_t error;
    json_t *root = json_load_file(CISUP_DATA "/masks_networks.json", 0, &error);
    if (!root) fail_msg("line %d: %s", error.line, error.text);
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 12);
    for (size_t k = 0; k < 12; k++) {
        compare_case(json_array_get(cases, k), k, CISUP_MODE_RELU);
        compare_case(json_array_get(cases, k), k, CISUP_MODE_MASKED_RELU);
    }
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_equal_the_independent_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
