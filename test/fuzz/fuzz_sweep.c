/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specs of sweeps: every cell is checked, the spec written out is the same one. Files
 * that a spec names are those of fuzz_folder, nothing above it. */
#define FUZZ_BLOCK_MB 256
#include "fuzz.h"

#include "sweep/sweep_spec.h"

#include <gsl/gsl_errno.h>

enum { MOST_CELLS = 64 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    static const char circuits[] =
        "circuit,layer,i,j,value\n0,1,0,0,1\n0,1,1,0,-2\n1,1,1,1,0.5\n";
    static const char inputs[] = "circuit,input,i,value\n0,0,0,1\n0,1,1,2\n1,0,1,3\n";
    static const char exclude[] = "circuit\n1\n";
    char path[300];
    (void)argc, (void)argv;
    fuzz_begin();
    gsl_set_error_handler_off();
    fuzz_file(path, "c.csv", circuits, sizeof circuits - 1);
    fuzz_file(path, "i.csv", inputs, sizeof inputs - 1);
    fuzz_file(path, "e.csv", exclude, sizeof exclude - 1);
    return 0;
}

/* Whether a text in it leads out of the folder: pipes and devices have no end. */
static int leads_out(const json_t *node) {
    const char *name;
    json_t *value;
    size_t k;
    if (json_is_string(node)) return strchr(json_string_value(node), '/') != NULL;
    json_array_foreach((json_t *)node, k, value) if (leads_out(value)) return 1;
    json_object_foreach((json_t *)node, name, value) if (leads_out(value)) return 1;
    return 0;
}

static void check_round_trip(const sweep_spec *s) {
    char *text = sweep_spec_text(s);
    sweep_spec again;
    cisup_error err = {0};
    FUZZ_CHECK(text, "no text");
    FUZZ_CHECK(sweep_spec_parse(&again, text, "again", &err) == CISUP_OK, "%s: %s", text,
               err.text);
    FUZZ_CHECK(sweep_spec_same(s, &again, "again", &err) == CISUP_OK, "%s: %s", text,
               err.text);
    FUZZ_CHECK(s->cells == again.cells, "%s", text);
    sweep_spec_free(&again);
    free(text);
}

/* Equal as values of a parameter, as 1, 1.0 and [1] are. */
static int is_same(const json_t *a, const json_t *b) {
    if (json_array_size(a) == 1) a = json_array_get(a, 0);
    if (json_array_size(b) == 1) b = json_array_get(b, 0);
    if (json_is_real(a) || json_is_real(b))
        return json_is_number(a) && json_is_number(b) &&
               json_number_value(a) == json_number_value(b);
    return json_equal(a, b);
}

static int are_same(json_t *a, const json_t *b) {
    const char *name;
    json_t *value;
    json_object_foreach(a, name, value) {
        if (!is_same(value, json_object_get(b, name))) return 0;
    }
    return 1;
}

/* No two cells are the same. */
static void check_cells(const sweep_spec *s) {
    json_t *cell[MOST_CELLS];
    for (cisup_index k = 0; k < s->cells; k++) {
        cell[k] = sweep_spec_cell(s, k);
        FUZZ_CHECK(cell[k], "no cell %" PRId64, k);
        for (cisup_index j = 0; j < k; j++)
            FUZZ_CHECK(!are_same(cell[j], cell[k]), "cells %" PRId64 " and %" PRId64, j,
                       k);
    }
    for (cisup_index k = 0; k < s->cells; k++) json_decref(cell[k]);
}

static void use(const sweep_spec *s) {
    cisup_error err = {0};
    json_t *files;
    if (s->cells > MOST_CELLS || leads_out(s->root)) return;
    check_cells(s);
    check_round_trip(s);
    cisup_status status = sweep_spec_check(s, "spec.json", &err);
    if (status != CISUP_OK) {
        fuzz_check_error(status, &err);
        FUZZ_CHECK(status == CISUP_EFORMAT || status == CISUP_EIO ||
                       status == CISUP_ENOMEM,
                   "%s", err.text);
        return;
    }
    status = sweep_spec_files(s, &files, &err);
    FUZZ_CHECK(status == CISUP_OK || status == CISUP_EIO, "%s", err.text);
    json_decref(files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = strndup((const char *)data, size);
    const int before = open(".", O_RDONLY | O_DIRECTORY);
    sweep_spec s;
    cisup_error err = {0};
    FUZZ_CHECK(text && before >= 0 && chdir(fuzz_folder) == 0, "%s", fuzz_folder);
    const cisup_status status = sweep_spec_parse(&s, text, "spec.json", &err);
    if (status == CISUP_OK) {
        use(&s);
    } else {
        fuzz_check_error(status, &err);
        FUZZ_CHECK(status == CISUP_EFORMAT || status == CISUP_ENOMEM, "%s", err.text);
    }
    sweep_spec_free(&s);
    FUZZ_CHECK(fchdir(before) == 0, "cannot go back");
    (void)close(before);
    free(text);
    fuzz_end();
    return 0;
}
