/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocation files as rows: two letters of options, then the file. With GENERATED each
 * two bytes are a circuit and a neuron, so that a small input has enough entries to spill
 * and to need windows. Little memory gives what much memory gives, or is too little. */
#include "fuzz.h"

#include <cisup/core/allocation/rows_check.h>
#include <cisup/sparse/row_file.h>

enum { LENIENT = 1, CSV = 2, FIX_S = 4, FIX_NEURONS = 8, GENERATED = 64 };
enum { MOST_PAIRS = 4096, MOST_COMPARED = 256 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static const char *generate(char path[300], int is_csv, const uint8_t *data,
                            size_t size) {
    static char text[MOST_PAIRS * 16 + 100];
    const size_t pairs = size / 2 < MOST_PAIRS ? size / 2 : MOST_PAIRS;
    unsigned circuits = 0, at = 0;
    for (size_t k = 0; k < pairs; k++)
        if (data[2 * k] >= circuits) circuits = data[2 * k] + 1U;
    at += (unsigned)sprintf(text,
                            is_csv ? "circuit,neuron\n"
                                   : "%%%%MatrixMarket matrix coordinate pattern general"
                                     "\n256 %u %zu\n",
                            circuits, pairs);
    for (size_t k = 0; k < pairs; k++) {
        const unsigned t = data[2 * k], n = data[2 * k + 1];
        at += (unsigned)(is_csv ? sprintf(text + at, "%u,%u\n", t, n)
                                : sprintf(text + at, "%u %u\n", n + 1, t + 1));
    }
    return fuzz_file(path, is_csv ? "in.csv" : "in.mtx", text, at);
}

static cisup_status open_rows(const char *path, const cisup_row_file_options *o,
                              cisup_row_file *f) {
    cisup_error err = {0};
    const cisup_status status = cisup_row_file_open(path, o, f, &err);
    if (status == CISUP_OK) return status;
    fuzz_check_error(status, &err);
    FUZZ_CHECK(status == CISUP_EFORMAT || status == CISUP_EIO || status == CISUP_ENOMEM,
               "%s", err.text);
    return status;
}

/* The rows of both files one by one, in order and the same. */
static void compare(const cisup_row_file *f, const cisup_row_file *g) {
    const cisup_rows left = cisup_row_file_rows(f), right = cisup_row_file_rows(g);
    int32_t *row;
    cisup_error err = {0};
    FUZZ_CHECK(cisup_new(&row, 2 * f->S, sizeof *row, &err) == CISUP_OK, "%s", err.text);
    for (cisup_index t = 0; t < f->T && t < MOST_COMPARED; t++) {
        FUZZ_CHECK(left.fill(left.from, t, 1, row, &err) == CISUP_OK, "%s", err.text);
        FUZZ_CHECK(right.fill(right.from, t, 1, row + f->S, &err) == CISUP_OK, "%s",
                   err.text);
        FUZZ_CHECK(cisup_rows_fault(row, 1, f->S, f->N) == -1, "row %" PRId64, t);
        FUZZ_CHECK(!memcmp(row, row + f->S, (size_t)f->S * sizeof *row), "row %" PRId64,
                   t);
    }
    cisup_release(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const unsigned letter = fuzz_take(&data, &size), second = fuzz_take(&data, &size);
    const int is_csv = !!(letter & CSV);
    cisup_row_file_options o = {.lenient = letter & LENIENT, .memory = 1e7};
    cisup_row_file much = {0}, little = {0};
    char path[300];
    if (letter & FIX_S) o.S = 1 + second % 8;
    if (letter & FIX_NEURONS) o.neurons = 1 + second;
    if (letter & GENERATED)
        generate(path, is_csv, data, size);
    else
        fuzz_file(path, is_csv ? "in.csv" : "in.mtx", data, size);
    const cisup_status status = open_rows(path, &o, &much);
    o.memory = 1000.0;
    const cisup_status again = open_rows(path, &o, &little);
    FUZZ_CHECK(status == again || again == CISUP_ENOMEM,
               "%d with much memory, %d with little", status, again);
    if (status == CISUP_OK && again == CISUP_OK) {
        FUZZ_CHECK(much.N == little.N && much.S == little.S && much.T == little.T,
                   "another shape");
        FUZZ_CHECK(much.bad_circuit == little.bad_circuit, "%" PRId64 " %" PRId64,
                   much.bad_circuit, little.bad_circuit);
        if (much.bad_circuit < 0) compare(&much, &little);
    }
    cisup_row_file_close(&much);
    cisup_row_file_close(&little);
    fuzz_end();
    return 0;
}
