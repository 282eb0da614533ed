/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix Market files: one letter of options, then the file. What is read is the same
 * strictly and leniently, whole and entry by entry, and after being written again. */
#include "fuzz.h"

#include <cisup/sparse/matrix/mtx_each.h>
#include <cisup/sparse/mtx.h>

#include <zlib.h>

enum { LENIENT = 1, FULL_COLUMNS = 2, COMPRESS = 4, FIELD = 8 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static const char *put(char path[300], int compress, const uint8_t *data, size_t size) {
    if (!compress) return fuzz_file(path, "in.mtx", data, size);
    gzFile file = gzopen(fuzz_path(path, "in.mtx.gz"), "wb1");
    FUZZ_CHECK(file, "%s", path);
    FUZZ_CHECK(size == 0 || gzwrite(file, data, (unsigned)size) == (int)size, "%s", path);
    FUZZ_CHECK(gzclose(file) == Z_OK, "%s", path);
    return path;
}

static cisup_status count_sizes(void *context, cisup_index nrow, cisup_index ncol,
                                cisup_error *err) {
    (void)context, (void)nrow, (void)ncol, (void)err;
    return CISUP_OK;
}

static cisup_status count_entry(void *context, cisup_entry e, cisup_index line,
                                cisup_error *err) {
    (void)e, (void)line, (void)err;
    ++*(cisup_index *)context;
    return CISUP_OK;
}

static void check_columns(const cisup_csc *a) {
    FUZZ_CHECK(a->p[0] == 0, "%" PRId64, a->p[0]);
    for (cisup_index j = 0; j < a->ncol; j++) {
        FUZZ_CHECK(a->p[j] <= a->p[j + 1], "column %" PRId64, j);
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++)
            FUZZ_CHECK(a->i[k] > (k > a->p[j] ? a->i[k - 1] : -1) && a->i[k] < a->nrow,
                       "column %" PRId64 ", row %" PRId64, j, a->i[k]);
    }
}

/* b is a without its zeros, as this field writes it. */
static void check_same(const cisup_csc *a, const cisup_csc *b, cisup_mtx_field field) {
    cisup_index at = 0;
    FUZZ_CHECK(a->nrow == b->nrow && a->ncol == b->ncol, "another shape");
    for (cisup_index j = 0; j < a->ncol; j++) {
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
            if (a->x[k] == 0.0) continue;
            const double x = field == CISUP_MTX_PATTERN ? 1.0 : a->x[k];
            FUZZ_CHECK(at < b->p[j + 1], "column %" PRId64 " is shorter", j);
            FUZZ_CHECK(b->i[at] == a->i[k], "column %" PRId64, j);
            FUZZ_CHECK(b->x[at] == x, "%.17g became %.17g", x, b->x[at]);
            at++;
        }
        FUZZ_CHECK(at == b->p[j + 1], "column %" PRId64 " is longer", j);
    }
}

static void write_and_read(const cisup_csc *a, unsigned letter) {
    char path[300];
    cisup_error err = {0};
    cisup_csc b;
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.field = (cisup_mtx_field)(CISUP_MTX_PATTERN + letter / FIELD % 3);
    o.overwrite = CISUP_REPLACE_EXISTING;
    fuzz_path(path, letter & COMPRESS ? "out.mtx.gz" : "out.mtx");
    cisup_status status = cisup_mtx_write(path, a, &o, &err);
    if (status == CISUP_OK) {
        status = cisup_mtx_read(path, NULL, &b, &err);
        FUZZ_CHECK(status == CISUP_OK, "%s", err.text);
        check_same(a, &b, o.field);
        cisup_csc_free(&b);
    } else {
        fuzz_check_error(status, &err); /* an integer or a number that is too large */
        FUZZ_CHECK(status == CISUP_EINVAL && o.field != CISUP_MTX_PATTERN, "%s",
                   err.text);
    }
}

/* What is read strictly is read leniently, and the visitor meets all of it. */
static void read_otherwise(const char *path, const cisup_csc *a) {
    const cisup_mtx_read_options lenient = {.lenient = 1};
    cisup_index entries = 0;
    const cisup_mtx_visitor visitor = {&entries, count_sizes, count_entry};
    cisup_error err = {0};
    cisup_csc b;
    cisup_status status = cisup_mtx_read(path, &lenient, &b, &err);
    FUZZ_CHECK(status == CISUP_OK, "%s", err.text);
    FUZZ_CHECK(a->ncol == b.ncol && a->p[a->ncol] == b.p[b.ncol], "another pattern");
    cisup_csc_free(&b);
    status = cisup_mtx_each(path, NULL, &visitor, &err);
    FUZZ_CHECK(status == CISUP_OK, "%s", err.text);
    FUZZ_CHECK(entries == a->p[a->ncol], "%" PRId64 " entries", entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const unsigned letter = fuzz_take(&data, &size);
    const cisup_mtx_read_options o = {.lenient = !!(letter & LENIENT),
                                      .full_columns = !!(letter & FULL_COLUMNS)};
    char path[300];
    cisup_csc a;
    cisup_error err = {0};
    put(path, letter & COMPRESS, data, size);
    const cisup_status status = cisup_mtx_read(path, &o, &a, &err);
    if (status == CISUP_OK) {
        check_columns(&a);
        write_and_read(&a, letter);
        if (!o.lenient) read_otherwise(path, &a);
        cisup_csc_free(&a);
    } else {
        fuzz_check_error(status, &err);
        FUZZ_CHECK(status == CISUP_EFORMAT || status == CISUP_EIO ||
                       status == CISUP_ENOMEM,
                   "%s", err.text);
    }
    fuzz_end();
    return 0;
}
