/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fuzz targets share. A target is one fuzz_NAME.c that includes this file and
 * defines LLVMFuzzerTestOneInput; its input begins with a few letters that choose
 * options, so that seeds can be written by hand.
 *
 * Time and memory: blocks above FUZZ_BLOCK_MB are refused as if the machine had no more,
 * so a size in a file that asks for much shows as ENOMEM; many small blocks or a long
 * time are left to libFuzzer's limits (test/fuzz/run). */
#ifndef CISUP_TEST_FUZZ_H
#define CISUP_TEST_FUZZ_H

#include <cisup/core/memory.h>

#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef FUZZ_BLOCK_MB
#define FUZZ_BLOCK_MB 24 /* libFuzzer itself takes a block of 17 */
#endif
#define FUZZ_TEXT_(x) #x
#define FUZZ_TEXT(x) FUZZ_TEXT_(x)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void) {
    return "allocator_may_return_null=1:detect_stack_use_after_return=1:"
           "max_allocation_size_mb=" FUZZ_TEXT(FUZZ_BLOCK_MB);
}

const char *__ubsan_default_options(void) {
    return "print_stacktrace=1";
}

/* Ends the process as a finding unless `holds`. */
#define FUZZ_CHECK(holds, ...)                                                           \
    do {                                                                                 \
        if (holds) break;                                                                \
        (void)dprintf(2, "%s:%d: %s: ", __FILE__, __LINE__, #holds);                     \
        (void)dprintf(2, __VA_ARGS__);                                                   \
        (void)dprintf(2, "\n");                                                          \
        abort();                                                                         \
    } while (0)

static char fuzz_folder[200]; /* of this process alone */

/* The path of a file in fuzz_folder; lives as long as `to`. */
__attribute__((unused)) static const char *fuzz_path(char to[300], const char *name) {
    (void)snprintf(to, 300, "%s/%s", fuzz_folder, name);
    return to;
}

static void fuzz_remove_folder(void) {
    char command[300];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fuzz_folder);
    FUZZ_CHECK(system(command) == 0, "%s", fuzz_folder);
}

static void fuzz_begin(void) {
    const char *folder = getenv("TMPDIR");
    (void)setenv("OMP_NUM_THREADS", "1", 0);
    (void)setlocale(LC_ALL, "C");
    (void)snprintf(fuzz_folder, sizeof fuzz_folder, "%s/cisup-fuzz-XXXXXX",
                   folder && *folder ? folder : "/tmp");
    FUZZ_CHECK(mkdtemp(fuzz_folder), "%s", fuzz_folder);
    (void)atexit(fuzz_remove_folder);
    FUZZ_CHECK(freopen("/dev/null", "r", stdin), "no /dev/null");
}

/* Writes a file of that name into fuzz_folder. */
__attribute__((unused)) static const char *fuzz_file(char to[300], const char *name,
                                                     const void *data, size_t size) {
    const int file = open(fuzz_path(to, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FUZZ_CHECK(file >= 0, "%s", to);
    FUZZ_CHECK(write(file, data, size) == (ssize_t)size, "%s", to);
    (void)close(file);
    return to;
}

/* The first byte, which is taken off; 0 at the end. */
__attribute__((unused)) static unsigned fuzz_take(const uint8_t **data, size_t *size) {
    if (*size == 0) return 0;
    --*size;
    return *(*data)++;
}

/* What goes to a terminal must not steer it: UTF-8 without control characters. */
__attribute__((unused)) static void fuzz_check_text(const char *text) {
    json_t *string = json_string(text);
    FUZZ_CHECK(string, "no UTF-8: %s", text);
    json_decref(string);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        const int is_control =
            (*c < 32 && *c != '\n') || *c == 127 || (*c == 0xc2 && c[1] < 0xa0); /* C1 */
        FUZZ_CHECK(!is_control, "control character %d in: %s", *c, text);
    }
}

/* Whether a failure says why. */
__attribute__((unused)) static void fuzz_check_error(cisup_status status,
                                                     const cisup_error *err) {
    FUZZ_CHECK(err->code == status, "%d is called %d", (int)status, (int)err->code);
    FUZZ_CHECK(err->text[0], "status %d without a text", (int)status);
    fuzz_check_text(err->text);
}

/* At the end of every input. */
static void fuzz_end(void) {
    FUZZ_CHECK(cisup_memory_live() == 0, "%" PRId64 " blocks", cisup_memory_live());
}

#endif
