/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "active.h"

#include "common/beside.h"

#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/numbers.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void active_file_free(active_file *a) {
    free(a->path);
    cisup_release(a->start);
    cisup_release(a->circuit);
    *a = (active_file){0};
}

/* The file as it is read. */
typedef struct {
    active_file *to;
    cisup_index sets, start_room, circuit_room;
} reading;

static cisup_status add_circuit(reading *r, const char *text, cisup_error *err) {
    active_file *a = r->to;
    cisup_index *count = &a->start[r->sets + 1], circuit;
    cisup_status status;
    CISUP_TRY(cisup_parse_index(text, "circuit", &circuit, err));
    if (circuit < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "circuit %" PRId64 ": counted from 0",
                          circuit);
    CISUP_TRY(
        cisup_grow(&a->circuit, &r->circuit_room, *count + 1, sizeof *a->circuit, err));
    a->circuit[(*count)++] = circuit;
    if (circuit > a->largest) {
        a->largest = circuit;
        a->largest_line = r->sets + 1;
    }
done:
    return status;
}

/* Set number r->sets from the line after that number. */
static cisup_status add_set(reading *r, char *line, cisup_error *err) {
    active_file *a = r->to;
    char *rest;
    cisup_status status;
    CISUP_TRY(cisup_grow(&a->start, &r->start_room, r->sets + 2, sizeof *a->start, err));
    if (r->sets == 0) a->start[0] = 0;
    const cisup_index first = a->start[r->sets + 1] = a->start[r->sets];
    for (char *word = strtok_r(line, " \t,\r\n", &rest); word;
         word = strtok_r(NULL, " \t,\r\n", &rest))
        CISUP_TRY(add_circuit(r, word, err));
    const cisup_index size = a->start[r->sets + 1] - first;
    cisup_index *set = a->circuit + first;
    if (size > 0) qsort(set, (size_t)size, sizeof *set, cisup_ascending);
    for (cisup_index k = 1; k < size; k++)
        if (set[k] == set[k - 1])
            return CISUP_FAIL(err, CISUP_EFORMAT, "circuit %" PRId64 " a second time",
                              set[k]);
    if (size > a->most) a->most = size;
    r->sets++;
done:
    return status;
}

static cisup_status read_lines(reading *r, FILE *from, cisup_error *err) {
    const char *path = r->to->path;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    cisup_status status = CISUP_OK;
    errno = 0;
    while (status == CISUP_OK && (length = getline(&line, &room, from)) >= 0) {
        status = memchr(line, 0, (size_t)length)
                     ? CISUP_FAIL(err, CISUP_EFORMAT, "a NUL byte")
                     : add_set(r, line, err);
        status = cisup_csv_at(status, path, r->sets + 1, err);
    }
    if (status == CISUP_OK && !feof(from))
        status = CISUP_FAIL(err, CISUP_EIO, "%s: %s", path, strerror(errno));
    if (status == CISUP_OK && r->sets == 0)
        status = CISUP_FAIL(err, CISUP_EFORMAT, "%s: no set in it", path);
    free(line);
    return status;
}

cisup_status active_file_read(active_file *a, const char *text, const char *folder,
                              cisup_error *err) {
    reading r = {.to = a};
    FILE *from = NULL;
    *a = (active_file){.largest = -1};
    cisup_status status;
    CISUP_TRY(beside(folder, text, &a->path, err));
    from = fopen(a->path, "r");
    if (!from) {
        status = CISUP_FAIL(err, CISUP_EIO, "%s: %s", a->path, strerror(errno));
        goto done;
    }
    CISUP_TRY(read_lines(&r, from, err));
    a->sets = (cisup_active_sets){a->start, a->circuit, r.sets};
done:
    if (from) fclose(from);
    if (status != CISUP_OK) active_file_free(a);
    return status;
}

cisup_status active_file_check(const active_file *a, cisup_index T, cisup_error *err) {
    if (!a->path || a->largest < T) return CISUP_OK;
    const cisup_status status =
        CISUP_FAIL(err, CISUP_EFORMAT,
                   "circuit %" PRId64 ", but the last of T = %" PRId64 " is %" PRId64,
                   a->largest, T, T - 1);
    return cisup_csv_at(status, a->path, a->largest_line, err);
}
