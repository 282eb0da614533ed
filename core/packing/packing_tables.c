/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/packing/packing_tables.h>

#include <stdlib.h>

cisup_index cisup_line_number(const char **line) {
    while (**line == ' ') (*line)++;
    if (**line < '0' || **line > '9') return -1;
    char *end;
    const cisup_index value = strtoll(*line, &end, 10);
    *line = end;
    return value;
}

int cisup_cyclic_entry_at(int k, cisup_cyclic_entry *entry) {
    const char *line = cisup_cyclic_lines[k];
    if (!line) return 0;
    entry->S = cisup_line_number(&line);
    entry->points = cisup_line_number(&line);
    entry->multiplier = cisup_line_number(&line);
    entry->blocks = cisup_line_number(&line);
    entry->bases = line;
    return 1;
}

int cisup_vmt_entry_at(int k, cisup_vmt_entry *entry) {
    const char *line = cisup_vmt_lines[k];
    if (!line) return 0;
    *entry = (cisup_vmt_entry){0};
    entry->m = cisup_line_number(&line);
    entry->t = cisup_line_number(&line);
    for (cisup_index i = 0; i <= entry->m && i < 33; i++)
        entry->a[i] = cisup_line_number(&line);
    return 1;
}
