/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export_masks FILE CASE DIR: exports a network of a NETWORK.json file that carries
 * masks, as `cisup export` does one that it draws. */
#include "network/export_layers.h"
#include "network/given.h"

#include <stdlib.h>

static cisup_status write_case(const json_t *object, const char *dir, cisup_error *err) {
    given_network g = {0};
    cisup_network net = {0};
    cisup_record manifest = {0};
    export_files x = {.files = json_array()};
    cisup_status status;
    CISUP_TRY(given_read(&g, object, err));
    CISUP_TRY(cisup_network_make(&net, &g.base, &g.circuits, &g.options, err));
    RECORD_ADD(&manifest, "schema", V("cisup.export/1"));
    CISUP_TRY(outdir_open(&x.dir, dir, CISUP_REPLACE_EXISTING, err));
    CISUP_TRY(export_layers(&x, &net, &manifest, err));
    CISUP_TRY(outdir_commit(&x.dir, err));
done:
    outdir_discard(&x.dir);
    json_decref(x.files);
    cisup_network_free(&net);
    given_free(&g);
    return status;
}

int main(int argc, char **argv) {
    json_error_t error;
    json_t *root = argc == 4 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!root) {
        fprintf(stderr, "export_masks: needs FILE CASE DIR\n");
        return 2;
    }
    cisup_error err = {0};
    const json_t *cases = json_object_get(root, "cases");
    const size_t k = strtoul(argv[2], NULL, 10);
    const cisup_status status = write_case(json_array_get(cases, k), argv[3], &err);
    if (status != CISUP_OK) fprintf(stderr, "export_masks: %s\n", err.text);
    json_decref(root);
    return status == CISUP_OK ? 0 : 1;
}
