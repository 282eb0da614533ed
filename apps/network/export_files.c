/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_files.h"

#include "export_as.h"

#include <cisup/core/base/outfile.h>
#include <cisup/sparse/matrix/products.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As many entries as a file of it has: zeros are not written. */
static cisup_index entries_written(const cisup_csc *a) {
    cisup_index count = 0;
    for (cisup_index k = 0; k < a->p[a->ncol]; k++) count += a->x[k] != 0.0;
    return count;
}

/* file: with its end; name: of the matrix. */
static void note_file(export_files *x, const char *file, const char *name,
                      const char *what, cisup_index l, const cisup_csc *a) {
    const char *tensor = x->as == EXPORT_SAFETENSORS ? name : NULL;
    emit_append(&x->files, json_pack("{ss,ss*,ss,so,sI,sI,sI}", "file", file, "tensor",
                                     tensor, "what", what, "layer",
                                     l ? json_integer(l) : json_null(), "rows", a->nrow,
                                     "columns", a->ncol, "entries", entries_written(a)));
}

/* STEM<l>, with what follows a "_" behind the number. */
static void name_of(char name[64], const char *stem, cisup_index l) {
    const char *under = strchr(stem, '_');
    const int head = under ? (int)(under - stem) : (int)strlen(stem);
    if (l)
        (void)snprintf(name, 64, "%.*s%" PRId64 "%s", head, stem, l, under ? under : "");
    else
        (void)snprintf(name, 64, "%s", stem);
}

static const char tensors_file[] = "network.safetensors";

/* dense: NULL, or what goes among the tensors. */
static cisup_status put_tensors(export_files *x, const char *name, const cisup_csc *a,
                                cisup_array *dense, cisup_error *err) {
    const char *path;
    cisup_status status = CISUP_OK;
    if (!x->tensors.head) {
        CISUP_TRY(outdir_file(&x->dir, tensors_file, &path, err));
        CISUP_TRY(cisup_safetensors_open(&x->tensors, path, CISUP_KEEP_EXISTING, err));
    }
    if (!dense) return export_tensors(&x->tensors, name, a, err);
    dense->name = name;
    status = cisup_safetensors_add(&x->tensors, dense, err);
done:
    return status;
}

static cisup_status put_mtx(const char *path, cisup_index l, cisup_mtx_field field,
                            const char *what, const cisup_csc *a, cisup_error *err) {
    char metadata[160];
    (void)snprintf(metadata, sizeof metadata, "{\"layer\":%" PRId64 ",\"what\":\"%s\"}",
                   l, what);
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.field = field;
    o.metadata = metadata;
    return cisup_mtx_write(path, a, &o, err);
}

cisup_status export_put(export_files *x, const char *stem, cisup_index l,
                        cisup_mtx_field field, const char *what, const cisup_csc *a,
                        cisup_error *err) {
    char name[64], file[80];
    const char *path;
    cisup_status status;
    name_of(name, stem, l);
    if (x->as == EXPORT_SAFETENSORS) {
        (void)snprintf(file, sizeof file, "%s", tensors_file);
        CISUP_TRY(put_tensors(x, name, a, NULL, err));
    } else {
        (void)snprintf(file, sizeof file, "%s%s", name,
                       x->as == EXPORT_NPZ ? ".npz"
                       : x->gzip           ? ".mtx.gz"
                                           : ".mtx");
        CISUP_TRY(outdir_file(&x->dir, file, &path, err));
        CISUP_TRY(x->as == EXPORT_NPZ ? export_npz(path, a, err)
                                      : put_mtx(path, l, field, what, a, err));
    }
    note_file(x, file, name, what, l, a);
done:
    return status;
}

cisup_status export_dense(export_files *x, const char *stem, cisup_index l,
                          const char *what, const cisup_csc *a, cisup_array dense,
                          cisup_error *err) {
    char name[64];
    if (x->as != EXPORT_SAFETENSORS)
        return export_put(x, stem, l, CISUP_MTX_REAL, what, a, err);
    name_of(name, stem, l);
    const cisup_status status = put_tensors(x, name, a, &dense, err);
    if (status == CISUP_OK) note_file(x, tensors_file, name, what, l, a);
    return status;
}

cisup_status export_column(export_files *x, const char *stem, cisup_index l,
                           const char *what, const double *b, cisup_index D,
                           cisup_error *err) {
    cisup_csc column = {0};
    cisup_status status;
    CISUP_TRY(cisup_csc_of_dense(&column, D, 1, b, err));
    CISUP_TRY(export_dense(x, stem, l, what, &column,
                           (cisup_array){NULL, CISUP_ARRAY_DOUBLE, 1, {D}, b}, err));
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

/* Metadata are texts; "format" is what PyTorch's users look for. */
static cisup_status close_tensors(export_files *x, const cisup_record *r,
                                  cisup_error *err) {
    cisup_status status = CISUP_OK;
    if (!x->tensors.head) return status;
    json_t *record = record_json(r);
    char *params = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_t *metadata = json_pack("{ss,ss}", "format", "pt", "cisup", params);
    char *text = json_dumps(metadata, JSON_COMPACT);
    if (record && params && text)
        status = cisup_safetensors_commit(&x->tensors, text, err);
    else
        status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the metadata of tensors");
    free(text);
    json_decref(metadata);
    free(params);
    json_decref(record);
    return status;
}

cisup_status export_manifest(export_files *x, const cisup_record *r, cisup_error *err) {
    const cisup_status status = close_tensors(x, r, err);
    if (status != CISUP_OK) return status;
    json_t *manifest = record_json(r);
    emit_set(&manifest, "files", json_incref(x->files));
    return export_json(x, "manifest.json", manifest, JSON_INDENT(1), err);
}

void export_files_free(export_files *x) {
    cisup_safetensors_discard(&x->tensors);
    json_decref(x->files);
    x->files = NULL;
}
