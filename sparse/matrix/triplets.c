/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/matrix/triplets.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/matrix/products.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>

cisup_status cisup_triplets_append(cisup_triplets *t, cisup_entry e, cisup_error *err) {
    const cisup_status status =
        cisup_grow(&t->entry, &t->room, t->count + 1, sizeof *t->entry, err);
    if (status == CISUP_OK) t->entry[t->count++] = e;
    return status;
}

void cisup_triplets_free(cisup_triplets *t) {
    cisup_release(t->entry);
    *t = (cisup_triplets){0};
}

/* Fills the columns of a, each in the order of the list. */
static void scatter(const cisup_triplets *t, cisup_csc *a) {
    for (cisup_index k = 0; k < t->count; k++) {
        assert(t->entry[k].i >= 0 && t->entry[k].i < a->nrow);
        assert(t->entry[k].j >= 0 && t->entry[k].j < a->ncol);
        a->p[t->entry[k].j]++;
    }
    cisup_index start = 0;
    for (cisup_index j = 0; j <= a->ncol; j++) {
        const cisup_index length = a->p[j];
        a->p[j] = start;
        start += length;
    }
    for (cisup_index k = 0; k < t->count; k++) {
        const cisup_index at = a->p[t->entry[k].j]++;
        a->i[at] = t->entry[k].i;
        a->x[at] = t->entry[k].x;
    }
    /* p[j] has become the end of column j, which is where j + 1 starts. */
    for (cisup_index j = a->ncol; j > 0; j--) a->p[j] = a->p[j - 1];
    a->p[0] = 0;
}

static int is_increasing(const cisup_csc *a, cisup_index j) {
    for (cisup_index k = a->p[j] + 1; k < a->p[j + 1]; k++)
        if (a->i[k] <= a->i[k - 1]) return 0;
    return 1;
}

static int by_row_then_value(const void *left, const void *right) {
    const cisup_entry *a = left, *b = right;
    if (a->i != b->i) return a->i < b->i ? -1 : 1;
    return (a->x > b->x) - (a->x < b->x);
}

/* Sorts column j through `work`. */
static cisup_status sort_column(cisup_csc *a, cisup_index j, cisup_triplets *work,
                                cisup_error *err) {
    work->count = 0;
    for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
        const cisup_entry e = {a->i[k], j, a->x[k]};
        const cisup_status status = cisup_triplets_append(work, e, err);
        if (status != CISUP_OK) return status;
    }
    qsort(work->entry, (size_t)work->count, sizeof *work->entry, by_row_then_value);
    for (cisup_index k = 0; k < work->count; k++) {
        a->i[a->p[j] + k] = work->entry[k].i;
        a->x[a->p[j] + k] = work->entry[k].x;
    }
    return CISUP_OK;
}

/* Where in the list the entry (i, j) stands for the second time. */
static cisup_index second_place(const cisup_triplets *t, cisup_index i, cisup_index j) {
    int seen = 0;
    for (cisup_index k = 0; k < t->count; k++)
        if (t->entry[k].i == i && t->entry[k].j == j && seen++) return k;
    return -1;
}

/* The first entry of a sorted column that has the row of its predecessor, or -1. */
static cisup_index first_repeat(const cisup_csc *a, cisup_index j) {
    for (cisup_index k = a->p[j] + 1; k < a->p[j + 1]; k++)
        if (a->i[k] == a->i[k - 1]) return k;
    return -1;
}

/* Closes the gaps that summing repeats leaves. */
static cisup_status sum_repeats(cisup_csc *a, cisup_error *err) {
    cisup_index end = 0, first = 0;
    for (cisup_index j = 0; j < a->ncol; j++) {
        const cisup_index start = end;
        for (cisup_index k = first; k < a->p[j + 1]; k++) {
            if (end > start && a->i[end - 1] == a->i[k]) {
                a->x[end - 1] += a->x[k];
                if (isfinite(a->x[end - 1])) continue;
                return CISUP_FAIL(err, CISUP_EFORMAT,
                                  "the entries in row %" PRId64 ", column %" PRId64
                                  " add up to more than a double holds",
                                  a->i[k] + 1, j + 1);
            }
            a->i[end] = a->i[k];
            a->x[end++] = a->x[k];
        }
        first = a->p[j + 1];
        a->p[j + 1] = end;
    }
    return CISUP_OK;
}

cisup_status cisup_triplets_compress(const cisup_triplets *t, cisup_index nrow,
                                     cisup_index ncol, cisup_repeats repeats,
                                     cisup_index *repeated, cisup_csc *a,
                                     cisup_error *err) {
    cisup_triplets work = {0};
    cisup_status status;
    CISUP_TRY(cisup_csc_init(a, nrow, ncol, t->count, err));
    scatter(t, a);
    for (cisup_index j = 0; j < ncol; j++) {
        if (is_increasing(a, j)) continue;
        CISUP_TRY(sort_column(a, j, &work, err));
        const cisup_index k = first_repeat(a, j);
        if (k < 0 || repeats == CISUP_REPEATS_SUMMED) continue;
        if (repeated) *repeated = second_place(t, a->i[k], j);
        status = CISUP_FAIL(err, CISUP_EFORMAT,
                            "row %" PRId64 ", column %" PRId64 " is given twice",
                            a->i[k] + 1, j + 1);
        goto done;
    }
    if (repeats == CISUP_REPEATS_SUMMED) CISUP_TRY(sum_repeats(a, err));
    assert(cisup_csc_check(a, NULL) == CISUP_OK);
done:
    cisup_triplets_free(&work);
    if (status != CISUP_OK) cisup_csc_free(a);
    return status;
}
