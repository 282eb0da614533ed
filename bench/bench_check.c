/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check of an allocation against the sparse product E E^T of general libraries, whose
 * entries off the diagonal must be at most 1. CPU seconds of one thread each; medians;
 * rows in the order of the construction and shuffled. The large size is too much for the
 * peers: they compute 0.4 % of the neurons' columns and their time is scaled. The huge
 * size, with computed rows, is checked alone. */
#include "bench.h"
#include "check_peers.h"

#include <cisup/core/base/rng.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/incidence.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>

#include <errno.h>
#include <malloc.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct {
    cisup_index N, S, T, sampled; /* neurons whose columns the peers compute */
    int repetitions, peer_repetitions;
} problem;

static const problem problems[] = {{10000, 10, 225554, 10000, 15, 3},
                                   {100000, 10, 22564093, 400, 3, 1}};

enum { CXSPARSE, GRAPHBLAS, SCIPY, PEERS };
static const char *const peer_name[PEERS] = {"CXSparse cs_di_multiply",
                                             "GraphBLAS plus_pair", "SciPy E.T @ E int8"};
static int (*const peer_run[PEERS])(const cisup_allocation *, cisup_index,
                                    peer_result *) = {peer_cxsparse, peer_graphblas,
                                                      peer_scipy};

/* Everything measured of one size and order. */
typedef struct {
    double cold; /* the first run, which takes its memory from the system */
    bench_times cpu[2], wall[2];
    bench_times busier; /* CPU seconds of the busier of two threads */
    bench_times peer[PEERS];
    double planted; /* with an overlap, the first run; 0: none was planted */
    int is_right;   /* every verdict was the right one, the planted overlap was named */
} results;

static void keep(bench_times *x, double seconds) {
    x->second[x->count++] = seconds;
}

static int run(const cisup_allocation *a, int threads, cisup_overlap_report *report) {
    const cisup_rows rows = cisup_rows_stored(a);
    const cisup_overlap_options o = {.threads = threads};
    cisup_error err = {0};
    if (cisup_overlap_check_rows(&rows, &o, report, &err) == CISUP_OK) return 0;
    fprintf(stderr, "bench_check: %s\n", err.text);
    return 1;
}

/* CPU seconds of the two threads so far; OpenMP takes the same ones every time. */
static void thread_seconds(double second[2]) {
#pragma omp parallel num_threads(2)
    {
        struct timespec now;
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        second[omp_get_thread_num()] = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    }
}

/* Our side: one thread and two in turn. */
static void measure_own(const cisup_allocation *a, const problem *p, results *r) {
    cisup_overlap_report report;
    for (int k = 0; k <= p->repetitions; k++)
        for (int threads = 1; threads <= 2; threads++) {
            double before[2], after[2];
            thread_seconds(before);
            const double wall = bench_seconds(), cpu = cpu_seconds();
            if (run(a, threads, &report) || !report.holds) r->is_right = 0;
            if (k == 0 && threads == 1) r->cold = cpu_seconds() - cpu;
            if (k == 0) continue;
            keep(&r->cpu[threads - 1], cpu_seconds() - cpu);
            keep(&r->wall[threads - 1], bench_seconds() - wall);
            thread_seconds(after);
            const double first = after[0] - before[0], second = after[1] - before[1];
            if (threads == 2) keep(&r->busier, first > second ? first : second);
        }
}

static void measure_peers(const cisup_allocation *a, const problem *p, results *r) {
    for (int which = 0; which < PEERS; which++)
        for (int k = 0; k < p->peer_repetitions; k++) {
            peer_result x = {0};
            if (which == SCIPY && k > 0) break; /* it repeats by itself */
            if (peer_run[which](a, p->sampled, &x) != 0 || x.most > 1.0) r->is_right = 0;
            keep(&r->peer[which], x.second);
            (void)malloc_trim(0);
        }
}

/* --- planted overlaps ---------------------------------------------------------- */

/* Rows of which the last one is another. */
typedef struct {
    const cisup_rows *sound;
    const int32_t *last;
} planted;

/* The first two neurons of another circuit, then the last S - 2 of all. */
static int plant(const cisup_rows *rows, cisup_index other, int32_t *last) {
    cisup_error err = {0};
    if (rows->fill(rows->from, other, 1, last, &err) != CISUP_OK) return 1;
    for (cisup_index k = 2; k < rows->S; k++) last[k] = (int32_t)(rows->N - rows->S + k);
    return last[1] >= last[2];
}

