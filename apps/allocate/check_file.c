/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_file.h"

#include "common/program.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap/overlap_memory.h>
#include <cisup/sparse/row_file.h>

#include <string.h>

/* What is left of --memory beside the rows; 0: not limited. */
static cisup_status memory_left(const check_request *r, const cisup_rows *rows,
                                double held, double *left, cisup_error *err) {
    *left = r->memory > 0.0 ? r->memory - held : 0.0;
    const double least = cisup_overlap_memory(rows);
    char need[16], have[16], what[80];
    (void)snprintf(what, sizeof what,
                   "checking %" PRId64 " circuits on %" PRId64 " neurons", rows->T,
                   rows->N);
    if (rows->T > UINT32_MAX) return CISUP_OK; /* refused by the check */
    if (r->memory == 0.0 || *left >= least) return cisup_memory_require(least, what, err);
    cisup_bytes_text(1.005 * (least + held), need); /* three digits, rounded up */
    cisup_bytes_text(r->memory, have);
    return CISUP_FAIL(err, CISUP_ENOMEM, "--memory %s: %s takes at least %s", have, what,
                      need);
}

/* More steps are not worth naming the two circuits that share most. */
static const double few_steps = 2e9;

/* The neurons that the circuits of the largest overlap share. */
static cisup_status find_shared(const cisup_rows *rows, findings *f, cisup_error *err) {
    const cisup_index S = rows->S, pair[2] = {f->most.circuits.a, f->most.circuits.b};
    int32_t *row = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&row, 2 * S, sizeof *row, err));
    CISUP_TRY(cisup_new(&f->shared, f->most.circuits.times, sizeof *f->shared, err));
    for (int k = 0; k < 2; k++)
        CISUP_TRY(rows->fill(rows->from, pair[k], 1, row + k * S, err));
    for (cisup_index i = 0, j = 0, count = 0; i < S && j < S;) {
        const int32_t left = row[i], right = row[S + j];
        if (left == right) f->shared[count++] = left + f->base;
        i += left <= right;
        j += right <= left;
    }
done:
    cisup_release(row);
    return status;
}

/* Exactly how many neurons two circuits share, and which two, where overlaps decide or
 * are soon counted. */
static cisup_status find_most(const check_request *r, const cisup_rows *rows,
                              double memory, findings *f, cisup_error *err) {
    cisup_overlap_report *o = &f->overlap;
    const int decides = r->lambda > 1;
    if (o->holds || (!decides && cisup_overlap_most_steps(rows, f->load) > few_steps))
        return CISUP_OK;
    end_on_signal();
    cisup_status status = cisup_overlap_most_find(rows, memory, &signal_watcher, &f->most,
                                                  decides ? err : NULL);
    if (status == CISUP_ENOMEM && !decides) return CISUP_OK;
    CISUP_TRY(end_at_once(status, err));
    o->max_overlap = f->most.circuits.times;
    o->max_overlap_exact = 1;
    o->holds = o->max_overlap <= (decides ? r->lambda : 1);
    CISUP_TRY(find_shared(rows, f, err));
done:
    return status;
}

cisup_status check_rows(const check_request *r, const cisup_rows *rows, double held,
                        cisup_index added, findings *f, cisup_error *err) {
    cisup_overlap_options o = {.threads = (int)r->threads, .watcher = &signal_watcher};
    cisup_status status;
    CISUP_TRY(memory_left(r, rows, held, &o.memory, err));
    CISUP_TRY(cisup_new(&f->load, rows->N, sizeof *f->load, err));
    o.load = f->load;
    const double start = seconds_now();
    end_on_signal();
    status = cisup_overlap_check_rows(rows, &o, &f->overlap, err);
    CISUP_TRY(end_at_once(status, err));
    CISUP_TRY(find_most(r, rows, o.memory, f, err));
    f->seconds = seconds_now() - start;
    const cisup_index N = rows->N - added, seats = rows->T * rows->S - added;
    if (r->cycle)
        CISUP_TRY(cisup_cycle_parts_check(rows, r->cycle, N / r->cycle, &f->parts, err));
    f->stats = cisup_allocation_statistics(f->load, N, 1, seats);
    CISUP_TRY(cisup_new(&f->bins, f->stats.load_max + 1, sizeof *f->bins, err));
    for (cisup_index n = 0; n < N; n++) f->bins[f->load[n]]++;
done:
    return status;
}

