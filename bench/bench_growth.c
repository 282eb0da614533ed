/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the cost of a pass through open neurons grows with N when hardly any noise opens
 * one: S = 20, T S^2/N^2 = 0.01, z = 2, computed networks. Processor time of one thread,
 * the least of 5 medians of 15 samples, taken in turn over the sizes, so that slow
 * periods of the machine drop out; the exponent is the slope of a least-squares line
 * through the logarithms. A dense pass would need (d N)^2 multiply-adds a layer:
 * exponent 2. */
#include "bench.h"

#include <cisup/analysis/pass/open_pass.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/schemes.h>

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, SAMPLES = 15, S = 20, Z = 2, LAYERS = 4, WIDTH = 4 };

typedef struct {
    cisup_index N, T;
    double seconds; /* a pass and layer */
    double open;    /* neurons open in a layer, mean */
    double bytes;
} result;

static void need(cisup_status status, const cisup_error *err) {
    if (status == CISUP_OK) return;
    fprintf(stderr, "bench_growth: %s\n", err->text);
    exit(1);
}

static void count_open(void *context, cisup_index l, const cisup_index *open,
                       const cisup_index *wrong, cisup_index inside) {
    double *sum = context;
    (void)l;
    (void)wrong;
    (void)inside;
    *sum += (double)open[0];
}

static void ignore_readout(void *context, cisup_index l, cisup_index t, cisup_index k,
                           const double *est) {
    (void)context;
    (void)l;
    (void)t;
    (void)k;
    (void)est;
}

static void ignore_alike(void *context, cisup_index l, cisup_index count,
                         const cisup_index *t, const double *est) {
    (void)context;
    (void)l;
    (void)count;
    (void)t;
    (void)est;
}

static double processor_seconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static result measure(cisup_index N) {
    result r = {.N = N, .T = (cisup_index)(0.01 * (double)N * (double)N / (S * S))};
    const cisup_family_options family = cisup_family_defaults();
    cisup_incidence x;
    cisup_wiring w;
    cisup_circuits c;
    cisup_batch batch;
    cisup_open_pass *pass;
    cisup_error err = {0};
    double kappa[LAYERS];
    bench_times times = {0};
    need(cisup_incidence_make(&x, N, S, r.T, CISUP_SCHEME_TD, &err), &err);
    need(cisup_wiring_make(&w, &x, LAYERS, 0, 1, 0, &err), &err);
    need(cisup_circuits_compute(&c, r.T, WIDTH, LAYERS, &family, &err), &err);
    for (cisup_index l = 2; l <= LAYERS; l++) {
        cisup_kappa_estimate found;
        need(cisup_wiring_kappa(&w, l, 1.0, 16, 1, &found, &err), &err);
        kappa[l - 2] = found.kappa;
    }
    const cisup_open_network net = {&w, &c, cisup_weight_defaults(), kappa, 0};
    const cisup_open_observer o = {&r.open, count_open, ignore_readout, ignore_alike};
    need(cisup_batch_init(&batch, Z, &c, &err), &err);
    need(cisup_open_pass_new(&pass, &net, Z, &err), &err);
    for (int k = -2; k < SAMPLES; k++) { /* two to warm up */
        cisup_batch_draw(&batch, &c, 1, 0, k + 2, 1);
        const double start = processor_seconds();
        need(cisup_open_pass_run(pass, &net, CISUP_MODE_RELU, &batch, 0, &o, &err), &err);
        if (k >= 0) times.second[times.count++] = (processor_seconds() - start) / LAYERS;
    }
    r.seconds = bench_median(&times);
    r.open /= (double)((SAMPLES + 2) * LAYERS);
    r.bytes = (double)cisup_memory_peak();
    cisup_open_pass_free(pass);
    cisup_batch_free(&batch);
    cisup_circuits_free(&c);
    cisup_wiring_free(&w);
    cisup_incidence_free(&x);
    return r;
}

/* The slope of log seconds against log N. */
static double exponent(const result *r, int count) {
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (int k = 0; k < count; k++) {
        const double u = log((double)r[k].N), v = log(r[k].seconds);
        n++;
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

static void print(FILE *out, const result *r, int count) {
    fprintf(out,
            "computed networks: S %d  z %d  L %d  T S^2/N^2 = 0.01, rotation4, capped\n",
            S, Z, LAYERS);
    fprintf(out, "%10s %14s %8s %16s %10s\n", "N", "T", "open", "us a layer", "peak MB");
    for (int k = 0; k < count; k++)
        fprintf(out, "%10lld %14lld %8.1f %16.1f %10.1f\n", (long long)r[k].N,
                (long long)r[k].T, r[k].open, 1e6 * r[k].seconds, 1e-6 * r[k].bytes);
    fprintf(out, "exponent in N: %.2f (dense: 2)\n", exponent(r, count));
}

int main(int argc, char **argv) {
    static const cisup_index size[] = {10000, 20000, 50000, 100000, 200000, 500000};
    enum { SIZES = sizeof size / sizeof *size };
    result r[SIZES];
    char path[4096];
    for (int round = 0; round < ROUNDS; round++)
        for (int k = 0; k < SIZES; k++) {
            const result again = measure(size[k]);
            if (round == 0) r[k] = again; /* whose peak is not that of a larger N */
            r[k].seconds = fmin(r[k].seconds, again.seconds);
        }
    print(stdout, r, SIZES);
    if (argc < 2) return 0;
    (void)snprintf(path, sizeof path, "%s/growth.txt", argv[1]);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        return 1;
    }
    bench_print_machine(file);
    print(file, r, SIZES);
    return fclose(file) != 0;
}
