/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap_sample.h>

#include <cisup/core/memory.h>
#include <cisup/core/rng.h>

#include <math.h>
#include <stdlib.h>

/* A circuit met on a neuron. */
typedef struct {
    cisup_index circuit;
    int32_t neuron;
} meeting;

typedef struct {
    meeting *list;
    cisup_index count, room;
} meetings;

static int by_circuit(const void *left, const void *right) {
    const meeting *x = left, *y = right;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

/* All circuits on the neurons of t but t itself. */
static cisup_status meet_all(const cisup_incidence *x, cisup_index t, const int32_t *row,
                             meetings *all, cisup_error *err) {
    all->count = 0;
    for (cisup_index k = 0; k < x->S; k++) {
        cisup_index self = 0;
        cisup_through c = cisup_incidence_through(x, row[k]);
        for (cisup_index u; (u = cisup_through_next(&c)) >= 0;) {
            self += u == t;
            if (u == t) continue;
            const cisup_status status = cisup_grow(&all->list, &all->room, all->count + 1,
                                                   sizeof *all->list, err);
            if (status != CISUP_OK) return status;
            all->list[all->count++] = (meeting){u, row[k]};
        }
        if (self != 1)
            return CISUP_FAIL(err, CISUP_EINVARIANT,
                              "circuit %" PRId64 " is %" PRId64
                              " times among the circuits on its neuron %" PRId32,
                              t, self, row[k]);
    }
    return CISUP_OK;
}

static void look_for_two(cisup_index t, const meetings *all,
                         cisup_overlap_sample_report *report) {
    if (all->count == 0) return; /* it meets nobody */
    qsort(all->list, (size_t)all->count, sizeof *all->list, by_circuit);
    for (cisup_index k = 1; k < all->count && report->holds; k++) {
        if (all->list[k].circuit != all->list[k - 1].circuit) continue;
        report->holds = 0;
        report->violating_below = (double)NAN;
        report->witness_circuits[0] = t;
        report->witness_circuits[1] = all->list[k].circuit;
        report->witness_neurons[0] = all->list[k - 1].neuron;
        report->witness_neurons[1] = all->list[k].neuron;
    }
}

cisup_status cisup_overlap_sample(const cisup_incidence *x, cisup_index K, uint64_t seed,
                                  cisup_overlap_sample_report *report, cisup_error *err) {
    *report = (cisup_overlap_sample_report){.witness_circuits = {-1, -1},
                                            .witness_neurons = {-1, -1}};
    if (K < 1 || x->T < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a sample of %" PRId64 " of %" PRId64 " circuits", K, x->T);
    cisup_rng rng;
    cisup_rng_init(&rng, seed, CISUP_STREAM_SEARCH, 0, 0, 1);
    int32_t *row = NULL;
    meetings all = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&row, x->S, sizeof *row, err));
    report->holds = 1;
    report->violating_below = 1.0 - pow(0.05, 1.0 / (double)K);
    while (report->sampled < K && report->holds) {
        const cisup_index t = (cisup_index)cisup_rng_below(&rng, (uint64_t)x->T);
        cisup_incidence_row(x, t, row);
        CISUP_TRY(meet_all(x, t, row, &all, err));
        report->met += (double)all.count;
        report->sampled++;
        look_for_two(t, &all, report);
    }
done:
    if (status != CISUP_OK) report->holds = 0;
    cisup_release(row);
    cisup_release(all.list);
    return status;
}
