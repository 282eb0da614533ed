/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_PACKED_H
#define CISUP_SPARSE_PACKED_H

#include <cisup/core/status.h>

#include <stddef.h>
#include <zlib.h>

enum { CISUP_PACKED_AHEAD = 1 << 16 };

/* The bytes of a file that is plain or compressed by gzip, whatever its name: then they
 * are those of its members, one after the other. Start from {.descriptor = -1}; opened
 * once, read from its beginning to its end. */
typedef struct {
    int descriptor;
    int is_packed, is_inside; /* inside: a member has begun and not ended */
    unsigned char *raw;       /* read, to be unpacked */
    z_stream z;               /* z.avail_in bytes at z.next_in are left of them */
    char *ahead;              /* looked at and not yet read: ahead[at..end) */
    size_t at, end;
} cisup_packed;

/* path: "-" is standard input. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_packed_open(cisup_packed *p, const char *path,
                                                cisup_error *err);

/* Shows the first bytes without reading them, CISUP_PACKED_AHEAD or as many as there are.
 * Before the first cisup_packed_read, once. Errors: those of reading. */
CISUP_MUST_CHECK cisup_status cisup_packed_look_ahead(cisup_packed *p, const char **text,
                                                      size_t *length, cisup_error *err);

/* Leaves out the first `bytes` of what was looked at. */
void cisup_packed_skip(cisup_packed *p, size_t bytes);

/* Up to `room` bytes to `to`; *got = 0 at the end only. Errors: EIO; ENOMEM; EFORMAT when
 * gzip data are damaged, end too early, or are followed by anything but a member. */
CISUP_MUST_CHECK cisup_status cisup_packed_read(cisup_packed *p, char *to, size_t room,
                                                size_t *got, cisup_error *err);
void cisup_packed_close(cisup_packed *p);

#endif
