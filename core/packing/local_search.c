/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * owner[n][m] is the circuit that holds both n and m; taken[n][m] says in a byte
 * whether there is one, so that what a row of neurons touches is a sum of bytes for all
 * other neurons at once. Once no neuron can join for free, those that touch one circuit
 * each are sorted by it: two that touch the same circuit lie in it, so they fit
 * together when it goes. Enough of them for one circuit complete the row. */
#include <cisup/core/packing/local_search.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/rng.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { most_S = 120, in_row = 128 }; /* conflicts of a neuron outside: below in_row */
enum { some = 128 };                 /* moves between two questions */

typedef struct {
    cisup_index N, S, T;
    int32_t *slot;      /* [bound*S], rows increasing */
    int32_t *owner;     /* [N*N], -1: none */
    uint8_t *taken;     /* [N*N], 0 or 1; 1 on the diagonal */
    int32_t *leave;     /* [N]: partners a neuron still lacks */
    uint8_t *conflicts; /* [N]: circuits a neuron would touch; from in_row in the row */
    int32_t *row;       /* [S]: the circuit grown */
    int32_t *neuron;    /* [N]: neurons that touch one circuit ... */
    int32_t *touched;   /* [N]: ... and which */
    int32_t *count;     /* [bound]: how many touch a circuit, zero between moves */
    int32_t victim;     /* the circuit the row replaces, or -1 */
    cisup_rng rng;
} search;

static void search_free(search *s) {
    cisup_release(s->slot);
    cisup_release(s->owner);
    cisup_release(s->taken);
    cisup_release(s->leave);
    cisup_release(s->conflicts);
    cisup_release(s->row);
    cisup_release(s->neuron);
    cisup_release(s->touched);
    cisup_release(s->count);
    *s = (search){0};
}

/* Hands the pairs of a row to circuit t, or to none (-1). */
static void assign(search *s, const int32_t *row, int32_t t) {
    for (cisup_index i = 0; i < s->S; i++) {
        for (cisup_index j = 0; j < s->S; j++) {
            if (i == j) continue;
            s->owner[row[i] * s->N + row[j]] = t;
            s->taken[row[i] * s->N + row[j]] = t >= 0;
        }
        s->leave[row[i]] += (int32_t)(t >= 0 ? 1 - s->S : s->S - 1);
    }
}

static cisup_status search_reserve(search *s, cisup_error *err) {
    const cisup_index N = s->N, S = s->S, bound = cisup_packing_bound(N, S);
    cisup_status status;
    CISUP_TRY(cisup_memory_require(5.0 * (double)N * (double)N +
                                       4.0 * (double)bound * (double)(S + 1),
                                   "the pairs of a local search", err));
    CISUP_TRY(cisup_new(&s->slot, bound * S, sizeof *s->slot, err));
    CISUP_TRY(cisup_new(&s->owner, N * N, sizeof *s->owner, err));
    CISUP_TRY(cisup_new(&s->taken, N * N, sizeof *s->taken, err));
    CISUP_TRY(cisup_new(&s->leave, N, sizeof *s->leave, err));
    CISUP_TRY(cisup_new(&s->conflicts, N, sizeof *s->conflicts, err));
    CISUP_TRY(cisup_new(&s->row, S, sizeof *s->row, err));
    CISUP_TRY(cisup_new(&s->neuron, N, sizeof *s->neuron, err));
    CISUP_TRY(cisup_new(&s->touched, N, sizeof *s->touched, err));
    CISUP_TRY(cisup_new(&s->count, bound, sizeof *s->count, err));
done:
    return status;
}

static cisup_status search_init(search *s, const cisup_allocation *start, uint64_t seed,
                                cisup_error *err) {
    const cisup_index N = start->N, S = start->S;
    *s = (search){.N = N, .S = S, .T = start->T, .victim = -1};
    const cisup_status status = search_reserve(s, err);
    if (status != CISUP_OK) return status;
    cisup_rng_init(&s->rng, seed, CISUP_STREAM_SEARCH, 0, 0, 0);
    memset(s->owner, -1, (size_t)(N * N) * sizeof *s->owner);
    for (cisup_index n = 0; n < N; n++) {
        s->leave[n] = (int32_t)(N - 1);
        s->taken[n * N + n] = 1;
    }
    memcpy(s->slot, start->slot, (size_t)(s->T * S) * sizeof *s->slot);
    for (cisup_index t = 0; t < s->T; t++) assign(s, s->slot + t * S, (int32_t)t);
    return CISUP_OK;
}

