/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations in files whose content tells the format: a letter of options, then the
 * file. Little memory gives what much memory gives, or is too little; rows that are
 * written a circuit a line are read back. */
#include "fuzz.h"

#include <cisup/core/allocation/rows_check.h>
#include <cisup/sparse/allocation_file.h>
#include <cisup/sparse/row_file.h>

enum { ONE_BASED = 1, TRANSPOSED = 2, FIX_NEURONS = 4, LENIENT = 8 };
enum { MOST_SLOTS = 1 << 16 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static cisup_status open_rows(const char *path, const cisup_row_file_options *o,
                              cisup_row_file *f) {
    cisup_error err = {0};
    const cisup_status status = cisup_row_file_open(path, o, f, &err);
    if (status == CISUP_OK) return status;
    fuzz_check_error(status, &err);
    FUZZ_CHECK(status == CISUP_EFORMAT || status == CISUP_ENOMEM ||
                   (status == CISUP_EINVAL && o->transposed),
               "%s", err.text);
    return status;
}

/* All rows; for cisup_release. */
static int32_t *rows_of(const cisup_row_file *f) {
    const cisup_rows rows = cisup_row_file_rows(f);
    cisup_error err = {0};
    int32_t *slot;
    FUZZ_CHECK(cisup_new(&slot, rows.T * rows.S, sizeof *slot, &err) == CISUP_OK, "%s",
               err.text);
    FUZZ_CHECK(rows.fill(rows.from, 0, rows.T, slot, &err) == CISUP_OK, "%s", err.text);
    FUZZ_CHECK(cisup_rows_fault(slot, rows.T, rows.S, rows.N) == -1, "rows");
    return slot;
}

static void compare(const cisup_row_file *f, const cisup_row_file *g) {
    int32_t *left = rows_of(f), *right = rows_of(g);
    FUZZ_CHECK(f->width == g->width && f->T == g->T, "another shape");
    FUZZ_CHECK(!memcmp(left, right, (size_t)(f->T * f->width) * sizeof *left), "rows");
    cisup_release(left);
    cisup_release(right);
}

static void write_and_read(const cisup_row_file *f) {
    int32_t *slot = rows_of(f);
    const cisup_allocation a = {.N = f->N, .S = f->S, .T = f->T, .slot = slot};
    const cisup_row_file_options o = {.neurons = f->N, .memory = 1e7};
    cisup_row_file again;
    char path[300];
    cisup_error err = {0};
    FUZZ_CHECK(cisup_allocation_file_write(fuzz_path(path, "out.blocks"), &a, "{}",
                                           CISUP_REPLACE_EXISTING, &err) == CISUP_OK,
               "%s", err.text);
    FUZZ_CHECK(open_rows(path, &o, &again) == CISUP_OK, "written and not read");
    compare(f, &again);
    cisup_row_file_close(&again);
    cisup_release(slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const unsigned letter = fuzz_take(&data, &size);
    cisup_row_file_options o = {.memory = 1e7,
                                .one_based = !!(letter & ONE_BASED),
                                .transposed = !!(letter & TRANSPOSED),
                                .lenient = !!(letter & LENIENT),
                                .neurons = letter & FIX_NEURONS ? 100 : 0};
    cisup_row_file much = {0}, little = {0};
    char path[300];
    fuzz_file(path, "in", data, size);
    const cisup_status status = open_rows(path, &o, &much);
    o.memory = 1000.0;
    const cisup_status again = open_rows(path, &o, &little);
    FUZZ_CHECK(status == again || again == CISUP_ENOMEM,
               "%d with much memory, %d with little", status, again);
    if (status == CISUP_OK && again == CISUP_OK)
        FUZZ_CHECK(much.N == little.N && much.S == little.S && much.T == little.T &&
                       much.bad_circuit == little.bad_circuit &&
                       much.format == little.format,
                   "another shape");
    const int is_small = much.has_rows && much.T <= MOST_SLOTS / much.width;
    if (is_small && little.has_rows) compare(&much, &little);
    if (is_small && much.bad_circuit < 0) write_and_read(&much);
    cisup_row_file_close(&much);
    cisup_row_file_close(&little);
    fuzz_end();
    return 0;
}
