/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At which share of open neurons the sparse and the batched engine cost the same: stored
 * networks of several N, S and lambda = T S^2/N^2 (rotation4, capped), the share
 * raised by more and more active circuits z, whose neurons alone may open (masked-relu).
 * Everything counts that a run does with a sample: drawing it, the pass, all read-outs
 * measured. Processor time of one thread, medians. The crossover is interpolated between
 * the two z around it, logarithmically. */
#include "bench.h"

#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/analysis/pass/samples.h>
#include <cisup/core/schemes.h>

#include <math.h>
#include <stdlib.h>

enum { LAYERS = 3, WIDTH = 4, REPETITIONS = 5, INPUTS = 32, MOST_Z = 9 };

#define DOUBLE CISUP_PRECISION_DOUBLE
#define SINGLE CISUP_PRECISION_SINGLE

static const struct {
    cisup_index N, S;
    double lambda;
    cisup_precision precision;
} row[] = {
    {2000, 3, 0.1, DOUBLE},   {2000, 4, 0.1, DOUBLE},   {1000, 6, 0.3, DOUBLE},
    {4000, 6, 0.1, DOUBLE},   {8000, 6, 0.1, DOUBLE},   {4000, 10, 0.05, DOUBLE},
    {4000, 10, 0.2, DOUBLE},  {10000, 10, 0.1, DOUBLE}, {10000, 20, 0.1, DOUBLE},
    {10000, 40, 0.1, DOUBLE}, {4000, 6, 0.1, SINGLE},   {4000, 10, 0.2, SINGLE},
    {10000, 20, 0.1, SINGLE},
};
enum { ROWS = sizeof row / sizeof *row };

/* Of one z: share of open neurons; seconds a sample and layer. */
typedef struct {
    cisup_index z;
    double share, batched, sparse;
} point;

typedef struct {
    cisup_index T;
    int count;
    point at[MOST_Z];
    double crossover; /* NaN if the engines do not meet */
} result;

static void need(cisup_status status, const cisup_error *err) {
    if (status == CISUP_OK) return;
    fprintf(stderr, "bench_crossover: %s\n", err->text);
    exit(1);
}

static double time_of(const cisup_samples *s) {
    const cisup_columns n = cisup_samples_columns(s);
    cisup_error err = {0};
    cisup_watch watch;
    bench_times times = {0};
    double *column = calloc((size_t)cisup_columns_total(&n), sizeof *column);
    if (!column) exit(1);
    need(cisup_watch_init(&watch, s, &err), &err);
    for (int k = -1; k < REPETITIONS; k++) { /* one to warm up */
        const double start = bench_cpu_seconds();
        need(cisup_samples_run(s, &watch, 1, column, &err), &err);
        const double took = bench_cpu_seconds() - start;
        if (k >= 0) times.second[times.count++] = took / (double)(s->inputs * LAYERS);
    }
    cisup_watch_free(&watch);
    free(column);
    return bench_median(&times);
}

static point measure(const cisup_specimen *made, const cisup_open_network *open,
                     cisup_index z, cisup_precision precision) {
    point p = {.z = z};
    cisup_error err = {0};
    cisup_samples s = {.net = &made->net,
                       .mode = CISUP_MODE_MASKED_RELU,
                       .seed = 1,
                       .z = z,
                       .inputs = INPUTS,
                       .precision = precision};
    need(cisup_open_share(&made->net, s.mode, 1, 0, z, s.inputs, &p.share, &err), &err);
    p.batched = time_of(&s);
    s.open = open;
    p.sparse = time_of(&s);
    return p;
}

static double met(const point *a, const point *b) {
    const double u = log(a->sparse / a->batched), v = log(b->sparse / b->batched);
    return exp(log(a->share) + u / (u - v) * log(b->share / a->share));
}

static result run(int k) {
    const cisup_index N = row[k].N, S = row[k].S;
    const double T = row[k].lambda * (double)N * (double)N / (double)(S * S);
    const cisup_allocation_options o = {.scheme = CISUP_SCHEME_TD};
    result r = {.T = (cisup_index)T, .crossover = (double)NAN};
    cisup_error err = {0};
    cisup_allocation base;
    cisup_incidence neurons = {0};
    cisup_specimen made;
    const cisup_open_network *open;
    cisup_experiment x = cisup_experiment_defaults();
    need(cisup_allocation_make(&base, N, S, r.T, &o, &err), &err);
    x.base = &base;
    x.d = WIDTH;
    x.L = LAYERS;
    x.precision = row[k].precision;
    need(cisup_specimen_make(&made, &x, 0, &err), &err);
    need(cisup_specimen_open(&made, &x, &neurons, &open, &err), &err);
    for (cisup_index z = 1; r.count < MOST_Z && z * S < N / 4; z *= 2) {
        r.at[r.count++] = measure(&made, open, z, x.precision);
        const point *last = &r.at[r.count - 1];
        if (last->sparse < last->batched) continue;
        if (r.count > 1) r.crossover = met(last - 1, last);
        break;
    }
    cisup_specimen_free(&made);
    cisup_incidence_free(&neurons);
    cisup_allocation_free(&base);
    return r;
}

static void print(FILE *out, const result *r) {
    fprintf(
        out,
        "stored networks: L %d  rotation4, capped, masked-relu; us a sample and layer\n",
        LAYERS);
    fprintf(out, "%9s %7s %4s %7s %8s %4s %9s %9s %9s\n", "precision", "N", "S", "lambda",
            "T", "z", "share", "batched", "sparse");
    for (int k = 0; k < ROWS; k++)
        for (int j = 0; j < r[k].count; j++)
            fprintf(out, "%9s %7lld %4lld %7.2f %8lld %4lld %9.5f %9.1f %9.1f\n",
                    cisup_precision_name(row[k].precision), (long long)row[k].N,
                    (long long)row[k].S, row[k].lambda, (long long)r[k].T,
                    (long long)r[k].at[j].z, r[k].at[j].share, 1e6 * r[k].at[j].batched,
                    1e6 * r[k].at[j].sparse);
    fprintf(out, "\n%9s %7s %4s %7s %10s %6s %6s %10s %6s\n", "precision", "N", "S",
            "lambda", "crossover", "x S", "x S^2", "rule", "ratio");
    for (int k = 0; k < ROWS; k++) {
        const double S = (double)row[k].S,
                     rule = cisup_engine_crossover(row[k].S, row[k].precision);
        fprintf(out, "%9s %7lld %4lld %7.2f %10.5f %6.3f %6.2f %10.5f %6.2f\n",
                cisup_precision_name(row[k].precision), (long long)row[k].N,
                (long long)row[k].S, row[k].lambda, r[k].crossover, r[k].crossover * S,
                r[k].crossover * S * S, rule, r[k].crossover / rule);
    }
}

int main(int argc, char **argv) {
    result r[ROWS];
    char path[4096];
    bench_relaunch(argv);
    for (int k = 0; k < ROWS; k++) r[k] = run(k);
    print(stdout, r);
    if (argc < 2) return 0;
    (void)snprintf(path, sizeof path, "%s/crossover.txt", argv[1]);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        return 1;
    }
    bench_print_machine(file);
    print(file, r);
    return fclose(file) != 0;
}
