/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the machine can do, to hold the other benchmarks against: multiply-adds, streams,
 * latencies, random cache lines, and the access pattern of cisup's own passes. The best
 * of several repetitions, since a load on the machine only ever takes away. */
#include "bench.h"

#include <omp.h>

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { REPETITIONS = 7, LINE = 64, LARGE = 512 << 20 };

/* A line of single-precision numbers. */
typedef float line __attribute__((vector_size(LINE)));

/* Keeps what was computed from being optimised away. */
static volatile float sink;

/* Seconds of the best repetition of job(context) on so many threads. */
static double best(void (*job)(void *), void *context, int threads) {
    double least = INFINITY;
    for (int k = 0; k < REPETITIONS; k++) {
        const double start = bench_seconds();
#pragma omp parallel num_threads(threads)
        job(context);
        const double seconds = bench_seconds() - start;
        if (seconds < least) least = seconds;
    }
    return least;
}

enum { CHAINS = 16, STEPS = 1 << 20 };

/* Independent chains, enough to hide the latency of one. */
static void multiply_add(void *unused) {
    (void)unused;
    line x[CHAINS], sum = {0};
    const line factor = (line){0} + 0.999F, term = (line){0} + 1e-3F;
    for (int c = 0; c < CHAINS; c++) x[c] = (line){0} + (float)c;
    for (int k = 0; k < STEPS; k++)
#pragma GCC unroll 16
        for (int c = 0; c < CHAINS; c++) x[c] = x[c] * factor + term;
    for (int c = 0; c < CHAINS; c++) sum += x[c];
    sink = sum[0];
}

/* A part of the large array for each thread. */
static char *my_part(char *all, size_t *bytes) {
    *bytes = (size_t)LARGE / (size_t)omp_get_num_threads();
    return all + *bytes * (size_t)omp_get_thread_num();
}

static void read_stream(void *array) {
    size_t bytes;
    const line *x = (const line *)(void *)my_part(array, &bytes);
    line sum[4] = {{0}};
    for (size_t k = 0; k + 4 <= bytes / LINE; k += 4)
        for (int c = 0; c < 4; c++) sum[c] += x[k + (size_t)c];
    sink = (sum[0] + sum[1] + sum[2] + sum[3])[0];
}

static void write_stream(void *array) {
    size_t bytes;
    char *x = my_part(array, &bytes);
    memset(x, 1, bytes);
}

/* Steps through a cycle of lines, each of which names the next. */
typedef struct {
    char *start;
    long steps;
} walk;

static void follow(void *context) {
    const walk *w = context;
    const char *at = w->start;
    for (long k = 0; k < w->steps; k++) memcpy(&at, at, sizeof at);
    sink = (float)(uintptr_t)at;
}

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* One random cycle through all lines of the first bytes of the array. */
static void make_cycle(char *array, size_t bytes) {
    const size_t lines = bytes / LINE;
    uint64_t random = 1;
    for (size_t k = 0; k < lines; k++) memcpy(array + k * LINE + 8, &k, sizeof k);
    for (size_t k = lines - 1; k > 0; k--) { /* Sattolo: one cycle */
        const size_t other = next_random(&random) % k;
        size_t mine, its;
        memcpy(&mine, array + k * LINE + 8, sizeof mine);
        memcpy(&its, array + other * LINE + 8, sizeof its);
        memcpy(array + k * LINE + 8, &its, sizeof its);
        memcpy(array + other * LINE + 8, &mine, sizeof mine);
    }
    for (size_t k = 0; k < lines; k++) {
        size_t to;
        memcpy(&to, array + k * LINE + 8, sizeof to);
        const char *next = array + to * LINE;
        memcpy(array + k * LINE, &next, sizeof next);
    }
}

enum { JUMPS = 1 << 22 };

/* Adds 1 to a number in independent random lines. */
static void update_randomly(void *array) {
    size_t bytes;
    char *x = my_part(array, &bytes);
    uint64_t random = (uint64_t)omp_get_thread_num() + 1;
    for (int k = 0; k < JUMPS; k++) {
        float *at = (float *)(void *)(x + next_random(&random) % (bytes / LINE) * LINE);
        *at += 1.0F;
    }
}

