/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exclude.h"

#include "common/beside.h"
#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <stdlib.h>
#include <string.h>

void exclusion_free(exclusion *e) {
    cisup_release(e->list);
    *e = (exclusion){0};
}

/* A circuit and the line that names it. */
typedef struct {
    cisup_index circuit, line;
} entry;

typedef struct {
    entry *entry; /* [count] */
    cisup_index count, room;
} reading;

static int by_circuit(const void *left, const void *right) {
    const entry *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static cisup_status add_row(void *context, const char *const *field, cisup_error *err) {
    reading *r = context;
    cisup_index circuit;
    cisup_status status;
    CISUP_TRY(cisup_parse_index(field[0], "circuit", &circuit, err));
    if (circuit < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "circuit %" PRId64 ": counted from 0",
                          circuit);
    CISUP_TRY(cisup_grow(&r->entry, &r->room, r->count + 1, sizeof *r->entry, err));
    r->entry[r->count++] = (entry){circuit, cisup_csv_line(field)};
done:
    return status;
}

static cisup_status read_file(exclusion *e, const char *path, cisup_error *err) {
    reading r = {0};
    cisup_status status;
    CISUP_TRY(cisup_csv_read(path, "circuit", add_row, &r, err));
    if (r.count == 0) {
        status = CISUP_FAIL(err, CISUP_EFORMAT, "%s: no circuit in it", path);
        goto done;
    }
    qsort(r.entry, (size_t)r.count, sizeof *r.entry, by_circuit);
    CISUP_TRY(cisup_new(&e->list, r.count, sizeof *e->list, err));
    for (cisup_index k = 0; k < r.count; k++) {
        e->list[k] = r.entry[k].circuit;
        if (k == 0 || e->list[k] > e->list[k - 1]) continue;
        status = CISUP_FAIL(err, CISUP_EFORMAT, "circuit %" PRId64 " a second time",
                            e->list[k]);
        status = cisup_csv_at(status, path, r.entry[k].line, err);
        goto done;
    }
    e->count = r.count;
    e->last_line = r.entry[r.count - 1].line;
done:
    cisup_release(r.entry);
    return status;
}

cisup_status exclusion_read(exclusion *e, const char *text, const char *folder,
                            cisup_index z_count, cisup_error *err) {
    char *path = NULL;
    *e = (exclusion){.text = text};
    if (!text) return CISUP_OK;
    cisup_status status;
    if (*text && strspn(text, "0123456789") == strlen(text)) {
        e->by_network = 1;
        status = cisup_parse_index(text, "--exclude", &e->count, NULL);
        if (status != CISUP_OK)
            status = CISUP_FAIL(err, CISUP_EINVAL, "--exclude %s: too large", text);
        else if (e->count == 0)
            status = CISUP_FAIL(err, CISUP_EINVAL, "--exclude 0: nothing to leave out");
        else if (z_count > 1)
            status = CISUP_FAIL(err, CISUP_EINVAL,
                                "--exclude %s: the worst circuits are those of one z; "
                                "give -z a single value",
                                text);
    } else {
        CISUP_TRY(beside(folder, text, &path, err));
        CISUP_TRY(read_file(e, path, err));
    }
done:
    free(path);
    if (status != CISUP_OK) exclusion_free(e);
    return status;
}

cisup_status exclusion_check(const exclusion *e, cisup_index T, cisup_index z,
                             cisup_error *err) {
    if (e->count && !e->by_network && e->list[e->count - 1] >= T) {
        const cisup_status status =
            CISUP_FAIL(err, CISUP_EFORMAT,
                       "circuit %" PRId64 ", but the last of T = %" PRId64 " is %" PRId64,
                       e->list[e->count - 1], T, T - 1);
        return cisup_csv_at(status, e->text, e->last_line, err);
    }
    if (T - e->count < z)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--exclude %s: leaves %" PRId64 " of T = %" PRId64
                          " circuits for z = %" PRId64,
                          e->text, T > e->count ? T - e->count : 0, T, z);
    return CISUP_OK;
}

static cisup_status find_worst(exclusion *e, cisup_experiment *x, cisup_error *err) {
    cisup_experiment first = *x;
    cisup_report report = {0};
    cisup_status status;
    first.terms = 0;
    first.worst = e->count;
    CISUP_TRY(cisup_experiment_run(&first, &report, err));
    cisup_release(e->list);
    CISUP_TRY(cisup_new(&e->list, report.networks * e->count, sizeof *e->list, err));
    for (cisup_index k = 0; k < report.networks * e->count; k++)
        e->list[k] = report.result[0].ranked[k].circuit;
    for (cisup_index k = 0; k < report.networks; k++)
        qsort(e->list + k * e->count, (size_t)e->count, sizeof *e->list, cisup_ascending);
    x->networks = report.networks;
done:
    cisup_report_free(&report);
    return status;
}

cisup_status exclusion_apply(exclusion *e, cisup_experiment *x, cisup_error *err) {
    cisup_status status = CISUP_OK;
    if (e->by_network) CISUP_TRY(find_worst(e, x, err));
    x->exclude = (cisup_exclusion){e->list, e->count, e->by_network};
done:
    return status;
}
