/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: reading at or after byte FAIL_PREAD_AFTER of a file whose name ends in
 * .sqlite fails, as on a broken disk. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_broken(int file, off_t end) {
    char link[64], name[4096];
    const char *after = getenv("FAIL_PREAD_AFTER");
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, name, sizeof name - 1);
    if (!after || length < 7) return 0;
    name[length] = 0;
    return strcmp(name + length - 7, ".sqlite") == 0 && end > atol(after);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at) {
    if (is_broken(file, at + (off_t)size)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pread64, file, bytes, size, at);
}

ssize_t pread64(int file, void *bytes, size_t size, off_t at) {
    return pread(file, bytes, size, at);
}
