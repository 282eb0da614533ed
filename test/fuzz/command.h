/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a command of the program inside the process and keeps what it prints. */
#ifndef CISUP_TEST_FUZZ_COMMAND_H
#define CISUP_TEST_FUZZ_COMMAND_H

#include "fuzz.h"

#include "common/program.h"

#include <gsl/gsl_errno.h>
#include <jansson.h>

typedef struct {
    int code;
    char *out, *err; /* free() frees */
} fuzz_printed;

/* words: the command line, NULL at the end; the options must be valid ones, others end
 * the process. */
static fuzz_printed fuzz_command(int (*command)(int, char **), const char *const *words) {
    enum { MOST_WORDS = 16 };
    char *copy[MOST_WORDS] = {0}; /* the command may put another word in a place */
    fuzz_printed p;
    size_t sizes[2];
    FILE *before[2] = {stdout, stderr};
    int count = 0;
    gsl_set_error_handler_off();
    for (; words[count] && count < MOST_WORDS - 1; count++)
        copy[count] = (char *)words[count];
    stdout = open_memstream(&p.out, &sizes[0]);
    stderr = open_memstream(&p.err, &sizes[1]);
    FUZZ_CHECK(stdout && stderr, "no memory for the output");
    p.code = command(count, copy);
    (void)fclose(stdout);
    (void)fclose(stderr);
    stdout = before[0];
    stderr = before[1];
    fuzz_check_text(p.err);
    FUZZ_CHECK((p.code == EXIT_HOLDS || p.code == EXIT_VIOLATED) || p.err[0],
               "exit code %d without a message", p.code);
    return p;
}

static void fuzz_printed_free(fuzz_printed *p) {
    free(p->out);
    free(p->err);
}

/* Every line is a JSON object. */
static void fuzz_check_json_lines(const char *text) {
    fuzz_check_text(text);
    while (*text) {
        const size_t length = strcspn(text, "\n");
        FUZZ_CHECK(text[length] == '\n', "the last line has no end: %s", text);
        json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
        FUZZ_CHECK(json_is_object(line), "no JSON object: %s", text);
        json_decref(line);
        text += length + 1;
    }
}

#endif
