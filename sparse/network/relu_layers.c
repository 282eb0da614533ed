/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With y = data - o (1 - kb) of the layer before (data - o if that is the first), what
 * circuit t sends to its neurons is
 *
 *   w_t uhat_t + beta_t khat_t = (1/S) sum_m w_t data_m
 *                              + (1/S) sum_m (o w_t 1 - beta_t) kb_m + beta_t - o w_t 1
 *
 * over its neurons m there: an assembly of d+1 blocks, kb being block 0, and biases.
 * Where the layer before holds K = 1 - kb itself, y = data - o K, and block 0 is K with
 * (beta_t - o w_t 1) in place of all that is not data. */
#include <cisup/sparse/network/relu_layers.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/carried_width.h>
#include <cisup/sparse/network/network_parts.h>

#include <math.h>
#include <string.h>

void cisup_relu_layers_free(cisup_relu_layers *x) {
    for (cisup_index l = 0; x->layer && l < x->L; l++) {
        cisup_csc_free(&x->layer[l].w);
        cisup_release(x->layer[l].b);
    }
    cisup_release(x->layer);
    cisup_mask_groups_free(&x->groups);
    *x = (cisup_relu_layers){0};
}

/* Codes have fewer neurons than masks, but each closes several. */
double cisup_relu_layers_bytes(const cisup_shape *s, const cisup_carrying *how) {
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S, d = (double)s->d;
    const double c = (double)how->cycle + (how->codes != 0),
                 meetings = fmin(T * S * S, N * N);
    const double weight =
        how->codes
            ? cisup_mask_code_weight_bound(cisup_carried_points(s->N, s->S), how->active)
            : 1.0;
    const double codes = how->codes ? (12.0 * weight + 8.0) * N + 8.0 * c * S : 0.0;
    const double first =
        16.0 * T * S * (d * (d + 1.0) + c * weight) + 8.0 * T * (d + 2.0);
    const double later =
        16.0 * meetings * d * (d + 1.0) + 24.0 * N * (d * weight + c + weight) + 8.0;
    return codes + first + ((double)s->L - 1.0) * later +
           (double)s->L * ((double)sizeof(cisup_relu_layer) + 8.0 * N * (d + c));
}

double cisup_relu_layers_build_bytes(const cisup_shape *s) {
    const double T = (double)s->T, N = (double)s->N, S = (double)s->S;
    const double d = (double)s->d + 1.0, meetings = fmin(T * S * S, N * N);
    return 16.0 * T * S + 8.0 * T + 16.0 * meetings * (d * d + 1.0) + 8.0 * T * d * d +
           (9.0 * d * d + 8.0 * d + 48.0) * N;
}

cisup_index cisup_relu_mask_block(const cisup_relu_layers *x, cisup_index l,
                                  cisup_index h) {
    const cisup_relu_layer *of = &x->layer[l - 1];
    for (cisup_index k = 0; k < of->parts; k++)
        if (of->part[k] == h) return x->d + k;
    return -1;
}

cisup_index cisup_relu_code_start(const cisup_relu_layers *x, cisup_index l,
                                  cisup_index h) {
    const cisup_relu_layer *of = &x->layer[l - 1];
    for (cisup_index k = 0; k < of->codes; k++)
        if (of->code[k] == h) return (x->d + of->parts) * x->N + k * x->groups.bits;
    return -1;
}

cisup_relu_label cisup_relu_label_of(const cisup_relu_layers *x, cisup_index l,
                                     cisup_index k) {
    const cisup_relu_layer *of = &x->layer[l - 1];
    const cisup_index block = k / x->N, mask = block - x->d;
    const cisup_index bit = k - (x->d + of->parts) * x->N, bits = x->groups.bits,
                      v = x->groups.code.bits;
    if (bit >= 0)
        return (cisup_relu_label){0, 1, of->code[bit / bits], bit % bits / v, bit % v};
    const cisup_index part = mask >= 0 ? of->part[mask] : (l - 1) % x->cycle;
    return (cisup_relu_label){mask >= 0, 0, part, block, k % x->N};
}

