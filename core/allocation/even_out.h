/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_EVEN_OUT_H
#define CISUP_CORE_EVEN_OUT_H

#include <cisup/core/allocation.h>
#include <cisup/core/watcher.h>

/* Evens out the loads of a valid allocation: a circuit gives up a neuron x for a neuron
 * z of smaller load, by two at least, whenever the pairs of z with the circuit's other
 * neurons are in no circuit. T and the property that two circuits share at most one
 * neuron stay; the sum of the squared loads falls with every exchange. Rows stay
 * increasing and in their order. Deterministic.
 *
 * A bitmap of all pairs takes N^2/8 bytes, unless the loads are within 1 already.
 *
 *   a         any two circuits share at most one neuron; otherwise the result is valid
 *             no more than before. After an end on request as far evened out as it is
 *   watcher   NULL: nobody
 *
 * Time O(N^2/64 + T S^2) and at most 16 passes of O(N + 48 T S) and of O(N) an exchange,
 * the neurons of one load; few circuits need many tries. Errors: ENOMEM, saying how much
 * the bitmap takes; ESTOPPED. */
CISUP_MUST_CHECK cisup_status cisup_even_out(cisup_allocation *a,
                                             const cisup_watcher *watcher,
                                             cisup_error *err);

#endif
