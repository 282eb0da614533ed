/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The descriptor of the locks is opened before the database and closed after it: closing
 * any descriptor of a file drops all locks that the process has on it, SQLite's too. */
#include "journal_image.h"
#include "journal_sql.h"

#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x63697375, SCHEMA = 1, PATIENCE_MS = 60000 };

static const char schema[] =
    "PRAGMA application_id = 1667855221;" /* APPLICATION_ID */
    "PRAGMA user_version = 1;"
    "CREATE TABLE sweep ("
    " version TEXT NOT NULL, spec TEXT NOT NULL, files TEXT NOT NULL) STRICT;"
    "CREATE TABLE worker ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, process INTEGER NOT NULL,"
    " started TEXT NOT NULL) STRICT;"
    "CREATE TABLE cell ("
    " id INTEGER PRIMARY KEY, parameters TEXT NOT NULL, seed INTEGER NOT NULL,"
    " worker INTEGER REFERENCES worker (id),"
    " claims INTEGER NOT NULL DEFAULT 0, runs INTEGER NOT NULL DEFAULT 0,"
    " seconds REAL, records TEXT,"
    " CHECK ((records IS NULL) = (runs = 0)),"
    " CHECK (records IS NULL OR worker IS NOT NULL)) STRICT;"
    "CREATE INDEX unfinished ON cell (worker) WHERE records IS NULL;"
    "CREATE VIEW figure AS SELECT cell.id AS cell,"
    " json_extract(run.value, '$.params.D') AS D,"
    " json_extract(run.value, '$.params.d') AS d,"
    " json_extract(run.value, '$.params.T') AS T,"
    " json_extract(run.value, '$.params.S') AS S,"
    " json_extract(line.value, '$.z') AS z,"
    " json_extract(line.value, '$.layer') AS layer,"
    " json_extract(line.value, '$.state') AS state,"
    " json_extract(line.value, '$.quantity') AS quantity,"
    " json_extract(line.value, '$.mse') AS mse,"
    " json_extract(line.value, '$.mse_lo') AS mse_lo,"
    " json_extract(line.value, '$.mse_hi') AS mse_hi"
    " FROM cell, json_each('[' || replace(rtrim(records, char(10)), char(10), ',')"
    " || ']') AS line, json_each('[' || substr(records, 1, instr(records, char(10)))"
    " || ']') AS run"
    " WHERE json_extract(line.value, '$.record') = 'error';";

/* Whether tables, index and view are those above, word by word, and nothing else is
 * there; SQLite's own tables have no say in what is read. */
static cisup_status look_at_tables(journal *j, cisup_error *err) {
    sqlite3_stmt *s;
    int has_row;
    cisup_status status;
    const char *rest = strstr(schema, "CREATE");
    CISUP_TRY(sql_prepare(j, &s,
                          "SELECT sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*' "
                          "ORDER BY rowid",
                          NULL, 0, err));
    for (;;) {
        CISUP_TRY(sql_step(j, s, &has_row, err));
        const char *text = has_row ? (const char *)sqlite3_column_text(s, 0) : NULL;
        const size_t length = text ? strlen(text) : 0;
        if (!length || strncmp(rest, text, length) != 0 || rest[length] != ';') break;
        rest += length + 1;
    }
    if (has_row || *rest)
        status = CISUP_FAIL(err, CISUP_EFORMAT,
                            "%s: the journal is damaged: its tables are others", j->path);
done:
    (void)sqlite3_finalize(s);
    return status;
}

/* Refuses what is not ours before anything in it is changed. */
static cisup_status look(journal *j, cisup_error *err) {
    cisup_index tables, application, version;
    cisup_status status;
    CISUP_TRY(sql_integer(j, "SELECT count(*) FROM sqlite_master", &tables, err));
    CISUP_TRY(sql_integer(j, "PRAGMA application_id", &application, err));
    CISUP_TRY(sql_integer(j, "PRAGMA user_version", &version, err));
    if (tables && application != APPLICATION_ID)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s is no journal of a sweep", j->path);
    if (tables && version != SCHEMA)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "%s is a journal of format %" PRId64
                          "; this program knows format %d",
                          j->path, version, SCHEMA);
    if (tables) CISUP_TRY(look_at_tables(j, err));
    j->is_filled = tables > 0;
