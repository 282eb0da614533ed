/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: the first file that is created under a name that fits the pattern
 * SIGNAL_AT_OPEN sends the process the signal SIGNAL_NUMBER, before it goes on. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_flag was_sent = ATOMIC_FLAG_INIT;

static int open_and_tell(const char *name, int flags, mode_t mode) {
    const int file = openat(AT_FDCWD, name, flags, mode);
    const char *pattern = getenv("SIGNAL_AT_OPEN"), *number = getenv("SIGNAL_NUMBER");
    const int fits = pattern && number && fnmatch(pattern, name, 0) == 0;
    if (file >= 0 && flags & O_CREAT && fits && !atomic_flag_test_and_set(&was_sent))
        (void)raise(atoi(number));
    return file;
}

static mode_t mode_of(int flags, va_list more) {
    return flags & O_CREAT ? va_arg(more, mode_t) : 0;
}

int open(const char *name, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = mode_of(flags, more);
    va_end(more);
    return open_and_tell(name, flags, mode);
}

int open64(const char *name, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = mode_of(flags, more);
    va_end(more);
    return open_and_tell(name, flags, mode);
}
