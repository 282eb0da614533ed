/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_PACKING_TABLES_H
#define CISUP_CORE_PACKING_TABLES_H

#include <cisup/core/status.h>

/* The lines of data/small_cyclic_packings.txt and data/vmt_vectors.txt without their
 * comments, each array ended by NULL; written by CMake at configure time. */
extern const char *const cisup_cyclic_lines[];
extern const char *const cisup_vmt_lines[];

/* Reads the next whole number of a line and moves past it; -1 at the end of the line
 * or at a slash, which is left where it is. */
cisup_index cisup_line_number(const char **line);

/* A cyclic packing: all u^k B + t modulo points, B among the base blocks. */
typedef struct {
    cisup_index S, points, multiplier, blocks;
    const char *bases; /* the rest of the line */
} cisup_cyclic_entry;

/* Entry k of the table; false past its end. */
int cisup_cyclic_entry_at(int k, cisup_cyclic_entry *entry);

/* A V(m,t) vector a_1 .. a_(m+1) modulo m t + 1. */
typedef struct {
    cisup_index m, t;
    cisup_index a[33];
} cisup_vmt_entry;

/* Entry k of the table; false past its end. */
int cisup_vmt_entry_at(int k, cisup_vmt_entry *entry);

#endif
