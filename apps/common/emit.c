/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

json_t *emit_number(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

static void keep_if(int added, json_t **whole) {
    if (added) return;
    json_decref(*whole);
    *whole = NULL;
}

void emit_append(json_t **list, json_t *value) {
    keep_if(json_array_append_new(*list, value) == 0, list);
}

void emit_set(json_t **object, const char *name, json_t *value) {
    keep_if(json_object_set_new(*object, name, value) == 0, object);
}

void emit_merge(json_t **object, json_t *more) {
    keep_if(json_object_update(*object, more) == 0, object);
    json_decref(more);
}

/* reason: of errno, 0 where it is not known any more. */
static cisup_status cannot_write(const char *name, int reason, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EIO, "cannot write %s%s%s", name, reason ? ": " : "",
                      reason ? strerror(reason) : "");
}

cisup_status emit_line_to(FILE *to, json_t *object, cisup_error *err) {
    errno = 0;
    /* jansson 2.14 does not look at what became of the names of members */
    const int failed =
        !object || json_dumpf(object, to, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0;
    const int reason = errno;
    json_decref(object);
    if (to == stdout && ferror(to))
        return cannot_write("to standard output", reason, err);
    if (failed || ferror(to))
        return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a JSON line");
    (void)putc('\n', to);
    return CISUP_OK;
}

static cisup_status flush(FILE *stream, const char *name, cisup_error *err) {
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream)) return CISUP_OK;
    return cannot_write(name, errno, err);
}

cisup_status emit_flush(cisup_error *err) {
    return flush(stdout, "to standard output", err);
}

cisup_status emit_line(json_t *object, cisup_error *err) {
    return emit_line_to(stdout, object, err);
}

cisup_status csv_open(csv_sink *csv, const char *path, const char *header,
                      cisup_overwrite overwrite, cisup_error *err) {
    *csv = (csv_sink){0};
    if (!path) return CISUP_OK;
    if (strcmp(path, "-") == 0) {
        csv->stream = stdout;
    } else {
        const cisup_status status = cisup_outfile_open(&csv->file, path, overwrite, err);
        if (status != CISUP_OK) return status;
        csv->stream = csv->file.stream;
    }
    fprintf(csv->stream, "%s\n", header);
    return CISUP_OK;
}

static void separate(csv_sink *csv) {
    if (csv->fields++) (void)putc(',', csv->stream);
}

void csv_text(csv_sink *csv, const char *text) {
    if (!csv->stream) return;
    separate(csv);
    fputs(text, csv->stream);
}

void csv_quoted(csv_sink *csv, const char *text) {
    if (!csv->stream) return;
    separate(csv);
    const int is_plain = !text[strcspn(text, ",\"\r\n")];
    if (!is_plain) (void)putc('"', csv->stream);
    for (; *text; text++) {
        if (*text == '"') (void)putc('"', csv->stream);
        (void)putc(*text, csv->stream);
    }
    if (!is_plain) (void)putc('"', csv->stream);
}

void csv_index(csv_sink *csv, cisup_index value) {
    if (!csv->stream) return;
    separate(csv);
    fprintf(csv->stream, "%" PRId64, value);
}

void csv_number(csv_sink *csv, double x) {
    if (!csv->stream) return;
    separate(csv);
    if (!isnan(x)) fprintf(csv->stream, "%.17g", x);
}

void csv_skip(csv_sink *csv, int fields) {
    for (int k = 0; csv->stream && k < fields; k++) separate(csv);
}

void csv_end_row(csv_sink *csv) {
    if (!csv->stream) return;
    (void)putc('\n', csv->stream);
    csv->fields = 0;
}

cisup_status csv_flush(csv_sink *csv, cisup_error *err) {
    if (!csv->stream) return CISUP_OK;
    return flush(csv->stream,
                 csv->stream == stdout ? "to standard output" : csv->file.path, err);
}

cisup_status csv_commit(csv_sink *csv, cisup_error *err) {
    if (!csv->file.stream) return CISUP_OK;
    csv->stream = NULL;
    return cisup_outfile_commit(&csv->file, err);
}

void csv_discard(csv_sink *csv) {
    cisup_outfile_discard(&csv->file);
    *csv = (csv_sink){0};
}

void cell_text(double x) {
    if (isfinite(x))
        printf(" %9.3g", fabs(x) < 1e-20 ? 0.0 : x);
    else
        printf(" %9s", isinf(x) ? "inf" : "-");
}