/* Which masks the layers keep. */
static cisup_status lay_out(cisup_relu_layers *x, const cisup_network *net,
                            cisup_error *err) {
    const cisup_carried_shape s = cisup_carried_shape_of(net);
    *x = (cisup_relu_layers){.d = s.d,
                             .N = net->base->N,
                             .L = s.L,
                             .cycle = s.cycle,
                             .inputs = net->base->T * (s.d + 1)};
    cisup_status status;
    CISUP_TRY(cisup_new(&x->layer, x->L, sizeof *x->layer, err));
    if (net->coded) CISUP_TRY(cisup_mask_groups_make(&x->groups, net, err));
    for (cisup_index l = 1; l <= x->L; l++) {
        cisup_relu_layer *of = &x->layer[l - 1];
        for (cisup_index h = 0; h < s.cycle; h++) {
            if (cisup_carried_keeps(&s, l, h)) of->part[of->parts++] = h;
            if (s.coded && cisup_carried_hands_on(&s, l, h)) of->code[of->codes++] = h;
        }
        of->D = (s.d + of->parts) * x->N + of->codes * x->groups.bits;
        of->is_open = s.coded && l > 1;
        CISUP_TRY(cisup_new(&of->b, of->D, sizeof *of->b, err));
    }
done:
    return status;
}

/* --- the first layer --------------------------------------------------------------- */

/* One entry in each neuron of a block that circuit t has in layer l. */
static void put_slots(const cisup_network *net, cisup_index l, cisup_index t,
                      cisup_index block, double value, cisup_csc *w, cisup_index *at) {
    const int32_t *row = cisup_network_row(net, l, t);
    for (cisup_index s = 0; s < net->base->S; s++, ++*at) {
        w->i[*at] = block * net->base->N + row[s];
        w->x[*at] = value;
    }
}

/* The same in the bits of part h that circuit t has. */
static void put_bits(const cisup_network *net, const cisup_relu_layers *x, cisup_index h,
                     cisup_index t, cisup_csc *w, cisup_index *at) {
    const cisup_mask_groups *of = &x->groups;
    const int32_t *row = cisup_network_row(net, h + 1, t);
    const cisup_index start = cisup_relu_code_start(x, 1, h), weight = of->code.weight;
    for (cisup_index g = 0; g < of->S; g++) {
        const int32_t *word = of->word + (row[g] - of->first[h * of->S + g]) * weight;
        for (cisup_index e = 0; e < weight; e++, ++*at) {
            w->i[*at] = start + g * of->code.bits + word[e];
            w->x[*at] = -1.0;
        }
    }
}

/* The column of input j of circuit t, 0 its on-input: its weights, which in circuits with
 * biases have those in column 0. */
static void put_input(const cisup_network *net, const cisup_relu_layers *x, cisup_index t,
                      cisup_index j, cisup_csc *w) {
    const cisup_index first = cisup_circuits_first(net->circuits), width = x->d + first;
    const cisup_relu_layer *of = &x->layer[0];
    const double *v = cisup_circuits_weights(net->circuits, 1, t);
    const cisup_index column = t * (x->d + 1) + j;
    cisup_index at = w->p[column];
    for (cisup_index i = first; (j > 0 || first > 0) && i < width; i++) {
        const double value = v[i * width + j - 1 + first];
        if (value != 0.0) put_slots(net, 1, t, i - first, value, w, &at);
    }
    for (cisup_index k = 0; j == 0 && k < of->parts; k++)
        put_slots(net, 1 + of->part[k], t, x->d + k, -1.0, w, &at);
    for (cisup_index k = 0; j == 0 && k < of->codes; k++)
        put_bits(net, x, of->code[k], t, w, &at);
    w->p[column + 1] = at;
}

