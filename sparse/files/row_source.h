/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_ROW_SOURCE_H
#define CISUP_SPARSE_ROW_SOURCE_H

#include <cisup/sparse/row_file.h>

/* One entry of a file, from 0. */
typedef struct {
    cisup_index circuit, neuron;
    cisup_index line; /* negative: a stored zero, which seats nobody */
} cisup_seat;

/* A file of seats in any of the formats of sparse/row_file.h, of which it is a part. */
typedef struct {
    const char *path;
    cisup_row_file_options options;
    void *context;
    cisup_status (*seat)(void *context, cisup_seat x, cisup_error *err);

    /* what has been found */
    cisup_row_format format;
    int base;                 /* of the numbers in the file */
    cisup_index headings;     /* lines of words above the blocks */
    cisup_index nrow, ncol;   /* of a matrix; ncol of blocks: how many */
    cisup_index other_values; /* entries of a matrix that are neither 0 nor 1 */
} cisup_row_source;

/* Reads the file from its beginning to its end. Errors: those of cisup_row_file_open, but
 * for what is wrong with rows; those of `seat`. */
CISUP_MUST_CHECK cisup_status cisup_row_source_read(cisup_row_source *s,
                                                    cisup_error *err);

#endif
