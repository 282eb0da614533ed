/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_PROGRAM_H
#define CISUP_APPS_PROGRAM_H

#include <cisup/core/status.h>
#include <cisup/core/watcher.h>

/* Exit codes of the program. */
enum {
    EXIT_HOLDS = 0,    /* done; the property holds */
    EXIT_VIOLATED = 1, /* the property is violated, or there is no feasible answer */
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,  /* a malformed input file */
    EXIT_SYSTEM = 4, /* reading, writing or memory */
    EXIT_INTERNAL = 5,
};

/* Prints "cisup: message" to stderr and returns the exit code of a failed call. */
int fail_with(const cisup_error *err);

/* Lets SIGINT, SIGTERM and SIGHUP ask for an orderly end instead of ending the program:
 * for commands that can report what they have measured. A second one ends it at once. */
void end_on_signal(void);

/* Ends that again: a signal that comes later ends the program at once. Gives `status`, or
 * ESTOPPED with the signal if one has come. */
cisup_status end_at_once(cisup_status status, cisup_error *err);

/* Asks work to end when a signal has come, after end_on_signal. */
extern const cisup_watcher signal_watcher;

/* The signal that asked the program to end (SIGINT, SIGTERM, SIGHUP), or 0. */
int signal_received(void);

/* Wall time in seconds from some fixed moment. */
double seconds_now(void);

/* The subcommands; argv[0] is the command's name. Each returns an exit code. */
int cmd_allocate(int argc, char **argv);
int cmd_capacity(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_circuits(int argc, char **argv);
int cmd_claims(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_frontier(int argc, char **argv);
int cmd_propagate(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_theory(int argc, char **argv);

#endif
