/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/mask_groups.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/network/carried_width.h>

void cisup_mask_groups_free(cisup_mask_groups *x) {
    cisup_release(x->word);
    cisup_release(x->start);
    cisup_release(x->point);
    cisup_release(x->first);
    cisup_release(x->count);
    *x = (cisup_mask_groups){0};
}

/* Part h, whose first layer is h + 1. */
static cisup_status find_groups(cisup_mask_groups *x, const cisup_network *net,
                                cisup_index h, cisup_error *err) {
    const cisup_index S = x->S;
    int32_t *first = x->first + h * S, *count = x->count + h * S;
    for (cisup_index g = 0; g < S; g++) first[g] = count[g] = -1;
    for (cisup_index t = 0; t < net->base->T; t++) {
        const int32_t *row = cisup_network_row(net, h + 1, t);
        for (cisup_index g = 0; g < S; g++) {
            if (first[g] < 0 || row[g] < first[g]) first[g] = row[g];
            if (row[g] > count[g]) count[g] = row[g];
        }
    }
    for (cisup_index g = 0; g < S; g++) {
        const int32_t last = count[g];
        count[g] = last - first[g] + 1;
        if (count[g] <= x->code.points && (g + 1 == S || last < first[g + 1])) continue;
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "codes of masks: part %" PRId64 " is not made of S = %" PRId64
                          " groups of %" PRId64 " neurons: the neurons number %" PRId64
                          " of its circuits are %" PRId32 " to %" PRId32,
                          h, S, x->code.points, g, first[g], last);
    }
    return CISUP_OK;
}

/* The points of every bit, increasing. */
static cisup_status invert(cisup_mask_groups *x, cisup_error *err) {
    const cisup_index n = x->code.points, w = x->code.weight, v = x->code.bits;
    cisup_status status;
    CISUP_TRY(cisup_new(&x->start, v + 2, sizeof *x->start, err));
    CISUP_TRY(cisup_new(&x->point, n * w, sizeof *x->point, err));
    for (cisup_index k = 0; k < n * w; k++) x->start[x->word[k] + 2]++;
    for (cisup_index j = 0; j < v; j++) x->start[j + 2] += x->start[j + 1];
    for (cisup_index k = 0; k < n * w; k++)
        x->point[x->start[x->word[k] + 1]++] = (int32_t)(k / w);
done:
    return status;
}

cisup_status cisup_mask_groups_make(cisup_mask_groups *x, const cisup_network *net,
                                    cisup_error *err) {
    const cisup_index L = net->circuits->L, N = net->base->N, S = net->base->S;
    *x = (cisup_mask_groups){.N = N, .S = S, .parts = L < net->cycle ? L : net->cycle};
    cisup_status status;
    CISUP_TRY(
        cisup_mask_code_plan(&x->code, cisup_carried_points(N, S), net->coded, err));
    x->bits = S * x->code.bits;
    CISUP_TRY(cisup_new(&x->first, x->parts * S, sizeof *x->first, err));
    CISUP_TRY(cisup_new(&x->count, x->parts * S, sizeof *x->count, err));
    for (cisup_index h = 0; h < x->parts; h++) CISUP_TRY(find_groups(x, net, h, err));
    CISUP_TRY(cisup_mask_code_words(&x->code, &x->word, err));
    CISUP_TRY(invert(x, err));
done:
    if (status != CISUP_OK) cisup_mask_groups_free(x);
    return status;
}
