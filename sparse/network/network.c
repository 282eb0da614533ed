/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network.h>

#include <cisup/core/base/failure.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>
#include <cisup/sparse/network/relu_layers.h>

#include <math.h>

cisup_network_options cisup_network_defaults(void) {
    return (cisup_network_options){.weights = cisup_weight_defaults(),
                                   .seed = 1,
                                   .carrying = {.active = 1,
                                                .input = (double)NAN,
                                                .offset = (double)NAN,
                                                .strength = (double)NAN}};
}

void cisup_network_free(cisup_network *net) {
    if (net->layers)
        for (cisup_index l = 0; l + 1 < net->circuits->L; l++)
            cisup_operator_free(&net->layers[l]);
    cisup_release(net->layers);
    if (net->relu) cisup_relu_layers_free(net->relu);
    cisup_release(net->relu);
    cisup_release(net->row_of);
    cisup_release(net->offset);
    cisup_release(net->strength);
    *net = (cisup_network){0};
}

/* Whether layers are those of sparse/network/relu_layers.h. */
static int is_relu(const cisup_network_options *o) {
    return o->carrying.cycle && o->form == CISUP_OPERATOR_ASSEMBLED;
}

/* Factored layers of plain weights borrow all that they need. */
static int is_borrowed(const cisup_network_options *o) {
    return o->form == CISUP_OPERATOR_FACTORED &&
           (o->carrying.cycle || o->weights.scheme == CISUP_WEIGHTS_PLAIN);
}

double cisup_network_bytes(const cisup_shape *s, const cisup_network_options *o) {
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S, d = (double)s->d;
    const double meetings = T * S * S < N * N ? T * S * S : N * N;
    const double rows = 8.0 * T * (double)s->L, later = (double)s->L - 1.0;
    const double factored = 8.0 * T * d * d + 16.0 * meetings + 16.0 * (N + 1.0);
    const double assembled =
        16.0 * meetings * d * d + 8.0 * (N + 1.0) * (d * d + d + 1.0);
    if (is_relu(o))
        return rows + later * (double)sizeof(cisup_operator) +
               (double)sizeof(cisup_relu_layers) +
               cisup_relu_layers_bytes(s, &o->carrying);
    const double layer = is_borrowed(o)                       ? 0.0
                         : o->form == CISUP_OPERATOR_FACTORED ? factored
                                                              : assembled;
    return rows + later * (layer + (double)sizeof(cisup_operator));
}

double cisup_network_build_bytes(const cisup_shape *s, const cisup_network_options *o) {
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S, d = (double)s->d;
    const double meetings = T * S * S < N * N ? T * S * S : N * N;
    const double slots = 16.0 * T * S + 8.0 * T;
    if (is_relu(o)) return cisup_relu_layers_build_bytes(s);
    if (is_borrowed(o)) return 16.0 * T; /* the order of its rows */
    if (o->form == CISUP_OPERATOR_FACTORED) return 3.0 * slots + 48.0 * meetings;
    return slots + 16.0 * meetings + 8.0 * T * d * d + (9.0 * d * d + 48.0) * N;
}

/* Copies pi_l, checking that it is a permutation. seen: [T]. */
static cisup_status adopt(const cisup_index *given, cisup_index T, cisup_index l,
                          cisup_index *out, cisup_index *seen, cisup_error *err) {
    for (cisup_index t = 0; t < T; t++) {
        const cisup_index r = given[t];
        if (r < 0 || r >= T || seen[r] == l)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "permutation of layer %" PRId64 ": entry %" PRId64
                              " is %" PRId64 ", which is out of range or there already",
                              l, t, r);
        seen[r] = l;
        out[t] = r;
    }
    return CISUP_OK;
}

/* pi_l of all rows. seen: [rows], as adopt leaves it. */
static cisup_status order_layer(const cisup_network_options *o, cisup_index rows,
                                cisup_index l, cisup_index *out, cisup_index *seen,
                                cisup_error *err) {
    if (l > 1 && !o->keep_order && o->permutations && !o->carrying.cycle)
        return adopt(o->permutations + (l - 2) * rows, rows, l, out, seen, err);
    const cisup_index c = o->carrying.cycle, part = c ? (l - 1) % c : 0;
    if (l == 1 || o->keep_order || c) {
        for (cisup_index t = 0; t < rows; t++) out[t] = part * rows + t;
        return CISUP_OK;
    }
    cisup_rng rng;
    cisup_rng_init(&rng, o->seed, CISUP_STREAM_PERMUTATION, o->network, 0, l);
    cisup_rng_permutation(&rng, rows, out);
    return CISUP_OK;
}

static cisup_status order_layers(cisup_network *net, const cisup_network_options *o,
                                 cisup_error *err) {
    const cisup_index T = net->base->T, L = net->circuits->L;
    const cisup_index rows = o->kept ? o->rows : T;
    cisup_index *seen = NULL, *all = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&seen, rows, sizeof *seen, err));
    CISUP_TRY(cisup_new(&all, rows, sizeof *all, err));
    for (cisup_index l = 1; l <= L; l++) {
        CISUP_TRY(order_layer(o, rows, l, all, seen, err));
        for (cisup_index t = 0; t < T; t++)
            net->row_of[(l - 1) * T + t] = all[o->kept ? o->kept[t] : t];
    }
done:
    cisup_release(seen);
    cisup_release(all);
    return status;
}

