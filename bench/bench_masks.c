/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that carry their masks: cisup in single precision against the same network as
 * what it is, matrices, biases and ReLU, dense and in single precision through OpenBLAS;
 * all circuits read out in every layer. Turn by turn in one process, one thread each. */
#include "bench.h"
#include "dense.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { REPETITIONS = 15, LAYERS = 5, CELLS = LAYERS * CISUP_STATES * CISUP_QUANTITIES };

/* Root mean squares, of states whose norm is 1. Data neurons hold their number plus o =
 * 1, so that float32 rounds it by 6e-8; some hundred are added up in each of five layers.
 */
static const double tolerance = 2e-5;

typedef enum { CISUP, PRODUCT, GATHER, SIDES } side;

static const char *const side_name[SIDES] = {"cisup, single", "dense, U by sgemm",
                                             "dense, U by gathers"};

/* One network, how cisup runs it, and how much faster that is to be. */
typedef struct {
    const char *name;
    problem_size size;
    cisup_engine engine;
    double goal;
} entry;

#define MASKS(slots)                                                                     \
    {                                                                                    \
        .shape =                                                                         \
            {.D = 1000, .d = 2, .T = 2000, .S = (slots), .z = 2, .L = LAYERS, .N = 250}, \
        .cycle = 2, .inputs = 500, .seed = 1                                             \
    }
enum { ENTRIES = 2 };
static const entry entries[ENTRIES] = {
    {"S = 1, --engine auto", MASKS(1), CISUP_ENGINE_AUTO, 12.0},
    {"S = 5, --engine batched", MASKS(5), CISUP_ENGINE_BATCHED, 4.0},
};

/* Processor times, and the errors that were found. */
typedef struct {
    bench_times build, run[SIDES], both;
    double mse[SIDES][CELLS];
    double differs[SIDES];
} results;

static void keep(bench_times *x, double seconds) {
    x->second[x->count++] = seconds;
}

/* The build is measured by itself; what the whole takes more is the run. */
static cisup_status run_cisup(const entry *x, results *r, cisup_error *err) {
    const problem_way way = {x->engine, CISUP_PRECISION_SINGLE, 1};
    const double start = bench_cpu_seconds();
    cisup_status status;
    CISUP_TRY(problem_build(&x->size, &way, err));
    const double built = bench_cpu_seconds();
    CISUP_TRY(problem_run(&x->size, &way, r->mse[CISUP], err));
    const double both = bench_cpu_seconds() - built, build = built - start;
    keep(&r->build, build);
    keep(&r->both, both);
    keep(&r->run[CISUP], both - build);
done:
    return status;
}

/* With weights and inputs that are there. */
static cisup_status run_dense(dense *q, side which, results *r, cisup_error *err) {
    const double start = bench_cpu_seconds();
    const cisup_status status = dense_run(q, r->mse[which], err);
    keep(&r->run[which], bench_cpu_seconds() - start);
    return status;
}

/* One warm-up, then the sides in turn. */
static cisup_status measure(const entry *x, results *r, cisup_error *err) {
    problem p;
    dense product = {0}, gather = {0};
    cisup_status status = problem_init(&p, &x->size, err);
    if (status != CISUP_OK) return status;
    CISUP_TRY(dense_init(&product, &p, DENSE_PRODUCT, err));
    CISUP_TRY(dense_init(&gather, &p, DENSE_GATHER, err));
    CISUP_TRY(dense_build(&product, err));
    CISUP_TRY(dense_build(&gather, err));
    for (int k = 0; k <= REPETITIONS; k++) {
        CISUP_TRY(run_dense(&product, PRODUCT, r, err));
        CISUP_TRY(run_dense(&gather, GATHER, r, err));
        CISUP_TRY(run_cisup(x, r, err));
        for (side which = CISUP; which < SIDES && k == 0; which++)
            r->run[which].count = 0;
        if (k == 0) r->build.count = r->both.count = 0;
    }
done:
    dense_free(&product);
    dense_free(&gather);
    problem_free(&p);
    return status;
}

