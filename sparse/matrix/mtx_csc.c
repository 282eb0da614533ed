/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file's entries into a growing list, then by counting into columns. The counting is
 * stable, so that files sorted by column or by row need no sort. */
#include <cisup/sparse/mtx.h>

#include <cisup/core/base/storage.h>
#include <cisup/sparse/matrix/mtx_each.h>

/* Of an entry, at most (sparse/mtx.h). */
static const double entry_bytes = 88.0;

typedef struct {
    cisup_index nrow, ncol, first_line, last_line; /* of the entries */
    double memory;                                 /* 0: not limited */
    cisup_triplets list;
} collection;

static cisup_status take_sizes(void *context, cisup_index nrow, cisup_index ncol,
                               cisup_error *err) {
    (void)err;
    collection *c = context;
    c->nrow = nrow;
    c->ncol = ncol;
    return CISUP_OK;
}

static cisup_status take_entry(void *context, cisup_entry e, cisup_index line,
                               cisup_error *err) {
    collection *c = context;
    if (c->list.count == 0) c->first_line = line;
    c->last_line = line;
    if (c->memory > 0.0 && entry_bytes * (double)c->list.count >= c->memory) {
        char have[16];
        cisup_bytes_text(c->memory, have);
        return CISUP_FAIL(err, CISUP_ENOMEM,
                          "more entries than fit in the %s given; read strictly a file "
                          "may be larger",
                          have);
    }
    return cisup_triplets_append(&c->list, e, err);
}

cisup_status cisup_mtx_read_in(cisup_packed *file, const char *path,
                               const cisup_mtx_read_options *options, cisup_csc *a,
                               cisup_error *err) {
    *a = (cisup_csc){0};
    const int lenient = options && options->lenient;
    collection c = {.memory = options ? options->memory : 0.0};
    const cisup_mtx_visitor visitor = {&c, take_sizes, take_entry};
    cisup_index repeated = -1;
    cisup_status status = cisup_mtx_each_in(file, path, options, &visitor, err);
    if (status == CISUP_OK) {
        status = cisup_triplets_compress(
            &c.list, c.nrow, c.ncol,
            lenient ? CISUP_REPEATS_SUMMED : CISUP_REPEATS_REFUSED, &repeated, a, err);
        /* Strict files have one entry a line; a sum is known at the end. */
        const cisup_index line = repeated < 0 ? c.last_line + 1 : c.first_line + repeated;
        status = cisup_mtx_at(status, path, line, err);
    }
    cisup_triplets_free(&c.list);
    return status;
}

cisup_status cisup_mtx_read(const char *path, const cisup_mtx_read_options *options,
                            cisup_csc *a, cisup_error *err) {
    *a = (cisup_csc){0};
    cisup_packed file;
    cisup_status status = cisup_packed_open(&file, path, err);
    if (status != CISUP_OK) return cisup_mtx_at(status, path, 0, err);
    status = cisup_mtx_read_in(&file, path, options, a, err);
    cisup_packed_close(&file);
    return status;
}

cisup_status cisup_mtx_each(const char *path, const cisup_mtx_read_options *options,
                            const cisup_mtx_visitor *visitor, cisup_error *err) {
    cisup_packed file;
    cisup_status status = cisup_packed_open(&file, path, err);
    if (status != CISUP_OK) return cisup_mtx_at(status, path, 0, err);
    status = cisup_mtx_each_in(&file, path, options, visitor, err);
    cisup_packed_close(&file);
    return status;
}