static cisup_status make_first(const cisup_network *net, cisup_relu_layers *x,
                               cisup_error *err) {
    const cisup_circuits *c = net->circuits;
    const double *v = cisup_circuits_weights(c, 1, 0);
    cisup_relu_layer *of = &x->layer[0];
    cisup_index entries = c->T * (of->parts + of->codes * x->groups.code.weight);
    for (cisup_index k = 0; k < c->T * c->d * c->d; k++) entries += v[k] != 0.0;
    const cisup_status status =
        cisup_csc_init(&of->w, of->D, x->inputs, entries * net->base->S, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < c->T; t++)
        for (cisup_index j = 0; j <= x->d; j++) put_input(net, x, t, j, &of->w);
    for (cisup_index k = 0; k < of->D; k++)
        of->b[k] = k < x->d * x->N ? net->offset[0] : 1.0;
    return CISUP_OK;
}

/* --- the others -------------------------------------------------------------------- */

/* What circuits send: v [T][d+1][d+1], row and column 0 the mask's, and into the biases
 * what is constant. */
static void send(const cisup_network *net, const cisup_relu_layers *x, cisup_index l,
                 double *v, double *b) {
    const cisup_index d = x->d, first = cisup_circuits_first(net->circuits);
    const double o = net->offset[l - 2];
    const int is_open = x->layer[l - 2].is_open;
    for (cisup_index t = 0; t < net->base->T; t++) {
        const double *w = cisup_circuits_weights(net->circuits, l, t);
        const int32_t *row = cisup_network_row(net, l, t);
        for (cisup_index i = 0; i < d; i++) {
            const double *from = w + (i + first) * (d + first);
            double *to = v + (t * (d + 1) + i + 1) * (d + 1), sum = 0.0;
            for (cisup_index j = 0; j < d; j++) sum += from[j + first];
            memcpy(to + 1, from + first, (size_t)d * sizeof *to);
            const double beta = first ? from[0] : 0.0;
            to[0] = is_open ? beta - o * sum : l > 2 ? o * sum - beta : -beta;
            for (cisup_index s = 0; !is_open && s < net->base->S; s++)
                b[i * x->N + row[s]] += beta - o * sum;
        }
    }
}

/* W^l data: a of d+1 blocks. */
static cisup_status assemble(const cisup_network *net, const cisup_relu_layers *x,
                             cisup_index l, cisup_csc *a, cisup_error *err) {
    const cisup_index d = x->d + 1;
    cisup_transition between = cisup_network_transition(net, l);
    double *v = NULL;
    cisup_csc g = {0};
    cisup_status status;
    *a = (cisup_csc){0};
    CISUP_TRY(cisup_new(&v, net->base->T * d * d, sizeof *v, err));
    send(net, x, l, v, x->layer[l - 1].b);
    between.d = d;
    between.w = v;
    CISUP_TRY(cisup_meetings(&between, &g, err));
    const cisup_assembly sum = {.x = &between, .v = v, .g = &g};
    CISUP_TRY(cisup_assemble(&sum, a, err));
done:
    cisup_release(v);
    cisup_csc_free(&g);
    return status;
}

/* W^l, column by column. */
typedef struct {
    const cisup_network *net;
    const cisup_relu_layers *x;
    cisup_index l;
    const cisup_csc *a; /* of d+1 blocks */
    cisup_csc *w;
} filling;

static void put_entry(cisup_csc *w, cisup_index *at, cisup_index row, double value) {
    if (value == 0.0) return;
    w->i[*at] = row;
    w->x[(*at)++] = value;
}

/* What a closed neuron gets for its mask, or for every bit that is missing. */
static double closing(const filling *f) {
    return -(f->net->strength[f->l - 1] + f->net->offset[f->l - 1]);
}

/* From a bit to the neurons of its group that have it, if the layer is of that part, and
 * to itself. */
