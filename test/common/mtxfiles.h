/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix Market files in the scratch folder. */
#ifndef CISUP_TEST_MTXFILES_H
#define CISUP_TEST_MTXFILES_H

#include "check.h"
#include "matrices.h"
#include "scratch.h"

#include <cisup/sparse/matrix/products.h>
#include <cisup/sparse/mtx.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static inline void write_as(const char *name, const cisup_csc *a, cisup_mtx_field field) {
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.field = field;
    o.overwrite = CISUP_REPLACE_EXISTING;
    CHECK_OK(cisup_mtx_write(scratch_path(name), a, &o, &error_));
}

/* Also checks what is promised of the matrix either way. */
static inline cisup_status read_mtx(const char *name, int lenient, cisup_csc *a,
                                    cisup_error *err) {
    const cisup_mtx_read_options o = {.lenient = lenient};
    *err = (cisup_error){0};
    const cisup_status status = cisup_mtx_read(scratch_path(name), &o, a, err);
    if (status == CISUP_OK) CHECK_OK(cisup_csc_check(a, &error_));
    if (status != CISUP_OK) assert_null(a->p);
    return status;
}

#endif
