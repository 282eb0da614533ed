/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cisup against a dense network: the same network of superposed circuits, the same
 * inputs, all circuits read out in every layer. cisup computes through the circuits, in
 * double and in single precision; the peer in single precision with full weights and
 * OpenBLAS. Turn by turn in one process; memory in a child process for each. */
#include "bench.h"
#include "dense.h"

#include <errno.h>
#include <malloc.h>
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
static const double single_tolerance = 1e-5;

typedef enum {
    FACTORED,
    SINGLE,
    SINGLE_2, /* on two threads */
    ASSEMBLED,
    FORWARD, /* products alone, without read-outs */
    PRODUCT,
    GATHER,
    SIDES
} side;

static const char *const side_name[SIDES] = {"cisup",
                                             "cisup, single",
                                             "cisup, single, 2 thr.",
                                             "cisup, assembled",
                                             "dense forward alone",
                                             "dense, U by sgemm",
                                             "dense, U by gathers"};

static const problem_way way_of[] = {
    [FACTORED] = {CISUP_ENGINE_BATCHED, CISUP_PRECISION_DOUBLE, 1},
    [SINGLE] = {CISUP_ENGINE_BATCHED, CISUP_PRECISION_SINGLE, 1},
    [SINGLE_2] = {CISUP_ENGINE_BATCHED, CISUP_PRECISION_SINGLE, 2},
    [ASSEMBLED] = {CISUP_ENGINE_ASSEMBLED, CISUP_PRECISION_DOUBLE, 1},
};

/* Everything that is measured: processor time, and wall time of both parts together. */
typedef struct {
    bench_times build[SIDES], run[SIDES], both[SIDES], wall[SIDES];
    double bytes[SIDES], idle_bytes;
    double mse[SIDES][CELLS];
    double differs[SIDES]; /* largest relative difference to FACTORED's figures */
} results;

static void keep(bench_times *x, double seconds) {
    x->second[x->count++] = seconds;
}

/* The build is measured by itself; what the whole takes more is the run. */
static cisup_status run_cisup(results *r, side which, cisup_error *err) {
    const double start = bench_cpu_seconds();
    cisup_status status = problem_build(&the_size, &way_of[which], err);
    if (status != CISUP_OK) return status;
    const double built = bench_cpu_seconds(), wall = bench_seconds();
    status = problem_run(&the_size, &way_of[which], r->mse[which], err);
    if (status != CISUP_OK) return status;
    const double both = bench_cpu_seconds() - built, build = built - start;
    keep(&r->build[which], build);
    keep(&r->run[which], both - build);
    keep(&r->both[which], both);
    keep(&r->wall[which], bench_seconds() - wall);
    return CISUP_OK;
}

static cisup_status run_dense(results *r, side which, dense *q, cisup_error *err) {
    cisup_status status;
    const double start = bench_cpu_seconds(), wall = bench_seconds();
    CISUP_TRY(dense_build(q, err));
    const double built = bench_cpu_seconds();
    CISUP_TRY(dense_run(q, r->mse[which], err));
    const double end = bench_cpu_seconds();
    keep(&r->build[which], built - start);
    keep(&r->run[which], end - built);
    keep(&r->both[which], end - start);
    keep(&r->wall[which], bench_seconds() - wall);
done:
    return status;
}

/* The products alone, with weights that are there. */
static void run_forward(results *r, dense *q) {
    dense_start(q);
    const double start = bench_cpu_seconds();
    dense_forward(q);
    keep(&r->run[FORWARD], bench_cpu_seconds() - start);
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
        for (side which = FACTORED; which <= SINGLE_2; which++)
            CISUP_TRY(run_cisup(r, which, err));
        run_forward(r, &gather);
        for (int s = 0; s < SIDES && k == 0; s++)
            r->build[s].count = r->run[s].count = r->both[s].count = r->wall[s].count = 0;
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
    double mse[CELLS];
    return problem_run(&the_size, &way_of[*which], mse, NULL) != CISUP_OK;
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
        if (which != FORWARD)
            r->bytes[which] =
                bench_peak_bytes(which < FORWARD ? do_cisup : do_dense, &which);
}

/* Whether all sides computed the same figures. */
static int compare(results *r) {
    int agree = 1;
    for (side which = FACTORED; which < SIDES; which++) {
        if (which == FORWARD) continue;
        const double allowed = which <= SINGLE_2 ? single_tolerance : tolerance;
        r->differs[which] =
            problem_difference(&the_size, r->mse[which], r->mse[FACTORED]);
        if (!(r->differs[which] <= allowed)) agree = 0;
    }
    return agree;
}

