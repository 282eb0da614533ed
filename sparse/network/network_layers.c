/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/memory.h>
#include <cisup/sparse/network/relu_layers.h>
#include <cisup/sparse/network_matrices.h>

#include <string.h>

/* Takes what a layer consists of out of `from`. */
static void take_layer(cisup_network_layer *to, cisup_relu_layer *from,
                       cisup_index bits) {
    to->w = from->w;
    to->b = from->b;
    to->masks = from->parts;
    to->codes = from->codes;
    to->bits = bits;
    memcpy(to->mask, from->part, sizeof to->mask);
    memcpy(to->code, from->code, sizeof to->code);
    from->w = (cisup_csc){0};
    from->b = NULL;
}

cisup_status cisup_network_layers(const cisup_network *net, cisup_network_layer *layer,
                                  cisup_error *err) {
    const cisup_index L = net->circuits->L;
    cisup_relu_layers x = {0};
    cisup_status status;
    memset(layer, 0, (size_t)L * sizeof *layer);
    if (!net->cycle)
        return CISUP_FAIL(err, CISUP_EINVAL, "the network does not carry masks");
    CISUP_TRY(cisup_relu_layers_make(&x, net, NULL, err));
    for (cisup_index l = 1; l <= L; l++) {
        cisup_network_layer *to = &layer[l - 1];
        CISUP_TRY(cisup_relu_readout(net, &x, l, &to->u, &to->constant, err));
    }
    for (cisup_index l = 0; l < L; l++)
        take_layer(&layer[l], &x.layer[l], x.groups.code.bits);
done:
    cisup_relu_layers_free(&x);
    if (status != CISUP_OK) cisup_network_layers_free(layer, L);
    return status;
}

void cisup_network_layers_free(cisup_network_layer *layer, cisup_index L) {
    for (cisup_index l = 0; l < L; l++) {
        cisup_csc_free(&layer[l].w);
        cisup_csc_free(&layer[l].u);
        cisup_release(layer[l].b);
        layer[l] = (cisup_network_layer){0};
    }
}
