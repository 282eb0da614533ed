/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/limits.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MOST = 4096 };

/* A number in a file of a group: the only word of it, or the one after `name` at the
 * beginning of a line. NAN if there is none: no file, or "max". */
static double read_number(const char *folder, const char *file, const char *name) {
    char path[PATH_MOST + 64], line[256], word[64];
    double value = (double)NAN;
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *in = fopen(path, "r");
    if (!in) return value;
    while (isnan(value) && fgets(line, sizeof line, in)) {
        double found;
        if (!name) {
            if (sscanf(line, "%lf", &found) == 1) value = found;
        } else if (sscanf(line, "%63s %lf", word, &found) == 2 && !strcmp(word, name)) {
            value = found;
        }
    }
    (void)fclose(in);
    return value;
}

/* Version 1 writes the largest multiple of a page where there is no limit. */
static const double no_limit = 9e18;

/* What a group leaves of something, given what is left so far. */
typedef double group_limit(const char *folder, double left);

static double memory_left(const char *folder, double left, const char *limit_file,
                          const char *usage_file, const char *cached) {
    const double limit = read_number(folder, limit_file, NULL);
    if (!(limit < no_limit)) return left;
    const double usage = read_number(folder, usage_file, NULL);
    const double idle = read_number(folder, "memory.stat", cached);
    const double here = limit - (usage > 0.0 ? usage : 0.0) + (idle > 0.0 ? idle : 0.0);
    return fmin(left, fmax(0.0, fmin(here, limit)));
}

static double memory_v1(const char *folder, double left) {
    return memory_left(folder, left, "memory.limit_in_bytes", "memory.usage_in_bytes",
                       "total_inactive_file");
}

static double memory_v2(const char *folder, double left) {
    return memory_left(folder, left, "memory.max", "memory.current", "inactive_file");
}

static double cpus_v1(const char *folder, double left) {
    const double quota = read_number(folder, "cpu.cfs_quota_us", NULL);
    const double period = read_number(folder, "cpu.cfs_period_us", NULL);
    return quota > 0.0 && period > 0.0 ? fmin(left, quota / period) : left;
}

static double cpus_v2(const char *folder, double left) {
    char path[PATH_MOST + 64];
    double quota, period;
    (void)snprintf(path, sizeof path, "%s/cpu.max", folder);
    FILE *in = fopen(path, "r");
    if (!in) return left;
    const int read = fscanf(in, "%lf %lf", &quota, &period);
    (void)fclose(in);
    return read == 2 && quota > 0.0 && period > 0.0 ? fmin(left, quota / period) : left;
}

/* The group `path` below `mount` and all above it. In a container the path may be that
 * of the host and the mount the group itself: what does not exist is passed over. */
static double walk(const char *mount, const char *path, double left, group_limit *limit) {
    char folder[PATH_MOST];
    const size_t top = strlen(mount);
    const int length = snprintf(folder, sizeof folder, "%s%s", mount, path);
    if (length < 0 || (size_t)length >= sizeof folder) return left;
    for (size_t end = (size_t)length; end >= top; end--) {
        if (end != top && folder[end] != 0 && folder[end] != '/') continue;
        folder[end] = 0;
        if (end == top || folder[end - 1] != '/') left = limit(folder, left);
    }
    return left;
}

/* Whether a comma-separated list names a controller. */
static int is_listed(const char *list, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = list; at;) {
        if (!strncmp(at, name, length) && (at[length] == ',' || !at[length])) return 1;
        at = strchr(at, ',');
        if (at) at++;
    }
    return 0;
}

/* All groups of the process that have the controller; the smallest of what they leave. */
static double smallest(const char *root, const char *controller, group_limit *v1,
                       group_limit *v2) {
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    char line[PATH_MOST], mount[PATH_MOST];
    double left = (double)INFINITY;
    (void)snprintf(mount, sizeof mount, "%s/proc/self/cgroup", root);
    FILE *in = fopen(mount, "r");
    if (!in) return left;
    while (fgets(line, sizeof line, in)) { /* 4:cpu,cpuacct:/path, or 0::/path */
        line[strcspn(line, "\n")] = 0;
        char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
        if (!path) continue;
        *list++ = *path++ = 0;
        for (int k = 0; !*list && k < 2; k++) {
            (void)snprintf(mount, sizeof mount, "%s%s", root, mounts[k]);
            left = walk(mount, path, left, v2);
        }
        if (!is_listed(list, controller)) continue;
        (void)snprintf(mount, sizeof mount, "%s%s/%s", root, mounts[0], controller);
        left = walk(mount, path, left, v1);
    }
    (void)fclose(in);
    return left;
}

double cisup_limits_memory(const char *root) {
    return smallest(root, "memory", memory_v1, memory_v2);
}

int cisup_limits_cpus(const char *root) {
    const double cpus = ceil(smallest(root, "cpu", cpus_v1, cpus_v2));
    return cpus < (double)INT_MAX ? (int)cpus : INT_MAX;
}
