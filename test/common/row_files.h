/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of rows: written in any order, and compared with what is read. */
#ifndef CISUP_TEST_ROW_FILES_H
#define CISUP_TEST_ROW_FILES_H

#include "common/check.h"
#include "common/scratch.h"

#include <cisup/sparse/row_file.h>

typedef enum { CSV, MTX, MTX_GZ, FORMATS } format;
static const char *const name_of[FORMATS] = {"a.csv", "a.mtx", "a.mtx.gz"};

static inline cisup_allocation random_rows(cisup_rng *rng, cisup_index N, cisup_index S,
                                           cisup_index T) {
    cisup_allocation a;
    cisup_index row[64];
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a.slot[t * S + k] = (int32_t)row[k];
    }
    a.slot[S - 1] = (int32_t)(N - 1); /* CSV takes N from the largest */
    return a;
}

static inline void check_rows(const cisup_row_file *f, const cisup_allocation *a) {
    assert_int_equal(f->N, a->N);
    assert_int_equal(f->S, a->S);
    assert_int_equal(f->T, a->T);
    assert_int_equal(f->bad_circuit, -1);
    const cisup_rows rows = cisup_row_file_rows(f);
    int32_t *all;
    CHECK_OK(cisup_new(&all, a->T * a->S, sizeof *all, &error_));
    const cisup_index half = a->T / 2;
    if (half > 0) CHECK_OK(rows.fill(rows.from, 0, half, all, &error_));
    CHECK_OK(rows.fill(rows.from, half, a->T - half, all + half * a->S, &error_));
    assert_memory_equal(all, a->slot, (size_t)(a->T * a->S) * sizeof *all);
    cisup_release(all);
}

static inline int drop_files(void **state) {
    for (format form = CSV; form < FORMATS; form++) scratch_drop(name_of[form]);
    return scratch_remove(state);
}

#endif