/* Puts neuron n at place k of the row and counts what it makes the others touch. */
static void join(search *s, cisup_index k, int32_t n) {
    const uint8_t *taken = s->taken + n * s->N;
    uint8_t *conflicts = s->conflicts;
    s->row[k] = n;
    for (cisup_index m = 0; m < s->N; m++)
        conflicts[m] = (uint8_t)(conflicts[m] + taken[m]);
    conflicts[n] = (uint8_t)(conflicts[n] + in_row);
}

/* Takes the neuron at place k, the last one, out again. */
static void leave(search *s, cisup_index k) {
    const int32_t n = s->row[k];
    const uint8_t *taken = s->taken + n * s->N;
    uint8_t *conflicts = s->conflicts;
    for (cisup_index m = 0; m < s->N; m++)
        conflicts[m] = (uint8_t)(conflicts[m] - taken[m]);
    conflicts[n] = (uint8_t)(conflicts[n] - in_row);
}

/* One of the neurons that touch no circuit, or -1. */
static int32_t draw_free(search *s) {
    const uint8_t *conflicts = s->conflicts;
    int32_t count = 0;
    for (cisup_index m = 0; m < s->N; m++) count += conflicts[m] == 0;
    if (count == 0) return -1;
    int32_t skip = (int32_t)cisup_rng_below(&s->rng, (uint64_t)count);
    for (int32_t m = 0;; m++)
        if (conflicts[m] == 0 && skip-- == 0) return m;
}

/* The circuit that neuron m touches through the first k of the row, if only one. */
static int32_t touched_by(const search *s, cisup_index k, int32_t m) {
    const int32_t *owner = s->owner + m * s->N;
    int32_t t = -1;
    for (cisup_index i = 0; i < k; i++) t = owner[s->row[i]] > t ? owner[s->row[i]] : t;
    return t;
}

/* Lists the neurons that touch one circuit and draws one of the circuits touched by
 * `need` of them or more, or -1. Returns how many are listed. */
static cisup_index draw_victim(search *s, cisup_index k, int32_t need) {
    cisup_index listed = 0, fit = 0;
    s->victim = -1;
    for (int32_t m = 0; m < s->N; m++) {
        if (s->conflicts[m] != 1) continue;
        const int32_t t = touched_by(s, k, m);
        s->neuron[listed] = m;
        s->touched[listed++] = t;
        if (++s->count[t] == need && cisup_rng_below(&s->rng, (uint64_t)++fit) == 0)
            s->victim = t;
    }
    for (cisup_index i = 0; i < listed; i++) s->count[s->touched[i]] = 0;
    return listed;
}

/* Completes a row of k neurons at the cost of one circuit; false if none will do. */
static bool complete(search *s, cisup_index k) {
    const cisup_index listed = draw_victim(s, k, (int32_t)(s->S - k));
    if (s->victim < 0) return false;
    cisup_index choices = 0;
    for (cisup_index i = 0; i < listed; i++)
        if (s->touched[i] == s->victim) s->neuron[choices++] = s->neuron[i];
    for (int32_t *all = s->neuron; k < s->S; k++, choices--) {
        const uint64_t pick = cisup_rng_below(&s->rng, (uint64_t)choices);
        s->row[k] = all[pick];
        all[pick] = all[choices - 1];
    }
    return true;
}

/* A neuron that has a free pair, or -1 if there is none. */
static int32_t draw_open(search *s) {
    const int32_t start = (int32_t)cisup_rng_below(&s->rng, (uint64_t)s->N);
    for (int32_t n = start; n < s->N; n++)
        if (s->leave[n] > 0) return n;
    for (int32_t n = 0; n < start; n++)
        if (s->leave[n] > 0) return n;
    return -1;
}

