/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_BENCH_BENCH_H
#define CISUP_BENCH_BENCH_H

#include <stddef.h>
#include <stdio.h>

/* What every benchmark needs: a fair environment, times, memory, machine facts. */

/* Starts the program anew, once, with the environment that a comparison with OpenBLAS
 * needs and that is read when a library loads: one thread on both sides, and the
 * kernels of the processor's own vector width. OpenBLAS 0.3.21 falls back to SSE ones
 * on processors it does not know. Variables that are set already are kept. */
void bench_relaunch(char **argv);

/* Wall time in seconds from some fixed moment. */
double bench_seconds(void);

/* Processor time of this process in seconds, all threads together. */
double bench_cpu_seconds(void);

/* Times of one job over the repetitions. */
enum { BENCH_REPETITIONS_MOST = 99 };
typedef struct {
    int count;
    double second[BENCH_REPETITIONS_MOST];
} bench_times;

double bench_median(const bench_times *x);
double bench_least(const bench_times *x);

/* Repetition by repetition: the median of x/y, robust to a load that comes and goes. */
double bench_median_ratio(const bench_times *x, const bench_times *y);

/* The largest resident size, in bytes, of a child process that does nothing but
 * job(context); negative when the job returns anything but 0. The child starts as a
 * copy of this process, so call it while this process is still small. */
double bench_peak_bytes(int (*job)(void *), void *context);

/* count zeros on a boundary of 64 bytes, or NULL; to be freed by free(). */
float *bench_floats(size_t count);

/* Whether OpenBLAS runs the kernels that suit the processor. */
int bench_kernels_suit(void);

/* Processor, OpenBLAS kernels, load and compiler, a line each; a line more when
 * the kernels do not suit. */
void bench_print_machine(FILE *out);

/* One figure to reach: at least or at most `limit`. */
void bench_print_goal(FILE *out, const char *what, double value, int at_most,
                      double limit);

#endif
