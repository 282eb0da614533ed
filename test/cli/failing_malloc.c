/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For LD_PRELOAD: the FAIL_AT-th block asked for by the program itself, by jansson or by
 * the C library is refused; without FAIL_AT the number of such requests is written to
 * descriptor 2 at the end. Other libraries end the process when they get no memory. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long requests;
static long fail_at = -1;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAIL_AT");
    fail_at = text ? atol(text) : 0;
}

__attribute__((destructor)) static void end(void) {
    if (fail_at == 0) fprintf(stderr, "REQUESTS %ld\n", atomic_load(&requests));
}

static int is_due(void *caller) {
    Dl_info from;
    if (fail_at < 0 || !dladdr(caller, &from) || !from.dli_fname) return 0;
    const char *name = strrchr(from.dli_fname, '/');
    name = name ? name + 1 : from.dli_fname;
    if (strncmp(name, "cisup", 5) && strncmp(name, "libjansson", 10) &&
        strncmp(name, "libc.so", 7))
        return 0;
    const int due = atomic_fetch_add(&requests, 1) + 1 == fail_at;
    if (due) errno = ENOMEM;
    return due;
}

void *malloc(size_t size) {
    return is_due(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return is_due(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return is_due(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t line, size_t size) {
    return is_due(__builtin_return_address(0)) ? NULL : __libc_memalign(line, size);
}