done:
    return status;
}

static cisup_status open_file(journal *j, journal_use use, cisup_error *err) {
    const int flags = use == JOURNAL_READ    ? O_RDONLY
                      : use == JOURNAL_WRITE ? O_RDWR
                                             : O_RDWR | O_CREAT;
    struct stat about;
    j->lock = open(j->path, flags | O_CLOEXEC, 0666);
    if (j->lock < 0)
        return CISUP_FAIL(err, CISUP_EIO, "cannot open the journal %s: %s", j->path,
                          strerror(errno));
    if (fstat(j->lock, &about) != 0 || !S_ISREG(about.st_mode))
        return CISUP_FAIL(err, CISUP_EIO, "%s is no file", j->path);
    static const char magic[16] = "SQLite format 3"; /* shorter files it would replace */
    char head[sizeof magic] = "";
    const ssize_t got = pread(j->lock, head, sizeof head, 0);
    if (got < 0)
        return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", j->path, strerror(errno));
    if (about.st_size && (got != sizeof head || memcmp(head, magic, sizeof head) != 0))
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s is no journal of a sweep", j->path);
    return CISUP_OK;
}

/* SQLite does not wait here when several processes want it at once. */
static cisup_status write_ahead(journal *j, cisup_error *err) {
    static const struct timespec pause = {.tv_nsec = 20000000};
    for (int waited_ms = 0;; waited_ms += 20) {
        const cisup_status status = sql_execute(j, "PRAGMA journal_mode = WAL", err);
        const int is_busy = (sqlite3_errcode(j->db) & 0xff) == SQLITE_BUSY;
        if (status == CISUP_OK || !is_busy || waited_ms > PATIENCE_MS) return status;
        (void)nanosleep(&pause, NULL);
    }
}

/* SQLite takes :memory: and file:... for something else than names of files. */
static cisup_status open_literally(journal *j, cisup_error *err) {
    char *name = malloc(strlen(j->path) + sizeof "./");
    if (!name) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a name");
    (void)stpcpy(stpcpy(name, j->path[0] == '/' ? "" : "./"), j->path);
    const int code = sqlite3_open_v2(name, &j->db, SQLITE_OPEN_READWRITE, NULL);
    free(name);
    if (code != SQLITE_OK) return sql_failed(j, err);
    struct stat ours, theirs;
    const char *opened = sqlite3_db_filename(j->db, "main");
    if (fstat(j->lock, &ours) != 0 || !opened || stat(opened, &theirs) != 0 ||
        ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino)
        return CISUP_FAIL(err, CISUP_EIO, "%s is replaced while it is opened", j->path);
    return CISUP_OK;
}

static cisup_status open_copy(journal *j, cisup_error *err) {
    cisup_index size;
    const cisup_status status = journal_image(j->path, j->lock, &j->image, &size, err);
    if (status != CISUP_OK) return status;
    if (sqlite3_open_v2(":memory:", &j->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return sql_failed(j, err);
    j->is_begun = size > 0;
    if (!j->image) return CISUP_OK;
    if (size > 19) j->image[18] = j->image[19] = 1; /* no log any more */
    const int code = sqlite3_deserialize(j->db, "main", j->image, size, size,
                                         SQLITE_DESERIALIZE_READONLY);
    return code == SQLITE_OK ? CISUP_OK : sql_failed(j, err);
}

/* A journal that somebody has sent must not run what he has put into it. */
static cisup_status distrust(journal *j, cisup_error *err) {
    static const struct {
        int what, value;
    } settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0}};
    for (int k = 0; k < 4; k++)
        if (sqlite3_db_config(j->db, settings[k].what, settings[k].value, NULL) !=
            SQLITE_OK)
            return sql_failed(j, err);
    return CISUP_OK;
}

