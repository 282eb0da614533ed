/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_DENSE_MASKS_H
#define CISUP_BENCH_DENSE_MASKS_H

#include "dense.h"

/* What of the dense network differs where masks are carried: its layers are matrices,
 * biases and ReLU as the library exports them, mask neurons among them
 * (sparse/network/relu_layers.h), in single precision. */

/* Neurons of the widest layer. */
cisup_index dense_masks_width(const problem *p);

/* W^2 .. W^L into q->w, which is zero or has them already. */
void dense_masks_fill(const dense *q);

/* pre = W^1 A^0, by the columns of the active circuits. */
void dense_masks_embed(const dense *q);

/* a = ReLU(pre + b), and y, what circuits are read from: a - o in the first layer, then a
 * - o (1 - kb). */
void dense_masks_activate(const dense *q, cisup_index l);

#endif
