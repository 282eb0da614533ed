/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/overlap.h>

#include <cisup/core/base/start_threads.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap/overlap_memory.h>
#include <cisup/core/overlap/overlap_parts.h>

#include <cisup/core/threads.h>

static const double few_pairs = 1e6;
static const double most_default_memory = 5e8;

/* Less is taken without asking whether it is there. */
static const double ask_first_bytes = 64e6;

/* What is kept of overlaps: more would only make a lower bound exact. */
enum { fewest_pairs = 64, most_pairs = 1 << 18, most_slots = 1 << 22 };

static cisup_status sizes_check(const cisup_rows *rows, const cisup_overlap_options *o,
                                cisup_error *err) {
    if (rows->S < 1 || rows->N < rows->S || rows->N > INT32_MAX || rows->T < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "N = %" PRId64 ", S = %" PRId64 ", T = %" PRId64
                          " is no allocation",
                          rows->N, rows->S, rows->T);
    if (rows->T > UINT32_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "T = %" PRId64 "; at most 2^32-1 circuits are checked",
                          rows->T);
    if (!(o->memory >= 0.0) || o->threads < 0)
        return CISUP_FAIL(err, CISUP_EINVAL, "memory %g, threads %d", o->memory,
                          o->threads);
    return CISUP_OK;
}

static double pairs_of(const cisup_rows *rows) {
    return 0.5 * (double)rows->T * (double)rows->S * (double)(rows->S - 1);
}

/* Bytes that the check takes at least, all told: loads, the pairs met twice, marking and
 * then following these pairs. */
static double bytes_of(const cisup_rows *rows, cisup_keeping keep, int threads) {
    const double follow = cisup_follow_bytes(rows, keep.slots);
    const double marking = cisup_partition_bytes(rows, threads, keep.pairs);
    return 8.0 * (double)rows->N + 160.0 + cisup_pairs_bytes(rows, keep.pairs) +
           (marking > follow ? marking : follow);
}

static cisup_keeping fewest_kept(const cisup_rows *rows) {
    return (cisup_keeping){fewest_pairs, 2 * rows->S};
}

double cisup_overlap_memory(const cisup_rows *rows) {
    return bytes_of(rows, fewest_kept(rows), 1);
}

static cisup_index within(double value, cisup_index least, cisup_index most) {
    if (value >= (double)most) return most > least ? most : least;
    return value > (double)least ? (cisup_index)value : least;
}

/* More of the overlaps if there is memory: a quarter of it for pairs, in two lists, and a
 * half for circuits. */
static cisup_keeping kept_within(const cisup_rows *rows, double memory) {
    const cisup_keeping fewest = fewest_kept(rows);
    const double spare = memory - cisup_overlap_memory(rows);
    const double slot_bytes = cisup_follow_bytes(rows, 1) - cisup_follow_bytes(rows, 0);
    return (cisup_keeping){within(spare / 4.0 / 80.0, fewest.pairs, most_pairs),
                           within(spare / 2.0 / slot_bytes, fewest.slots, most_slots)};
}

static double memory_for(const cisup_rows *rows, const cisup_overlap_options *o) {
    if (o->memory > 0.0) return o->memory;
    const double share = cisup_memory_available() / 8.0;
    const double usual = share < most_default_memory ? share : most_default_memory;
    const double least = cisup_overlap_memory(rows);
    return usual > least ? usual : least;
}

/* A small check is over before other threads have begun. */
static int threads_for(const cisup_rows *rows, const cisup_overlap_options *o) {
    if (o->threads == 0 && pairs_of(rows) < few_pairs) return 1;
    return cisup_threads_count(o->threads, rows->T);
}

/* As many threads as the memory holds. */
static cisup_status plan(cisup_marking *k, const cisup_overlap_options *o,
                         cisup_error *err) {
    const cisup_rows *rows = k->rows;
    const double memory = memory_for(rows, o);
    k->threads = threads_for(rows, o);
    k->keep = kept_within(rows, memory);
    k->repeat.most = k->keep.pairs;
    while (k->threads > 1 && bytes_of(rows, k->keep, k->threads) > memory) k->threads--;
    const double least = bytes_of(rows, k->keep, k->threads);
    k->memory =
        memory - 8.0 * (double)rows->N - 160.0 - cisup_pairs_bytes(rows, k->keep.pairs);
    char need[16], have[16];
    if (least <= memory) {
        const cisup_status status = least < ask_first_bytes
                                        ? CISUP_OK
                                        : cisup_memory_require(least, "the check", err);
        if (status != CISUP_OK) return status;
        return cisup_threads_take(k->threads, k->threads, &k->threads, err);
    }
    cisup_bytes_text(least * 1.005, need); /* three digits, rounded up */
    cisup_bytes_text(memory, have);
    return CISUP_FAIL(err, CISUP_ENOMEM,
                      "checking %" PRId64 " circuits on %" PRId64
                      " neurons takes at least %s of memory; %s are given",
                      rows->T, rows->N, need, have);
}

static bool any_met(const cisup_index *load, cisup_index N) {
    for (cisup_index n = 0; n < N; n++)
        if (load[n] >= 2) return true;
    return false;
}

cisup_status cisup_overlap_check_rows(const cisup_rows *rows,
                                      const cisup_overlap_options *options,
                                      cisup_overlap_report *report, cisup_error *err) {
    const cisup_overlap_options o = options ? *options : (cisup_overlap_options){0};
    *report = (cisup_overlap_report){.holds = 1,
                                     .max_overlap_exact = 1,
                                     .witness_circuits = {-1, -1},
                                     .witness_neurons = {-1, -1}};
    cisup_vigil vigil;
    cisup_marking k = {.rows = rows, .vigil = &vigil};
    cisup_index *load = NULL;
    cisup_status status;
    CISUP_TRY(sizes_check(rows, &o, err));
    CISUP_TRY(plan(&k, &o, err));
    CISUP_TRY(cisup_vigil_begin(&vigil, o.watcher, 1.0, err));
    report->pairs = pairs_of(rows);
    CISUP_TRY(cisup_new(&load, o.load ? 0 : rows->N, sizeof *load, err));
    k.load = o.load ? o.load : load;
    for (cisup_index n = 0; n < rows->N; n++) k.load[n] = 0;
    CISUP_TRY(cisup_mark_partition(&k, err));
    report->max_overlap = any_met(k.load, rows->N);
    if (k.repeat.count > 0) {
        report->holds = 0;
        cisup_pairs_settle(&k.repeat);
        CISUP_TRY(
            cisup_overlap_follow(rows, &k.repeat, k.keep.slots, &vigil, report, err));
    }
    CISUP_TRY(cisup_vigil_end(&vigil, err));
done:
    cisup_release(load);
    cisup_pairs_free(&k.repeat);
    if (status != CISUP_OK) *report = (cisup_overlap_report){0}; /* nothing is known */
    return status;
}

cisup_status cisup_overlap_check(const cisup_allocation *a, cisup_overlap_report *report,
                                 cisup_error *err) {
    const cisup_rows rows = cisup_rows_stored(a);
    return cisup_overlap_check_rows(&rows, NULL, report, err);
}
