/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * read_cholmod FILE.mtx: reads a Matrix Market file with CHOLMOD, which shares no code
 * with ours, and prints rows, columns, nonzeros and the two sums
 *
 *   sum of x_ij,   sum of (i + 3 j) x_ij      (i, j from 0)
 *
 * for a comparison with what another reader found. */
#include <inttypes.h>
#include <stdio.h>

#include <suitesparse/cholmod.h>

static void print_sums(const cholmod_sparse *a) {
    const SuiteSparse_long *p = a->p, *i = a->i;
    const double *x = a->x;
    double sum = 0.0, weighted = 0.0;
    for (size_t j = 0; j < a->ncol; j++)
        for (SuiteSparse_long k = p[j]; k < p[j + 1]; k++) {
            sum += x[k];
            weighted += (double)(i[k] + 3 * (SuiteSparse_long)j) * x[k];
        }
    printf("%zu %zu %" PRId64 " %.17g %.17g\n", a->nrow, a->ncol, (int64_t)p[a->ncol],
           sum, weighted);
}

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        fprintf(stderr, "read_cholmod: needs one file that can be read\n");
        return 2;
    }
    cholmod_common common;
    cholmod_l_start(&common);
    cholmod_sparse *a = cholmod_l_read_sparse(file, &common);
    const int is_general = a && a->stype == 0 && a->packed && a->xtype == CHOLMOD_REAL;
    if (is_general)
        print_sums(a);
    else
        fprintf(stderr, "read_cholmod: %s is no general real matrix\n", argv[1]);
    cholmod_l_free_sparse(&a, &common);
    cholmod_l_finish(&common);
    (void)fclose(file);
    return is_general ? 0 : 1;
}
