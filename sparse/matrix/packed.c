/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * zlib's own gzread is silent about what follows a member, so members are unpacked
 * here. */
#include "packed.h"

#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { raw_bytes = 1 << 17, gzip_windows = 15 + 16 };

static cisup_status read_some(const cisup_packed *p, void *to, size_t room, size_t *got,
                              cisup_error *err) {
    ssize_t count;
    do count = read(p->descriptor, to, room);
    while (count < 0 && errno == EINTR);
    *got = count < 0 ? 0 : (size_t)count;
    if (count >= 0) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EIO, "cannot read: %s", strerror(errno));
}

/* The first two bytes tell gzip. */
static cisup_status look(cisup_packed *p, cisup_error *err) {
    size_t got = 1;
    p->z.next_in = p->raw;
    while (p->z.avail_in < 2 && got > 0) {
        const cisup_status status =
            read_some(p, p->raw + p->z.avail_in, raw_bytes - p->z.avail_in, &got, err);
        if (status != CISUP_OK) return status;
        p->z.avail_in += (unsigned)got;
    }
    if (p->z.avail_in < 2 || p->raw[0] != 0x1f || p->raw[1] != 0x8b) return CISUP_OK;
    if (inflateInit2(&p->z, gzip_windows) != Z_OK)
        return CISUP_FAIL(err, CISUP_ENOMEM, "could not take memory to unpack");
    p->is_packed = 1;
    return CISUP_OK;
}

cisup_status cisup_packed_open(cisup_packed *p, const char *path, cisup_error *err) {
    *p = (cisup_packed){.descriptor = -1};
    cisup_status status;
    CISUP_TRY(cisup_new(&p->raw, raw_bytes, 1, err));
    p->descriptor =
        strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (p->descriptor < 0)
        status = CISUP_FAIL(err, CISUP_EIO, "cannot read: %s", strerror(errno));
    else
        status = look(p, err);
done:
    if (status != CISUP_OK) cisup_packed_close(p);
    return status;
}

void cisup_packed_close(cisup_packed *p) {
    if (p->is_packed) (void)inflateEnd(&p->z);
    if (p->descriptor >= 0) (void)close(p->descriptor);
    cisup_release(p->raw);
    cisup_release(p->ahead);
    *p = (cisup_packed){.descriptor = -1};
}

static cisup_status something_follows(cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EFORMAT, "something follows the gzip data");
}

/* Unpacks what is in p->raw; `is_new`: a member begins here. */
static cisup_status unpack(cisup_packed *p, int is_new, cisup_error *err) {
    if (is_new) (void)inflateReset(&p->z);
    const int code = inflate(&p->z, Z_NO_FLUSH);
    p->is_inside = code != Z_STREAM_END;
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return CISUP_OK;
    if (code == Z_MEM_ERROR)
        return CISUP_FAIL(err, CISUP_ENOMEM, "could not take memory to unpack");
    if (p->z.total_in < 3) return something_follows(err); /* the first was looked at */
    return CISUP_FAIL(err, CISUP_EFORMAT, "the gzip data are damaged (%s)",
                      p->z.msg ? p->z.msg : "no member");
}

static cisup_status read_packed(cisup_packed *p, char *to, size_t room, size_t *got,
                                cisup_error *err) {
    p->z.next_out = (unsigned char *)to;
    p->z.avail_out = (unsigned)room;
    while (p->z.avail_out == room) {
        if (p->z.avail_in == 0) {
            size_t more;
            const cisup_status status = read_some(p, p->raw, raw_bytes, &more, err);
            if (status != CISUP_OK) return status;
            if (more == 0 && p->is_inside && p->z.total_in < 2)
                return something_follows(err);
            if (more == 0 && p->is_inside)
                return CISUP_FAIL(err, CISUP_EFORMAT, "the gzip data end too early");
            if (more == 0) break;
            p->z.next_in = p->raw;
            p->z.avail_in = (unsigned)more;
        }
        const cisup_status status = unpack(p, !p->is_inside, err);
        if (status != CISUP_OK) return status;
    }
    *got = room - p->z.avail_out;
    return CISUP_OK;
}

/* What follows what was looked at. */
static cisup_status read_on(cisup_packed *p, char *to, size_t room, size_t *got,
                            cisup_error *err) {
    if (p->is_packed) return read_packed(p, to, room, got, err);
    if (p->z.avail_in == 0) return read_some(p, to, room, got, err);
    *got = p->z.avail_in < room ? p->z.avail_in : room;
    memcpy(to, p->z.next_in, *got);
    p->z.next_in += *got;
    p->z.avail_in -= (unsigned)*got;
    return CISUP_OK;
}

cisup_status cisup_packed_look_ahead(cisup_packed *p, const char **text, size_t *length,
                                     cisup_error *err) {
    size_t got = 1;
    cisup_status status;
    CISUP_TRY(cisup_new(&p->ahead, CISUP_PACKED_AHEAD, 1, err));
    while (p->end < CISUP_PACKED_AHEAD && got > 0) {
        const int is_first = p->end == 0; /* later failures are met again */
        status = read_on(p, p->ahead + p->end, CISUP_PACKED_AHEAD - p->end, &got,
                         is_first ? err : NULL);
        if (status != CISUP_OK && is_first) return status;
        if (status != CISUP_OK) break;
        p->end += got;
    }
    *text = p->ahead;
    *length = p->end;
    status = CISUP_OK;
done:
    return status;
}

void cisup_packed_skip(cisup_packed *p, size_t bytes) {
    p->at = bytes;
}

cisup_status cisup_packed_read(cisup_packed *p, char *to, size_t room, size_t *got,
                               cisup_error *err) {
    if (p->at == p->end) return read_on(p, to, room, got, err);
    *got = p->end - p->at < room ? p->end - p->at : room;
    memcpy(to, p->ahead + p->at, *got);
    p->at += *got;
    return CISUP_OK;
}
