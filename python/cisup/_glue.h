/* Loops that are not for Python. */
#include <cisup/cisup.h>

#include <stdlib.h>

/* All rows of a cycle: slot [c][T][S]. */
static void cisup_py_cycle_rows(const cisup_cycle *x, int32_t *slot) {
    for (cisup_index h = 0; h < x->c; h++)
        for (cisup_index t = 0; t < x->T; t++)
            cisup_cycle_row(x, h, t, slot + (h * x->T + t) * x->S);
}

/* out: [T][S]. */
static cisup_status cisup_py_rows_fill(const cisup_rows *rows, int32_t *out,
                                       cisup_error *err) {
    return rows->fill(rows->from, 0, rows->T, out, err);
}

/* Gives circuits the array is_signed, [L] of 0, that they free; NULL for want of memory.
 */
static unsigned char *cisup_py_signs(cisup_circuits *c) {
    if (!c->is_signed && cisup_new(&c->is_signed, c->L, 1, NULL) != CISUP_OK) return NULL;
    return c->is_signed;
}
