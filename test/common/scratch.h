/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of its own for the files of a test program. As the group's teardown fails
 * unless it is empty, a file left behind is noticed. */
#ifndef CISUP_TEST_SCRATCH_H
#define CISUP_TEST_SCRATCH_H

#include "check.h"

#include <unistd.h>

static char scratch_folder[200];

/* For cmocka_run_group_tests. */
static inline int scratch_make(void **state) {
    (void)state;
    const char *parent = getenv("TMPDIR");
    (void)snprintf(scratch_folder, sizeof scratch_folder, "%.150s/cisup-test-XXXXXX",
                   parent && parent[0] ? parent : "/tmp");
    return mkdtemp(scratch_folder) ? 0 : -1;
}

static inline int scratch_remove(void **state) {
    (void)state;
    return rmdir(scratch_folder);
}

/* The path of a file in the folder; the text lives until the eighth call from now. */
static inline const char *scratch_path(const char *name) {
    static char path[8][300];
    static int next;
    char *out = path[next++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/%.90s", scratch_folder, name);
    return out;
}

static inline void scratch_put(const char *name, const void *text, size_t length) {
    FILE *file = fopen(scratch_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* The bytes of a file and a 0 behind them; for free(). */
static inline char *scratch_get(const char *name, size_t *length) {
    FILE *file = fopen(scratch_path(name), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    (void)fclose(file);
    *length = (size_t)size;
    return text;
}

static inline void scratch_drop(const char *name) {
    assert_int_equal(unlink(scratch_path(name)), 0);
}

#endif
