/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_JOURNAL_H
#define CISUP_APPS_JOURNAL_H

#include <cisup/core/status.h>

/* The SQLite file of a sweep: one row a cell, shared by any number of processes of one
 * machine. Schema: docs/formats.md, "Journal". Start from {0}.
 *
 * A cell is claimed by a worker, which is one process. As long as that process lives it
 * holds a lock on a byte of the file, far behind the data; the kernel drops it with the
 * process, however that ends, and then the claim counts for nothing. */
typedef struct {
    struct sqlite3 *db;
    unsigned char *image; /* what db is when it is only read: a copy in memory */
    const char *path;     /* borrowed */
    int lock;             /* descriptor of the locks; -1: none */
    int is_begun;         /* only read: the file is not empty */
    int is_filled;        /* the cells are there */
    cisup_index worker;   /* our number; 0: none */
} journal;

typedef enum { JOURNAL_READ, JOURNAL_WRITE, JOURNAL_CREATE } journal_use;

/* Opens a journal; with JOURNAL_CREATE it need not exist, and may be empty. The name is
 * that of a file, whatever SQLite would take it for. JOURNAL_READ takes the state of this
 * moment into memory and touches nothing. Errors: EIO; EFORMAT when the file is no
 * journal, or a damaged one; ENOMEM. */
CISUP_MUST_CHECK cisup_status journal_open(journal *j, const char *path, journal_use use,
                                           cisup_error *err);
void journal_close(journal *j);

/* What a sweep depends on; free() frees the texts. */
typedef struct {
    char *version; /* of the program */
    char *spec;    /* JSON */
    char *files;   /* JSON {path: hash} */
} journal_subject;

void journal_subject_free(journal_subject *s);

/* Gives the parameters (JSON; free() frees) and the seed of cell k. */
typedef cisup_status journal_cell(void *context, cisup_index k, char **parameters,
                                  uint64_t *seed, cisup_error *err);

/* Writes subject and cells as one transaction, unless another process has just done so.
 * Errors: EIO, also for a full disk; what `cell` returns. */
CISUP_MUST_CHECK cisup_status journal_fill(journal *j, const journal_subject *subject,
                                           cisup_index cells, journal_cell *cell,
                                           void *context, cisup_error *err);
/* Whether the cells are those numbered 0 to cells - 1. Errors: EFORMAT. */
CISUP_MUST_CHECK cisup_status journal_check(journal *j, cisup_index cells,
                                            cisup_error *err);

CISUP_MUST_CHECK cisup_status journal_subject_read(journal *j, journal_subject *subject,
                                                   cisup_error *err);

/* Makes this process a worker. Errors: EIO. */
CISUP_MUST_CHECK cisup_status journal_join(journal *j, cisup_error *err);

/* A claimed cell; free() frees the text. */
typedef struct {
    cisup_index cell; /* -1: none is left to claim */
    char *parameters;
    int others; /* with cell = -1: live processes are still at work on some */
} journal_claim;

/* Drops the claims of dead processes, then claims the first cell that is neither done
 * nor claimed. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status journal_take(journal *j, journal_claim *claim,
                                           cisup_error *err);

/* Stores the records of a claimed cell, or gives the cell back. Errors: EIO. */
CISUP_MUST_CHECK cisup_status journal_finish(journal *j, cisup_index cell,
                                             const char *records, double seconds,
                                             cisup_error *err);
CISUP_MUST_CHECK cisup_status journal_give_back(journal *j, cisup_index cell,
                                                cisup_error *err);

typedef struct {
    cisup_index cells, done, infeasible, running; /* infeasible: among the done ones */
    double seconds;                               /* that the done ones took */
} journal_counts;

CISUP_MUST_CHECK cisup_status journal_count(journal *j, journal_counts *counts,
                                            cisup_error *err);

/* Called for every cell that is done, in order, all from one moment. */
typedef cisup_status journal_row(void *context, cisup_index cell, const char *parameters,
                                 const char *records, cisup_error *err);
CISUP_MUST_CHECK cisup_status journal_each(journal *j, journal_row *row, void *context,
                                           cisup_error *err);

#endif
