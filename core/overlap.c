/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap.h>

#include <cisup/core/memory.h>

#include <stdbool.h>
#include <stdlib.h>

/* The circuits through each neuron, ascending: through[start[n] .. start[n+1]-1]. */
typedef struct {
    cisup_index *start;   /* [N+1] */
    cisup_index *through; /* [T*S] */
} incidence;

static cisup_status rows_check(const cisup_allocation *a, cisup_error *err) {
    for (cisup_index t = 0; t < a->T; t++) {
        const int32_t *row = cisup_allocation_row(a, t);
        int32_t last = -1;
        for (cisup_index k = 0; k < a->S; k++) {
            if (row[k] <= last || row[k] >= a->N)
                return CISUP_FAIL(err, CISUP_EFORMAT,
                                  "circuit %" PRId64 ": neuron %" PRId32
                                  " is not increasing within [0, %" PRId64 ")",
                                  t, row[k], a->N);
            last = row[k];
        }
    }
    return CISUP_OK;
}

static void incidence_free(incidence *on) {
    cisup_release(on->start);
    cisup_release(on->through);
    *on = (incidence){0};
}

static cisup_status incidence_init(incidence *on, const cisup_allocation *a,
                                   cisup_error *err) {
    *on = (incidence){0};
    cisup_status status;
    CISUP_TRY(cisup_new(&on->start, a->N + 2, sizeof *on->start, err));
    CISUP_TRY(cisup_new(&on->through, a->T * a->S, sizeof *on->through, err));
    /* Counting sort: start[n+2] counts n, becomes where n's list begins at [n+1],
     * and has moved to its end, where n+1's begins, once the list is filled. */
    for (cisup_index k = 0; k < a->T * a->S; k++) on->start[a->slot[k] + 2]++;
    for (cisup_index n = 2; n <= a->N + 1; n++) on->start[n] += on->start[n - 1];
    for (cisup_index k = 0; k < a->T * a->S; k++)
        on->through[on->start[a->slot[k] + 1]++] = k / a->S;
done:
    if (status != CISUP_OK) incidence_free(on);
    return status;
}

/* Circuits through n mark the neurons above n that they hold; mark[m] = n+1 when met.
 * Returns the smallest m met twice, or N. */
static cisup_index first_repeat(const cisup_allocation *a, const incidence *on,
                                cisup_index n, int32_t *mark) {
    cisup_index repeat = a->N;
    for (cisup_index c = on->start[n]; c < on->start[n + 1]; c++) {
        const int32_t *row = cisup_allocation_row(a, on->through[c]);
        for (cisup_index k = a->S - 1; k >= 0 && row[k] > n; k--) {
            if (mark[row[k]] == n + 1 && row[k] < repeat) repeat = row[k];
            mark[row[k]] = (int32_t)(n + 1);
        }
    }
    return repeat;
}

static bool row_holds(const cisup_allocation *a, cisup_index t, cisup_index m) {
    const int32_t *row = cisup_allocation_row(a, t);
    for (cisup_index k = 0; k < a->S; k++)
        if (row[k] == m) return true;
    return false;
}

static void name_witness(const cisup_allocation *a, const incidence *on, cisup_index n,
                         cisup_index m, cisup_overlap_report *report) {
    int found = 0;
    for (cisup_index c = on->start[n]; found < 2; c++)
        if (row_holds(a, on->through[c], m))
            report->witness_circuits[found++] = on->through[c];
    report->witness_neurons[0] = n;
    report->witness_neurons[1] = m;
}

/* A circuit of a group and one of its neurons beyond those the group has in common. */
typedef struct {
    int32_t neuron;
    cisup_index circuit;
} member;

typedef struct {
    const cisup_allocation *a;
    cisup_index best;  /* largest overlap seen */
    double steps_left; /* before the search gives up */
    cisup_error *err;
} deepening;

static int by_neuron(const void *left, const void *right) {
    const member *x = left, *y = right;
    if (x->neuron != y->neuron) return x->neuron < y->neuron ? -1 : 1;
    return (x->circuit > y->circuit) - (x->circuit < y->circuit);
}

