/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export_as.h"

#include <cisup/core/memory.h>
#include <cisup/sparse/files/npz.h>

/* A copy without zeros. */
static cisup_status without_zeros(const cisup_csc *a, cisup_csc *out, cisup_error *err) {
    cisup_index count = 0;
    for (cisup_index k = 0; k < a->p[a->ncol]; k++) count += a->x[k] != 0.0;
    const cisup_status status = cisup_csc_init(out, a->nrow, a->ncol, count, err);
    if (status != CISUP_OK) return status;
    cisup_index at = 0;
    for (cisup_index j = 0; j < a->ncol; j++) {
        for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
            if (a->x[k] == 0.0) continue;
            out->i[at] = a->i[k];
            out->x[at++] = a->x[k];
        }
        out->p[j + 1] = at;
    }
    return CISUP_OK;
}

static cisup_array indices(const char *name, const cisup_index *x, cisup_index count) {
    return (cisup_array){name, CISUP_ARRAY_INDEX, 1, {count}, x};
}

static cisup_array values(const char *name, const cisup_csc *a) {
    return (cisup_array){name, CISUP_ARRAY_DOUBLE, 1, {a->p[a->ncol]}, a->x};
}

cisup_status export_npz(const char *path, const cisup_csc *a, cisup_error *err) {
    const cisup_index shape[] = {a->nrow, a->ncol};
    cisup_csc some = {0};
    cisup_npz file = {0};
    cisup_status status;
    CISUP_TRY(without_zeros(a, &some, err));
    const cisup_array parts[] = {
        indices("indices", some.i, some.p[some.ncol]),
        indices("indptr", some.p, some.ncol + 1),
        {"format", CISUP_ARRAY_TEXT, 0, {0}, "csc"},
        indices("shape", shape, 2),
        values("data", &some),
    };
    CISUP_TRY(cisup_npz_open(&file, path, CISUP_KEEP_EXISTING, err));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        CISUP_TRY(cisup_npz_add(&file, &parts[k], err));
    CISUP_TRY(cisup_npz_commit(&file, err));
done:
    cisup_npz_discard(&file);
    cisup_csc_free(&some);
    return status;
}

static cisup_status add(cisup_safetensors *to, const char *name, const char *part,
                        cisup_array a, cisup_error *err) {
    char whole[100];
    (void)snprintf(whole, sizeof whole, "%s.%s", name, part);
    a.name = whole;
    return cisup_safetensors_add(to, &a, err);
}

cisup_status export_tensors(cisup_safetensors *to, const char *name, const cisup_csc *a,
                            cisup_error *err) {
    const cisup_index shape[] = {a->nrow, a->ncol};
    cisup_csc some = {0};
    cisup_status status;
    CISUP_TRY(without_zeros(a, &some, err));
    CISUP_TRY(add(to, name, "ccol_indices", indices("", some.p, some.ncol + 1), err));
    CISUP_TRY(add(to, name, "row_indices", indices("", some.i, some.p[some.ncol]), err));
    CISUP_TRY(add(to, name, "values", values("", &some), err));
    CISUP_TRY(add(to, name, "size", indices("", shape, 2), err));
done:
    cisup_csc_free(&some);
    return status;
}
