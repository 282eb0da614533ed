/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The libraries that bench_assembly compares with. */
#include "assembly_sides.h"

#include <GraphBLAS.h>
#include <math.h>
#include <stdlib.h>
#include <suitesparse/cholmod.h>
#define NCOMPLEX
#include <suitesparse/cs.h>
#undef cs

/* The largest difference between a result and ours; NaN if the patterns differ. */
static double difference(const cisup_csc *a, const columns *b) {
    double worst = 0.0, *column = calloc((size_t)a->nrow, sizeof *column);
    assembly_need(column != NULL, "calloc");
    for (cisup_index j = 0; j < a->ncol; j++) {
        if (a->p[j + 1] != b->p[j + 1]) worst = (double)NAN;
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) column[a->i[k]] = a->x[k];
        for (cisup_index k = a->p[j]; k < a->p[j + 1] && !isnan(worst); k++) {
            worst = fmax(worst, fabs(column[b->i[k]] - b->x[k]));
            column[b->i[k]] = (double)NAN; /* so that none is there twice */
        }
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
            if (!isnan(column[a->i[k]])) worst = (double)NAN;
            column[a->i[k]] = 0.0;
        }
    }
    free(column);
    return worst;
}

/* Compares a peer's result with ours, once. */
static void compare(const task *q, results *r, side which, const columns *b) {
    if (r->wall[which].count > 1) return;
    cisup_csc a;
    assembly_by_ours(q, &a);
    r->differs[which] = difference(&a, b);
    cisup_csc_free(&a);
}

void assembly_by_cxsparse(const task *q, results *r) {
    const cisup_csc *h = &q->half, *u = &q->u;
    const cs_dl a = {h->p[h->ncol], h->nrow, h->ncol, h->p, h->i, h->x, -1};
    const cs_dl b = {u->p[u->ncol], u->nrow, u->ncol, u->p, u->i, u->x, -1};
    const double wall = bench_seconds(), cpu = bench_cpu_seconds();
    cs_dl *c = cs_dl_multiply(&a, &b);
    assembly_keep(r, BY_CXSPARSE, wall, cpu);
    assembly_need(c != NULL, "cs_dl_multiply");
    compare(q, r, BY_CXSPARSE, &(columns){c->p, c->i, c->x});
    cs_dl_spfree(c);
}

static cholmod_sparse lend(const cisup_csc *a) {
    return (cholmod_sparse){.nrow = (size_t)a->nrow,
                            .ncol = (size_t)a->ncol,
                            .nzmax = (size_t)a->p[a->ncol],
                            .p = a->p,
                            .i = a->i,
                            .x = a->x,
                            .itype = CHOLMOD_LONG,
                            .xtype = CHOLMOD_REAL,
                            .dtype = CHOLMOD_DOUBLE,
                            .sorted = 1,
                            .packed = 1};
}

void assembly_by_cholmod(const task *q, results *r) {
    cholmod_sparse a = lend(&q->half), b = lend(&q->u);
    cholmod_common common;
    assembly_need(cholmod_l_start(&common), "cholmod_l_start");
    const double wall = bench_seconds(), cpu = bench_cpu_seconds();
    cholmod_sparse *c = cholmod_l_ssmult(&a, &b, 0, 1, 1, &common);
    assembly_keep(r, BY_CHOLMOD, wall, cpu);
    assembly_need(c != NULL, "cholmod_l_ssmult");
    compare(q, r, BY_CHOLMOD, &(columns){c->p, c->i, c->x});
    (void)cholmod_l_free_sparse(&c, &common);
    (void)cholmod_l_finish(&common);
}

static GrB_Matrix import(const cisup_csc *a) {
    GrB_Matrix out;
    const GrB_Index nnz = (GrB_Index)a->p[a->ncol];
    assembly_need(GrB_Matrix_import_FP64(
                      &out, GrB_FP64, (GrB_Index)a->nrow, (GrB_Index)a->ncol,
                      (const GrB_Index *)a->p, (const GrB_Index *)a->i, a->x,
                      (GrB_Index)a->ncol + 1, nnz, nnz, GrB_CSC_FORMAT) == GrB_SUCCESS,
                  "GrB_Matrix_import");
    return out;
}

