/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The weights of one layer, assembled by cisup from the circuits and by libraries as
 * the sparse product (E blockdiag(w)) U whose two factors are handed to them ready.
 * Plain weights, dense random w; the same values must come out. */
#include "assembly_sides.h"

#include <cisup/core/base/rng.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/products.h>

#include <GraphBLAS.h>
#include <errno.h>
#include <malloc.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const side_name[SIDES] = {"cisup, sorted",      "cisup, 2 threads",
                                             "CXSparse, unsorted", "CHOLMOD, sorted",
                                             "GraphBLAS, sorted",  "SciPy, unsorted"};

/* Sizes, and how often each side works after one turn that is not counted. */
typedef struct {
    cisup_index D, T, S, d;
    int repetitions;
} problem;

static void stop(const char *what) {
    fprintf(stderr, "bench_assembly: %s failed\n", what);
    exit(1);
}

void assembly_need(int done, const char *what) {
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
void assembly_by_ours(const task *q, cisup_csc *a) {
    cisup_csc g;
    OK(cisup_meetings_direct(&q->x, &g, &err));
    OK(cisup_assemble_direct(&(cisup_assembly){.x = &q->x, .v = q->w, .g = &g}, a, &err));
    cisup_csc_free(&g);
}

void assembly_keep(results *r, side which, double wall, double cpu) {
    r->wall[which].second[r->wall[which].count++] = bench_seconds() - wall;
    r->cpu[which].second[r->cpu[which].count++] = bench_cpu_seconds() - cpu;
}

static void run_ours(const task *q, results *r, side which) {
    cisup_csc a;
    omp_set_num_threads(which == BY_OURS_TWO ? 2 : 1);
    const double wall = bench_seconds(), cpu = bench_cpu_seconds();
    assembly_by_ours(q, &a);
    assembly_keep(r, which, wall, cpu);
    r->entries = a.p[a.ncol];
    r->bytes = 16.0 * (double)r->entries;
    r->differs[which] = 0.0;
    cisup_csc_free(&a);
    omp_set_num_threads(1);
}

/* Memory that is taken anew each time; ours and CXSparse. */
static void measure_cold(const task *q, results *r, int repetitions) {
    for (int k = 0; k < repetitions; k++) {
        results once = {0};
        run_ours(q, &once, BY_OURS);
        r->cold[0].second[r->cold[0].count++] = once.wall[BY_OURS].second[0];
        once.wall[BY_CXSPARSE].count = 1; /* compared already */
        assembly_by_cxsparse(q, &once);
        r->cold[1].second[r->cold[1].count++] = once.wall[BY_CXSPARSE].second[1];
    }
}

/* Seconds to write as many bytes as the result has, by memset, the median of five. */
static double writing(double bytes) {
    bench_times t = {0};
    char *memory = malloc((size_t)bytes);
    assembly_need(memory != NULL, "malloc");
    for (int k = 0; k <= 5; k++) {
        const double cpu = bench_cpu_seconds();
        memset(memory, k, (size_t)bytes);
        __asm__ volatile("" : : "r"(memory) : "memory");
        if (k > 0) t.second[t.count++] = bench_cpu_seconds() - cpu;
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
        assembly_by_cxsparse(q, r);
        assembly_by_cholmod(q, r);
        assembly_by_graphblas(q, r);
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
    assembly_by_scipy(&q, &r, p->repetitions);
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
    assembly_need(mkdir(folder, 0777) == 0 || errno == EEXIST, folder);
    (void)snprintf(path, sizeof path, "%s/assembly.txt", folder);
    FILE *file = fopen(path, "w");
    assembly_need(file != NULL, path);
    print_head(file);
    return file;
}

int main(int argc, char **argv) {
    static const problem size[] = {{2000, 2000, 6, 4, 9}, {20000, 200000, 6, 4, 3}};
    (void)setenv("OMP_WAIT_POLICY", "passive", 0);
    bench_relaunch(argv);
    assembly_need(GrB_init(GrB_NONBLOCKING) == GrB_SUCCESS, "GrB_init");
    (void)GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, 1);
    (void)GxB_Global_Option_set(GxB_FORMAT, GxB_BY_COL);
    print_head(stdout);
    FILE *file = open_copy(argc > 1 ? argv[1] : NULL);
    int same = 1;
    for (int k = 0; k < 2; k++) same &= run(&size[k], stdout, file);
    if (file) assembly_need(fclose(file) == 0, argv[1]);
    (void)GrB_finalize();
    if (!same) fprintf(stderr, "bench_assembly: the sides do not compute the same\n");
    return same ? 0 : 1;
}