static void put_bit(const filling *f, cisup_relu_label from, cisup_index *at) {
    const cisup_relu_layers *x = f->x;
    const cisup_mask_groups *of = &x->groups;
    const cisup_index self = cisup_relu_code_start(x, f->l, from.part);
    const cisup_index group = from.part * of->S + from.block;
    const cisup_index blocks =
        from.part == (f->l - 1) % x->cycle ? x->d + x->layer[f->l - 1].parts : 0;
    for (cisup_index i = 0; i < blocks; i++)
        for (cisup_index k = of->start[from.slot]; k < of->start[from.slot + 1]; k++)
            if (of->point[k] < of->count[group])
                put_entry(f->w, at, i * x->N + of->first[group] + of->point[k],
                          i < x->d ? closing(f) : -1.0);
    if (self >= 0)
        put_entry(f->w, at, self + from.block * of->code.bits + from.slot, 1.0);
}

/* A column of a, one block of rows further up; from a mask to the data that it closes and
 * to itself. With codes the mask of a layer is no longer needed in the next. */
static void put_column(const filling *f, cisup_index column) {
    const cisup_relu_layers *x = f->x;
    const cisup_relu_label from = cisup_relu_label_of(x, f->l - 1, column);
    const cisup_index N = x->N, part = (f->l - 1) % x->cycle;
    const int is_whole = from.is_mask && !f->net->coded;
    cisup_index at = f->w->p[column], self = -1;
    if (from.is_code) {
        put_bit(f, from, &at);
        f->w->p[column + 1] = at;
        return;
    }
    if (!from.is_mask || from.part == (f->l - 2) % x->cycle) {
        const cisup_index source = (from.is_mask ? 0 : from.block + 1) * N + from.slot;
        for (cisup_index e = f->a->p[source]; e < f->a->p[source + 1]; e++)
            put_entry(f->w, &at, f->a->i[e] - N, f->a->x[e]);
    }
    if (is_whole) self = cisup_relu_mask_block(x, f->l, from.part);
    for (cisup_index i = 0; is_whole && from.part == part && i < x->d; i++)
        put_entry(f->w, &at, i * N + from.slot, closing(f));
    if (self >= 0) put_entry(f->w, &at, self * N + from.slot, 1.0);
    f->w->p[column + 1] = at;
}

/* The offsets of data; with codes 1 for the layer's mask K, and what closes neurons that
 * no circuit has, whose word is that of nobody. */
static void put_biases(const filling *f, double *b) {
    const cisup_relu_layers *x = f->x;
    const cisup_index blocks = x->d + (f->net->coded ? x->layer[f->l - 1].parts : 0);
    for (cisup_index k = 0; k < blocks * x->N; k++) {
        cisup_index point;
        const int is_data = k < x->d * x->N;
        const int is_empty =
            f->net->coded &&
            cisup_mask_group_of(&x->groups, (f->l - 1) % x->cycle, k % x->N, &point) < 0;
        if (is_data)
            b[k] += f->net->offset[f->l - 1] + (is_empty ? closing(f) : 0.0);
        else
            b[k] = !is_empty;
    }
}

static cisup_status make_later(const cisup_network *net, cisup_relu_layers *x,
                               cisup_index l, cisup_error *err) {
    cisup_relu_layer *of = &x->layer[l - 1];
    const cisup_index before = x->layer[l - 2].D;
    const cisup_index words = x->groups.code.points * x->groups.code.weight * x->groups.S;
    cisup_csc a = {0};
    /* A mask's own, or a bit's, and those that close. */
    cisup_index entries = of->D + words * (x->d + of->parts);
    cisup_status status;
    CISUP_TRY(assemble(net, x, l, &a, err));
    for (cisup_index k = 0; k < a.p[a.ncol]; k++) entries += a.x[k] != 0.0;
    CISUP_TRY(cisup_csc_init(&of->w, of->D, before, entries, err));
    const filling f = {net, x, l, &a, &of->w};
    for (cisup_index column = 0; column < before; column++) put_column(&f, column);
    put_biases(&f, of->b);
done:
    cisup_csc_free(&a);
    return status;
}

