/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SQLite's files end below 2^48 bytes; worker n locks the byte at this offset + n. */
#define LOCKS_BEGIN (INT64_C(1) << 60)

static struct flock lock_of(cisup_index worker) {
    return (struct flock){.l_type = F_WRLCK,
                          .l_whence = SEEK_SET,
                          .l_start = LOCKS_BEGIN + worker,
                          .l_len = 1};
}

/* Whether the process that is this worker lives; in doubt it does. */
static int is_alive(const journal *j, cisup_index worker) {
    struct flock lock = lock_of(worker);
    if (worker == j->worker) return 1; /* one's own locks are not seen */
    return fcntl(j->lock, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

static cisup_status insert_worker(journal *j, cisup_error *err) {
    const cisup_index process = getpid();
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "INSERT INTO worker (process, host, started) VALUES (?1, ?2, "
                          "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
                          &process, 1, err));
    CISUP_TRY(sql_bind_text(j, s, 2, host, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
    j->worker = sqlite3_last_insert_rowid(j->db);
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status journal_join(journal *j, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(sql_execute(j, "BEGIN IMMEDIATE", err));
    CISUP_TRY(insert_worker(j, err));
    struct flock lock = lock_of(j->worker);
    if (fcntl(j->lock, F_SETLK, &lock) != 0)
        status =
            CISUP_FAIL(err, CISUP_EIO, "%s: cannot lock: %s", j->path, strerror(errno));
done:
    return sql_end(j, status, err);
}

/* The smallest worker above *worker that has a claim; 0: none. */
static cisup_status next_worker(journal *j, cisup_index *worker, cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "SELECT min(worker) FROM cell WHERE records IS NULL AND "
                          "worker > ?1",
                          worker, 1, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
    *worker = sqlite3_column_int64(s, 0);
done:
    (void)sqlite3_finalize(s);
    return status;
}

static cisup_status drop_dead_claims(journal *j, int *others, cisup_error *err) {
    cisup_index worker = 0;
    cisup_status status;
    *others = 0;
    for (;;) {
        CISUP_TRY(next_worker(j, &worker, err));
        if (!worker) break;
        if (is_alive(j, worker))
            ++*others;
        else
            CISUP_TRY(sql_change(j,
                                 "UPDATE cell SET worker = NULL WHERE records IS NULL "
                                 "AND worker = ?1",
                                 &worker, 1, err));
    }
done:
    return status;
}

static cisup_status first_open(journal *j, journal_claim *claim, cisup_error *err) {
    sqlite3_stmt *s;
    int has_row;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "SELECT id, parameters FROM cell WHERE records IS NULL AND "
                          "worker IS NULL ORDER BY id LIMIT 1",
                          NULL, 0, err));
    CISUP_TRY(sql_step(j, s, &has_row, err));
    if (!has_row) goto done;
    CISUP_TRY(sql_copy(s, 1, &claim->parameters, err));
    claim->cell = sqlite3_column_int64(s, 0);
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status journal_take(journal *j, journal_claim *claim, cisup_error *err) {
    *claim = (journal_claim){.cell = -1};
    cisup_status status;
    CISUP_TRY(sql_execute(j, "BEGIN IMMEDIATE", err));
    CISUP_TRY(drop_dead_claims(j, &claim->others, err));
    CISUP_TRY(first_open(j, claim, err));
    if (claim->cell >= 0)
        CISUP_TRY(sql_change(
            j, "UPDATE cell SET worker = ?1, claims = claims + 1 WHERE id = ?2",
            (const cisup_index[]){j->worker, claim->cell}, 2, err));
done:
    status = sql_end(j, status, err);
    if (status != CISUP_OK) {
        free(claim->parameters);
        *claim = (journal_claim){.cell = -1};
    }
    return status;
}

cisup_status journal_finish(journal *j, cisup_index cell, const char *records,
                            double seconds, cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    /* runs counts what was finished, also should a cell be finished twice. */
    CISUP_TRY(sql_prepare(j, &s,
                          "UPDATE cell SET runs = runs + 1, "
                          "records = coalesce(records, ?2), "
                          "seconds = coalesce(seconds, ?3) WHERE id = ?1",
                          &cell, 1, err));
    CISUP_TRY(sql_bind_text(j, s, 2, records, err));
    if (sqlite3_bind_double(s, 3, seconds) != SQLITE_OK) status = sql_failed(j, err);
    if (status == CISUP_OK) status = sql_step(j, s, NULL, err);
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status journal_give_back(journal *j, cisup_index cell, cisup_error *err) {
    return sql_change(j,
                      "UPDATE cell SET worker = NULL WHERE id = ?1 AND worker = ?2 AND "
                      "records IS NULL",
                      (const cisup_index[]){cell, j->worker}, 2, err);
}

static cisup_status count_done(journal *j, journal_counts *counts, cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "SELECT count(*), count(records), "
                          "total(records LIKE '{\"record\":\"infeasible\"%'), "
                          "total(seconds) FROM cell",
                          NULL, 0, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
    counts->cells = sqlite3_column_int64(s, 0);
    counts->done = sqlite3_column_int64(s, 1);
    counts->infeasible = sqlite3_column_int64(s, 2);
    counts->seconds = sqlite3_column_double(s, 3);
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status journal_count(journal *j, journal_counts *counts, cisup_error *err) {
    cisup_index worker = 0;
    cisup_status status;
    *counts = (journal_counts){0};
    CISUP_TRY(sql_execute(j, "BEGIN", err));
    CISUP_TRY(count_done(j, counts, err));
    for (;;) { /* a worker has one claim at most */
        CISUP_TRY(next_worker(j, &worker, err));
        if (!worker) break;
        counts->running += is_alive(j, worker);
    }
done:
    return sql_end(j, status, err);
}

cisup_status journal_check(journal *j, cisup_index cells, cisup_error *err) {
    cisup_index count, first, end;
    cisup_status status;
    CISUP_TRY(sql_integer(j, "SELECT count(*) FROM cell", &count, err));
    CISUP_TRY(sql_integer(j, "SELECT min(id) FROM cell", &first, err));
    CISUP_TRY(sql_integer(j, "SELECT max(id) + 1 FROM cell", &end, err));
    if (count != cells || first != 0 || end != cells)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "%s: the journal is damaged: it has %" PRId64
                          " cells from %" PRId64 " to %" PRId64 ", the spec %" PRId64,
                          j->path, count, first, end - 1, cells);
done:
    return status;
}

cisup_status journal_each(journal *j, journal_row *row, void *context, cisup_error *err) {
    sqlite3_stmt *s;
    int has_row;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "SELECT id, parameters, records FROM cell WHERE records IS "
                          "NOT NULL ORDER BY id",
                          NULL, 0, err));
    for (;;) {
        CISUP_TRY(sql_step(j, s, &has_row, err));
        if (!has_row) break;
        const char *parameters = (const char *)sqlite3_column_text(s, 1);
        const char *records = (const char *)sqlite3_column_text(s, 2);
        if (!parameters || !records) {
            status = CISUP_FAIL(err, CISUP_ENOMEM, "%s: no memory for a cell", j->path);
            goto done;
        }
        CISUP_TRY(row(context, sqlite3_column_int64(s, 0), parameters, records, err));
    }
done:
    (void)sqlite3_finalize(s);
    return status;
}