/* The members of circuits[0..count-1] above neuron `last`, sorted by neuron. */
static cisup_status gather(deepening *d, const cisup_index *circuits, cisup_index count,
                           cisup_index last, member **out, cisup_index *length) {
    const cisup_allocation *a = d->a;
    const cisup_status status = cisup_new(out, count * a->S, sizeof **out, d->err);
    if (status != CISUP_OK) return status;
    *length = 0;
    for (cisup_index c = 0; c < count; c++) {
        const int32_t *row = cisup_allocation_row(a, circuits[c]);
        for (cisup_index k = a->S - 1; k >= 0 && row[k] > last; k--)
            (*out)[(*length)++] = (member){row[k], circuits[c]};
    }
    qsort(*out, (size_t)*length, sizeof **out, by_neuron);
    d->steps_left -= (double)count * (double)a->S;
    return CISUP_OK;
}

/* All circuits[0..count-1], count >= 2, share `depth` neurons, the largest `last`.
 * Finds the largest overlap among them by adding neurons one at a time; the
 * recursion is at most S deep. */
static cisup_status deepen(deepening *d, const cisup_index *circuits, cisup_index count,
                           cisup_index last, cisup_index depth) {
    if (depth > d->best) d->best = depth;
    if (d->best == d->a->S || d->steps_left < 0.0) return CISUP_OK;
    member *list = NULL;
    cisup_index *group = NULL, length = 0;
    cisup_status status;
    CISUP_TRY(gather(d, circuits, count, last, &list, &length));
    CISUP_TRY(cisup_new(&group, count, sizeof *group, d->err));
    for (cisup_index start = 0, end; start < length; start = end) {
        cisup_index size = 0;
        for (end = start; end < length && list[end].neuron == list[start].neuron; end++)
            group[size++] = list[end].circuit;
        if (size >= 2) CISUP_TRY(deepen(d, group, size, list[start].neuron, depth + 1));
    }
done:
    cisup_release(list);
    cisup_release(group);
    return status;
}

/* The largest overlap when neuron n is the smallest one with a repeated pair. */
static cisup_status largest_overlap(const cisup_allocation *a, const incidence *on,
                                    cisup_index n, cisup_overlap_report *report,
                                    cisup_error *err) {
    deepening d = {.a = a, .best = 2, .err = err};
    d.steps_left = 64.0 * (double)a->T * (double)a->S * (double)a->S;
    cisup_status status = CISUP_OK;
    for (; n < a->N && status == CISUP_OK; n++) {
        const cisup_index count = on->start[n + 1] - on->start[n];
        if (count >= 2) status = deepen(&d, on->through + on->start[n], count, n, 1);
    }
    report->max_overlap = d.best;
    report->max_overlap_exact = d.steps_left >= 0.0 || d.best == a->S;
    return status;
}

cisup_status cisup_overlap_check(const cisup_allocation *a, cisup_overlap_report *report,
                                 cisup_error *err) {
    *report = (cisup_overlap_report){.holds = 1,
                                     .max_overlap_exact = 1,
                                     .witness_circuits = {-1, -1},
                                     .witness_neurons = {-1, -1}};
    report->pairs = 0.5 * (double)a->T * (double)a->S * (double)(a->S - 1);
    incidence on = {0};
    int32_t *mark = NULL;
    cisup_status status;
    CISUP_TRY(rows_check(a, err));
    CISUP_TRY(incidence_init(&on, a, err));
    CISUP_TRY(cisup_new(&mark, a->N, sizeof *mark, err));
    for (cisup_index n = 0; n < a->N; n++) {
        if (on.start[n + 1] - on.start[n] >= 2) report->max_overlap = 1;
        const cisup_index m = first_repeat(a, &on, n, mark);
        if (m == a->N) continue;
        report->holds = 0;
        name_witness(a, &on, n, m, report);
        CISUP_TRY(largest_overlap(a, &on, n, report, err));
        break;
    }
done:
    incidence_free(&on);
    cisup_release(mark);
    if (status != CISUP_OK) *report = (cisup_overlap_report){0}; /* nothing is known */
    return status;
}
