/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of bulk.h share among themselves. */
#ifndef CISUP_ANALYSIS_BULK_PARTS_H
#define CISUP_ANALYSIS_BULK_PARTS_H

#include <cisup/analysis/pass/bulk.h>

/* A line holds one number of each lane: the bytes of a cache line. */
enum { CISUP_LINE_BYTES = 64 };

/* So many circuits' squares are held back before they are counted by size. */
enum { CISUP_BULK_HELD = 16 };

/* The loops of a pass, for one type of number and one instruction set. In the order of a
 * pass: `embed` and `settle` of layer 1; `visit` and `settle` of layers 2..L; `visit`. */
struct cisup_bulk_kernel {
    int lanes;
    size_t bytes; /* of a number */

    /* y = the input of the network, (6.1). */
    void (*embed)(cisup_bulk *b);

    /* Reads and measures all circuits of layer b->l; y = W a unless x is NULL. */
    void (*visit)(cisup_bulk *b, const cisup_bulk_layer *x);

    /* a = A^{b->l} of y and what visit left behind; counts open neurons. x: as in visit,
     * or NULL for layer 1. */
    void (*settle)(cisup_bulk *b, const cisup_bulk_layer *x);
};

/* The kernels of each instruction set, by precision; the last two on x86-64 only. */
extern const cisup_bulk_kernel cisup_bulk_kernels_plain[CISUP_PRECISIONS];
extern const cisup_bulk_kernel cisup_bulk_kernels_avx2[CISUP_PRECISIONS];
extern const cisup_bulk_kernel cisup_bulk_kernels_avx512[CISUP_PRECISIONS];

#endif