static void print_figures(const results *r, FILE *out) {
    static const int compared[] = {CISUP_ACTIVE, CISUP_INACTIVE};
    fprintf(out, "\n%-32s", "mean square error of x");
    for (int l = 1; l <= LAYERS; l++) fprintf(out, "    layer %d", l);
    for (int s = 0; s < 2; s++)
        for (side which = FACTORED; which < SIDES; which++) {
            if (which == FORWARD || which == SINGLE_2) continue;
            fprintf(out, "\n%-9s %-22s", cisup_state_name((cisup_state_kind)compared[s]),
                    side_name[which]);
            for (int l = 1; l <= LAYERS; l++)
                fprintf(out, " %10.7g",
                        r->mse[which][cisup_cell(l, compared[s], CISUP_X)]);
        }
    fprintf(out, "\n");
}

/* Ratios of medians where repetitions differ in number. */
static double ratio(const bench_times *x, const bench_times *y) {
    return x->count == y->count ? bench_median_ratio(x, y)
                                : bench_median(x) / bench_median(y);
}

static void print_sides(const results *r, FILE *out) {
    fprintf(out, "\n%-22s %9s %9s %9s %7s %9s %7s %9s\n", "processor time", "build ms",
            "run ms", "both ms", "ratio", "peak MB", "ratio", "differs");
    for (side which = FACTORED; which < SIDES; which++) {
        if (which == FORWARD) {
            fprintf(out, "%-22s %9s %9.1f\n", side_name[which], "",
                    1e3 * bench_median(&r->run[which]));
            continue;
        }
        fprintf(out, "%-22s %9.1f %9.1f %9.1f %7.2f %9.1f %7.1f %9.1e\n",
                side_name[which], 1e3 * bench_median(&r->build[which]),
                1e3 * bench_median(&r->run[which]), 1e3 * bench_median(&r->both[which]),
                ratio(&r->both[which], &r->both[FACTORED]), 1e-6 * r->bytes[which],
                r->bytes[which] / r->bytes[FACTORED], r->differs[which]);
    }
    fprintf(out, "%-22s %45.1f\n", "an idle process", 1e-6 * r->idle_bytes);
}

static void print_goals(const results *r, FILE *out) {
    if (!bench_kernels_suit())
        fprintf(out, "\nNOT a fair peer (see NOTE above): times do not count");
    fprintf(out, "\n");
    for (side which = PRODUCT; which < SIDES; which++) {
        char what[80];
        (void)snprintf(what, sizeof what, "%s : cisup, time", side_name[which]);
        bench_print_goal(out, what, ratio(&r->both[which], &r->both[FACTORED]), 0, 1.0);
        (void)snprintf(what, sizeof what, "%s : cisup, memory", side_name[which]);
        bench_print_goal(out, what, r->bytes[which] / r->bytes[FACTORED], 0, 10.0);
    }
    bench_print_goal(out, "dense forward alone : cisup, single, run",
                     ratio(&r->run[FORWARD], &r->run[SINGLE]), 0, 8.0);
    bench_print_goal(out, "dense forward alone : cisup, single, build and run",
                     ratio(&r->run[FORWARD], &r->both[SINGLE]), 0, 5.0);
    bench_print_goal(out, "cisup, single, peak MB", 1e-6 * r->bytes[SINGLE], 1, 64.0);
    bench_print_goal(out, "cisup, single, wall time 1 thread : 2, build and run",
                     bench_least(&r->wall[SINGLE]) / bench_least(&r->wall[SINGLE_2]), 0,
                     1.85);
    bench_print_goal(out, "cisup, single, largest relative difference * 1e5",
                     1e5 * r->differs[SINGLE], 1, 1.0);
}

static void print_all(const results *r, FILE *out) {
    const cisup_shape *s = &the_size.shape;
    fprintf(out,
            "cisup against a dense network: D %lld  d %lld  T %lld  S %lld  z %lld  "
            "L %lld, %lld inputs\n",
            (long long)s->D, (long long)s->d, (long long)s->T, (long long)s->S,
            (long long)s->z, (long long)s->L, (long long)the_size.inputs);
    fprintf(out,
            "medians of %d repetitions in turn, after a warm-up; ratios to cisup\n\n",
            REPETITIONS);
    bench_print_machine(out);
    print_figures(r, out);
    print_sides(r, out);
    print_goals(r, out);
}

/* All times, for those who want more than medians. */
static void print_times(const results *r, FILE *out) {
    fprintf(out, "side,repetition,build_s,run_s,wall_s\n");
    for (side which = FACTORED; which < SIDES; which++)
        for (int k = 0; k < r->run[which].count; k++)
            fprintf(out, "\"%s\",%d,%.6f,%.6f,%.6f\n", side_name[which], k + 1,
                    which == FORWARD ? 0.0 : r->build[which].second[k],
                    r->run[which].second[k],
                    which == FORWARD ? 0.0 : r->wall[which].second[k]);
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
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20); /* as the program cisup does */
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
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