static cisup_status planted_fill(const void *from, cisup_index first, cisup_index count,
                                 int32_t *out, cisup_error *err) {
    const planted *x = from;
    const cisup_rows *rows = x->sound;
    const cisup_status status = rows->fill(rows->from, first, count, out, err);
    if (status == CISUP_OK && first + count == rows->T)
        memcpy(out + (count - 1) * rows->S, x->last, (size_t)rows->S * sizeof *out);
    return status;
}

/* Both circuits named hold both neurons named, and one of them was planted. */
static int is_named(const cisup_rows *rows, const cisup_overlap_report *report) {
    const cisup_index *circuit = report->witness_circuits;
    if (report->holds || circuit[0] < 0 || circuit[0] >= circuit[1] ||
        circuit[1] != rows->T - 1)
        return 0;
    for (int c = 0; c < 2; c++) {
        int32_t row[64];
        cisup_error err = {0};
        int held = 0;
        if (rows->fill(rows->from, circuit[c], 1, row, &err) != CISUP_OK) return 0;
        for (cisup_index k = 0; k < rows->S; k++)
            held += row[k] == report->witness_neurons[0] ||
                    row[k] == report->witness_neurons[1];
        if (held != 2) return 0;
    }
    return report->witness_neurons[0] < report->witness_neurons[1];
}

static void measure_planted(cisup_allocation *a, results *r) {
    const cisup_rows rows = cisup_rows_stored(a);
    int32_t last[64];
    cisup_overlap_report report;
    if (plant(&rows, a->T / 3, last)) r->is_right = 0;
    memcpy(a->slot + (a->T - 1) * a->S, last, (size_t)a->S * sizeof *last);
    const double cpu = cpu_seconds();
    if (run(a, 1, &report) || !is_named(&rows, &report)) r->is_right = 0;
    r->planted = cpu_seconds() - cpu;
}

static void shuffle(cisup_allocation *a) {
    cisup_rng rng;
    cisup_rng_init(&rng, 1, CISUP_STREAM_TEST, 0, 0, 0);
    const size_t bytes = (size_t)a->S * sizeof *a->slot;
    int32_t row[64];
    for (cisup_index t = a->T - 1; t > 0; t--) {
        int32_t *const x = a->slot + t * a->S;
        int32_t *const y =
            a->slot + (cisup_index)cisup_rng_below(&rng, (uint64_t)t + 1) * a->S;
        memcpy(row, x, bytes);
        memmove(x, y, bytes);
        memcpy(y, row, bytes);
    }
}

static void print(FILE *out, const problem *p, const char *order, const results *r) {
    const double own = bench_median(&r->cpu[0]);
    fprintf(out, "\nN %lld  S %lld  T %lld, %s rows%s\n", (long long)p->N,
            (long long)p->S, (long long)p->T, order,
            p->sampled < p->N ? "; peers computed 0.4 % of the columns, scaled" : "");
    fprintf(out, "%-28s %10s %8s\n", "one thread", "CPU s", "ratio");
    fprintf(out, "%-28s %10.4f %8.1f\n", "cisup, partition", own, 1.0);
    fprintf(out, "%-28s %10.4f %8.1f\n", "cisup, the first time", r->cold, r->cold / own);
    if (r->planted > 0.0)
        fprintf(out, "%-28s %10.4f %8.1f\n", "cisup, an overlap planted", r->planted,
                r->planted / own);
    for (int k = 0; k < PEERS; k++)
        fprintf(out, "%-28s %10.4f %8.1f\n", peer_name[k], bench_median(&r->peer[k]),
                bench_median(&r->peer[k]) / own);
    fprintf(
        out,
        "two threads: %.2f times as fast by wall time, %.2f by CPU time of the busier\n",
        bench_median_ratio(&r->wall[0], &r->wall[1]),
        bench_median_ratio(&r->cpu[0], &r->busier));
    fprintf(out, "goals: CXSparse 15 %s, SciPy 20 %s; verdicts right: %s\n",
            bench_median(&r->peer[CXSPARSE]) >= 15.0 * own ? "yes" : "NO",
            bench_median(&r->peer[SCIPY]) >= 20.0 * own ? "yes" : "NO",
            r->is_right ? "yes" : "NO");
    (void)fflush(out);
}

