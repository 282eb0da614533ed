/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/memory.h>

#include <cisup/core/base/limits.h>
#include <cisup/core/base/storage.h>

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static atomic_llong live_blocks;
static atomic_llong fail_countdown; /* 0: no failure wanted */

/* Blocks below this size are taken without asking how much memory is left. */
static const double ask_first_bytes = 64e6;

/* Blocks begin with a cache line, so that eight doubles side by side lie in one. */
enum { line_bytes = 64 };

static bool failure_is_due(void) {
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0) return false;
    return atomic_fetch_sub(&fail_countdown, 1) == 1;
}

static cisup_status out_of_memory(double bytes, cisup_error *err) {
    char text[16];
    cisup_bytes_text(bytes, text);
    return CISUP_FAIL(err, CISUP_ENOMEM, "could not take a block of %s", text);
}

/* Whether a block of this size may be taken; says why not. */
static cisup_status admit(cisup_index count, size_t size, cisup_error *err) {
    const double bytes = (double)count * (double)size;
    if (count < 0 || bytes > (double)PTRDIFF_MAX) return out_of_memory(bytes, err);
    if (failure_is_due()) return out_of_memory(bytes, err);
    if (bytes > ask_first_bytes) return cisup_memory_require(bytes, "one block", err);
    return CISUP_OK;
}

cisup_status cisup_new(void *slot, cisup_index count, size_t size, cisup_error *err) {
    void *memory = NULL;
    cisup_status status = admit(count, size, err);
    if (status == CISUP_OK) {
        const size_t bytes = ((size_t)count * size / line_bytes + 1) * line_bytes;
        memory = aligned_alloc(line_bytes, bytes);
        if (memory) {
            memset(memory, 0, bytes);
            atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
        } else {
            status = out_of_memory((double)count * (double)size, err);
        }
    }
    memcpy(slot, &memory, sizeof memory);
    return status;
}

cisup_status cisup_grow(void *slot, cisup_index *capacity, cisup_index needed,
                        size_t size, cisup_error *err) {
    if (needed <= *capacity) return CISUP_OK;
    const cisup_index half_more = *capacity + *capacity / 2;
    const cisup_index wanted = needed > half_more ? needed + 16 : half_more;
    const cisup_status status = admit(wanted, size, err);
    if (status != CISUP_OK) return status;
    void *old;
    memcpy(&old, slot, sizeof old);
    const bool is_new = !old;
    void *memory = realloc(old, (size_t)wanted * size);
    if (!memory) return out_of_memory((double)wanted * (double)size, err);
    if (is_new) atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
    memcpy(slot, &memory, sizeof memory);
    *capacity = wanted;
    return CISUP_OK;
}

void cisup_release(void *memory) {
    if (!memory) return;
    free(memory);
    atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
}

/* What a limit of the process leaves of what it has taken already, which is number
 * `field` in /proc/self/statm, from 0. */
static double left_of(__rlimit_resource_t resource, int field) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return (double)INFINITY;
    double pages = 0.0;
    FILE *file = fopen("/proc/self/statm", "r");
    for (int k = 0; file && k <= field; k++)
        if (fscanf(file, "%lf", &pages) != 1) pages = 0.0;
    if (file) (void)fclose(file);
    return fmax(0.0, (double)limit.rlim_cur - pages * (double)sysconf(_SC_PAGESIZE));
}

double cisup_memory_available(void) {
    double available = (double)INT64_MAX;
    FILE *file = fopen("/proc/meminfo", "r");
    if (file) {
        char line[128];
        long long kib;
        while (fgets(line, sizeof line, file))
            if (sscanf(line, "MemAvailable: %lld kB", &kib) == 1)
                available = (double)kib * 1024.0;
        (void)fclose(file);
    }
    available = fmin(available, cisup_limits_memory(""));
    available = fmin(available, left_of(RLIMIT_AS, 0));
    return fmin(available, left_of(RLIMIT_DATA, 5));
}

cisup_status cisup_memory_require(double bytes, const char *what, cisup_error *err) {
    const double available = cisup_memory_available();
    if (bytes <= available) return CISUP_OK;
    char need[16], have[16];
    cisup_bytes_text(bytes, need);
    cisup_bytes_text(available, have);
    return CISUP_FAIL(err, CISUP_ENOMEM, "%s would need %s of memory; %s are available",
                      what, need, have);
}

int64_t cisup_memory_peak(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (int64_t)usage.ru_maxrss * 1024;
}

void cisup_bytes_text(double bytes, char out[16]) {
    static const char *const unit[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t k = 0;
    while (bytes >= 999.5 && k + 1 < sizeof unit / sizeof unit[0]) {
        bytes /= 1000.0;
        k++;
    }
    const char *format = bytes >= 999.5          ? "%.3g %s"
                         : bytes < 9.95 && k > 0 ? "%.1f %s"
                                                 : "%.0f %s";
    (void)snprintf(out, 16, format, bytes, unit[k]);
}

bool cisup_multiply_sizes(cisup_index a, cisup_index b, cisup_index *product) {
    return !__builtin_mul_overflow(a, b, product);
}

int64_t cisup_memory_live(void) {
    return atomic_load(&live_blocks);
}

void cisup_memory_fail_at(int64_t n) {
    atomic_store(&fail_countdown, n);
}
