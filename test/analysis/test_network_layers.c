/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the library hands out of networks that carry masks: their layers, as they are. */
#include "common/check.h"
#include "common/masked.h"
#include "common/relu_networks.h"

#include <cisup/sparse/network/relu_layers.h>
#include <cisup/sparse/network_matrices.h>

#include <string.h>

static int same_entries(const cisup_csc *a, const cisup_csc *b) {
    const cisup_index nnz = a->p[a->ncol];
    return a->nrow == b->nrow && a->ncol == b->ncol && b->p[b->ncol] == nnz &&
           !memcmp(a->p, b->p, (size_t)(a->ncol + 1) * sizeof *a->p) &&
           !memcmp(a->i, b->i, (size_t)nnz * sizeof *a->i) &&
           !memcmp(a->x, b->x, (size_t)nnz * sizeof *a->x);
}

static void check_handed_out(const made_network *n, cisup_index l,
                             const cisup_network_layer *to) {
    const cisup_relu_layers *x = n->net.relu;
    const cisup_relu_layer *of = &x->layer[l - 1];
    cisup_csc u;
    double constant;
    CHECK_OK(cisup_relu_readout(&n->net, x, l, &u, &constant, &error_));
    assert_true(same_entries(&u, &to->u) && constant == to->constant);
    assert_true(same_entries(&of->w, &to->w));
    assert_memory_equal(of->b, to->b, (size_t)of->D * sizeof *to->b);
    assert_true(to->masks == of->parts && to->codes == of->codes);
    assert_true(to->bits == x->groups.code.bits);
    assert_memory_equal(to->mask, of->part, sizeof to->mask);
    assert_memory_equal(to->code, of->code, sizeof to->code);
    assert_int_equal((x->d + to->masks) * x->N + to->codes * n->base.S * to->bits,
                     to->w.nrow);
    cisup_csc_free(&u);
}

static cisup_status hand_out(void *context) {
    static cisup_network_layer layer[masked_L];
    const cisup_network *net = context;
    const cisup_status status = cisup_network_layers(net, layer, NULL);
    for (int l = 0; status != CISUP_OK && l < net->circuits->L; l++)
        assert_true(!layer[l].w.p && !layer[l].u.p && !layer[l].b);
    cisup_network_layers_free(layer, net->circuits->L);
    return status;
}

static void layers_are_handed_out_as_they_are(void **state) {
    (void)state;
    static masked_case x;
    static made_network n;
    for (int round = 400; round < 416; round++) {
        cisup_network_layer layer[masked_L];
        cisup_rng rng = check_rng(round);
        draw(&x, &rng, (variant){round & 1, round >> 1 & 1, 0});
        make_some(&n, &x, 1, CISUP_OPERATOR_ASSEMBLED, 10.0, round >> 2 & 1);
        CHECK_OK(cisup_network_layers(&n.net, layer, &error_));
        cisup_index widest = 0, N;
        for (int l = 1; l <= x.L; l++) {
            check_handed_out(&n, l, &layer[l - 1]);
            if (layer[l - 1].w.nrow > widest) widest = layer[l - 1].w.nrow;
        }
        cisup_network_layers_free(layer, x.L);
        const cisup_carrying how = {.cycle = x.c, .codes = round >> 2 & 1, .active = x.z};
        CHECK_OK(cisup_network_neurons(&n.circuits, &how, 0, x.S, widest, &N, &error_));
        assert_int_equal(N, x.N);
        assert_true(check_every_allocation(hand_out, &n.net) > 3);
        unmake(&n);
    }
}

static void what_does_not_carry_masks_has_no_such_layers(void **state) {
    (void)state;
    cisup_circuits c;
    cisup_index N;
    CHECK_OK(cisup_circuits_init(&c, 1, 3, 2, 1, &error_));
    const cisup_network net = {.circuits = &c};
    cisup_network_layer layer[2];
    assert_int_equal(cisup_network_layers(&net, layer, NULL), CISUP_EINVAL);
    assert_null(layer[1].w.p);
    CHECK_OK(cisup_network_neurons(&c, &(cisup_carrying){0}, 0, 2, 11, &N, &error_));
    assert_int_equal(N, 3);
    assert_int_equal(
        cisup_network_neurons(&c, &(cisup_carrying){.cycle = 1}, 0, 2, 11, &N, NULL),
        CISUP_EINVAL);
    assert_int_equal(N, 0);
    assert_int_equal(
        cisup_network_neurons(&c, &(cisup_carrying){.cycle = 17}, 0, 2, 11, &N, NULL),
        CISUP_EINVAL);
    assert_int_equal(cisup_network_neurons(&c, &(cisup_carrying){0}, 0, 2, 0, &N, NULL),
                     CISUP_EINVAL);
    assert_int_equal(cisup_network_neurons(&c, &(cisup_carrying){0}, 0, 0, 9, &N, NULL),
                     CISUP_EINVAL);
    cisup_circuits_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_handed_out_as_they_are),
        cmocka_unit_test(what_does_not_carry_masks_has_no_such_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
