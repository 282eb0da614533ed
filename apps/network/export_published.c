/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_published.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/allocation_file.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/network/network_parts.h>
#include <cisup/sparse/network_matrices.h>

/* What all parts are written from. */
typedef struct {
    export_files *out;
    const cisup_network *net;
    const cisup_shape *shape;
    int full; /* E and U of all blocks, not of one */
} published_job;

/* E and U of layer l in the form asked for. */
static cisup_status put_embedding(published_job *x, cisup_index l, cisup_error *err) {
    cisup_csc e = {0}, u = {0};
    cisup_status status;
    CISUP_TRY(!x->full ? cisup_network_slots(x->net, l, &e, err)
                       : cisup_network_embedding(x->net, l, x->shape->D, &e, err));
    CISUP_TRY(export_put(x->out, "E", l, CISUP_MTX_PATTERN, "embedding", &e, err));
    CISUP_TRY(cisup_unembedding(&e, x->shape->S, &u, err));
    CISUP_TRY(export_put(x->out, "U", l, CISUP_MTX_REAL, "unembedding", &u, err));
done:
    cisup_csc_free(&e);
    cisup_csc_free(&u);
    return status;
}

static cisup_status put_circuits(published_job *x, cisup_index l, cisup_error *err) {
    const cisup_circuits *c = x->net->circuits;
    const cisup_index d = c->d;
    cisup_csc w = {0}, common = {0};
    cisup_status status;
    CISUP_TRY(cisup_blockdiag(cisup_circuits_weights(c, l, 0), c->T, d, &w, err));
    CISUP_TRY(export_dense(
        x->out, "w", l, "circuit weights", &w,
        (cisup_array){
            NULL, CISUP_ARRAY_DOUBLE, 3, {c->T, d, d}, cisup_circuits_weights(c, l, 0)},
        err));
    CISUP_TRY(cisup_csc_of_dense(&common, d, d, cisup_circuits_common(c, l), err));
    CISUP_TRY(export_dense(
        x->out, "wbar", l, "common part", &common,
        (cisup_array){NULL, CISUP_ARRAY_DOUBLE, 2, {d, d}, cisup_circuits_common(c, l)},
        err));
done:
    cisup_csc_free(&w);
    cisup_csc_free(&common);
    return status;
}

static cisup_status put_biases(published_job *x, cisup_index l, cisup_error *err) {
    const cisup_index D = x->shape->D;
    double *b = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&b, D, sizeof *b, err));
    CISUP_TRY(cisup_network_bias(x->net, l, D, b, err));
    CISUP_TRY(export_column(x->out, "B", l, "biases", b, D, err));
done:
    cisup_release(b);
    return status;
}

static cisup_status put_weights(published_job *x, cisup_index l, cisup_error *err) {
    cisup_network_weight w;
    cisup_status status = cisup_network_weights(x->net, l, x->shape->D, &w, err);
    if (status != CISUP_OK) return status;
    CISUP_TRY(export_put(x->out, "W", l, CISUP_MTX_REAL, "weights, sparse part",
                         &w.sparse, err));
    if (w.left.ncol == 0) goto done;
    CISUP_TRY(export_put(x->out, "W_left", l, CISUP_MTX_REAL, "weights, left factor",
                         &w.left, err));
    CISUP_TRY(export_put(x->out, "W_right", l, CISUP_MTX_REAL, "weights, right factor",
                         &w.right, err));
done:
    cisup_network_weights_free(&w);
    return status;
}

static cisup_status put_allocation(published_job *x, cisup_error *err) {
    cisup_csc e = {0};
    const char *path;
    cisup_status status;
    CISUP_TRY(cisup_embedding_slots(x->net->base, NULL, &e, err));
    CISUP_TRY(
        export_put(x->out, "allocation", 0, CISUP_MTX_PATTERN, "allocation", &e, err));
    CISUP_TRY(outdir_file(&x->out->dir, "allocation.csv", &path, err));
    CISUP_TRY(
        cisup_allocation_file_write(path, x->net->base, NULL, CISUP_KEEP_EXISTING, err));
done:
    cisup_csc_free(&e);
    return status;
}

static void kappa_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_network *net = of;
    RECORD_ADD(item, "", V(cisup_operator_kappa(&net->layers[k])));
}

static cisup_status put_manifest(published_job *x, cisup_record *r, cisup_error *err) {
    RECORD_ADD(r, "form kappa center", V(!x->full ? "block" : "full"),
               V_LIST(x->net, x->shape->L - 1, kappa_item),
               V(cisup_network_readout(x->net, 1).center));
    return export_manifest(x->out, r, err);
}

/* Which row of the allocation each circuit has in each layer. */
static cisup_status put_permutations(published_job *x, cisup_error *err) {
    const char *path;
    csv_sink csv = {0};
    cisup_status status;
    CISUP_TRY(outdir_file(&x->out->dir, "permutations.csv", &path, err));
    CISUP_TRY(csv_open(&csv, path, "layer,circuit,row", CISUP_KEEP_EXISTING, err));
    for (cisup_index k = 0; k < x->shape->L * x->shape->T; k++) {
        csv_row(&csv, RECORD_OF("layer circuit row", V(k / x->shape->T + 1),
                                V(k % x->shape->T), V((cisup_index)x->net->row_of[k])));
    }
    CISUP_TRY(csv_commit(&csv, err));
done:
    csv_discard(&csv);
    return status;
}

cisup_status export_published(export_files *out, const cisup_network *net,
                              const cisup_shape *shape, int full, cisup_record *manifest,
                              cisup_error *err) {
    published_job job = {out, net, shape, full}, *x = &job;
    cisup_status status;
    CISUP_TRY(put_allocation(x, err));
    CISUP_TRY(put_permutations(x, err));
    for (cisup_index l = 1; l <= shape->L; l++) {
        CISUP_TRY(put_embedding(x, l, err));
        CISUP_TRY(put_biases(x, l, err));
        CISUP_TRY(put_circuits(x, l, err));
        if (l > 1) CISUP_TRY(put_weights(x, l, err));
    }
    CISUP_TRY(put_manifest(x, manifest, err));
done:
    return status;
}
