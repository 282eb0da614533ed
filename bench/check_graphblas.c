/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_peers.h"

#include <GraphBLAS.h>

#include <stdlib.h>

/* E as T x N: rows of the allocation by rows of the matrix. The arrays are handed over.
 */
static GrB_Info incidence(GrB_Matrix *e, const cisup_allocation *a) {
    const GrB_Index T = (GrB_Index)a->T, N = (GrB_Index)a->N, S = (GrB_Index)a->S;
    GrB_Index *start = malloc((T + 1) * sizeof *start);
    GrB_Index *column = malloc(T * S * sizeof *column);
    bool *value = calloc(1, sizeof *value);
    if (!start || !column || !value) return GrB_OUT_OF_MEMORY;
    *value = true;
    for (GrB_Index t = 0; t <= T; t++) start[t] = t * S;
    for (GrB_Index k = 0; k < T * S; k++) column[k] = (GrB_Index)a->slot[k];
    void *values = value;
    return GxB_Matrix_import_CSR(e, GrB_BOOL, T, N, &start, &column, &values,
                                 (T + 1) * sizeof *start, T * S * sizeof *column,
                                 sizeof *value, true, false, NULL);
}

/* C = E^T(first neurons, :) E with plus_pair; then its largest entry off the diagonal. */
static GrB_Info product(GrB_Matrix e, GrB_Index N, GrB_Index neurons, double *build,
                        double *multiply, double *most) {
    GrB_Matrix et = NULL, part = NULL, c = NULL, off = NULL;
    int64_t found = 0;
    GrB_Index T;
    double start = cpu_seconds();
    GrB_Info info = GrB_Matrix_nrows(&T, e);
    if (info == GrB_SUCCESS) info = GrB_Matrix_new(&et, GrB_BOOL, N, T);
    if (info == GrB_SUCCESS) info = GrB_transpose(et, NULL, NULL, e, NULL);
    if (info == GrB_SUCCESS) info = GrB_Matrix_wait(et, GrB_MATERIALIZE);
    *build = cpu_seconds() - start;
    if (info == GrB_SUCCESS) info = GrB_Matrix_new(&part, GrB_BOOL, neurons, T);
    GrB_Index range[] = {0, neurons - 1};
    if (info == GrB_SUCCESS)
        info =
            GrB_Matrix_extract(part, NULL, NULL, et, range, GxB_RANGE, GrB_ALL, T, NULL);
    if (info == GrB_SUCCESS) info = GrB_Matrix_wait(part, GrB_MATERIALIZE);
    (void)GrB_Matrix_free(&et);
    if (info == GrB_SUCCESS) info = GrB_Matrix_new(&c, GrB_INT32, neurons, N);
    start = cpu_seconds();
    if (info == GrB_SUCCESS)
        info = GrB_mxm(c, NULL, NULL, GxB_PLUS_PAIR_INT32, part, e, NULL);
    if (info == GrB_SUCCESS) info = GrB_Matrix_wait(c, GrB_MATERIALIZE);
    *multiply = cpu_seconds() - start;
    if (info == GrB_SUCCESS) info = GrB_Matrix_new(&off, GrB_INT32, neurons, N);
    if (info == GrB_SUCCESS)
        info = GrB_Matrix_select_INT64(off, NULL, NULL, GrB_OFFDIAG, c, 0, NULL);
    if (info == GrB_SUCCESS)
        info = GrB_Matrix_reduce_INT64(&found, NULL, GrB_MAX_MONOID_INT64, off, NULL);
    *most = (double)found;
    (void)GrB_Matrix_free(&part);
    (void)GrB_Matrix_free(&c);
    (void)GrB_Matrix_free(&off);
    return info;
}

int peer_graphblas(const cisup_allocation *a, cisup_index neurons, peer_result *out) {
    static int is_ready;
    if (!is_ready && GrB_init(GrB_NONBLOCKING) != GrB_SUCCESS) return 1;
    is_ready = 1;
    (void)GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, 1);
    GrB_Matrix e = NULL;
    double build, multiply;
    GrB_Info info = incidence(&e, a);
    if (info == GrB_SUCCESS)
        info = product(e, (GrB_Index)a->N, (GrB_Index)neurons, &build, &multiply,
                       &out->most);
    if (info == GrB_SUCCESS)
        out->second = build + multiply * (double)a->N / (double)neurons;
    (void)GrB_Matrix_free(&e);
    return info != GrB_SUCCESS;
}
