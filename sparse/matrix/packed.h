/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_PACKED_H
#define CISUP_SPARSE_PACKED_H

#include <cisup/core/status.h>

#include <stddef.h>
#include <zlib.h>

/* The bytes of a file that is plain or compressed by gzip, whatever its name: then they
 * are those of its members, one after the other. Start from {.descriptor = -1}; opened
 * once, read from its beginning to its end. */
typedef struct {
    int descriptor;
    int is_packed, is_inside; /* inside: a member has begun and not ended */
    unsigned char *raw;       /* read, to be unpacked */
    z_stream z;               /* z.avail_in bytes at z.next_in are left of them */
} cisup_packed;

/* path: "-" is standard input. Errors: EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_packed_open(cisup_packed *p, const char *path,
                                                cisup_error *err);

/* Up to `room` bytes to `to`; *got = 0 at the end only. Errors: EIO; ENOMEM; EFORMAT when
 * gzip data are damaged, end too early, or are followed by anything but a member. */
CISUP_MUST_CHECK cisup_status cisup_packed_read(cisup_packed *p, char *to, size_t room,
                                                size_t *got, cisup_error *err);
void cisup_packed_close(cisup_packed *p);

#endif
