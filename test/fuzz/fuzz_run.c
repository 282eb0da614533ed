/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `cisup run`: one letter of options, then the JSON file of networks; both engines. */
#include "command.h"

#include <string.h>

enum { WEIGHTS = 1 };

/* N alone is not limited by the length of the file; above `enough` a vector over the
 * neurons is refused. */
static const double most_dense = 60.0, most_neurons = 2000.0, enough = 2e7;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static int is_small(const json_t *network, int with_weights) {
    const double N = (double)json_integer_value(json_object_get(network, "N"));
    const double d = (double)json_integer_value(json_object_get(network, "d"));
    return N > enough || (N <= most_neurons && (!with_weights || N * d <= most_dense));
}

static int are_small(const uint8_t *data, size_t size, int with_weights) {
    json_t *root = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *cases = json_is_array(root) ? root : json_object_get(root, "cases");
    int are = is_small(root, with_weights);
    for (size_t k = 0; k < json_array_size(cases); k++)
        are &= is_small(json_array_get(cases, k), with_weights);
    json_decref(root);
    return are;
}

/* The exit code; of a network that the engine assembled refuses for its mode that of the
 * want of something, which is compared with nothing. */
static int run(const char *engine, const char *path, int with_weights) {
    const char *words[] = {
        "run", "--engine", engine, path, with_weights ? "--weights" : NULL, NULL};
    fuzz_printed p = fuzz_command(cmd_run, words);
    FUZZ_CHECK(p.code == EXIT_HOLDS || p.code == EXIT_INPUT || p.code == EXIT_SYSTEM,
               "exit code %d: %s", p.code, p.err);
    fuzz_check_json_lines(p.out);
    const int code = strstr(p.err, "have the mode relu only") ? EXIT_SYSTEM : p.code;
    fuzz_printed_free(&p);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const int with_weights = fuzz_take(&data, &size) & WEIGHTS;
    char path[300];
    if (!are_small(data, size, with_weights)) return 0;
    fuzz_file(path, "networks.json", data, size);
    const int batched = run("batched", path, with_weights);
    const int assembled = run("assembled", path, with_weights);
    FUZZ_CHECK(batched == assembled || batched == EXIT_SYSTEM || assembled == EXIT_SYSTEM,
               "batched %d, assembled %d", batched, assembled);
    fuzz_end();
    return 0;
}
