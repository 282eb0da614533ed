/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep_export.h"

#include "propagate/report.h"
#include "sweep_verify.h"

#include <cisup/core/memory.h>

#include <errno.h>
#include <string.h>

static cisup_status parse_object(const char *text, size_t length, cisup_index cell,
                                 json_t **object, cisup_error *err) {
    *object = json_loadb(text, length, 0, NULL);
    if (json_is_object(*object)) return CISUP_OK;
    json_decref(*object);
    *object = NULL;
    return CISUP_FAIL(err, CISUP_EFORMAT, "the journal is damaged: cell %" PRId64, cell);
}

static cisup_status print_cell(void *context, cisup_index cell, const char *parameters,
                               const char *records, cisup_error *err) {
    json_t *given;
    cisup_status status;
    CISUP_TRY(sweep_verify_parameters(context, cell, parameters, err));
    CISUP_TRY(sweep_verify_records(cell, records, err));
    CISUP_TRY(parse_object(parameters, strlen(parameters), cell, &given, err));
    CISUP_TRY(emit_line(
        json_pack("{ss,sI,so}", "record", "cell", "cell", cell, "parameters", given),
        err));
    (void)fputs(records, stdout);
    if (ferror(stdout)) status = emit_flush(err); /* its reader may be gone */
done:
    return status;
}

cisup_status sweep_export_json(journal *j, const sweep_spec *spec, cisup_error *err) {
    return journal_each(j, print_cell, (sweep_spec *)spec, err);
}

typedef struct {
    csv_sink csv;
    const sweep_spec *spec;
    const json_t *record; /* of the line being printed */
    json_t *run, *given;  /* the run record of the cell; its parameters */
} table;

/* Whether a name of the grid is among the columns of propagate as the same thing. */
static int is_column(const char *name) {
    return strlen(name) == 1; /* D, d, T, S, L, z */
}

/* Nothing of what is null, and of the list of all z. */
static void add_field(cisup_record *r, const char *name, const json_t *x) {
    RECORD_ADD(r, name,
               json_is_integer(x)   ? V((cisup_index)json_integer_value(x))
               : json_is_real(x)    ? V(json_real_value(x))
               : json_is_boolean(x) ? V(json_is_true(x) ? "true" : "false")
                                    : V(json_string_value(x)));
}

/* Whether it is one of the last columns of propagate. */
static int is_origin(const char *name) {
    const char *at = strstr(REPORT_CSV_ORIGIN ",", name);
    return at && at[-1] == ',' && at[strlen(name)] == ',';
}

/* The members of an object, or those alone that are parameters and columns. */
static void add_members(cisup_record *r, const json_t *object, int only_columns) {
    const char *name;
    json_t *x;
    json_object_foreach((json_t *)object, name, x) {
        if (!only_columns || is_column(name) || is_origin(name)) add_field(r, name, x);
    }
}

/* Sizes are parameters as given, or as run. */
static void print_row(table *t, cisup_index cell) {
    const char *varied;
    json_t *list;
    cisup_record r = {0};
    RECORD_ADD(&r, "cell", V(cell));
    json_object_foreach((json_t *)t->spec->grid, varied, list) {
        add_field(&r, strcmp(varied, "worst") == 0 ? "parameter_worst" : varied,
                  json_object_get(t->given, varied));
    }
    if (t->run) RECORD_ADD(&r, "construction", V("published"));
    add_members(&r, t->given, 1);
    add_members(&r, json_object_get(t->run, "params"), 1);
    add_field(&r, "version", json_object_get(t->run, "version"));
    add_members(&r, json_object_get(t->record, "theory"), 0);
    add_members(&r, t->record, 0);
    add_field(&r, "networks_done", json_object_get(t->run, "networks_done"));
    csv_row(&t->csv, &r);
}

static int is_of(const json_t *record, const char *kind) {
    const char *own = json_string_value(json_object_get(record, "record"));
    return own && strcmp(own, kind) == 0;
}

/* The rows are those of propagate --csv, and one of each infeasible cell. */
static int has_row(const json_t *record) {
    return is_of(record, "error") || is_of(record, "open") || is_of(record, "infeasible");
}

static cisup_status print_rows(void *context, cisup_index cell, const char *parameters,
                               const char *records, cisup_error *err) {
    table *t = context;
    json_t *record = NULL;
    cisup_status status;
    CISUP_TRY(sweep_verify_parameters(t->spec, cell, parameters, err));
    CISUP_TRY(sweep_verify_records(cell, records, err));
    CISUP_TRY(parse_object(parameters, strlen(parameters), cell, &t->given, err));
    for (const char *at = records; *at;) {
        const size_t length = strcspn(at, "\n");
        CISUP_TRY(parse_object(at, length, cell, &record, err));
        at += length + (at[length] != 0);
        if (is_of(record, "run")) {
            json_decref(t->run);
            t->run = json_incref(record);
        }
        t->record = record;
        if (has_row(record)) print_row(t, cell);
        json_decref(record);
        record = NULL;
    }
    if (t->csv.stream && ferror(t->csv.stream)) status = csv_flush(&t->csv, err);
done:
    json_decref(record);
    json_decref(t->run);
    json_decref(t->given);
    t->run = t->given = NULL;
    return status;
}

/* cell, then what varies and is no column yet, then the columns of propagate but those
 * that stand in front already. */
static cisup_status make_header(const json_t *grid, char **header, cisup_error *err) {
    const char *name, *own = report_csv_header;
    json_t *list;
    size_t length = sizeof "cell," + strlen(own);
    json_object_foreach((json_t *)grid, name, list) length +=
        strlen(name) + sizeof "parameter_,";
    const cisup_status status = cisup_new(header, (cisup_index)length, 1, err);
    if (status != CISUP_OK) return status;
    char *end = stpcpy(*header, "cell,");
    json_object_foreach((json_t *)grid, name, list) {
        if (is_column(name)) continue;
        if (strcmp(name, "worst") == 0) end = stpcpy(end, "parameter_"); /* is a norm */
        end = stpcpy(stpcpy(end, name), ",");
    }
    while (*own) {
        char column[32] = {0};
        const size_t bytes = strcspn(own, ",");
        memcpy(column, own, bytes);
        own += bytes + (own[bytes] == ',');
        if (!is_origin(column) || !json_object_get(grid, column))
            end = stpcpy(stpcpy(end, column), ",");
    }
    end[-1] = '\0';
    return CISUP_OK;
}

cisup_status sweep_export_csv(journal *j, const sweep_spec *spec, const char *path,
                              cisup_overwrite overwrite, cisup_error *err) {
    table t = {.spec = spec};
    char *header = NULL;
    cisup_status status;
    CISUP_TRY(make_header(spec->grid, &header, err));
    CISUP_TRY(csv_open(&t.csv, path, header, overwrite, err));
    CISUP_TRY(journal_each(j, print_rows, &t, err));
    CISUP_TRY(csv_commit(&t.csv, err));
done:
    csv_discard(&t.csv);
    cisup_release(header);
    return status;
}
