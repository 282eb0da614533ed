/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_SAFETENSORS_H
#define CISUP_SPARSE_SAFETENSORS_H

#include <cisup/core/base/outfile.h>
#include <cisup/sparse/files/array.h>

/* A file of tensors (.safetensors): eight bytes with the length of a header, lowest
 * first, the header, a JSON object with type, shape and place of each tensor, padded with
 * blanks to a multiple of 8, then their numbers one after the other, F64 and I64. The
 * same tensors give the same bytes.
 *
 * The file appears whole or not at all (core/base/outfile.h). Until then the numbers lie
 * in a nameless file beside it, as the header comes first. Start from {0}.
 *
 * Source: huggingface/safetensors, README, "Format". */
typedef struct {
    cisup_outfile file;
    FILE *data, *head; /* head: in memory, in text */
    char *text;
    size_t length;
    cisup_index at; /* bytes of data */
} cisup_safetensors;

/* Errors: those of cisup_outfile_open; EIO; ENOMEM. */
CISUP_MUST_CHECK cisup_status cisup_safetensors_open(cisup_safetensors *s,
                                                     const char *path,
                                                     cisup_overwrite overwrite,
                                                     cisup_error *err);

/* Appends numbers, no text. Their name needs no escapes in JSON, which is asserted; names
 * are not compared. Errors: EINVAL (their size); a full disk shows at the commit. */
CISUP_MUST_CHECK cisup_status cisup_safetensors_add(cisup_safetensors *s,
                                                    const cisup_array *a,
                                                    cisup_error *err);

/* Writes the file. metadata: a JSON object of texts. Errors: those of
 * cisup_outfile_commit; EIO; ENOMEM. Frees in any case. */
CISUP_MUST_CHECK cisup_status cisup_safetensors_commit(cisup_safetensors *s,
                                                       const char *metadata,
                                                       cisup_error *err);

/* Drops an uncommitted file and frees; does nothing after a commit or on {0}. */
void cisup_safetensors_discard(cisup_safetensors *s);

#endif