cisup_transition cisup_network_transition(const cisup_network *net, cisup_index l) {
    const cisup_index T = net->base->T;
    return (cisup_transition){.base = net->base,
                              .from = net->row_of + (l - 2) * T,
                              .to = net->row_of + (l - 1) * T,
                              .d = net->circuits->d,
                              .w = cisup_circuits_weights(net->circuits, l, 0),
                              .wbar = cisup_circuits_common(net->circuits, l),
                              .options = net->weights,
                              .threads = net->threads};
}

cisup_readout cisup_network_readout(const cisup_network *net, cisup_index l) {
    const cisup_allocation *base = net->base;
    return (cisup_readout){base, net->row_of + (l - 1) * base->T, net->circuits->d,
                           cisup_center(base->N, base->S, base->T, &net->weights)};
}

/* Whether the parts have groups, for codes of masks, whatever the form of the layers. */
static cisup_status check_groups(const cisup_network *net, cisup_error *err) {
    cisup_mask_groups groups;
    if (!net->coded) return CISUP_OK;
    const cisup_status status = cisup_mask_groups_make(&groups, net, err);
    if (status == CISUP_OK) cisup_mask_groups_free(&groups);
    return status;
}

/* What threads share while they make layers. */
typedef struct {
    cisup_network *net;
    cisup_operator_form form;
    cisup_vigil vigil;
    cisup_outcome *layer; /* [L-1] */
} building;

static void build_layer(building *b, cisup_index l) {
    const cisup_transition x = cisup_network_transition(b->net, l);
    cisup_outcome *of = &b->layer[l - 2];
    of->status = cisup_vigil_advance(&b->vigil, 1.0, &of->err);
    if (of->status == CISUP_OK)
        of->status = cisup_operator_make(&b->net->layers[l - 2], b->form, &x, &of->err);
}

/* Threads take whole layers; the only one is made by all of them: without a region around
 * it, which would leave it one thread, or threads of its own beside those there are. */
static cisup_status build_layers(cisup_network *net, const cisup_network_options *o,
                                 cisup_error *err) {
    const cisup_index L = net->circuits->L;
    building b = {.net = net, .form = o->form};
    int threads;
    cisup_status status;
    CISUP_TRY(cisup_vigil_begin(&b.vigil, o->watcher, (double)L, err));
    CISUP_TRY(cisup_threads_take(o->threads, L - 1, &threads, err));
    CISUP_TRY(cisup_new(&b.layer, L - 1, sizeof *b.layer, err));
    if (L == 2) {
        build_layer(&b, 2);
    } else {
#pragma omp parallel for schedule(dynamic) num_threads(threads)
        for (cisup_index l = 2; l <= L; l++) build_layer(&b, l);
    }
    CISUP_TRY(cisup_outcome_first(b.layer, L - 1, err));
    CISUP_TRY(cisup_vigil_end(&b.vigil, err));
done:
    cisup_release(b.layer);
    return status;
}

cisup_status cisup_network_make(cisup_network *net, const cisup_allocation *base,
                                const cisup_circuits *circuits,
                                const cisup_network_options *options, cisup_error *err) {
    const cisup_network_options o = options ? *options : cisup_network_defaults();
    *net = (cisup_network){0};
    if (base->T != circuits->T)
        return CISUP_FAIL(err, CISUP_ESHAPE,
                          "an allocation of %" PRId64 " circuits for %" PRId64
                          " circuits",
                          base->T, circuits->T);
    if (!!o.carrying.cycle != !!circuits->carried || o.carrying.cycle == 1 ||
        o.carrying.cycle > CISUP_CYCLE_MOST)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%s circuits in a network with a cycle of %" PRId64
                          " allocations",
                          circuits->carried ? "carried" : "published", o.carrying.cycle);
    const cisup_shape shape = {
        .d = circuits->d, .T = base->T, .S = base->S, .L = circuits->L, .N = base->N};
    cisup_status status;
    *net = (cisup_network){.base = base,
                           .circuits = circuits,
                           .weights = o.weights,
                           .cycle = o.carrying.cycle,
                           .coded = o.carrying.codes ? o.carrying.active : 0,
                           .threads = o.threads};
    if (net->cycle) net->weights.scheme = CISUP_WEIGHTS_PLAIN;
    CISUP_TRY(cisup_memory_require(cisup_network_bytes(&shape, &o), "the network", err));
    CISUP_TRY(cisup_new(&net->row_of, shape.L * shape.T, sizeof *net->row_of, err));
    CISUP_TRY(order_layers(net, &o, err));
    if (net->cycle) CISUP_TRY(cisup_network_gate(net, &o.carrying, err));
    CISUP_TRY(check_groups(net, err));
    CISUP_TRY(cisup_new(&net->layers, shape.L - 1, sizeof *net->layers, err));
    if (is_relu(&o)) {
        CISUP_TRY(cisup_new(&net->relu, 1, sizeof *net->relu, err));
        CISUP_TRY(cisup_relu_layers_make(net->relu, net, o.watcher, err));
    } else {
        CISUP_TRY(build_layers(net, &o, err));
    }
done:
    if (status != CISUP_OK) cisup_network_free(net);
    return status;
}

double cisup_network_kappa(const cisup_network *net, cisup_index l) {
    return cisup_operator_kappa(&net->layers[l - 2]);
}

extern inline const int32_t *cisup_network_row(const cisup_network *net, cisup_index l,
                                               cisup_index t);
