/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GIVEN_FIELDS_H
#define CISUP_APPS_GIVEN_FIELDS_H

#include <cisup/core/status.h>

#include <jansson.h>

/* Fields of a JSON object by what they are to be. Errors of all: EFORMAT naming the field
 * and what is wrong with it; ENOMEM. */

cisup_status given_missing(const char *field, cisup_error *err);

/* A positive integer. */
CISUP_MUST_CHECK cisup_status given_size(const json_t *object, const char *field,
                                         cisup_index *out, cisup_error *err);

/* A word among those that find knows; true or false; a number. *out is left alone when
 * the field is missing. */
CISUP_MUST_CHECK cisup_status given_word(const json_t *object, const char *field,
                                         int (*find)(const char *), int *out,
                                         cisup_error *err);
CISUP_MUST_CHECK cisup_status given_flag(const json_t *object, const char *field,
                                         int *out, cisup_error *err);
CISUP_MUST_CHECK cisup_status given_real(const json_t *object, const char *field,
                                         double *out, cisup_error *err);

/* Nested arrays of size[0], size[1], ... numbers into out, row-major. */
CISUP_MUST_CHECK cisup_status given_array(const json_t *object, const char *field,
                                          const cisup_index *size, int depth, double *out,
                                          cisup_error *err);

/* The same for whole numbers, into *out: allocated here, cisup_release frees. */
CISUP_MUST_CHECK cisup_status given_indices(const json_t *object, const char *field,
                                            const cisup_index *size, int depth,
                                            cisup_index **out, cisup_error *err);

/* How deep the arrays of a field are nested; 0 if it is none. */
int given_depth(const json_t *object, const char *field);

/* Arrays given once or once a layer, into out [layers][size...]. `depth` is the nesting
 * of one layer. */
CISUP_MUST_CHECK cisup_status given_layers(const json_t *object, const char *field,
                                           cisup_index layers, const cisup_index *size,
                                           int depth, double *out, cisup_error *err);

/* Whether an object has only fields among `known`, which are separated by single blanks.
 * Errors: EFORMAT naming another one. */
CISUP_MUST_CHECK cisup_status given_names(const json_t *object, const char *known,
                                          cisup_error *err);

#endif
