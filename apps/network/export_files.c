/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_files.h"

#include <cisup/core/base/outfile.h>
#include <cisup/sparse/matrix/products.h>

#include <errno.h>
#include <string.h>

/* As many entries as a file of it has: zeros are not written. */
static cisup_index entries_written(const cisup_csc *a) {
    cisup_index count = 0;
    for (cisup_index k = 0; k < a->p[a->ncol]; k++) count += a->x[k] != 0.0;
    return count;
}

static void note_file(export_files *x, const char *name, const char *what, cisup_index l,
                      const cisup_csc *a) {
    emit_append(&x->files,
                json_pack("{ss,ss,so,sI,sI,sI}", "file", name, "what", what, "layer",
                          l ? json_integer(l) : json_null(), "rows", a->nrow, "columns",
                          a->ncol, "entries", entries_written(a)));
}

cisup_status export_put(export_files *x, const char *stem, cisup_index l,
                        cisup_mtx_field field, const char *what, const cisup_csc *a,
                        cisup_error *err) {
    char name[64], metadata[160];
    const char *under = strchr(stem, '_');
    const int head = under ? (int)(under - stem) : (int)strlen(stem);
    const char *end = x->gzip ? ".mtx.gz" : ".mtx";
    if (l)
        (void)snprintf(name, sizeof name, "%.*s%" PRId64 "%s%s", head, stem, l,
                       under ? under : "", end);
    else
        (void)snprintf(name, sizeof name, "%s%s", stem, end);
    (void)snprintf(metadata, sizeof metadata, "{\"layer\":%" PRId64 ",\"what\":\"%s\"}",
                   l, what);
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.field = field;
    o.metadata = metadata;
    const char *path;
    cisup_status status = outdir_file(&x->dir, name, &path, err);
    if (status == CISUP_OK) status = cisup_mtx_write(path, a, &o, err);
    if (status == CISUP_OK) note_file(x, name, what, l, a);
    return status;
}

cisup_status export_column(export_files *x, const char *stem, cisup_index l,
                           const char *what, const double *b, cisup_index D,
                           cisup_error *err) {
    cisup_csc column = {0};
    cisup_status status;
    CISUP_TRY(cisup_csc_of_dense(&column, D, 1, b, err));
    CISUP_TRY(export_put(x, stem, l, CISUP_MTX_REAL, what, &column, err));
done:
    cisup_csc_free(&column);
    return status;
}

cisup_status export_json(export_files *x, const char *name, json_t *whole, size_t form,
                         cisup_error *err) {
    const char *path;
    cisup_outfile file = {0};
    cisup_status status;
    CISUP_TRY(outdir_file(&x->dir, name, &path, err));
    CISUP_TRY(cisup_outfile_open(&file, path, CISUP_KEEP_EXISTING, err));
    errno = 0;
    if (!whole || json_dumpf(whole, file.stream, form | JSON_REAL_PRECISION(17)) != 0)
        status =
            ferror(file.stream)
                ? CISUP_FAIL(err, CISUP_EIO, "cannot write %s: %s", path, strerror(errno))
                : CISUP_FAIL(err, CISUP_ENOMEM, "no memory for %s", name);
    else
        (void)putc('\n', file.stream);
    if (status == CISUP_OK) status = cisup_outfile_commit(&file, err);
done:
    cisup_outfile_discard(&file);
    json_decref(whole);
    return status;
}

cisup_status export_manifest(export_files *x, const cisup_record *r, cisup_error *err) {
    json_t *manifest = record_json(r);
    emit_set(&manifest, "files", json_incref(x->files));
    return export_json(x, "manifest.json", manifest, JSON_INDENT(1), err);
}
