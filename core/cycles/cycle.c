/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/cycles/cycle_form.h>

#include <cisup/core/allocation/rows_check.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <math.h>

/* --- P and r -------------------------------------------------------------------- */

static double chance(double cases, double of) {
    return of > 0.0 ? cases / of : (double)NAN;
}

/* r from the number of (t, u, n, m, v) with v on n and m, all circuits different, and the
 * sum over ordered pairs of parts of P_h + P_g, 2 (c-1) c P. */
static void set_chances(cisup_cycle *x, double P, double joined) {
    const double T = (double)x->T, S = (double)x->S, c = (double)x->c;
    x->P = x->T > 1 ? P : (double)NAN;
    const double free = T * (T - 1.0) * S * (S - 2.0 * P);
    x->r = x->T > 1 ? chance(joined, c * (c - 1.0) * free) : (double)NAN;
}

/* f whole classes, which put f circuits on each of S q neurons, and e lines of one more:
 * sum over n of c_n (c_n - 1) is S (q f (f-1) + 2 e f). A circuit v of a whole class has
 * the points of alpha_h of those lines in part h, and what is needed is the sum of
 * (S(f-1) + alpha_h) (S(f-1) + alpha_g); of the e lines that of (S f)^2. alpha_h alpha_g
 * counts pairs of different lines that v joins: S^2 e (e-1) pairs of points, of which a
 * share f/(q-1) lies on lines of the whole classes. */
static void computed_chances(cisup_cycle *x) {
    const double S = (double)x->S, q = (double)x->q, T = (double)x->T;
    const double f = (double)(x->T / x->q), e = (double)(x->T % x->q);
    const double c = (double)x->c, base = S * (f - 1.0);
    const double P = S * f * (q * (f - 1.0) + 2.0 * e) / (T * (T - 1.0));
    const double whole = q * f * base * base + 2.0 * base * S * e * f +
                         S * S * e * (e - 1.0) * f / (q - 1.0);
    set_chances(x, P, c * (c - 1.0) * (whole + e * S * S * f * f));
    x->most = x->T / x->q + (x->T % x->q > 0);
}

/* From the lists: for each circuit the sums over its neurons in a part of c_n - 1, whose
 * products over all pairs of parts are those of the sum less those with themselves. */
static void stored_chances(cisup_cycle *x) {
    const struct cisup_cycle_form *form = x->form;
    double P = 0.0, joined = 0.0;
    for (cisup_index t = 0; t < x->T; t++) {
        double sum = 0.0, squares = 0.0;
        for (cisup_index h = 0; h < x->c; h++) {
            const int32_t *row = cisup_allocation_row(&form->part[h], t);
            const cisup_index *start = form->lists[h].start;
            cisup_index others = 0;
            for (cisup_index k = 0; k < x->S; k++)
                others += start[row[k] + 1] - start[row[k]] - 1;
            sum += (double)others;
            squares += (double)others * (double)others;
        }
        P += sum;
        joined += sum * sum - squares;
    }
    set_chances(x, P / ((double)x->c * (double)x->T * ((double)x->T - 1.0)), joined);
}

/* --- making --------------------------------------------------------------------- */

/* Counting sort: start[n+1] first counts n, then is where n's next circuit goes. */
static cisup_status lists_make(const cisup_allocation *a, cisup_cycle_lists *lists,
                               cisup_error *err) {
    const cisup_index slots = a->T * a->S;
    cisup_status status;
    CISUP_TRY(cisup_new(&lists->start, a->N + 2, sizeof *lists->start, err));
    CISUP_TRY(cisup_new(&lists->circuit, slots, sizeof *lists->circuit, err));
    cisup_index *next = lists->start + 1;
    for (cisup_index k = 0; k < slots; k++) next[a->slot[k] + 1]++;
    for (cisup_index n = 0; n < a->N; n++) next[n + 1] += next[n];
    for (cisup_index k = 0; k < slots; k++) lists->circuit[next[a->slot[k]]++] = k / a->S;
done:
    return status;
}

/* Lists and chances of the parts in the form. */
static cisup_status stored_finish(cisup_cycle *x, cisup_error *err) {
    struct cisup_cycle_form *form = x->form;
    cisup_status status;
    const double words = (double)x->N + (double)x->T * (double)x->S;
    CISUP_TRY(cisup_memory_require(8.0 * (double)x->c * words,
                                   "the circuits of every neuron", err));
    CISUP_TRY(cisup_new(&form->lists, x->c, sizeof *form->lists, err));
    for (cisup_index h = 0; h < x->c; h++) {
        CISUP_TRY(lists_make(&form->part[h], &form->lists[h], err));
        const cisup_index *start = form->lists[h].start;
        for (cisup_index n = 0; n < x->N; n++)
            if (start[n + 1] - start[n] > x->most) x->most = start[n + 1] - start[n];
    }
    stored_chances(x);
done:
    return status;
}