cisup_status cisup_relu_layers_make(cisup_relu_layers *out, const cisup_network *net,
                                    const cisup_watcher *watcher, cisup_error *err) {
    const cisup_allocation *base = net->base;
    const cisup_shape s = {.d = net->circuits->d,
                           .T = base->T,
                           .S = base->S,
                           .L = net->circuits->L,
                           .N = base->N};
    cisup_vigil vigil;
    cisup_status status;
    *out = (cisup_relu_layers){0};
    const cisup_carrying how = {
        .cycle = net->cycle, .codes = net->coded > 0, .active = net->coded};
    CISUP_TRY(cisup_memory_require(cisup_relu_layers_bytes(&s, &how) +
                                       cisup_relu_layers_build_bytes(&s),
                                   "the layers", err));
    CISUP_TRY(cisup_vigil_begin(&vigil, watcher, (double)s.L, err));
    CISUP_TRY(lay_out(out, net, err));
    for (cisup_index l = 1; l <= s.L; l++) {
        CISUP_TRY(cisup_vigil_advance(&vigil, 1.0, err));
        CISUP_TRY(l == 1 ? make_first(net, out, err) : make_later(net, out, l, err));
    }
    CISUP_TRY(cisup_vigil_end(&vigil, err));
done:
    if (status != CISUP_OK) cisup_relu_layers_free(out);
    return status;
}

/* --- what they are for ------------------------------------------------------------- */

cisup_status cisup_relu_readout(const cisup_network *net, const cisup_relu_layers *x,
                                cisup_index l, cisup_csc *u, double *constant,
                                cisup_error *err) {
    const cisup_index T = net->base->T, S = net->base->S, d = x->d;
    const double o = net->offset[l - 1], share = 1.0 / (double)S;
    const cisup_index mask = cisup_relu_mask_block(x, l, (l - 1) % x->cycle);
    const int has_mask = l > 1 && o != 0.0, is_open = x->layer[l - 1].is_open;
    cisup_csc flipped = {0}; /* a column for each number of a circuit */
    cisup_status status;
    *u = (cisup_csc){0};
    *constant = is_open ? 0.0 : -o;
    CISUP_TRY(cisup_csc_init(&flipped, x->layer[l - 1].D, T * d,
                             T * d * S * (1 + has_mask), err));
    cisup_index at = 0;
    for (cisup_index k = 0; k < T * d; k++) {
        put_slots(net, l, k / d, k % d, share, &flipped, &at);
        if (has_mask)
            put_slots(net, l, k / d, mask, is_open ? -o * share : o * share, &flipped,
                      &at);
        flipped.p[k + 1] = at;
    }
    CISUP_TRY(cisup_csc_transpose(&flipped, u, err));
done:
    cisup_csc_free(&flipped);
    return status;
}

void cisup_relu_input(const cisup_network *net, cisup_index t, const double *state,
                      cisup_index lanes, cisup_index lane, double *in) {
    const cisup_index first = cisup_circuits_first(net->circuits);
    const cisup_index d = net->circuits->d - first;
    double *of = in + t * (d + 1) * lanes + lane;
    of[0] = 1.0;
    for (cisup_index j = 0; j < d; j++) of[(j + 1) * lanes] = state[first + j];
}

void cisup_relu_layer_run(const cisup_relu_layer *x, cisup_index lanes, const double *in,
                          double *a) {
    for (cisup_index k = 0; k < x->D * lanes; k++) a[k] = x->b[k / lanes];
    cisup_csc_apply(&x->w, lanes, in, a);
    for (cisup_index k = 0; k < x->D * lanes; k++) a[k] = cisup_rectified(a[k]);
}
