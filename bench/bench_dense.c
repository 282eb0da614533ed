/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cisup against a dense network: the same network of superposed circuits, the same
 * inputs, all circuits read out in every layer. cisup computes in double precision
 * through the circuits; the peer in single precision with full weights and OpenBLAS.
 * One thread each, turn by turn in one process; memory in a child process for each. */
#include "bench.h"
#include "dense.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { REPETITIONS = 9, LAYERS = 5, CELLS = LAYERS * CISUP_STATES * CISUP_QUANTITIES };

/* The largest network of the reference's experiments. */
static const problem_size the_size = {
    .shape = {.D = 2000, .d = 4, .T = 2000, .S = 6, .z = 3, .L = LAYERS, .N = 500},
    .inputs = 500,
    .seed = 1};

/* float32 has 6e-8; sums of 2000 terms and four layers lose some of it. */
static const double tolerance = 1e-3;

typedef enum { FACTORED, ASSEMBLED, PRODUCT, GATHER, SIDES } side;

static const char *const side_name[SIDES] = {"cisup, factored", "cisup, assembled",
                                             "dense, U by sgemm", "dense, U by gathers"};

/* Everything that is measured. */
typedef struct {
    bench_times build[SIDES], run[SIDES], both[SIDES];
    double bytes[SIDES], idle_bytes;
    double mse[SIDES][CELLS];
    double differs[SIDES]; /* largest relative difference to FACTORED's figures */
} results;

static void keep(bench_times *x, double seconds) {
    x->second[x->count++] = seconds;
}

static cisup_status run_cisup(results *r, side which, cisup_error *err) {
    const cisup_engine engine =
        which == FACTORED ? CISUP_ENGINE_FACTORED : CISUP_ENGINE_ASSEMBLED;
    double build, run;
    const cisup_status status =
        problem_run(&the_size, engine, r->mse[which], &build, &run, err);
    if (status != CISUP_OK) return status;
    keep(&r->build[which], build);
    keep(&r->run[which], run);
    keep(&r->both[which], build + run);
    return CISUP_OK;
}

static cisup_status run_dense(results *r, side which, dense *q, cisup_error *err) {
    cisup_status status;
    const double start = bench_seconds();
    CISUP_TRY(dense_build(q, err));
    const double built = bench_seconds();
    CISUP_TRY(dense_run(q, r->mse[which], err));
    const double end = bench_seconds();
    keep(&r->build[which], built - start);
    keep(&r->run[which], end - built);
    keep(&r->both[which], end - start);
done:
    return status;
}

/* One warm-up, then the sides in turn. The assembled engine, for information, twice. */
static cisup_status measure_times(results *r, cisup_error *err) {
    problem p;
    dense product = {0}, gather = {0};
    cisup_status status = problem_init(&p, &the_size, err);
    if (status != CISUP_OK) return status;
    CISUP_TRY(dense_init(&product, &p, DENSE_PRODUCT, err));
    CISUP_TRY(dense_init(&gather, &p, DENSE_GATHER, err));
    for (int k = 0; k <= REPETITIONS; k++) {
        if (k < 2) CISUP_TRY(run_cisup(r, ASSEMBLED, err));
        CISUP_TRY(run_dense(r, PRODUCT, &product, err));
        CISUP_TRY(run_dense(r, GATHER, &gather, err));
        CISUP_TRY(run_cisup(r, FACTORED, err));
        for (int s = 0; s < SIDES && k == 0; s++)
            r->build[s].count = r->run[s].count = r->both[s].count = 0;
    }
done:
    dense_free(&product);
    dense_free(&gather);
    problem_free(&p);
    return status;
}

/* The jobs of the children: 0 when done. */
static int do_nothing(void *context) {
    (void)context;
    return 0;
}

static int do_cisup(void *context) {
    const side *which = context;
    static results r;
    return run_cisup(&r, *which, NULL) != CISUP_OK;
}

static int do_dense(void *context) {
    const side *which = context;
    static results r;
    problem p;
    dense q;
    if (problem_init(&p, &the_size, NULL) != CISUP_OK) return 1;
    (void)malloc_trim(0);
    if (dense_init(&q, &p, *which == PRODUCT ? DENSE_PRODUCT : DENSE_GATHER, NULL) !=
        CISUP_OK)
        return 1;
    return run_dense(&r, *which, &q, NULL) != CISUP_OK;
}

static void measure_memory(results *r) {
    r->idle_bytes = bench_peak_bytes(do_nothing, NULL);
    for (side which = FACTORED; which < SIDES; which++)
        r->bytes[which] = bench_peak_bytes(which < PRODUCT ? do_cisup : do_dense, &which);
}

/* The errors that a peer measures too. That of the on-value is left out: of active
 * circuits it is exactly 0 in the first layer, but for rounding. */
static const int compared[] = {CISUP_ACTIVE, CISUP_INACTIVE};
static const int quantities[] = {CISUP_READOUT, CISUP_X};

/* The largest relative difference of mean square errors; NaN if any is NaN. */
static double largest_difference(const double *mse, const double *mine) {
    double worst = 0.0;
    for (cisup_index l = 1; l <= LAYERS; l++)
        for (int k = 0; k < 4; k++) {
            const cisup_index cell = cisup_cell(l, compared[k / 2], quantities[k % 2]);
            const double difference = fabs(mse[cell] - mine[cell]) / mine[cell];
            if (!(difference <= worst)) worst = difference;
        }
    return worst;
}

