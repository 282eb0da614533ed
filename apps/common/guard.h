/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GUARD_H
#define CISUP_APPS_GUARD_H

#include <cisup/core/status.h>

/* A file that a command reads or writes. */
typedef struct {
    const char *role; /* in messages: "--csv", "the journal" */
    const char *path; /* NULL or "-": none */
} guarded_file;

/* Sees to it that no output is one of the inputs, nor another output, under whatever
 * names: by device and inode, links followed, and by folder and last name for what does
 * not exist yet. Devices and pipes may be several things. Errors: EINVAL naming both;
 * those of cisup_outfile_target. */
CISUP_MUST_CHECK cisup_status guard_outputs(const guarded_file *outputs, int output_count,
                                            const guarded_file *inputs, int input_count,
                                            cisup_error *err);

/* The same of one output and the files that SQLite keeps beside a journal. */
CISUP_MUST_CHECK cisup_status guard_journal(const guarded_file *output,
                                            const char *journal, cisup_error *err);

/* Whether a path is "-". */
int is_stdout(const char *path);

/* Errors: EINVAL when --json and --csv - both want the standard output. */
CISUP_MUST_CHECK cisup_status guard_stdout(int json, const char *csv_path,
                                           cisup_error *err);

#endif
