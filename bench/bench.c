/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench.h"

#include <cblas.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What /proc/cpuinfo says first about a key; "" if nothing. */
static void cpu_fact(const char *key, char *out, size_t size) {
    char line[4096];
    FILE *file = fopen("/proc/cpuinfo", "r");
    out[0] = '\0';
    while (file && !out[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) != 0 || !colon) continue;
        (void)snprintf(out, size, "%s", colon + 2);
        out[strcspn(out, "\n")] = '\0';
    }
    if (file) (void)fclose(file);
}

/* OpenBLAS's name for kernels that suit this processor, or NULL: let it choose. */
static const char *core_type(void) {
    char flags[4096];
    cpu_fact("flags", flags, sizeof flags);
    if (strstr(flags, " avx512bw")) return "SkylakeX";
    return strstr(flags, " avx2") ? "Haswell" : NULL;
}

void bench_relaunch(char **argv) {
    static const char *const mark = "CISUP_BENCH_RELAUNCHED";
    if (getenv(mark)) return;
    const char *core = core_type();
    if (core) (void)setenv("OPENBLAS_CORETYPE", core, 0);
    (void)setenv("OPENBLAS_NUM_THREADS", "1", 1);
    (void)setenv("OMP_NUM_THREADS", "1", 1);
    (void)setenv("OMP_WAIT_POLICY", "passive", 1);
    (void)setenv(mark, "1", 1);
    (void)execv("/proc/self/exe", argv);
    perror("bench: cannot start itself anew");
    exit(1);
}

static double seconds_of(clockid_t clock) {
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_seconds(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_cpu_seconds(void) {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int ascending(const void *left, const void *right) {
    const double x = *(const double *)left, y = *(const double *)right;
    return (x > y) - (x < y);
}

double bench_median(const bench_times *x) {
    bench_times sorted = *x;
    qsort(sorted.second, (size_t)x->count, sizeof sorted.second[0], ascending);
    const int upper = x->count / 2, lower = (x->count - 1) / 2;
    return (sorted.second[lower] + sorted.second[upper]) / 2.0;
}

double bench_least(const bench_times *x) {
    double least = x->second[0];
    for (int k = 1; k < x->count; k++)
        if (x->second[k] < least) least = x->second[k];
    return least;
}

double bench_median_ratio(const bench_times *x, const bench_times *y) {
    bench_times ratio = {.count = x->count};
    for (int k = 0; k < x->count; k++) ratio.second[k] = x->second[k] / y->second[k];
    return bench_median(&ratio);
}

double bench_peak_bytes(int (*job)(void *), void *context) {
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) _exit(job(context));
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) return -1.0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return -1.0;
    return (double)usage.ru_maxrss * 1024.0;
}

float *bench_floats(size_t count) {
    const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    float *x = aligned_alloc(64, bytes);
    if (x) memset(x, 0, bytes);
    return x;
}

int bench_kernels_suit(void) {
    const char *best = core_type();
    return !best || strcmp(best, openblas_get_corename()) == 0;
}

void bench_print_machine(FILE *out) {
    char model[256];
    cpu_fact("model name", model, sizeof model);
    fprintf(out, "processor  %s\n", model);
    fprintf(out, "OpenBLAS   %s, %s kernels\n", openblas_get_config(),
            openblas_get_corename());
    if (!bench_kernels_suit())
        fprintf(
            out,
            "NOTE       OPENBLAS_CORETYPE is set in the environment; %s kernels would "
            "be faster\n",
            core_type());
    double load = 0.0;
    (void)getloadavg(&load, 1);
    fprintf(out, "load       %.1f\n", load);
    fprintf(out, "compiler   %s %s\n",
#ifdef __clang__
            "clang",
#else
            "gcc",
#endif
            __VERSION__);
}

void bench_print_goal(FILE *out, const char *what, double value, int at_most,
                      double limit) {
    const int is_reached = at_most ? value <= limit : value >= limit;
    fprintf(out, "%-58s %7.2f, %s %g: %s\n", what, value,
            at_most ? "at most" : "at least", limit, is_reached ? "yes" : "NO");
}
