/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_layers.h"

#include <cisup/core/memory.h>
#include <cisup/sparse/network/relu_layers.h>

/* A read-out's constant comes with its matrix. */
static cisup_status put_layer(export_files *x, const cisup_network *net,
                              const cisup_relu_layers *layers, cisup_index l,
                              double *constant, cisup_error *err) {
    const cisup_relu_layer *of = &layers->layer[l - 1];
    cisup_csc u = {0};
    cisup_status status;
    CISUP_TRY(export_put(x, "W", l, CISUP_MTX_REAL, "weights", &of->w, err));
    CISUP_TRY(export_column(x, "b", l, "biases", of->b, of->D, err));
    CISUP_TRY(cisup_relu_readout(net, layers, l, &u, constant, err));
    CISUP_TRY(export_put(x, "U", l, CISUP_MTX_REAL, "read-outs", &u, err));
done:
    cisup_csc_free(&u);
    return status;
}

/* What every neuron is. */
static cisup_status put_labels(export_files *x, const cisup_relu_layers *layers,
                               cisup_error *err) {
    const char *path;
    csv_sink csv = {0};
    cisup_status status;
    CISUP_TRY(outdir_file(&x->dir, "neurons.csv", &path, err));
    CISUP_TRY(csv_open(&csv, path, "neuron,layer,kind,part,block,slot",
                       CISUP_KEEP_EXISTING, err));
    for (cisup_index l = 1; l <= layers->L; l++)
        for (cisup_index k = 0; k < layers->layer[l - 1].D; k++) {
            const cisup_relu_label of = cisup_relu_label_of(layers, l, k);
            csv_row(&csv, RECORD_OF("neuron layer kind part block slot", V(k), V(l),
                                    V(of.is_code   ? "code"
                                      : of.is_mask ? "mask"
                                                   : "data"),
                                    V(of.part), V(of.block), V(of.slot)));
        }
    CISUP_TRY(csv_commit(&csv, err));
done:
    csv_discard(&csv);
    return status;
}

static void number_item(const void *of, cisup_index k, cisup_record *item) {
    RECORD_ADD(item, "", V(((const double *)of)[k]));
}

cisup_status export_layers(export_files *x, const cisup_network *net,
                           cisup_record *manifest, cisup_error *err) {
    cisup_relu_layers layers = {0};
    double *constant = NULL;
    cisup_status status;
    CISUP_TRY(cisup_relu_layers_make(&layers, net, NULL, err));
    CISUP_TRY(cisup_new(&constant, layers.L, sizeof *constant, err));
    for (cisup_index l = 1; l <= layers.L; l++)
        CISUP_TRY(put_layer(x, net, &layers, l, &constant[l - 1], err));
    CISUP_TRY(put_labels(x, &layers, err));
    RECORD_ADD(manifest, "construction inputs readout_constant offset strength",
               V("masks"), V(layers.inputs), V_LIST(constant, layers.L, number_item),
               V_LIST(net->offset, layers.L, number_item),
               V_LIST(net->strength, layers.L, number_item));
    CISUP_TRY(export_manifest(x, manifest, err));
done:
    cisup_release(constant);
    cisup_relu_layers_free(&layers);
    return status;
}
