/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/dual.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/packing/packing_tables.h>

#include <stdio.h>

/* Base blocks, if every one is written out and has v translates; else 0. */
static cisup_index full_orbits(const cisup_cyclic_entry *entry) {
    if (entry->multiplier != 1 || entry->blocks % entry->points) return 0;
    cisup_index bases = 1;
    for (const char *c = entry->bases; *c; c++) bases += *c == '/';
    return bases * entry->points == entry->blocks ? bases : 0;
}

static int fits(const cisup_cycle_plan *plan, const cisup_cyclic_entry *entry) {
    const cisup_index orbits = plan->S / entry->S, own = plan->S % entry->S;
    return orbits > 0 && entry->points * (orbits + own) <= plan->N &&
           plan->c * orbits <= full_orbits(entry);
}

void cisup_dual_try(cisup_cycle_plan *plan) {
    cisup_cyclic_entry entry;
    for (int k = 0; cisup_cyclic_entry_at(k, &entry); k++) {
        if (entry.points <= plan->T || !fits(plan, &entry)) continue;
        plan->T = plan->order = entry.points;
        plan->less = 0;
        plan->dual = entry.S;
        (void)snprintf(plan->recipe, sizeof plan->recipe, "dual %" PRId64 " of %" PRId64,
                       entry.S, entry.points);
    }
}

/* The neurons of all circuits in one orbit, whose first neuron is given: y of the
 * circuits base + y. at: the place in the rows. */
static void fill_orbit(const cisup_cyclic_entry *entry, const char **bases,
                       cisup_index first, cisup_index at, cisup_allocation *part) {
    const cisup_index v = entry->points;
    for (cisup_index k = 0; k < entry->S; k++) {
        const cisup_index base = cisup_line_number(bases);
        for (cisup_index t = 0; t < part->T; t++)
            part->slot[t * part->S + at + k] = (int32_t)(first + (t + v - base) % v);
    }
    while (**bases == ' ' || **bases == '/') ++*bases;
}

cisup_status cisup_dual_fill(const cisup_cycle_plan *plan, cisup_allocation *part,
                             cisup_error *err) {
    cisup_cyclic_entry entry = {0};
    int k = 0;
    while (cisup_cyclic_entry_at(k, &entry) &&
           (entry.S != plan->dual || entry.points != plan->order || !fits(plan, &entry)))
        k++;
    if (plan->dual == 0 || entry.S != plan->dual || entry.points != plan->order)
        return CISUP_FAIL(err, CISUP_EINVAL, "no dual of %" PRId64 " points",
                          plan->order);
    const char *bases = entry.bases;
    const cisup_index v = entry.points, whole = plan->S / entry.S;
    for (cisup_index h = 0; h < plan->c; h++) {
        for (cisup_index j = 0; j < whole; j++)
            fill_orbit(&entry, &bases, j * v, j * entry.S, &part[h]);
        for (cisup_index t = 0; t < part[h].T; t++) {
            int32_t *row = part[h].slot + t * plan->S;
            for (cisup_index i = whole * entry.S; i < plan->S; i++)
                row[i] = (int32_t)((whole + i - whole * entry.S) * v + t);
            cisup_row_sort(row, plan->S);
        }
    }
    return CISUP_OK;
}
