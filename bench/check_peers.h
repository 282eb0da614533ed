/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_CHECK_PEERS_H
#define CISUP_BENCH_CHECK_PEERS_H

#include <cisup/core/allocation.h>

/* The peers of bench_check: the matrix E E^T of common circuits of two neurons, one
 * thread each, in CPU seconds. `neurons` columns of it are computed and their time is
 * scaled to all N; the inputs (E^T) are always built whole. */
typedef struct {
    double second; /* build + product, scaled */
    double most;   /* largest entry off the diagonal among the columns computed */
} peer_result;

/* 0 when done; anything else: the peer could not run. */
int peer_cxsparse(const cisup_allocation *a, cisup_index neurons, peer_result *out);
int peer_graphblas(const cisup_allocation *a, cisup_index neurons, peer_result *out);

/* Runs check_scipy.py on a file of rows; it times itself. */
int peer_scipy(const cisup_allocation *a, cisup_index neurons, peer_result *out);

/* CPU seconds of this process so far. */
double cpu_seconds(void);

#endif
