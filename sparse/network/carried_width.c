/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/network/carried_width.h>

#include <cisup/core/circuits/circuits_parts.h>

cisup_carried_shape cisup_carried_shape_of(const cisup_network *net) {
    const cisup_circuits *c = net->circuits;
    return (cisup_carried_shape){.d = c->d - cisup_circuits_first(c),
                                 .L = c->L,
                                 .cycle = net->cycle,
                                 .is_signed = c->is_signed,
                                 .biased = c->biased};
}

int cisup_carried_keeps(const cisup_carried_shape *s, cisup_index l, cisup_index h) {
    for (cisup_index later = l + 1; later <= s->L && later <= l + s->cycle; later++)
        if ((later - 1) % s->cycle == h) return 1;
    if ((l - 1) % s->cycle != h) return 0;
    const int is_signed = s->is_signed && s->is_signed[l - 1];
    return (is_signed && l >= 2) || (s->biased && l < s->L);
}

cisup_index cisup_carried_blocks(const cisup_carried_shape *s) {
    cisup_index most = 0;
    for (cisup_index l = 1; l <= s->L; l++) {
        cisup_index masks = s->robust && s->biased && l == 1 && s->L > 1;
        for (cisup_index h = 0; h < s->cycle; h++) masks += cisup_carried_keeps(s, l, h);
        if (masks > most) most = masks;
    }
    return s->d + most;
}
