/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Circuits and their inputs: three letters of options (T, L), the file of circuits and,
 * behind the character @, that of the inputs. */
#include "fuzz.h"

#include <cisup/core/assumptions.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>

enum { SET_T = 1, SET_L = 2, GATE = 4 };
static const double most_work = 1e6;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static void check_status(cisup_status status, const cisup_error *err) {
    if (status == CISUP_OK) return;
    fuzz_check_error(status, err);
    FUZZ_CHECK(status != CISUP_EINFEASIBLE && status != CISUP_EINVARIANT, "%s",
               err->text);
}

static void use(const cisup_circuits *c) {
    const double T = (double)c->T, d = (double)c->d;
    cisup_assumptions found;
    cisup_circuits kept, repeated;
    cisup_error err = {0};
    const cisup_index last = c->T - 1;
    if ((double)c->layers * T * T * d * d > most_work) return;
    FUZZ_CHECK(cisup_assumptions_check(c, &found, &err) == CISUP_OK, "%s", err.text);
    FUZZ_CHECK(cisup_circuits_keep(&kept, c, &last, 1, &err) == CISUP_OK, "%s", err.text);
    FUZZ_CHECK(cisup_circuits_repeat(&repeated, &kept, 3, &err) == CISUP_OK, "%s",
               err.text);
    for (cisup_index k = 0; k < c->d * c->d; k++)
        FUZZ_CHECK(cisup_circuits_weights(c, 1, last)[k] ==
                       cisup_circuits_weights(&repeated, 1, 2)[k],
                   "weight %" PRId64, k);
    cisup_circuits_free(&kept);
    cisup_circuits_free(&repeated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const unsigned letter = fuzz_take(&data, &size);
    const unsigned T = fuzz_take(&data, &size) % 16, L = fuzz_take(&data, &size) % 8;
    const cisup_circuits_csv_options o = {.T = letter & SET_T ? T : 0,
                                          .L = letter & SET_L ? L : 0,
                                          .gate = !!(letter & GATE),
                                          .margin = 1.0};
    const uint8_t *between = size ? memchr(data, '@', size) : NULL;
    const uint8_t *inputs = between ? between + 1 : NULL;
    char path[300];
    cisup_circuits c;
    cisup_error err = {0};
    fuzz_file(path, "circuits.csv", data, between ? (size_t)(between - data) : size);
    cisup_status status = cisup_circuits_read_csv(&c, path, &o, &err);
    check_status(status, &err);
    if (status == CISUP_OK && inputs) {
        fuzz_file(path, "inputs.csv", inputs, size - (size_t)(inputs - data));
        check_status(cisup_circuits_read_inputs(&c, path, &err), &err);
    }
    if (status == CISUP_OK) use(&c);
    cisup_circuits_free(&c);
    fuzz_end();
    return 0;
}
