/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The weights of one layer, assembled by cisup from the circuits and by libraries as
 * the sparse product (E blockdiag(w)) U whose two factors are handed to them ready.
 * Plain weights, dense random w; the same values must come out. */
#include "bench.h"

#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/assembly.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

#include <GraphBLAS.h>
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/cholmod.h>
#include <sys/stat.h>
#include <time.h>
#define NCOMPLEX
#include <suitesparse/cs.h>
#undef cs

typedef enum {
    BY_OURS,
    BY_OURS_TWO,
    BY_CXSPARSE,
    BY_CHOLMOD,
    BY_GRAPHBLAS,
    BY_SCIPY,
    SIDES
} side;

static const char *const side_name[SIDES] = {"cisup, sorted",      "cisup, 2 threads",
                                             "CXSparse, unsorted", "CHOLMOD, sorted",
                                             "GraphBLAS, sorted",  "SciPy, unsorted"};

/* Sizes, and how often each side works after one turn that is not counted. */
typedef struct {
    cisup_index D, T, S, d;
    int repetitions;
} problem;

/* What all sides start from. */
typedef struct {
    cisup_allocation base;
    cisup_index *order; /* [2][T] */
    double *w;          /* [T][d][d] */
    cisup_transition x;
    cisup_csc half, u; /* E blockdiag(w) and U */
} task;

/* A result in columns, whose rows may be in any order. */
typedef struct {
    const int64_t *p, *i;
    const double *x;
} columns;

typedef struct {
    bench_times wall[SIDES], cpu[SIDES], cold[2]; /* cold: BY_OURS and BY_CXSPARSE */
    double differs[SIDES];                        /* from ours, the largest; or NaN */
    double write_s;                               /* to write as many bytes */
    double bytes;
    int64_t entries;
} results;

static double cpu_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void stop(const char *what) {
    fprintf(stderr, "bench_assembly: %s failed\n", what);
    exit(1);
}

static void need(int done, const char *what) {
    if (!done) stop(what);
}