static void compare_graphblas(const task *q, results *r, GrB_Matrix c) {
    GrB_Index np, ni, nx;
    assembly_need(GrB_Matrix_exportSize(&np, &ni, &nx, GrB_CSC_FORMAT, c) == GrB_SUCCESS,
                  "size");
    int64_t *p = malloc(np * sizeof *p), *i = malloc(ni * sizeof *i);
    double *x = malloc(nx * sizeof *x);
    assembly_need(p && i && x, "malloc");
    assembly_need(GrB_Matrix_export_FP64((GrB_Index *)p, (GrB_Index *)i, x, &np, &ni, &nx,
                                         GrB_CSC_FORMAT, c) == GrB_SUCCESS,
                  "GrB_Matrix_export");
    compare(q, r, BY_GRAPHBLAS, &(columns){p, i, x});
    free(p);
    free(i);
    free(x);
}

void assembly_by_graphblas(const task *q, results *r) {
    GrB_Matrix a = import(&q->half), b = import(&q->u), c;
    const double wall = bench_seconds(), cpu = bench_cpu_seconds();
    assembly_need(GrB_Matrix_new(&c, GrB_FP64, (GrB_Index)q->half.nrow,
                                 (GrB_Index)q->u.ncol) == GrB_SUCCESS,
                  "GrB_Matrix_new");
    assembly_need(GrB_mxm(c, NULL, NULL, GrB_PLUS_TIMES_SEMIRING_FP64, a, b, NULL) ==
                      GrB_SUCCESS,
                  "GrB_mxm");
    assembly_need(GrB_Matrix_wait(c, GrB_MATERIALIZE) == GrB_SUCCESS, "GrB_Matrix_wait");
    assembly_keep(r, BY_GRAPHBLAS, wall, cpu);
    if (r->wall[BY_GRAPHBLAS].count <= 1) compare_graphblas(q, r, c);
    (void)GrB_Matrix_free(&a);
    (void)GrB_Matrix_free(&b);
    (void)GrB_Matrix_free(&c);
}

static void dump(const char *folder, const char *name, const void *data, size_t bytes) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assembly_need(file && fwrite(data, 1, bytes, file) == bytes && fclose(file) == 0,
                  path);
}

static void dump_csc(const char *folder, const char *stem, const cisup_csc *a) {
    char name[16];
    const size_t nnz = (size_t)a->p[a->ncol];
    (void)snprintf(name, sizeof name, "%s.p", stem);
    dump(folder, name, a->p, ((size_t)a->ncol + 1) * sizeof *a->p);
    (void)snprintf(name, sizeof name, "%s.i", stem);
    dump(folder, name, a->i, nnz * sizeof *a->i);
    (void)snprintf(name, sizeof name, "%s.x", stem);
    dump(folder, name, a->x, nnz * sizeof *a->x);
}

/* SciPy times itself and compares with our result; lines "wall cpu", then "difference".
 * It keeps the memory it has freed, like the other sides. */
void assembly_by_scipy(const task *q, results *r, int repetitions) {
    char folder[] = "/tmp/cisup-bench-XXXXXX", command[512], line[64];
    assembly_need(mkdtemp(folder) != NULL, "mkdtemp");
    cisup_csc a;
    assembly_by_ours(q, &a);
    dump_csc(folder, "half", &q->half);
    dump_csc(folder, "u", &q->u);
    dump_csc(folder, "a", &a);
    cisup_csc_free(&a);
    (void)snprintf(command, sizeof command,
                   "MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 "
                   "/usr/bin/python3 %s/assembly_scipy.py %s %lld %d",
                   CISUP_BENCH, folder, (long long)q->half.nrow, repetitions);
    FILE *out = popen(command, "r");
    assembly_need(out != NULL, "popen");
    for (int k = 0; k < repetitions; k++)
        assembly_need(fgets(line, sizeof line, out) &&
                          sscanf(line, "%lf %lf", &r->wall[BY_SCIPY].second[k],
                                 &r->cpu[BY_SCIPY].second[k]) == 2,
                      "assembly_scipy.py");
    assembly_need(fgets(line, sizeof line, out) &&
                      sscanf(line, "%lf", &r->differs[BY_SCIPY]) == 1,
                  "assembly_scipy.py");
    r->wall[BY_SCIPY].count = r->cpu[BY_SCIPY].count = repetitions;
    assembly_need(pclose(out) == 0, "assembly_scipy.py");
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    assembly_need(system(command) == 0, command);
}
