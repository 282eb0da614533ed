/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ROW_FILE_H
#define CISUP_SPARSE_ROW_FILE_H

#include <cisup/core/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a file is, told by its beginning. */
typedef enum {
    CISUP_ROWS_MATRIX_MARKET = 1,
    CISUP_ROWS_CSV,    /* circuit,neuron: one line for each circuit and neuron */
    CISUP_ROWS_BLOCKS, /* a circuit a line */
    CISUP_ROWS_LIST,   /* [[0, 1, 3], [1, 2, 4]] */
} cisup_row_format;

/* The rows of an allocation or embedding file, ours or foreign, whatever its size: in
 * memory, or in a temporary file without a name (in $TMPDIR, else /tmp) that is read
 * piece by piece. Start from {0}. */
typedef struct {
    cisup_index N, S, T;
    cisup_index bad_circuit; /* the first with another number of neurons than S, or -1 */
    cisup_index bad_count;   /* how many that one has */
    cisup_index least_count, most_count; /* neurons of the smallest and largest one */
    cisup_index added;                   /* neurons N, N+1, ... that fill circuits up */
    cisup_index width;        /* neurons of a row, those that fill it up included */
    cisup_index least_neuron; /* the smallest in a circuit */
    cisup_row_format format;
    int base;                 /* 1: the file counts circuits and neurons from 1 */
    cisup_index headings;     /* lines of words above the blocks, left out */
    cisup_index other_values; /* lenient: entries that are neither 0 nor 1 */
    int has_rows;             /* 0 only if there is a bad circuit, and no memory */
    int can_reopen;           /* the path is a regular file, which may be read again */
    int32_t *slot;            /* [T][width], or NULL: they are in the temporary file */
    cisup_index room;
    int has_spilled, descriptor; /* of the temporary file, when has_spilled */
} cisup_row_file;

typedef struct {
    cisup_index neurons; /* of a file that is no matrix; 0: as many as the largest says */
    cisup_index S;       /* neurons of every circuit; 0: as many as the first has */
    int lenient;         /* 1: accept foreign Matrix Market habits (sparse/mtx.h) and
                            values other than 1 */
    int padded;          /* 1: a circuit of fewer than S neurons gets neurons of its own,
                            from N on, and is not bad; neurons and S are given */
    int one_based;       /* 1: circuits and neurons count from 1, as in every matrix */
    int transposed;      /* 1: a matrix of circuits x neurons */
    double memory;       /* bytes for reading, >= 0: at most half of it for rows and a
                            quarter for entries on their way, of which there is room
                            for 1024 in any case; 0: half of what is available */
} cisup_row_file_options;

/* Reads a file as a matrix of neurons x circuits whose nonzeros say who sits where.
 *
 *   path     "-" is standard input; the beginning of the file, plain or compressed by
 *            gzip, says which cisup_row_format it is, unless the name ends in .mtx or
 *            .mtx.gz. Lines of words above blocks are left out, "#" begins a comment
 *   options  NULL: all 0
 *   f        uninitialised on entry, empty after a failure
 *
 * Entries may be in any order. As long as they follow the order of the circuits, or fit
 * in memory, the file is read once; otherwise once more for as many circuits at a time
 * as fit. A circuit with another number of neurons is no failure: it is named in f; if
 * all fit in memory there are rows of the largest number of neurons, filled up with
 * neurons of their own, else none. A Matrix Market file says 1, or 0 for a seat that
 * nobody takes; leniently anything but 0 is a seat, and the file is held in memory whole.
 * Anything but a regular file is opened and read once.
 *
 * Errors: EIO; ENOMEM, also when what is no regular file would have to be read twice, a
 * circuit does not fit in memory, or a lenient file does not; EFORMAT
 * with file, line and value: bad numbers, an index out of range, an entry twice, a
 * circuit of a CSV file without any line; an empty matrix, N over 2^31-1; EINVAL: a
 * transposed file that is no matrix. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_row_file_open(const char *path, const cisup_row_file_options *options,
                    cisup_row_file *f, cisup_error *err);
CISUP_API void cisup_row_file_close(cisup_row_file *f);

/* Borrows the rows of an open file that has some: S = width, N + added neurons. */
CISUP_API cisup_rows cisup_row_file_rows(const cisup_row_file *f);

#ifdef __cplusplus
}
#endif

#endif
