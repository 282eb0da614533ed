/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ARRAY_H
#define CISUP_SPARSE_ARRAY_H

#include <cisup/core/status.h>

#include <stddef.h>

typedef enum {
    CISUP_ARRAY_INDEX,  /* cisup_index */
    CISUP_ARRAY_DOUBLE, /* double */
    CISUP_ARRAY_TEXT,   /* char, up to a NUL; rank 0 */
} cisup_array_type;

enum { CISUP_ARRAY_RANK = 4 };

/* Numbers under a name, for files of arrays (npz.h, safetensors.h). Borrows everything.
 */
typedef struct {
    const char *name;
    cisup_array_type type;
    int rank;                           /* 0..CISUP_ARRAY_RANK; 0: one number */
    cisup_index size[CISUP_ARRAY_RANK]; /* >= 0 */
    const void *data;                   /* row-major */
} cisup_array;

/* Their bytes in a file. Errors: EINVAL naming the array (a size below 0, or more than
 * 2^63 bytes). */
CISUP_MUST_CHECK cisup_status cisup_array_bytes(const cisup_array *a, cisup_index *bytes,
                                                cisup_error *err);

/* Receives the next bytes. */
typedef void cisup_array_take(void *context, const unsigned char *bytes, size_t count);

/* Hands out all bytes, lowest first in each number, whatever the machine. bytes: what
 * cisup_array_bytes said. */
void cisup_array_each(const cisup_array *a, cisup_index bytes, cisup_array_take *take,
                      void *context);

/* Writes a number's lowest bytes, lowest first. out: [count], count <= 8. */
void cisup_array_put(unsigned char *out, uint64_t value, int count);

#endif