static int measure(const problem *p, FILE *file) {
    static const char *const orders[] = {"ordered", "shuffled"};
    cisup_allocation_options o = cisup_allocation_defaults();
    o.scheme = CISUP_SCHEME_REF;
    cisup_allocation a;
    cisup_error err = {0};
    int is_right = 1;
    if (cisup_allocation_make(&a, p->N, p->S, p->T, &o, &err) != CISUP_OK) {
        fprintf(stderr, "bench_check: %s\n", err.text);
        return 1;
    }
    for (int k = 0; k < 2; k++) {
        results r = {.is_right = 1};
        if (k == 1) shuffle(&a);
        measure_own(&a, p, &r);
        measure_peers(&a, p, &r);
        if (k == 1) measure_planted(&a, &r);
        print(stdout, p, orders[k], &r);
        print(file, p, orders[k], &r);
        is_right &= r.is_right;
    }
    cisup_allocation_free(&a);
    return !is_right;
}

/* --- huge ---------------------------------------------------------------------- */

enum { huge_N = 1000000, huge_S = 16, huge_T = 100000000 };
static const double huge_memory = 8e9, huge_goal = 12e9;

/* One check on all threads; prints a line; 1 when the verdict is wrong. */
static int measure_huge(const cisup_rows *rows, int is_sound, FILE *file) {
    const cisup_overlap_options o = {.memory = huge_memory,
                                     .threads = omp_get_num_procs()};
    const double wall = bench_seconds(), cpu = cpu_seconds();
    cisup_overlap_report report;
    cisup_error err = {0};
    if (cisup_overlap_check_rows(rows, &o, &report, &err) != CISUP_OK) {
        fprintf(stderr, "bench_check: %s\n", err.text);
        return 1;
    }
    const int is_right = is_sound ? report.holds : is_named(rows, &report);
    const double peak = (double)cisup_memory_peak();
    FILE *const out[] = {stdout, file};
    for (int k = 0; k < 2; k++) {
        fprintf(out[k], "%-10s %8.1f %8.1f %8.2f   %s", is_sound ? "sound" : "planted",
                bench_seconds() - wall, cpu_seconds() - cpu, peak / 1e9,
                is_right ? "right" : "WRONG");
        if (!report.holds)
            fprintf(out[k], ": circuits %lld and %lld, neurons %lld and %lld",
                    (long long)report.witness_circuits[0],
                    (long long)report.witness_circuits[1],
                    (long long)report.witness_neurons[0],
                    (long long)report.witness_neurons[1]);
        fprintf(out[k], "\n");
        (void)fflush(out[k]);
    }
    return !is_right || peak > huge_goal;
}

static int huge(FILE *file) {
    cisup_incidence td;
    cisup_error err = {0};
    if (cisup_incidence_make(&td, huge_N, huge_S, huge_T, CISUP_SCHEME_TD, &err) !=
        CISUP_OK)
        return 1;
    const cisup_rows sound = cisup_incidence_rows(&td);
    int32_t last[huge_S];
    int failed = plant(&sound, huge_T / 3, last);
    const planted x = {&sound, last};
    const cisup_rows broken = {huge_N, huge_S, huge_T, planted_fill, &x, NULL};
    FILE *const out[] = {stdout, file};
    for (int k = 0; k < 2; k++)
        fprintf(out[k],
                "N %d  S %d  T %d, computed rows, %d threads\n%-10s %8s %8s %8s\n",
                huge_N, huge_S, huge_T, omp_get_num_procs(), "", "wall s", "CPU s",
                "peak GB");
    failed |= measure_huge(&sound, 1, file);
    failed |= measure_huge(&broken, 0, file);
    cisup_incidence_free(&td);
    return failed;
}

static int measure_all(const char *mode, FILE *file) {
    int failed = 0;
    if (strcmp(mode, "huge") == 0) return huge(file);
    if (strcmp(mode, "large") != 0) failed |= measure(&problems[0], file);
    if (strcmp(mode, "small") != 0) failed |= measure(&problems[1], file);
    return failed;
}

/* bench_check FOLDER [small|large|huge]: keeps the tables in FOLDER; exits with 1 when a
 * verdict was wrong or a peer could not run. Without a mode: small and large. */
int main(int argc, char **argv) {
    const char *mode = argc > 2 ? argv[2] : "";
    if (argc < 2) return 2;
    bench_relaunch(argv);
    /* Freed memory stays with the process: runs after the first find it warm. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    char path[4096];
    const int length =
        snprintf(path, sizeof path, "%s/check%s%s.txt", argv[1], *mode ? "_" : "", mode);
    if (length < 0 || (size_t)length >= sizeof path) return 2;
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) return 1;
    FILE *file = fopen(path, "w");
    if (!file) return 1;
    const int failed = measure_all(mode, file);
    return (fclose(file) != 0) | failed;
}
