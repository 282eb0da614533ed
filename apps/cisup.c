/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/guess.h"
#include "common/json_file.h"
#include "common/outdir.h"
#include "common/program.h"
#include "common/terms.h"
#include "common/wrap.h"

#include <cisup/core/base/draft.h>
#include <cisup/core/base/failure.h>

#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command;

static const command commands[] = {
    {"allocate", cmd_allocate, "place circuits on neurons, any two share at most one"},
    {"check", cmd_check, "verify an allocation or embedding file"},
    {"circuits", cmd_circuits, "report which assumptions a file of circuits meets"},
    {"propagate", cmd_propagate, "build networks, run them, measure their errors"},
    {"sweep", cmd_sweep, "propagate over a grid of parameters, into a journal"},
    {"capacity", cmd_capacity, "search the largest T within an error budget"},
    {"frontier", cmd_frontier, "the largest T along D, z, L or S, and its exponent"},
    {"theory", cmd_theory, "print every formula and limit of one shape"},
    {"claims", cmd_claims, "measure the ledger of claims, each beside its prediction"},
    {"run", cmd_run, "run explicitly given networks (JSON) and print every array"},
    {"export", cmd_export, "write a network's matrices as Matrix Market files"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDS = sizeof ends / sizeof ends[0] };
static volatile sig_atomic_t is_orderly, received;
static pthread_t first_thread;
static int has_failed; /* why was said already */

static void remove_drafts(void) {
    outdir_remove_files();
    cisup_drafts_remove();
}

/* The first signal asks a command that can for an orderly end; else the program ends as
 * without a handler, but leaves no drafts. On the first thread, which makes them all: it
 * must not make another while they are removed. */
static void on_signal(int number) {
    if (!pthread_equal(pthread_self(), first_thread)) {
        (void)pthread_kill(first_thread, number);
        return;
    }
    if (is_orderly && !received) {
        received = number;
        return;
    }
    remove_drafts();
    (void)signal(number, SIG_DFL);
    (void)raise(number); /* delivered on return */
}

/* What the caller lets us ignore, as nohup and shells do, stays ignored. */
static void catch_signals(void) {
    const struct sigaction action = {.sa_handler = on_signal};
    first_thread = pthread_self();
    for (int k = 0; k < ENDS; k++) {
        struct sigaction before;
        if (sigaction(ends[k], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(ends[k], &action, NULL);
    }
}

void end_on_signal(void) {
    is_orderly = 1;
}

cisup_status end_at_once(cisup_status status, cisup_error *err) {
    is_orderly = 0;
    if (!received) return status;
    return CISUP_FAIL(err, CISUP_ESTOPPED, "stopped by signal %d", (int)received);
}

static int ask_signals(void *nothing, double done, double of) {
    (void)nothing;
    (void)done;
    (void)of;
    return received != 0;
}

const cisup_watcher signal_watcher = {.ask = ask_signals};

int signal_received(void) {
    return received;
}

double seconds_now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int fail_with(const cisup_error *err) {
    fprintf(stderr, "cisup: %s\n", err->text);
    has_failed = 1;
    switch (err->code) {
    case CISUP_EINFEASIBLE:
    case CISUP_EINVARIANT:
        return EXIT_VIOLATED;
    case CISUP_EINVAL:
        return EXIT_USAGE;
    case CISUP_EFORMAT:
        return EXIT_INPUT;
    case CISUP_EIO:
    case CISUP_ENOMEM:
        return EXIT_SYSTEM;
    case CISUP_OK:
    case CISUP_ESHAPE:
    case CISUP_ESTOPPED: /* the exit code is that of the signal */
        break;
    }
    return EXIT_INTERNAL;
}

static void print_usage(FILE *to) {
    fprintf(to, "Usage: cisup COMMAND [OPTION...]\n\n"
                "Build, run and measure circuits in superposition.\n\n");
    for (int k = 0; k < COMMANDS; k++)
        fprintf(to, "  %-10s %s\n", commands[k].name, commands[k].help);
    (void)putc('\n', to);
    wrap(
        to,
        "'cisup help COMMAND' (or 'cisup COMMAND -h') lists a command's options, 'cisup "
        "help terms' explains the words that it prints; 'cisup propagate' alone runs the "
        "published network. Exit codes: 0 done, 1 violated or infeasible, 2 usage, 3 bad "
        "input file, 4 input/output or memory, 5 internal.",
        0, 0);
}

static const command *find_command(const char *name) {
    for (int k = 0; k < COMMANDS; k++)
        if (strcmp(name, commands[k].name) == 0) return &commands[k];
    return NULL;
}

/* name NULL: none was given. */
static int unknown(char *name) {
    if (name) {
        guess g = guess_start(name);
        guess_offer(&g, "help");
        guess_offer(&g, "version");
        for (int k = 0; k < COMMANDS; k++) guess_offer(&g, commands[k].name);
        cisup_text_harmless(name);
        fprintf(stderr,
                "cisup: unknown command '%s'%s\nTry `cisup --help' for a list of them.\n",
                name, guess_text(&g, ""));
    } else {
        print_usage(stderr);
    }
    return EXIT_USAGE;
}

/* topic: a command, "terms", or NULL: the program. */
static int help(char *topic) {
    if (!topic) {
        print_usage(stdout);
        return EXIT_HOLDS;
    }
    if (!strcmp(topic, "terms")) {
        terms_text(stdout);
        return EXIT_HOLDS;
    }
    const command *c = find_command(topic);
    return c ? c->run(2, (char *[]){topic, (char[]){"--help"}, NULL}) : unknown(topic);
}

/* At every exit, also after --help: what could not be written must not pass for done. */
static void close_output(void) {
    remove_drafts(); /* when a library has called exit() */
    const int is_lost = fflush(stdout) != 0 || ferror(stdout);
    if (!is_lost || has_failed) return;
    fprintf(stderr, "cisup: cannot write to standard output\n");
    _exit(EXIT_SYSTEM);
}

/* A file opened later must not become the standard output that the caller has closed;
 * opened the wrong way round, using it still fails. */
static void reserve_streams(void) {
    for (int k = 0; k <= 2; k++)
        if (fcntl(k, F_GETFD) == -1) (void)open("/dev/null", k ? O_RDONLY : O_WRONLY);
}

/* Networks follow one another and take the same memory: what one frees stays with the
 * process for the next, instead of being handed back and cleared anew by the system. */
static void keep_freed_memory(void) {
#ifdef M_TRIM_THRESHOLD
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

int main(int argc, char **argv) {
    (void)setlocale(LC_ALL, "C");
    gsl_set_error_handler_off();
    json_end_without_memory();
    reserve_streams();
    keep_freed_memory();
    catch_signals();
    (void)signal(SIGPIPE, SIG_IGN); /* a reader who has gone shows as a failed write */
    (void)atexit(close_output);
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "help")) return help(argc > 2 ? argv[2] : NULL);
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) return help(NULL);
    if (!strcmp(name, "--version") || !strcmp(name, "version")) {
        printf("cisup %s\n", CISUP_VERSION);
        return EXIT_HOLDS;
    }
    const command *c = find_command(name);
    if (!c) return unknown(argc > 1 ? argv[1] : NULL);
    const int code = c->run(argc - 1, argv + 1);
    return received ? 128 + (int)received : code;
}
