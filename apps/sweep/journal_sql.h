/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_JOURNAL_SQL_H
#define CISUP_APPS_JOURNAL_SQL_H

#include "journal.h"

#include <sqlite3.h>

/* SQLite behind the project's errors; for journal*.c only. */

/* Why the last call failed: ENOMEM; EFORMAT for a damaged file or one with other tables;
 * else EIO, also for a file that seems damaged because the disk does not give it. */
CISUP_MUST_CHECK cisup_status sql_failed(journal *j, cisup_error *err);
CISUP_MUST_CHECK cisup_status sql_execute(journal *j, const char *sql, cisup_error *err);

/* A prepared statement; `bound` fill its parameters ?1, ?2, ... sqlite3_finalize frees,
 * also after a failure. */
CISUP_MUST_CHECK cisup_status sql_prepare(journal *j, sqlite3_stmt **s, const char *sql,
                                          const cisup_index *bound, int count,
                                          cisup_error *err);
CISUP_MUST_CHECK cisup_status sql_bind_text(journal *j, sqlite3_stmt *s, int at,
                                            const char *text, cisup_error *err);
CISUP_MUST_CHECK cisup_status sql_step(journal *j, sqlite3_stmt *s, int *has_row,
                                       cisup_error *err);

/* A statement of integers only, without result. */
CISUP_MUST_CHECK cisup_status sql_change(journal *j, const char *sql,
                                         const cisup_index *bound, int count,
                                         cisup_error *err);

/* The first column of the first row; 0 when it is NULL or there is none. */
CISUP_MUST_CHECK cisup_status sql_integer(journal *j, const char *sql, cisup_index *out,
                                          cisup_error *err);

/* Ends a transaction as `status` says and returns what came of it. */
CISUP_MUST_CHECK cisup_status sql_end(journal *j, cisup_status status, cisup_error *err);

/* A column of the current row; free() frees. */
CISUP_MUST_CHECK cisup_status sql_copy(sqlite3_stmt *s, int column, char **out,
                                       cisup_error *err);

#endif
