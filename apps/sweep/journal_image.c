/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database in WAL mode is its file with the pages that the log has of it put over it
 * (sqlite.org/walformat.html). SQLite itself cannot read one without making, or writing
 * to, the files beside it; here it is given the result in memory.
 *
 * Why copies that are made while others write fit together: the log is copied after the
 * file. Whatever was written into the file meanwhile was copied there from the log, so it
 * is in the log, too, as long as that is not begun anew, which changes its header first.
 * It cannot have been removed and made again, either, since SQLite removes it only with
 * an exclusive lock on the file, and here a shared one is held. */
#include "journal_image.h"

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite's lock bytes: a shared lock is a read lock on all of SHARED. */
enum { SHARED_FIRST = 0x40000002, SHARED_COUNT = 510 };
enum { LOG_HEAD = 32, FRAME_HEAD = 24, TRIES_MOST = 1000 };

typedef struct {
    unsigned char *bytes;
    cisup_index size, room;
} copy;

static cisup_status cannot_read(const char *path, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", path, strerror(errno));
}

/* The file as far as it goes now. */
static cisup_status copy_file(copy *c, const char *path, int file, cisup_error *err) {
    struct stat about;
    cisup_status status;
    if (fstat(file, &about) != 0) return cannot_read(path, err);
    CISUP_TRY(cisup_memory_require((double)about.st_size, "a copy of the journal", err));
    CISUP_TRY(cisup_grow(&c->bytes, &c->room, about.st_size + 1, 1, err));
    for (c->size = 0; c->size < about.st_size;) {
        const ssize_t got =
            pread(file, c->bytes + c->size, (size_t)(about.st_size - c->size), c->size);
        if (got < 0 && errno != EINTR) return cannot_read(path, err);
        if (got == 0) break;
        if (got > 0) c->size += got;
    }
done:
    return status;
}

/* The header of the log; zeros where it is not there yet. */
static cisup_status copy_head(unsigned char *head, const char *path, int file,
                              cisup_error *err) {
    memset(head, 0, LOG_HEAD);
    return pread(file, head, LOG_HEAD, 0) < 0 ? cannot_read(path, err) : CISUP_OK;
}

