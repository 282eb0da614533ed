/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_BLOCK_TEXT_H
#define CISUP_SPARSE_BLOCK_TEXT_H

#include <cisup/sparse/matrix/packed.h>

#include <stdbool.h>

/* Blocks as people write them, by one tokenizer:
 *
 *   lines   a block a line, numbers between blanks or commas; blank lines are none
 *   a list  [[0, 1, 3], [1, 2, 4]] over any number of lines, the outer brackets perhaps
 *           missing, commas between numbers or not; (), {} are brackets, too
 *
 * "#" and "%" begin a comment until the end of the line. */
typedef struct {
    const char *path;  /* in messages; "-" is standard input */
    cisup_index lines; /* of the file, read before */
    bool is_list;
    void *context;
    /* Called for every number, 0 to 2^31 - 1, with its block, from 0, and its line. */
    cisup_status (*number)(void *context, cisup_index block, cisup_index number,
                           cisup_index line, cisup_error *err);
} cisup_block_text;

/* Reads an open file to its end; *blocks receives how many there are. Memory: a buffer,
 * whatever the file. Errors: EFORMAT with "path:line: " and the word: no number, commas
 * without one, brackets that do not close, numbers outside of blocks; EIO; ENOMEM; those
 * of `number`. */
CISUP_MUST_CHECK cisup_status cisup_block_text_read(cisup_packed *file,
                                                    const cisup_block_text *how,
                                                    cisup_index *blocks,
                                                    cisup_error *err);

#endif
