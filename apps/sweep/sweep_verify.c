/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep_verify.h"

#include <cisup/analysis/measure/measure.h>
#include <cisup/analysis/measure/terms.h>

#include <stdlib.h>
#include <string.h>

static cisup_status damaged(cisup_index k, const char *what, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EFORMAT, "the journal is damaged: cell %" PRId64 ": %s",
                      k, what);
}

cisup_status sweep_verify_parameters(const sweep_spec *s, cisup_index k,
                                     const char *parameters, cisup_error *err) {
    if (k < 0 || k >= s->cells) return damaged(k, "is none of the spec", err);
    json_t *cell = sweep_spec_cell(s, k);
    char *text = cell ? json_dumps(cell, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    const cisup_status status =
        !text ? CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a cell")
        : strcmp(text, parameters) != 0
            ? damaged(k, "its parameters are not those of the spec", err)
            : CISUP_OK;
    free(text);
    json_decref(cell);
    return status;
}

enum { RUN, EXCLUDED, ERROR, TERM, OPEN, WORST, INFEASIBLE, KINDS };
static const char *const kinds[KINDS] = {"run",  "excluded", "error",     "term",
                                         "open", "worst",    "infeasible"};

static int kind_of(const json_t *record) {
    const char *word = json_string_value(json_object_get(record, "record"));
    int kind = 0;
    while (kind < KINDS && !(word && strcmp(word, kinds[kind]) == 0)) kind++;
    return kind;
}

static cisup_index integer(const json_t *object, const char *name) {
    return json_integer_value(json_object_get(object, name));
}

/* How many lists of circuits left out there are. */
static cisup_index lists_of(const json_t *run) {
    const json_t *params = json_object_get(run, "params");
    const char *excluded = json_string_value(json_object_get(params, "exclude"));
    if (!excluded) return 0;
    return excluded[strspn(excluded, "0123456789")] ? 1 : integer(run, "networks_done");
}

/* Whether there are as many records of each kind as a run of these parameters leaves. */
static int is_complete(const json_t *run, const cisup_index count[KINDS]) {
    const json_t *p = json_object_get(run, "params");
    const double z = (double)json_array_size(json_object_get(p, "z"));
    const double cells = 2.0 * z * (double)integer(p, "L");
    const double terms =
        json_is_true(json_object_get(p, "terms")) ? cells * CISUP_TERM_TOTAL : 0.0;
    int quantities = 1;
    while (quantities < CISUP_QUANTITIES && (double)count[ERROR] != cells * quantities)
        quantities++;
    return count[RUN] == 1 && count[INFEASIBLE] == 0 && cells > 0.0 &&
           (double)count[ERROR] == cells * quantities && (double)count[TERM] == terms &&
           (double)count[OPEN] == cells / 2.0 * (double)integer(p, "d") &&
           (double)count[WORST] == z * (double)integer(p, "worst") &&
           count[EXCLUDED] == lists_of(run);
}

/* Counts the records of each kind; *run: the first one. json_decref frees it. */
static cisup_status count_records(cisup_index k, const char *records, json_t **run,
                                  cisup_index count[KINDS], cisup_error *err) {
    for (const char *at = records; *at;) {
        const size_t length = strcspn(at, "\n");
        if (!at[length]) return damaged(k, "a record is cut off", err);
        json_t *record = json_loadb(at, length, JSON_REJECT_DUPLICATES, NULL);
        const int kind = kind_of(record);
        if (!*run)
            *run = record;
        else
            json_decref(record);
        if (kind == KINDS) return damaged(k, "a line is no record", err);
        count[kind]++;
        at += length + 1;
    }
    return *run ? CISUP_OK : damaged(k, "it has no records", err);
}

cisup_status sweep_verify_records(cisup_index k, const char *records, cisup_error *err) {
    cisup_index count[KINDS] = {0};
    json_t *run = NULL;
    cisup_status status = count_records(k, records, &run, count, err);
    if (status == CISUP_OK) {
        const int first = kind_of(run);
        const cisup_index all = count[EXCLUDED] + count[ERROR] + count[TERM] +
                                count[OPEN] + count[WORST] + count[RUN];
        const int is_whole = first == INFEASIBLE
                                 ? all == 0 && count[INFEASIBLE] == 1
                                 : first == RUN && is_complete(run, count);
        if (!is_whole) status = damaged(k, "records are missing, or are too many", err);
    }
    json_decref(run);
    return status;
}