/* Sums of six random neurons of four lines each, as a pass reads out a circuit; the
 * neurons of D = 2000 and 16 samples take 128 KB. */
enum { NEURONS = 500, ROWS = 4, PLACES = 6, CIRCUITS = 2000, ROUNDS = 20 };
static void gather(void *array) {
    static int place[CIRCUITS][PLACES];
#pragma omp threadprivate(place)
    const line *x = (const line *)array;
    uint64_t random = 1;
    line all[ROWS] = {{0}};
    for (int t = 0; t < CIRCUITS; t++)
        for (int k = 0; k < PLACES; k++)
            place[t][k] = (int)(next_random(&random) % NEURONS) * ROWS;
    for (int round = 0; round < ROUNDS; round++)
        for (int t = 0; t < CIRCUITS; t++)
#pragma GCC unroll 4
            for (int i = 0; i < ROWS; i++) {
                line sum = x[place[t][0] + i];
                for (int k = 1; k < PLACES; k++) sum += x[place[t][k] + i];
                all[i] += sum;
            }
    sink = (all[0] + all[1] + all[2] + all[3])[0];
}

static void print_rates(FILE *out, void *array) {
    const double operations = 2.0 * CHAINS * STEPS * LINE / sizeof(float);
    fprintf(out, "%-44s %10s %10s\n", "", "1 thread", "2 threads");
    const struct {
        const char *name;
        void (*job)(void *);
        double amount; /* of one thread; or of all */
        int is_shared; /* the amount */
    } row[] = {
        {"multiply-add, single precision, GF/s", multiply_add, operations, 0},
        {"reading a stream, GB/s", read_stream, LARGE, 1},
        {"writing a stream, GB/s", write_stream, LARGE, 1},
        {"random lines of 512 MB updated, million/s", update_randomly, 1e3 * JUMPS, 0},
        {"lines gathered from 128 KB, 1e9/s", gather,
         (double)ROUNDS * CIRCUITS * PLACES * ROWS, 0},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const double one = row[k].amount / best(row[k].job, array, 1);
        const double two =
            (row[k].is_shared ? 1.0 : 2.0) * row[k].amount / best(row[k].job, array, 2);
        fprintf(out, "%-44s %10.1f %10.1f\n", row[k].name, 1e-9 * one, 1e-9 * two);
    }
}

static void print_latencies(FILE *out, char *array) {
    static const size_t kilobytes[] = {16, 512, 8 << 10, 512 << 10};
    fprintf(out, "\n%-44s %10s\n", "one line after the other within", "ns a line");
    for (size_t k = 0; k < sizeof kilobytes / sizeof *kilobytes; k++) {
        walk w = {array, 1L << 20};
        make_cycle(array, kilobytes[k] << 10);
        fprintf(out, "%41zu KB %10.1f\n", kilobytes[k],
                1e9 * best(follow, &w, 1) / (double)w.steps);
    }
}

static void print_all(FILE *out, char *array) {
    bench_print_machine(out);
    fprintf(out, "\n");
    print_rates(out, array);
    print_latencies(out, array);
}

/* Writes text to folder/machine.txt. 0 when done. */
static int save(const char *folder, const char *text) {
    char path[4096];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return -1;
    const int length = snprintf(path, sizeof path, "%s/machine.txt", folder);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    FILE *file = fopen(path, "w");
    if (!file) return -1;
    const int written = fputs(text, file);
    return fclose(file) != 0 || written < 0 ? -1 : 0;
}

int main(int argc, char **argv) {
    bench_relaunch(argv);
    char *text = NULL, *array = (char *)bench_floats(LARGE / sizeof(float));
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (!array || !memory) {
        fprintf(stderr, "bench_machine: no memory for %d MB\n", LARGE >> 20);
        return 1;
    }
    print_all(memory, array);
    free(array);
    if (fclose(memory) != 0) return 1;
    printf("%s", text);
    const int failed = argc > 1 && save(argv[1], text) != 0;
    if (failed) fprintf(stderr, "bench_machine: cannot write to %s\n", argv[1]);
    free(text);
    return failed;
}
