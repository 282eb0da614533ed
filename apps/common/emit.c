/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
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

const cisup_record *record_of(cisup_record *r, const char *names,
                              const cisup_field *value, int count) {
    cisup_record_add(r, names, value, count);
    return r;
}

void record_join(cisup_record *r, const cisup_record *more, int first) {
    for (int k = first; k < more->fields && r->fields < CISUP_RECORD_FIELDS; k++)
        r->field[r->fields++] = more->field[k];
}

static void list_item(const cisup_field *f, cisup_index k, cisup_record *item) {
    item->fields = item->used = 0;
    f->value.list.item(f->value.list.of, k, item);
}

static json_t *field_json(const cisup_field *f);

/* A value, a list or a record, as its fields have names. */
static json_t *item_json(const cisup_record *r) {
    if (r->field[0].name) return record_json(r);
    if (r->fields == 1) return field_json(r->field);
    json_t *item = json_array();
    for (int k = 0; k < r->fields; k++) emit_append(&item, field_json(&r->field[k]));
    return item;
}

static json_t *list_json(const cisup_field *f) {
    cisup_record item;
    json_t *list = json_array();
    for (cisup_index k = 0; k < f->value.list.count; k++) {
        list_item(f, k, &item);
        if (item.fields) emit_append(&list, item_json(&item));
    }
    return list;
}

static json_t *field_json(const cisup_field *f) {
    switch (f->kind) {
    case CISUP_FIELD_INDEX:
        return json_integer(f->value.index);
    case CISUP_FIELD_NUMBER:
        return emit_number(f->value.number);
    case CISUP_FIELD_TRUTH:
        return json_boolean(f->value.truth);
    case CISUP_FIELD_TEXT:
        return json_string(f->value.text);
    case CISUP_FIELD_LIST:
        return list_json(f);
    default:
        return json_null();
    }
}

json_t *record_json(const cisup_record *r) {
    json_t *whole = json_object();
    for (int k = 0; k < r->fields; k++) {
        const char *name = r->field[k].name, *dot = strchr(name, '.');
        json_t *value = field_json(&r->field[k]), *part = NULL;
        if (!dot) {
            emit_set(&whole, name, value);
            continue;
        }
        char *outer = strndup(name, (size_t)(dot - name));
        if (outer && !json_object_get(whole, outer))
            emit_set(&whole, outer, json_object());
        if (outer) part = json_object_get(whole, outer);
        keep_if(json_object_set_new(part, dot + 1, value) == 0, &whole);
        free(outer);
    }
    return whole;
}

/* reason: of errno, 0 where it is not known any more. */
static cisup_status cannot_write(const char *name, int reason, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EIO, "cannot write %s%s%s", name, reason ? ": " : "",
                      reason ? strerror(reason) : "");
}

static cisup_status emit_line_to(FILE *to, json_t *object, cisup_error *err) {
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

cisup_status emit_to(FILE *to, const cisup_record *r, cisup_error *err) {
    return emit_line_to(to, record_json(r), err);
}

cisup_status emit(const cisup_record *r, cisup_error *err) {
    return emit_to(stdout, r, err);
}

static void show_number(double x, const char *spec) {
    char *end;
    const int is_small = *spec == '~' && fabs(x) < 1e-20;
    const int width = (int)strtol(spec + (*spec == '~'), &end, 10);
    const int digits = *end == '.' ? (int)strtol(end + 1, &end, 10) : 6;
    if (*end == 'f')
        printf("%*.*f", width, digits, x);
    else
        printf("%*.*g", width, digits, is_small ? 0.0 : x);
}

static void show_field(const cisup_field *f, const char *spec) {
    const char *bar = strchr(spec, '|');
    const int width = atoi(spec + (*spec == '~'));
    if (f->kind == CISUP_FIELD_TRUTH)
        printf("%.*s", f->value.truth ? (int)(bar - spec) : 99,
               f->value.truth ? spec : bar + 1);
    else if (f->kind == CISUP_FIELD_INDEX)
        printf("%*" PRId64, width, f->value.index);
    else if (f->kind == CISUP_FIELD_NUMBER && !isnan(f->value.number))
        show_number(f->value.number, spec);
    else if (f->kind == CISUP_FIELD_TEXT)
        printf("%*s", width, f->value.text);
    else
        printf("%*s", width, bar ? bar + 1 : "-");
}

void emit_text(const cisup_record *r, const char *text) {
    while (*text) {
        char name[48];
        const size_t plain = strcspn(text, "{");
        (void)fwrite(text, 1, plain, stdout);
        text += plain;
        if (!*text) return;
        const size_t length = strcspn(text, "}");
        (void)snprintf(name, sizeof name, "%.*s", (int)length - 1, text + 1);
        text += length + 1;
        char *spec = name + strcspn(name, ":");
        if (*spec) *spec++ = 0;
        const cisup_field *f = *name >= '0' && *name <= '9' ? &r->field[atoi(name)]
                                                            : cisup_record_find(r, name);
        if (f) show_field(f, spec);
    }
}

void emit_text_list(const cisup_record *r, const char *name, const char *text) {
    const cisup_field *f = cisup_record_find(r, name);
    cisup_record item;
    for (cisup_index k = 0; k < f->value.list.count; k++) {
        list_item(f, k, &item);
        if (item.fields) emit_text(&item, text + (k == 0 && *text == ','));
    }
}

cisup_status csv_open(csv_sink *csv, const char *path, const char *header,
                      cisup_overwrite overwrite, cisup_error *err) {
    *csv = (csv_sink){.header = header};
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

/* In quotes if it needs them. */
static void csv_text(FILE *to, const char *text) {
    const int is_plain = !text[strcspn(text, ",\"\r\n")];
    if (!is_plain) (void)putc('"', to);
    for (; *text; text++) {
        if (*text == '"') (void)putc('"', to);
        (void)putc(*text, to);
    }
    if (!is_plain) (void)putc('"', to);
}

static void csv_field(FILE *to, const cisup_field *f) {
    if (f->kind == CISUP_FIELD_INDEX)
        fprintf(to, "%" PRId64, f->value.index);
    else if (f->kind == CISUP_FIELD_TRUTH)
        fprintf(to, "%d", f->value.truth);
    else if (f->kind == CISUP_FIELD_NUMBER && !isnan(f->value.number))
        fprintf(to, "%.17g", f->value.number);
    else if (f->kind == CISUP_FIELD_TEXT)
        csv_text(to, f->value.text);
}

void csv_row(csv_sink *csv, const cisup_record *r) {
    char name[64];
    if (!csv->stream) return;
    for (const char *at = csv->header; *at; at += *at == ',') {
        const size_t length = strcspn(at, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
        const cisup_field *f = cisup_record_find(r, name);
        if (f) csv_field(csv->stream, f);
        at += length;
        (void)putc(*at ? ',' : '\n', csv->stream);
    }
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