static uint32_t word(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The log's checksum goes on over `size` bytes, as words of the order that it names. */
static void add_up(uint32_t sum[2], const unsigned char *bytes, cisup_index size,
                   int is_big) {
    for (cisup_index k = 0; k < size; k += 8) {
        const uint32_t a = word(bytes + k), b = word(bytes + k + 4);
        sum[0] += (is_big ? a : __builtin_bswap32(a)) + sum[1];
        sum[1] += (is_big ? b : __builtin_bswap32(b)) + sum[0];
    }
}

static int has_sum(const unsigned char *at, const uint32_t sum[2]) {
    return word(at) == sum[0] && word(at + 4) == sum[1];
}

/* How many frames there are up to the last commit, and the pages of the database then. */
static cisup_index committed(const copy *log, cisup_index page, cisup_index *pages) {
    const unsigned char *head = log->bytes;
    const int is_big = word(head) & 1;
    uint32_t sum[2] = {0};
    cisup_index frames = 0;
    add_up(sum, head, 24, is_big);
    if ((word(head) & ~UINT32_C(1)) != 0x377f0682 || !has_sum(head + 24, sum)) return 0;
    for (cisup_index k = 0; LOG_HEAD + (k + 1) * (FRAME_HEAD + page) <= log->size; k++) {
        const unsigned char *frame = head + LOG_HEAD + k * (FRAME_HEAD + page);
        add_up(sum, frame, 8, is_big);
        add_up(sum, frame + FRAME_HEAD, page, is_big);
        if (memcmp(frame + 8, head + 16, 8) != 0 || !has_sum(frame + 16, sum)) break;
        if (!word(frame + 4)) continue;
        frames = k + 1;
        *pages = word(frame + 4);
    }
    return frames;
}

/* Puts the pages of the log over those of the file. */
static cisup_status apply(copy *base, const copy *log, cisup_error *err) {
    if (log->size < LOG_HEAD) return CISUP_OK;
    const cisup_index page = word(log->bytes + 8);
    if (page < 512 || page > 65536 || (page & (page - 1))) return CISUP_OK;
    cisup_index pages = 0;
    const cisup_index frames = committed(log, page, &pages), old = base->size;
    if (frames == 0) return CISUP_OK;
    const cisup_status status =
        cisup_grow(&base->bytes, &base->room, pages * page, 1, err);
    if (status != CISUP_OK) return status;
    base->size = pages * page;
    if (old < base->size) memset(base->bytes + old, 0, (size_t)(base->size - old));
    for (cisup_index k = 0; k < frames; k++) {
        const unsigned char *frame = log->bytes + LOG_HEAD + k * (FRAME_HEAD + page);
        const cisup_index number = word(frame);
        if (number >= 1 && number <= pages)
            memcpy(base->bytes + (number - 1) * page, frame + FRAME_HEAD, (size_t)page);
    }
    return CISUP_OK;
}

/* One try; *is_whole says whether file and log fit together. */
static cisup_status copy_both(copy *base, copy *log, const char *path, int file,
                              const char *log_path, int *is_whole, cisup_error *err) {
    unsigned char before[LOG_HEAD], after[LOG_HEAD];
    cisup_status status = CISUP_OK;
    const int log_file = open(log_path, O_RDONLY | O_CLOEXEC);
    if (log_file < 0 && errno != ENOENT) return cannot_read(log_path, err);
    if (log_file < 0) {
        log->size = 0;
        CISUP_TRY(copy_file(base, path, file, err));
        *is_whole = access(log_path, F_OK) != 0;
        goto done;
    }
    CISUP_TRY(copy_head(before, log_path, log_file, err));
    CISUP_TRY(copy_file(base, path, file, err));
    CISUP_TRY(copy_file(log, log_path, log_file, err));
    CISUP_TRY(copy_head(after, log_path, log_file, err));
    *is_whole = memcmp(before, after, LOG_HEAD) == 0;
done:
    if (log_file >= 0) (void)close(log_file);
    return status;
}

static int set_lock(int file, short kind) {
    struct flock lock = {.l_type = kind,
                         .l_whence = SEEK_SET,
                         .l_start = SHARED_FIRST,
                         .l_len = SHARED_COUNT};
    return fcntl(file, F_SETLKW, &lock);
}

/* A shared lock is held. Ends when one try gives a whole. */
static cisup_status copy_whole(copy *base, copy *log, const char *path, int file,
                               const char *log_path, cisup_error *err) {
    for (int k = 0; k < TRIES_MOST; k++) {
        int is_whole = 0;
        const cisup_status status =
            copy_both(base, log, path, file, log_path, &is_whole, err);
        if (status != CISUP_OK || is_whole) return status;
    }
    return CISUP_FAIL(err, CISUP_EIO, "%s changes too fast to be read", path);
}

/* The log lies beside the file itself, not beside a link to it; free() frees. */
static char *log_name(const char *path) {
    char *real = realpath(path, NULL);
    char *name = real ? malloc(strlen(real) + sizeof "-wal") : NULL;
    if (name) (void)stpcpy(stpcpy(name, real), "-wal");
    free(real);
    return name;
}

cisup_status journal_image(const char *path, int file, unsigned char **bytes,
                           cisup_index *size, cisup_error *err) {
    copy base = {0}, log = {0};
    char *log_path = log_name(path);
    cisup_status status;
    *bytes = NULL;
    *size = 0;
    if (!log_path) return cannot_read(path, err);
    if (set_lock(file, F_RDLCK) != 0) {
        status = CISUP_FAIL(err, CISUP_EIO, "%s: cannot lock: %s", path, strerror(errno));
        goto done;
    }
    status = copy_whole(&base, &log, path, file, log_path, err);
    (void)set_lock(file, F_UNLCK);
    if (status == CISUP_OK) status = apply(&base, &log, err);
    if (status == CISUP_OK && base.size) {
        *bytes = base.bytes;
        *size = base.size;
        base.bytes = NULL;
    }
done:
    free(log_path);
    cisup_release(base.bytes);
    cisup_release(log.bytes);
    return status;
}
