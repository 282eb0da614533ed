/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/proof/suppose.h>

#include <cisup/core/cycles/cycle_form.h>

#include <stddef.h>

static int has_elements(const cisup_lines *lines, cisup_index q) {
    cisup_index size = lines->m;
    for (int f = 0; f < lines->fields; f++) size *= lines->field[f].q;
    return lines->q == q && size == q;
}

cisup_status cisup_cycle_verify(const cisup_cycle *x, cisup_scheme_proof *p,
                                cisup_error *err) {
    *p = (cisup_scheme_proof){0};
    if (x->q == 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "no short theorem for a stored cycle: look at all pairs");
    const cisup_ring *ring = &x->form->ring;
    p->holds = 1;
    p->theorem =
        "lines a + x_i b over a ring with unit differences x_i - x_j meet in one of the "
        "c S\n"
        "groups at most: (x_i - x_j)(b - b') = 0 gives b = b', then a = a'. Each part is "
        "S\n"
        "of these groups, and of no two parts the same.\n";
    cisup_suppose(p, NULL, "differences are units",
                  cisup_units_differ(&ring->lines, x->c * x->S - 1));
    cisup_suppose(p, NULL, "the ring has q elements", has_elements(&ring->lines, x->q));
    cisup_suppose(p, NULL, "c S groups, c > 1",
                  x->c > 1 && ring->groups == x->c * x->S &&
                      ring->lines.S == ring->groups - 1);
    cisup_suppose(p, NULL, "S groups of q fit N neurons", x->S * x->q <= x->N);
    cisup_suppose(p, NULL, "T is at most q^2", x->T >= 1 && x->T <= x->q * x->q);
    return CISUP_OK;
}