/* Whether the peers found cisup's errors. */
static int compare(const entry *x, results *r) {
    int agree = 1;
    for (side which = PRODUCT; which < SIDES; which++) {
        r->differs[which] = problem_distance(&x->size, r->mse[which], r->mse[CISUP]);
        if (!(r->differs[which] <= tolerance)) agree = 0;
    }
    return agree;
}

static void print_entry(const entry *x, const results *r, FILE *out) {
    const side best =
        bench_median(&r->run[PRODUCT]) < bench_median(&r->run[GATHER]) ? PRODUCT : GATHER;
    char what[80];
    fprintf(out, "\n%s\n%-22s %9s %9s %9s\n", x->name, "processor time", "run ms",
            "ratio", "differs");
    for (side which = CISUP; which < SIDES; which++)
        fprintf(out, "%-22s %9.2f %9.2f %9.1e\n", side_name[which],
                1e3 * bench_median(&r->run[which]),
                bench_median_ratio(&r->run[which], &r->run[CISUP]), r->differs[which]);
    fprintf(out, "%-22s %9.2f %9.2f\n", "cisup, with the build",
            1e3 * bench_median(&r->both), bench_median_ratio(&r->both, &r->run[CISUP]));
    fprintf(out, "active, rms by layer  ");
    for (int l = 1; l <= LAYERS; l++)
        fprintf(out, " %9.7f",
                sqrt(r->mse[CISUP][cisup_cell(l, CISUP_ACTIVE, CISUP_READOUT)]));
    fprintf(out, "\n");
    (void)snprintf(what, sizeof what, "%s : cisup, single, run", side_name[best]);
    bench_print_goal(out, what, bench_median_ratio(&r->run[best], &r->run[CISUP]), 0,
                     x->goal);
    (void)snprintf(what, sizeof what, "%s : cisup, single, build and run",
                   side_name[best]);
    fprintf(out, "%-58s %7.2f\n", what, bench_median_ratio(&r->run[best], &r->both));
}

static void print_all(const results *r, FILE *out) {
    const cisup_shape *s = &entries[0].size.shape;
    fprintf(
        out,
        "networks that carry masks against themselves, dense: D %lld  T %lld  z %lld  "
        "L %lld, %lld inputs\nmedians of %d repetitions in turn, after a warm-up\n\n",
        (long long)s->D, (long long)s->T, (long long)s->z, (long long)s->L,
        (long long)entries[0].size.inputs, REPETITIONS);
    bench_print_machine(out);
    if (!bench_kernels_suit())
        fprintf(out, "NOT a fair peer (see NOTE above): times do not count\n");
    for (int k = 0; k < ENTRIES; k++) print_entry(&entries[k], &r[k], out);
}

static int save(const char *folder, const results *r) {
    char path[4096];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return -1;
    const int length = snprintf(path, sizeof path, "%s/masks.txt", folder);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    FILE *file = fopen(path, "w");
    if (!file) return -1;
    print_all(r, file);
    return fclose(file);
}

int main(int argc, char **argv) {
    static results r[ENTRIES];
    cisup_error err = {0};
    int agree = 1;
    bench_relaunch(argv);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20); /* as the program cisup does */
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
    for (int k = 0; k < ENTRIES; k++) {
        if (measure(&entries[k], &r[k], &err) != CISUP_OK) {
            fprintf(stderr, "bench_masks: %s: %s\n", cisup_status_text(err.code),
                    err.text);
            return 1;
        }
        if (!compare(&entries[k], &r[k])) agree = 0;
    }
    print_all(r, stdout);
    if (!agree) fprintf(stderr, "bench_masks: the sides do not compute the same\n");
    if (argc > 1 && save(argv[1], r) != 0) {
        fprintf(stderr, "bench_masks: cannot write to %s\n", argv[1]);
        return 1;
    }
    return agree ? 0 : 1;
}