/* Whether all sides computed the same figures. */
static int compare(results *r) {
    int agree = 1;
    for (side which = FACTORED; which < SIDES; which++) {
        r->differs[which] = largest_difference(r->mse[which], r->mse[FACTORED]);
        if (!(r->differs[which] <= tolerance)) agree = 0;
    }
    return agree;
}

static void print_figures(const results *r, FILE *out) {
    fprintf(out, "\n%-30s", "mean square error of x");
    for (int l = 1; l <= LAYERS; l++) fprintf(out, "    layer %d", l);
    for (int s = 0; s < 2; s++)
        for (side which = FACTORED; which < SIDES; which++) {
            fprintf(out, "\n%-9s %-20s", cisup_state_name((cisup_state_kind)compared[s]),
                    side_name[which]);
            for (int l = 1; l <= LAYERS; l++)
                fprintf(out, " %10.7g",
                        r->mse[which][cisup_cell(l, compared[s], CISUP_X)]);
        }
    fprintf(out, "\n");
}

static void print_sides(const results *r, FILE *out) {
    fprintf(out, "\n%-20s %9s %9s %9s %7s %9s %7s %9s\n", "one thread", "build ms",
            "run ms", "both ms", "ratio", "peak MB", "ratio", "differs");
    for (side which = FACTORED; which < SIDES; which++)
        fprintf(out, "%-20s %9.1f %9.1f %9.1f %7.2f %9.1f %7.1f %9.1e\n",
                side_name[which], 1e3 * bench_median(&r->build[which]),
                1e3 * bench_median(&r->run[which]), 1e3 * bench_median(&r->both[which]),
                which == ASSEMBLED
                    ? bench_median(&r->both[which]) / bench_median(&r->both[FACTORED])
                    : bench_median_ratio(&r->both[which], &r->both[FACTORED]),
                1e-6 * r->bytes[which], r->bytes[which] / r->bytes[FACTORED],
                r->differs[which]);
    fprintf(out, "%-20s %45.1f\n", "an idle process", 1e-6 * r->idle_bytes);
}

/* The two figures to reach, against each form of the peer. */
static void print_goals(const results *r, FILE *out) {
    fprintf(out, "\n%s",
            bench_kernels_suit() ? ""
                                 : "NOT a fair peer (see NOTE above): times "
                                   "do not count\n");
    for (side which = PRODUCT; which < SIDES; which++) {
        const double time = bench_median_ratio(&r->both[which], &r->both[FACTORED]);
        const double memory = r->bytes[which] / r->bytes[FACTORED];
        fprintf(
            out,
            "against %-20s  as fast: %-3s (%.2f)  a tenth of the memory: %-3s (%.1f)\n",
            side_name[which], time >= 1.0 ? "yes" : "NO", time,
            memory >= 10.0 ? "yes" : "NO", memory);
    }
}

static void print_all(const results *r, FILE *out) {
    const cisup_shape *s = &the_size.shape;
    fprintf(out,
            "cisup against a dense network: D %lld  d %lld  T %lld  S %lld  z %lld  "
            "L %lld, %lld inputs\n",
            (long long)s->D, (long long)s->d, (long long)s->T, (long long)s->S,
            (long long)s->z, (long long)s->L, (long long)the_size.inputs);
    fprintf(out,
            "medians of %d repetitions in turn, after a warm-up; ratios to cisup, "
            "factored\n\n",
            REPETITIONS);
    bench_print_machine(out);
    print_figures(r, out);
    print_sides(r, out);
    print_goals(r, out);
}

/* All times, for those who want more than medians. */
static void print_times(const results *r, FILE *out) {
    fprintf(out, "side,repetition,build_s,run_s\n");
    for (side which = FACTORED; which < SIDES; which++)
        for (int k = 0; k < r->build[which].count; k++)
            fprintf(out, "\"%s\",%d,%.6f,%.6f\n", side_name[which], k + 1,
                    r->build[which].second[k], r->run[which].second[k]);
}

/* Writes folder/name by print. 0 when done. */
static int save(const char *folder, const char *name, const results *r,
                void (*print)(const results *, FILE *)) {
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    FILE *file = fopen(path, "w");
    if (!file) return -1;
    print(r, file);
    return fclose(file);
}

static int save_all(const char *folder, const results *r) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return -1;
    if (save(folder, "dense.txt", r, print_all) != 0) return -1;
    return save(folder, "dense.csv", r, print_times);
}

int main(int argc, char **argv) {
    static results r;
    cisup_error err = {0};
    bench_relaunch(argv);
    measure_memory(&r);
    if (measure_times(&r, &err) != CISUP_OK) {
        fprintf(stderr, "bench_dense: %s: %s\n", cisup_status_text(err.code), err.text);
        return 1;
    }
    const int agree = compare(&r);
    print_all(&r, stdout);
    if (!agree) fprintf(stderr, "bench_dense: the sides do not compute the same\n");
    if (argc > 1 && save_all(argv[1], &r) != 0) {
        fprintf(stderr, "bench_dense: cannot write to %s\n", argv[1]);
        return 1;
    }
    return agree ? 0 : 1;
}
