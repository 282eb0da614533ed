/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Why the file cannot be read through; 0 when it can. SQLite calls one damaged that the
 * disk does not give. */
static int read_error(const journal *j) {
    char bytes[8192];
    off_t at = 0;
    ssize_t got;
    while ((got = pread(j->lock, bytes, sizeof bytes, at)) > 0) at += got;
    return got < 0 ? errno : 0;
}

/* The statements are always the same: what SQLite does not understand is the file. */
static cisup_status status_of(int code) {
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return CISUP_ENOMEM;
    case SQLITE_ERROR:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_SCHEMA:
        return CISUP_EFORMAT;
    default:
        return CISUP_EIO;
    }
}

cisup_status sql_failed(journal *j, cisup_error *err) {
    const cisup_status status = status_of(sqlite3_errcode(j->db));
    const int wrong = status == CISUP_EFORMAT ? read_error(j) : 0;
    if (wrong)
        return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", j->path, strerror(wrong));
    return CISUP_FAIL(err, status, "%s: %s", j->path, sqlite3_errmsg(j->db));
}

cisup_status sql_execute(journal *j, const char *sql, cisup_error *err) {
    const int code = sqlite3_exec(j->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? CISUP_OK : sql_failed(j, err);
}

cisup_status sql_prepare(journal *j, sqlite3_stmt **s, const char *sql,
                         const cisup_index *bound, int count, cisup_error *err) {
    *s = NULL;
    if (sqlite3_prepare_v2(j->db, sql, -1, s, NULL) != SQLITE_OK)
        return sql_failed(j, err);
    for (int k = 0; k < count; k++)
        if (sqlite3_bind_int64(*s, k + 1, bound[k]) != SQLITE_OK)
            return sql_failed(j, err);
    return CISUP_OK;
}

cisup_status sql_bind_text(journal *j, sqlite3_stmt *s, int at, const char *text,
                           cisup_error *err) {
    const int code =
        sqlite3_bind_text64(s, at, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
    return code == SQLITE_OK ? CISUP_OK : sql_failed(j, err);
}

cisup_status sql_step(journal *j, sqlite3_stmt *s, int *has_row, cisup_error *err) {
    const int code = sqlite3_step(s);
    if (has_row) *has_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? CISUP_OK : sql_failed(j, err);
}

cisup_status sql_change(journal *j, const char *sql, const cisup_index *bound, int count,
                        cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s, sql, bound, count, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status sql_integer(journal *j, const char *sql, cisup_index *out,
                         cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s, sql, NULL, 0, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
    *out = sqlite3_column_int64(s, 0);
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status sql_end(journal *j, cisup_status status, cisup_error *err) {
    if (status == CISUP_OK) status = sql_execute(j, "COMMIT", err);
    if (status != CISUP_OK && !sqlite3_get_autocommit(j->db))
        (void)sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

cisup_status sql_copy(sqlite3_stmt *s, int column, char **out, cisup_error *err) {
    const unsigned char *text = sqlite3_column_text(s, column);
    *out = text ? strdup((const char *)text) : NULL;
    return *out ? CISUP_OK : CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a text");
}