#define OK(call)                                                                         \
    do {                                                                                 \
        cisup_error err = {0};                                                           \
        if ((call) != CISUP_OK) stop(err.text[0] ? err.text : #call);                    \
    } while (0)

static void make_factors(task *q, cisup_index N) {
    const cisup_index d = q->x.d, T = q->base.T;
    cisup_csc slots, e, blocks;
    OK(cisup_embedding_slots(&q->base, q->x.from, &slots, &err));
    OK(cisup_embedding_blocks(&slots, d, d * N, &e, &err));
    OK(cisup_unembedding(&e, q->base.S, &q->u, &err));
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    OK(cisup_embedding_slots(&q->base, q->x.to, &slots, &err));
    OK(cisup_embedding_blocks(&slots, d, d * N, &e, &err));
    OK(cisup_blockdiag(q->w, T, d, &blocks, &err));
    OK(cisup_csc_multiply(&e, &blocks, &q->half, &err));
    cisup_csc_free(&slots);
    cisup_csc_free(&e);
    cisup_csc_free(&blocks);
}

static void task_make(task *q, const problem *p) {
    const cisup_index N = p->D / p->d, weights = p->T * p->d * p->d;
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = CISUP_SCHEME_TD;
    OK(cisup_allocation_make(&q->base, N, p->S, p->T, &o, &err));
    OK(cisup_new(&q->order, 2 * p->T, sizeof *q->order, &err));
    OK(cisup_new(&q->w, weights, sizeof *q->w, &err));
    cisup_rng rng;
    cisup_rng_init(&rng, 1, CISUP_STREAM_TEST, 0, 0, 0);
    cisup_rng_permutation(&rng, p->T, q->order);
    cisup_rng_permutation(&rng, p->T, q->order + p->T);
    for (cisup_index k = 0; k < weights; k++) q->w[k] = cisup_rng_normal(&rng);
    q->x = (cisup_transition){
        .base = &q->base, .from = q->order, .to = q->order + p->T, .d = p->d, .w = q->w};
    make_factors(q, N);
}

static void task_free(task *q) {
    cisup_allocation_free(&q->base);
    cisup_release(q->order);
    cisup_release(q->w);
    cisup_csc_free(&q->half);
    cisup_csc_free(&q->u);
}

/* From the circuits, everything counted: G, and then A. */
static void assemble(const task *q, cisup_csc *a) {
    cisup_csc g;
    OK(cisup_meetings_direct(&q->x, &g, &err));
    OK(cisup_assemble_direct(&(cisup_assembly){.x = &q->x, .v = q->w, .g = &g}, a, &err));
    cisup_csc_free(&g);
}

/* The largest difference between a result and ours; NaN if the patterns differ. */
static double difference(const cisup_csc *a, const columns *b) {
    double worst = 0.0, *column = calloc((size_t)a->nrow, sizeof *column);
    need(column != NULL, "calloc");
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

static void keep(results *r, side which, double wall, double cpu) {
    r->wall[which].second[r->wall[which].count++] = bench_seconds() - wall;
    r->cpu[which].second[r->cpu[which].count++] = cpu_seconds() - cpu;
}

static void run_ours(const task *q, results *r, side which) {
    cisup_csc a;
    omp_set_num_threads(which == BY_OURS_TWO ? 2 : 1);
    const double wall = bench_seconds(), cpu = cpu_seconds();
    assemble(q, &a);
    keep(r, which, wall, cpu);
    r->entries = a.p[a.ncol];
    r->bytes = 16.0 * (double)r->entries;
    r->differs[which] = 0.0;
    cisup_csc_free(&a);
    omp_set_num_threads(1);
}

/* Compares a peer's result with ours, once. */
static void compare(const task *q, results *r, side which, const columns *b) {
    if (r->wall[which].count > 1) return;
    cisup_csc a;
    assemble(q, &a);
    r->differs[which] = difference(&a, b);
    cisup_csc_free(&a);
}

static void run_cxsparse(const task *q, results *r) {
    const cisup_csc *h = &q->half, *u = &q->u;
    const cs_dl a = {h->p[h->ncol], h->nrow, h->ncol, h->p, h->i, h->x, -1};
    const cs_dl b = {u->p[u->ncol], u->nrow, u->ncol, u->p, u->i, u->x, -1};
    const double wall = bench_seconds(), cpu = cpu_seconds();
    cs_dl *c = cs_dl_multiply(&a, &b);
    keep(r, BY_CXSPARSE, wall, cpu);
    need(c != NULL, "cs_dl_multiply");
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

static void run_cholmod(const task *q, results *r) {
    cholmod_sparse a = lend(&q->half), b = lend(&q->u);
    cholmod_common common;
    need(cholmod_l_start(&common), "cholmod_l_start");
    const double wall = bench_seconds(), cpu = cpu_seconds();
    cholmod_sparse *c = cholmod_l_ssmult(&a, &b, 0, 1, 1, &common);
    keep(r, BY_CHOLMOD, wall, cpu);
    need(c != NULL, "cholmod_l_ssmult");
    compare(q, r, BY_CHOLMOD, &(columns){c->p, c->i, c->x});
    (void)cholmod_l_free_sparse(&c, &common);
    (void)cholmod_l_finish(&common);
}

static GrB_Matrix import(const cisup_csc *a) {
    GrB_Matrix out;
    const GrB_Index nnz = (GrB_Index)a->p[a->ncol];
    need(GrB_Matrix_import_FP64(&out, GrB_FP64, (GrB_Index)a->nrow, (GrB_Index)a->ncol,
                                (const GrB_Index *)a->p, (const GrB_Index *)a->i, a->x,
                                (GrB_Index)a->ncol + 1, nnz, nnz,
                                GrB_CSC_FORMAT) == GrB_SUCCESS,
         "GrB_Matrix_import");
    return out;
}

static void compare_graphblas(const task *q, results *r, GrB_Matrix c) {
    GrB_Index np, ni, nx;
    need(GrB_Matrix_exportSize(&np, &ni, &nx, GrB_CSC_FORMAT, c) == GrB_SUCCESS, "size");
    int64_t *p = malloc(np * sizeof *p), *i = malloc(ni * sizeof *i);
    double *x = malloc(nx * sizeof *x);
    need(p && i && x, "malloc");
    need(GrB_Matrix_export_FP64((GrB_Index *)p, (GrB_Index *)i, x, &np, &ni, &nx,
                                GrB_CSC_FORMAT, c) == GrB_SUCCESS,
         "GrB_Matrix_export");
    compare(q, r, BY_GRAPHBLAS, &(columns){p, i, x});
    free(p);
    free(i);
    free(x);
}

static void run_graphblas(const task *q, results *r) {
    GrB_Matrix a = import(&q->half), b = import(&q->u), c;
    const double wall = bench_seconds(), cpu = cpu_seconds();
    need(GrB_Matrix_new(&c, GrB_FP64, (GrB_Index)q->half.nrow, (GrB_Index)q->u.ncol) ==
             GrB_SUCCESS,
         "GrB_Matrix_new");
    need(GrB_mxm(c, NULL, NULL, GrB_PLUS_TIMES_SEMIRING_FP64, a, b, NULL) == GrB_SUCCESS,
         "GrB_mxm");
    need(GrB_Matrix_wait(c, GrB_MATERIALIZE) == GrB_SUCCESS, "GrB_Matrix_wait");
    keep(r, BY_GRAPHBLAS, wall, cpu);
    if (r->wall[BY_GRAPHBLAS].count <= 1) compare_graphblas(q, r, c);
    (void)GrB_Matrix_free(&a);
    (void)GrB_Matrix_free(&b);
    (void)GrB_Matrix_free(&c);
}

static void dump(const char *folder, const char *name, const void *data, size_t bytes) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    need(file && fwrite(data, 1, bytes, file) == bytes && fclose(file) == 0, path);
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
static void run_scipy(const task *q, results *r, int repetitions) {
    char folder[] = "/tmp/cisup-bench-XXXXXX", command[512], line[64];
    need(mkdtemp(folder) != NULL, "mkdtemp");
    cisup_csc a;
    assemble(q, &a);
    dump_csc(folder, "half", &q->half);
    dump_csc(folder, "u", &q->u);
    dump_csc(folder, "a", &a);
    cisup_csc_free(&a);
    (void)snprintf(command, sizeof command,
                   "MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 "
                   "/usr/bin/python3 %s/assembly_scipy.py %s %lld %d",
                   CISUP_BENCH, folder, (long long)q->half.nrow, repetitions);
    FILE *out = popen(command, "r");
    need(out != NULL, "popen");
    for (int k = 0; k < repetitions; k++)
        need(fgets(line, sizeof line, out) &&
                 sscanf(line, "%lf %lf", &r->wall[BY_SCIPY].second[k],
                        &r->cpu[BY_SCIPY].second[k]) == 2,
             "assembly_scipy.py");
    need(fgets(line, sizeof line, out) && sscanf(line, "%lf", &r->differs[BY_SCIPY]) == 1,
         "assembly_scipy.py");
    r->wall[BY_SCIPY].count = r->cpu[BY_SCIPY].count = repetitions;
    need(pclose(out) == 0, "assembly_scipy.py");
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    need(system(command) == 0, command);
}

/* Memory that is taken anew each time; ours and CXSparse. */
static void measure_cold(const task *q, results *r, int repetitions) {
    for (int k = 0; k < repetitions; k++) {
        results once = {0};
        run_ours(q, &once, BY_OURS);
        r->cold[0].second[r->cold[0].count++] = once.wall[BY_OURS].second[0];
        once.wall[BY_CXSPARSE].count = 1; /* compared already */
        run_cxsparse(q, &once);
        r->cold[1].second[r->cold[1].count++] = once.wall[BY_CXSPARSE].second[1];
    }
}

/* Seconds to write as many bytes as the result has, by memset, the median of five. */
static double writing(double bytes) {
    bench_times t = {0};
    char *memory = malloc((size_t)bytes);
    need(memory != NULL, "malloc");
    for (int k = 0; k <= 5; k++) {
        const double cpu = cpu_seconds();
        memset(memory, k, (size_t)bytes);
        __asm__ volatile("" : : "r"(memory) : "memory");
        if (k > 0) t.second[t.count++] = cpu_seconds() - cpu;
    }
    free(memory);
    return bench_median(&t);
}

/* All sides in turn; freed memory stays with the process, so that it is touched
 * already when it is taken again. */
static void measure_warm(const task *q, results *r, int repetitions) {
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, -1);
    for (int k = 0; k <= repetitions; k++) {
        run_ours(q, r, BY_OURS);
        run_ours(q, r, BY_OURS_TWO);
        run_cxsparse(q, r);
        run_cholmod(q, r);
        run_graphblas(q, r);
        for (int s = 0; s < BY_SCIPY && k == 0; s++)
            r->wall[s].count = r->cpu[s].count = 0;
    }
    r->write_s = writing(r->bytes);
}

static void print(const problem *p, const results *r, FILE *out) {
    fprintf(out, "\nD %lld  T %lld  S %lld  d %lld: %lld entries, %.0f MB\n",
            (long long)p->D, (long long)p->T, (long long)p->S, (long long)p->d,
            (long long)r->entries, 1e-6 * r->bytes);
    fprintf(out, "%-20s %10s %10s %8s %10s\n", "warm", "cpu ms", "wall ms", "ratio",
            "differs");
    for (side s = BY_OURS; s < SIDES; s++)
        fprintf(out, "%-20s %10.1f %10.1f %8.2f %10.1e\n", side_name[s],
                1e3 * bench_median(&r->cpu[s]), 1e3 * bench_median(&r->wall[s]),
                bench_median(&r->cpu[s]) / bench_median(&r->cpu[BY_OURS]), r->differs[s]);
    fprintf(out, "%-20s %10s %10.1f\n", "cold: cisup", "",
            1e3 * bench_median(&r->cold[0]));
    fprintf(out, "%-20s %10s %10.1f %8.2f\n", "cold: CXSparse", "",
            1e3 * bench_median(&r->cold[1]),
            bench_median_ratio(&r->cold[1], &r->cold[0]));
    fprintf(out, "%-20s %10.1f %10s %8.2f\n", "memset of the bytes", 1e3 * r->write_s, "",
            r->write_s / bench_median(&r->cpu[BY_OURS]));
}

/* Whether all sides computed the same. */
static int run(const problem *p, FILE *out, FILE *file) {
    static results r;
    task q;
    r = (results){0};
    (void)mallopt(M_MMAP_MAX, 65536);
    (void)mallopt(M_TRIM_THRESHOLD, 128 << 10);
    task_make(&q, p);
    measure_cold(&q, &r, p->repetitions);
    measure_warm(&q, &r, p->repetitions);
    (void)malloc_trim(0);
    run_scipy(&q, &r, p->repetitions);
    task_free(&q);
    print(p, &r, out);
    if (file) print(p, &r, file);
    int same = 1;
    for (side s = BY_CXSPARSE; s < SIDES; s++) same &= r.differs[s] <= 1e-12;
    return same;
}

static void print_head(FILE *out) {
    fprintf(out, "weights of a layer, assembled; one thread unless stated, medians; "
                 "ratio: processor time\n\n");
    bench_print_machine(out);
}

/* folder/assembly.txt, or NULL without a folder. */
static FILE *open_copy(const char *folder) {
    char path[4096];
    if (!folder) return NULL;
    need(mkdir(folder, 0777) == 0 || errno == EEXIST, folder);
    (void)snprintf(path, sizeof path, "%s/assembly.txt", folder);
    FILE *file = fopen(path, "w");
    need(file != NULL, path);
    print_head(file);
    return file;
}

int main(int argc, char **argv) {
    static const problem size[] = {{2000, 2000, 6, 4, 9}, {20000, 200000, 6, 4, 3}};
    (void)setenv("OMP_WAIT_POLICY", "passive", 0);
    bench_relaunch(argv);
    need(GrB_init(GrB_NONBLOCKING) == GrB_SUCCESS, "GrB_init");
    (void)GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, 1);
    (void)GxB_Global_Option_set(GxB_FORMAT, GxB_BY_COL);
    print_head(stdout);
    FILE *file = open_copy(argc > 1 ? argv[1] : NULL);
    int same = 1;
    for (int k = 0; k < 2; k++) same &= run(&size[k], stdout, file);
    if (file) need(fclose(file) == 0, argv[1]);
    (void)GrB_finalize();
    if (!same) fprintf(stderr, "bench_assembly: the sides do not compute the same\n");
    return same ? 0 : 1;
}
