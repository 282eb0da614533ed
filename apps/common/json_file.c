/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_file.h"

#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *take(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory) return memory;
    cisup_error err;
    (void)CISUP_FAIL(&err, CISUP_ENOMEM, "no memory for %zu bytes of JSON", bytes);
    exit(fail_with(&err));
}

void json_end_without_memory(void) {
    json_set_alloc_funcs(take, free);
}

/* Some editors begin a file of UTF-8 with a byte order mark, which is no JSON. */
static void skip_mark(FILE *stream) {
    const int first = getc(stream);
    if (first != 0xef)
        (void)ungetc(first, stream);
    else if (getc(stream) != 0xbb || getc(stream) != 0xbf)
        (void)ungetc(first, stream); /* begins no JSON: is refused */
}

cisup_status json_file_read(const char *path, json_t **root, cisup_error *err) {
    json_error_t error;
    const int is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    if (!stream)
        return CISUP_FAIL(err, CISUP_EIO, "cannot open %s: %s", path, strerror(errno));
    skip_mark(stream);
    *root = json_loadf(stream, JSON_REJECT_DUPLICATES, &error);
    const int not_read = ferror(stream) ? errno : 0;
    if (!is_stdin) (void)fclose(stream);
    if (*root && !not_read) return CISUP_OK;
    json_decref(*root);
    *root = NULL;
    const char *name = is_stdin ? "standard input" : path;
    if (not_read)
        return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", name, strerror(not_read));
    return CISUP_FAIL(err, CISUP_EFORMAT, "%s:%d: %s", name, error.line, error.text);
}