/* Grows a row from one neuron, by free pairs as far as they lead. Then it takes the
 * rest from one circuit, if need be without the last neuron; false if there is none. */
static bool grow(search *s, int32_t first) {
    s->victim = -1;
    memset(s->conflicts, 0, (size_t)s->N);
    join(s, 0, first);
    for (cisup_index k = 1; k < s->S; k++) {
        const int32_t n = draw_free(s);
        if (n >= 0) {
            join(s, k, n);
            continue;
        }
        if (complete(s, k)) return true;
        if (k <= 2) return false; /* the pair that started it would go */
        leave(s, k - 1);
        return complete(s, k - 1);
    }
    return true;
}

/* Puts the row grown in its victim's place, or behind all. */
static void accept(search *s) {
    const cisup_index t = s->victim >= 0 ? s->victim : s->T++;
    int32_t *row = s->slot + t * s->S;
    if (s->victim >= 0) assign(s, row, -1);
    cisup_row_sort(s->row, s->S);
    memcpy(row, s->row, (size_t)s->S * sizeof *row);
    assign(s, row, (int32_t)t);
}

/* false: every pair is held. */
static bool walk(search *s, cisup_index moves) {
    for (cisup_index k = 0; k < moves; k++) {
        const int32_t first = draw_open(s);
        if (first < 0) return false;
        if (grow(s, first)) accept(s);
    }
    return true;
}

static cisup_status walk_all(search *s, cisup_index moves, cisup_vigil *vigil,
                             cisup_error *err) {
    for (cisup_index left = moves; left > 0; left -= some) {
        const cisup_status status = cisup_vigil_advance(vigil, some, err);
        if (status != CISUP_OK) return status;
        if (!walk(s, left < some ? left : some)) break;
    }
    return cisup_vigil_end(vigil, err);
}

cisup_local_search_options cisup_local_search_defaults(void) {
    return (cisup_local_search_options){.effort = 10.0, .seed = 1};
}

static cisup_status arguments_check(const cisup_allocation *start, double moves,
                                    cisup_error *err) {
    if (start->T < 1 || start->S < 2 || start->S > most_S || start->N > 1 << 20)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "local search from T = %" PRId64 ", S = %" PRId64
                          ", N = %" PRId64 "; needs T >= 1, 2 <= S <= %d, N <= 2^20",
                          start->T, start->S, start->N, (int)most_S);
    if (!(moves >= 0.0 && moves <= 0x1p53))
        return CISUP_FAIL(err, CISUP_EINVAL, "an effort of %g moves", moves);
    const cisup_overlap_options one = {.threads = 1}; /* as the search itself */
    const cisup_rows rows = cisup_rows_stored(start);
    cisup_overlap_report report;
    const cisup_status status = cisup_overlap_check_rows(&rows, &one, &report, err);
    if (status != CISUP_OK || report.holds) return status;
    return CISUP_FAIL(err, CISUP_EINVARIANT,
                      "circuits %" PRId64 " and %" PRId64 " share neurons %" PRId64
                      " and %" PRId64,
                      report.witness_circuits[0], report.witness_circuits[1],
                      report.witness_neurons[0], report.witness_neurons[1]);
}

cisup_status cisup_local_search(const cisup_allocation *start,
                                const cisup_local_search_options *options,
                                cisup_allocation *out, cisup_error *err) {
    const cisup_local_search_options o =
        options ? *options : cisup_local_search_defaults();
    const double moves = o.effort * (double)CISUP_EFFORT_MOVES;
    search s = {0};
    cisup_vigil vigil;
    *out = (cisup_allocation){0};
    cisup_status status;
    CISUP_TRY(arguments_check(start, moves, err));
    CISUP_TRY(cisup_vigil_begin(&vigil, o.watcher, fmax(moves, 1.0), err));
    CISUP_TRY(search_init(&s, start, o.seed, err));
    CISUP_TRY(walk_all(&s, (cisup_index)moves, &vigil, err));
    CISUP_TRY(cisup_allocation_init(out, s.N, s.S, s.T, err));
    memcpy(out->slot, s.slot, (size_t)(s.T * s.S) * sizeof *s.slot);
done:
    search_free(&s);
    return status;
}