cisup_status journal_open(journal *j, const char *path, journal_use use,
                          cisup_error *err) {
    *j = (journal){.path = path, .lock = -1};
    cisup_status status;
    CISUP_TRY(open_file(j, use, err));
    CISUP_TRY(use == JOURNAL_READ ? open_copy(j, err) : open_literally(j, err));
    (void)sqlite3_extended_result_codes(j->db, 1);
    (void)sqlite3_busy_timeout(j->db, PATIENCE_MS);
    CISUP_TRY(distrust(j, err));
    CISUP_TRY(look(j, err));
    if (use == JOURNAL_READ) goto done;
    /* A killed process loses nothing of what it has written; after a power failure the
     * last cells may be missing, and are run again. So NORMAL, which does not wait for
     * the disk at every commit. */
    CISUP_TRY(write_ahead(j, err));
    CISUP_TRY(
        sql_execute(j, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON", err));
done:
    if (status != CISUP_OK) journal_close(j);
    return status;
}

void journal_close(journal *j) {
    (void)sqlite3_close(j->db);
    cisup_release(j->image);
    if (j->path && j->lock >= 0) (void)close(j->lock);
    *j = (journal){.lock = -1};
}

void journal_subject_free(journal_subject *s) {
    free(s->version);
    free(s->spec);
    free(s->files);
    *s = (journal_subject){0};
}

static cisup_status insert_subject(journal *j, const journal_subject *subject,
                                   cisup_error *err) {
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s, "INSERT INTO sweep VALUES (?1, ?2, ?3)", NULL, 0, err));
    CISUP_TRY(sql_bind_text(j, s, 1, subject->version, err));
    CISUP_TRY(sql_bind_text(j, s, 2, subject->spec, err));
    CISUP_TRY(sql_bind_text(j, s, 3, subject->files, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
done:
    (void)sqlite3_finalize(s);
    return status;
}

static cisup_status insert_cell(journal *j, cisup_index k, const char *parameters,
                                uint64_t seed, cisup_error *err) {
    const cisup_index bound[] = {k, (cisup_index)seed};
    sqlite3_stmt *s;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s,
                          "INSERT INTO cell (id, seed, parameters) VALUES (?1, ?2, ?3)",
                          bound, 2, err));
    CISUP_TRY(sql_bind_text(j, s, 3, parameters, err));
    CISUP_TRY(sql_step(j, s, NULL, err));
done:
    (void)sqlite3_finalize(s);
    return status;
}

cisup_status journal_fill(journal *j, const journal_subject *subject, cisup_index cells,
                          journal_cell *cell, void *context, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(sql_execute(j, "BEGIN IMMEDIATE", err));
    CISUP_TRY(look(j, err));
    if (j->is_filled) goto done;
    CISUP_TRY(sql_execute(j, schema, err));
    CISUP_TRY(insert_subject(j, subject, err));
    for (cisup_index k = 0; k < cells; k++) {
        char *parameters = NULL;
        uint64_t seed;
        status = cell(context, k, &parameters, &seed, err);
        if (status == CISUP_OK) status = insert_cell(j, k, parameters, seed, err);
        free(parameters);
        if (status != CISUP_OK) goto done;
    }
    j->is_filled = 1;
done:
    return sql_end(j, status, err);
}

cisup_status journal_subject_read(journal *j, journal_subject *subject,
                                  cisup_error *err) {
    *subject = (journal_subject){0};
    sqlite3_stmt *s;
    int has_row;
    cisup_status status;
    CISUP_TRY(sql_prepare(j, &s, "SELECT version, spec, files FROM sweep", NULL, 0, err));
    CISUP_TRY(sql_step(j, s, &has_row, err));
    if (!has_row) {
        status = CISUP_FAIL(err, CISUP_EFORMAT, "%s has lost its spec", j->path);
        goto done;
    }
    CISUP_TRY(sql_copy(s, 0, &subject->version, err));
    CISUP_TRY(sql_copy(s, 1, &subject->spec, err));
    CISUP_TRY(sql_copy(s, 2, &subject->files, err));
done:
    (void)sqlite3_finalize(s);
    if (status != CISUP_OK) journal_subject_free(subject);
    return status;
}
