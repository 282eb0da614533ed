/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows that go to a temporary file when they no longer fit, and come back from it. */
#include "row_spill.h"

#include <cisup/core/memory.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cisup_status spill_open(cisup_row_file *f, cisup_error *err) {
    const char *folder = getenv("TMPDIR");
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/cisup-XXXXXX",
                                folder && *folder ? folder : "/tmp");
    f->descriptor = length < (int)sizeof path ? mkstemp(path) : -1;
    if (f->descriptor < 0)
        return CISUP_FAIL(err, CISUP_EIO, "cannot make a temporary file %.300s: %s", path,
                          strerror(errno));
    (void)unlink(path);
    f->has_spilled = 1;
    return CISUP_OK;
}

cisup_status cisup_spill_write(cisup_row_file *f, cisup_index *slots, cisup_error *err) {
    const char *from = (const char *)f->slot;
    size_t left = (size_t)*slots * sizeof *f->slot;
    if (!f->has_spilled) {
        const cisup_status status = spill_open(f, err);
        if (status != CISUP_OK) return status;
    }
    while (left > 0) {
        const ssize_t done = write(f->descriptor, from, left);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            return CISUP_FAIL(err, CISUP_EIO, "cannot write to a temporary file: %s",
                              strerror(errno));
        from += done;
        left -= (size_t)done;
    }
    *slots = 0;
    return CISUP_OK;
}

cisup_status cisup_spill_reset(cisup_row_file *f, cisup_error *err) {
    if (!f->has_spilled) return CISUP_OK;
    if (ftruncate(f->descriptor, 0) == 0 && lseek(f->descriptor, 0, SEEK_SET) == 0)
        return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EIO, "cannot empty a temporary file: %s",
                      strerror(errno));
}

static cisup_status fill_spilled(const void *from, cisup_index first, cisup_index count,
                                 int32_t *out, cisup_error *err) {
    const cisup_row_file *f = from;
    char *to = (char *)out;
    size_t left = (size_t)(count * f->width) * sizeof *out;
    off_t at = (off_t)(first * f->width * (cisup_index)sizeof *out);
    while (left > 0) {
        const ssize_t done = pread(f->descriptor, to, left, at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            return CISUP_FAIL(err, CISUP_EIO, "cannot read a temporary file: %s",
                              done < 0 ? strerror(errno) : "it has become shorter");
        to += done;
        at += done;
        left -= (size_t)done;
    }
    return CISUP_OK;
}

static cisup_status fill_held(const void *from, cisup_index first, cisup_index count,
                              int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_row_file *f = from;
    memcpy(out, f->slot + first * f->width, (size_t)(count * f->width) * sizeof *out);
    return CISUP_OK;
}

cisup_rows cisup_row_file_rows(const cisup_row_file *f) {
    return (cisup_rows){f->N + f->added,
                        f->width,
                        f->T,
                        f->has_spilled ? fill_spilled : fill_held,
                        f,
                        f->has_spilled ? NULL : f->slot};
}

void cisup_row_file_close(cisup_row_file *f) {
    if (f->has_spilled) (void)close(f->descriptor);
    cisup_release(f->slot);
    *f = (cisup_row_file){0};
}
