/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_NPZ_H
#define CISUP_SPARSE_NPZ_H

#include <cisup/core/base/outfile.h>
#include <cisup/sparse/files/array.h>

/* A file of NumPy arrays (.npz), as numpy.load and scipy.sparse.load_npz read it: a ZIP
 * archive without compression of files NAME.npy, format 1.0, little-endian. Headers of
 * .npy are multiples of 64 bytes and begin at such in the file, so that arrays can be
 * mapped. The same arrays give the same bytes. Texts are arrays of rank 0 of type S.
 *
 * The file appears whole or not at all (core/base/outfile.h). Start from {0}.
 *
 * Limits: those of ZIP without its 64-bit extension, 2^32 - 2 bytes and 2^16 - 2 arrays.
 * Sources: NumPy Enhancement Proposal 1; PKWARE, APPNOTE.TXT 6.3, sections 4.3 to 4.5. */
typedef struct {
    cisup_outfile file;
    struct cisup_npz_member *member; /* [members] */
    cisup_index members, room;
    cisup_index at; /* bytes written */
} cisup_npz;

#define CISUP_NPZ_MOST_BYTES INT64_C(0xFFFFFFFE)

/* Errors: those of cisup_outfile_open. */
CISUP_MUST_CHECK cisup_status cisup_npz_open(cisup_npz *z, const char *path,
                                             cisup_overwrite overwrite, cisup_error *err);

/* Appends an array; names are not compared. Errors: EINVAL (its size; a name of more than
 * 200 characters; a file that would pass the limits, with its size); ENOMEM; a full disk
 * shows at the commit. Reads the array twice. */
CISUP_MUST_CHECK cisup_status cisup_npz_add(cisup_npz *z, const cisup_array *a,
                                            cisup_error *err);

/* Errors: those of cisup_outfile_commit. Frees in any case. */
CISUP_MUST_CHECK cisup_status cisup_npz_commit(cisup_npz *z, cisup_error *err);

/* Drops an uncommitted file and frees; does nothing after a commit or on {0}. */
void cisup_npz_discard(cisup_npz *z);

#endif