static cisup_status check_held(const check_request *r, const cisup_row_file *file,
                               findings *f, cisup_error *err) {
    const cisup_rows rows = cisup_row_file_rows(file);
    const double held = rows.slot ? 4.0 * (double)file->room : 0.0;
    return check_rows(r, &rows, held, file->added, f, err);
}

static void forget(findings *f) {
    f->overlap = (cisup_overlap_report){0};
    f->most = (cisup_overlap_most){0};
}

/* Circuits of different sizes are a violation; whether any two share two neurons is
 * looked at nevertheless, if there is memory or the file can be read again. Where all
 * rows of a matrix have the same sum and its columns have not, it may be the transpose.
 */
static void examine_unequal(const check_request *r, const cisup_row_file *file,
                            findings *f) {
    const cisup_row_file_options o = {.neurons = file->N,
                                      .S = file->most_count,
                                      .lenient = r->lenient,
                                      .one_based = r->one_based,
                                      .transposed = r->transposed,
                                      .memory = r->memory,
                                      .padded = 1};
    cisup_row_file padded;
    if (file->has_rows) {
        if (check_held(r, file, f, NULL) != CISUP_OK) forget(f);
        return;
    }
    if (!file->can_reopen || file->most_count == 0) return;
    if (cisup_row_file_open(r->path, &o, &padded, NULL) != CISUP_OK) return;
    if (padded.bad_circuit < 0 && check_held(r, &padded, f, NULL) != CISUP_OK) forget(f);
    cisup_row_file_close(&padded);
}

/* Whether the rows are those of a cycle's parts, and of the size that is asked for. */
static cisup_status rows_fit(const check_request *r, const cisup_row_file *file,
                             cisup_error *err) {
    if (r->neurons && r->neurons != file->N)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--neurons %" PRId64 ": %s has %" PRId64 " rows", r->neurons,
                          r->path, file->N);
    if (r->cycle && file->N % r->cycle)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--cycle %" PRId64 ": %s has %" PRId64
                          " rows, unless -N says how many",
                          r->cycle, r->path, file->N);
    return CISUP_OK;
}

/* The first circuit with another number of neurons, of a cycle in which part. */
static cisup_status unequal(const check_request *r, const cisup_row_file *file,
                            const findings *f, cisup_error *err) {
    const cisup_cycle_parts *p = &f->parts;
    if (p->bad_circuit >= 0)
        (void)CISUP_FAIL(err, CISUP_EINVARIANT,
                         "circuit %" PRId64 " sits in %" PRId64
                         " neurons of part %" PRId64 ", not in S = %" PRId64,
                         p->bad_circuit + f->base, p->bad_count, p->bad_part, p->S);
    else
        (void)CISUP_FAIL(err, CISUP_EINVARIANT,
                         "circuit %" PRId64 " sits in %" PRId64
                         " neurons, not in S = %" PRId64,
                         f->bad_circuit + f->base, f->bad_count, file->S);
    cisup_error_prefix(err, strcmp(r->path, "-") ? r->path : "standard input");
    return CISUP_EINVARIANT;
}

/* Reads and examines the file. EINVARIANT when columns differ in their counts. */
cisup_status check_file(const check_request *r, findings *f, cisup_error *err) {
    const cisup_row_file_options o = {.neurons = r->neurons,
                                      .S = r->cycle ? r->S * r->cycle : r->S,
                                      .lenient = r->lenient,
                                      .one_based = r->one_based,
                                      .transposed = r->transposed,
                                      .memory = r->memory};
    cisup_row_file file;
    cisup_status status = cisup_row_file_open(r->path, &o, &file, err);
    if (status != CISUP_OK) return status;
    f->circuits = file.T;
    f->neurons = file.N;
    f->redundancy = file.S;
    f->file = file;
    f->base = file.base;
    CISUP_TRY(rows_fit(r, &file, err));
    f->bad_circuit = file.bad_circuit;
    f->bad_count = file.bad_count;
    if (file.bad_circuit >= 0)
        examine_unequal(r, &file, f);
    else
        CISUP_TRY(check_held(r, &file, f, err));
    if (f->bad_circuit >= 0 || f->parts.bad_circuit >= 0)
        status = unequal(r, &file, f, err);
done:
    cisup_row_file_close(&file);
    return status;
}
