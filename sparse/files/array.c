/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/files/array.h>

#include <cisup/core/base/storage.h>

#include <string.h>

enum { CHUNK = 1024 }; /* numbers */

cisup_status cisup_array_bytes(const cisup_array *a, cisup_index *bytes,
                               cisup_error *err) {
    cisup_index count = a->type == CISUP_ARRAY_TEXT ? (cisup_index)strlen(a->data) : 8;
    for (int k = 0; k < a->rank; k++)
        if (a->size[k] < 0 || !cisup_multiply_sizes(count, a->size[k], &count))
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "array %s: size %d is %" PRId64 ", or all are too large",
                              a->name, k, a->size[k]);
    *bytes = count;
    return CISUP_OK;
}

void cisup_array_put(unsigned char *out, uint64_t value, int count) {
    for (int k = 0; k < count; k++) out[k] = (unsigned char)(value >> (8 * k));
}

void cisup_array_each(const cisup_array *a, cisup_index bytes, cisup_array_take *take,
                      void *context) {
    const unsigned char *data = a->data;
    unsigned char chunk[8 * CHUNK];
    if (a->type == CISUP_ARRAY_TEXT) {
        take(context, data, (size_t)bytes);
        return;
    }
    for (cisup_index at = 0; at < bytes; at += 8 * CHUNK) {
        const cisup_index left = bytes - at;
        const size_t count = left < 8 * CHUNK ? (size_t)left : 8 * CHUNK;
        for (size_t k = 0; k < count; k += 8) {
            uint64_t number;
            memcpy(&number, data + at + k, 8);
            cisup_array_put(chunk + k, number, 8);
        }
        take(context, chunk, count);
    }
}
