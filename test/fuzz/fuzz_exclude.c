/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --exclude takes: the letter f and a file, or any other letter and a number. */
#include "fuzz.h"

#include "propagate/exclude.h"

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    fuzz_begin();
    return 0;
}

static void use(const exclusion *e) {
    static const cisup_index sizes[] = {1, 2, 7, 100, INT64_MAX};
    for (cisup_index k = 1; !e->by_network && k < e->count; k++)
        FUZZ_CHECK(e->list[k] > e->list[k - 1], "place %" PRId64, k);
    FUZZ_CHECK(e->count > 0 && (e->by_network || e->list[0] >= 0), "%" PRId64, e->count);
    for (int k = 0; k < 5; k++) {
        cisup_error err = {0};
        const cisup_status status = exclusion_check(e, sizes[k], 1, &err);
        if (status != CISUP_OK) fuzz_check_error(status, &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const unsigned letter = fuzz_take(&data, &size);
    char path[300], *text = strndup((const char *)data, size);
    exclusion e = {0};
    cisup_error err = {0};
    FUZZ_CHECK(text, "no memory");
    const int is_number = text[strspn(text, "0123456789")] == 0;
    if (letter == 'f' || is_number) {
        const char *given =
            letter == 'f' ? fuzz_file(path, "exclude.csv", data, size) : text;
        const cisup_status status = exclusion_read(&e, given, NULL, 1 + letter % 2, &err);
        if (status == CISUP_OK)
            use(&e);
        else
            fuzz_check_error(status, &err);
        exclusion_free(&e);
    }
    free(text);
    fuzz_end();
    return 0;
}