static cisup_status hold_slopes(struct cisup_cycle_form *form, cisup_index q,
                                cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&form->slope, q, sizeof *form->slope, err));
    CISUP_TRY(cisup_new(&form->class_of, q, sizeof *form->class_of, err));
    for (cisup_index b = 0; b < q; b++) {
        const cisup_index slope = cisup_bijection_apply(&form->slopes, b);
        form->slope[b] = (int32_t)slope;
        form->class_of[slope] = (int32_t)b;
    }
done:
    return status;
}

static cisup_status computed_make(cisup_cycle *x, cisup_index q, cisup_error *err) {
    cisup_status status;
    x->q = q;
    CISUP_TRY(cisup_ring_init(&x->form->ring, q, x->c * x->S, err));
    cisup_bijection_init(&x->form->slopes, q, 0, 0, 0);
    if (q <= CISUP_SLOPES_HELD) CISUP_TRY(hold_slopes(x->form, q, err));
    computed_chances(x);
done:
    return status;
}

/* More circuits than a ring has: those of the plan. */
static cisup_status planned_make(cisup_cycle *x, cisup_error *err) {
    struct cisup_cycle_form *form = x->form;
    cisup_cycle_plan plan;
    cisup_status status;
    CISUP_TRY(cisup_cycle_plan_make(&plan, x->N, x->S, x->c, err));
    if (x->T > plan.T)
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINFEASIBLE,
                             "T = %" PRId64 " circuits; %s places %" PRId64
                             " for N = %" PRId64 ", S = %" PRId64 " in %" PRId64
                             " parts, and no cycle more than %" PRId64,
                             x->T, plan.recipe, plan.T, x->N, x->S, x->c, plan.bound));
    CISUP_TRY(cisup_new(&form->own, x->c, sizeof *form->own, err));
    form->part = form->own;
    CISUP_TRY(cisup_cycle_build(&plan, x->T, form->own, err));
    CISUP_TRY(stored_finish(x, err));
done:
    return status;
}

cisup_status cisup_cycle_make(cisup_cycle *x, cisup_index N, cisup_index S, cisup_index c,
                              cisup_index T, cisup_error *err) {
    *x = (cisup_cycle){.N = N, .S = S, .c = c, .T = T};
    cisup_status status;
    CISUP_TRY(cisup_cycle_sizes_check(N, S, c, err));
    if (T < 1) CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL, "T = %" PRId64 " circuits", T));
    CISUP_TRY(cisup_new(&x->form, 1, sizeof *x->form, err));
    const cisup_index q = cisup_lines_largest(N / S, c * S - 1);
    CISUP_TRY(T <= q * q ? computed_make(x, q, err) : planned_make(x, err));
done:
    if (status != CISUP_OK) cisup_cycle_free(x);
    return status;
}

cisup_status cisup_cycle_of(cisup_cycle *x, const cisup_allocation *part, cisup_index c,
                            cisup_error *err) {
    *x = (cisup_cycle){0};
    if (c < 2)
        return CISUP_FAIL(err, CISUP_EINVAL, "a cycle of %" PRId64 " allocations", c);
    *x = (cisup_cycle){.N = part->N, .S = part->S, .c = c, .T = part->T};
    cisup_status status;
    CISUP_TRY(cisup_new(&x->form, 1, sizeof *x->form, err));
    x->form->part = part;
    for (cisup_index h = 0; h < c; h++) {
        const cisup_rows rows = cisup_rows_stored(&part[h]);
        if (part[h].N != x->N || part[h].S != x->S || part[h].T != x->T)
            CISUP_TRY(CISUP_FAIL(err, CISUP_ESHAPE,
                                 "part %" PRId64 " has N = %" PRId64 ", S = %" PRId64
                                 ", T = %" PRId64 ", not those of part 0",
                                 h, part[h].N, part[h].S, part[h].T));
        CISUP_TRY(cisup_rows_check(&rows, 0, part[h].slot, part[h].T, err));
    }
    CISUP_TRY(stored_finish(x, err));
done:
    if (status != CISUP_OK) cisup_cycle_free(x);
    return status;
}

void cisup_cycle_free(cisup_cycle *x) {
    struct cisup_cycle_form *form = x->form;
    for (cisup_index h = 0; form && h < x->c; h++) {
        if (form->own) cisup_allocation_free(&form->own[h]);
        if (form->lists) cisup_release(form->lists[h].start);
        if (form->lists) cisup_release(form->lists[h].circuit);
    }
    if (form) {
        cisup_ring_free(&form->ring);
        cisup_release(form->slope);
        cisup_release(form->class_of);
        cisup_release(form->own);
        cisup_release(form->lists);
    }
    cisup_release(form);
    *x = (cisup_cycle){0};
}
