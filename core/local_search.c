/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * owner[n][m] is the circuit that holds both n and m; taken[n][m] says in a byte
 * whether there is one, so that the conflicts a new neuron adds to all others are one
 * sum of bytes over a row. Two pairs of one conflicting circuit would lie in its
 * intersection with the circuit grown; that circuit is then counted once and its pairs
 * are free from there on. */
#include <cisup/core/local_search.h>

#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>
#include <cisup/core/rng.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { most_S = 120, in_row = 128 }; /* conflicts of a neuron outside: below in_row */

typedef struct {
    cisup_index N, S, T;
    cisup_index room;   /* circuits that fit in slot */
    int32_t *slot;      /* [room*S], rows in no order */
    int32_t *owner;     /* [N*N], -1: none */
    uint8_t *taken;     /* [N*N], 0 or 1 */
    int32_t *leave;     /* [N]: partners a neuron still lacks */
    uint8_t *conflicts; /* [N]: circuits a neuron would touch; from `in_row` in the row */
    int32_t *row;       /* [S]: the circuit grown */
    int32_t victim;     /* the circuit it touches, or -1 */
    cisup_rng rng;
} search;

static void search_free(search *s) {
    cisup_release(s->slot);
    cisup_release(s->owner);
    cisup_release(s->taken);
    cisup_release(s->leave);
    cisup_release(s->conflicts);
    cisup_release(s->row);
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

static cisup_status search_init(search *s, const cisup_allocation *start, uint64_t seed,
                                cisup_error *err) {
    const cisup_index N = start->N, S = start->S;
    *s = (search){.N = N, .S = S, .T = start->T, .room = start->T, .victim = -1};
    cisup_rng_init(&s->rng, seed, CISUP_STREAM_SEARCH, 0, 0, 0);
    cisup_status status;
    CISUP_TRY(cisup_memory_require(5.0 * (double)N * (double)N,
                                   "the pairs of a local search", err));
    CISUP_TRY(cisup_new(&s->slot, s->T * S, sizeof *s->slot, err));
    CISUP_TRY(cisup_new(&s->owner, N * N, sizeof *s->owner, err));
    CISUP_TRY(cisup_new(&s->taken, N * N, sizeof *s->taken, err));
    CISUP_TRY(cisup_new(&s->leave, N, sizeof *s->leave, err));
    CISUP_TRY(cisup_new(&s->conflicts, N, sizeof *s->conflicts, err));
    CISUP_TRY(cisup_new(&s->row, S, sizeof *s->row, err));
    memset(s->owner, -1, (size_t)(N * N) * sizeof *s->owner);
    for (cisup_index n = 0; n < N; n++) {
        s->leave[n] = (int32_t)(N - 1);
        s->taken[n * N + n] = 1;
    }
    memcpy(s->slot, start->slot, (size_t)(s->T * S) * sizeof *s->slot);
    for (cisup_index t = 0; t < s->T; t++) assign(s, s->slot + t * S, (int32_t)t);
done:
    if (status != CISUP_OK) search_free(s);
    return status;
}

/* Adds what neuron n of the row makes every other neuron touch. */
static void count_conflicts(search *s, int32_t n) {
    const uint8_t *taken = s->taken + n * s->N;
    uint8_t *conflicts = s->conflicts;
    for (cisup_index m = 0; m < s->N; m++)
        conflicts[m] = (uint8_t)(conflicts[m] + taken[m]);
}

/* One of the neurons with the fewest conflicts, if these are at most `most`; or -1. */
static int32_t draw_fewest(search *s, uint8_t most) {
    const uint8_t *conflicts = s->conflicts;
    uint8_t fewest = UINT8_MAX;
    for (cisup_index m = 0; m < s->N; m++)
        fewest = conflicts[m] < fewest ? conflicts[m] : fewest;
    if (fewest > most) return -1;
    int32_t count = 0;
    for (cisup_index m = 0; m < s->N; m++) count += conflicts[m] == fewest;
    int32_t skip = (int32_t)cisup_rng_below(&s->rng, (uint64_t)count);
    for (int32_t m = 0;; m++)
        if (conflicts[m] == fewest && skip-- == 0) return m;
}

/* The pairs of neurons of the circuit replaced are free: `pairs` fewer for each. */
static void forgive(search *s, uint8_t pairs) {
    const int32_t *row = s->slot + s->victim * s->S;
    for (cisup_index k = 0; k < s->S; k++)
        s->conflicts[row[k]] = (uint8_t)(s->conflicts[row[k]] - pairs);
}

/* Puts neuron n at place k of the row. */
static void join(search *s, cisup_index k, int32_t n) {
    int32_t touched = -1;
    for (cisup_index i = 0; i < k; i++) {
        const int32_t t = s->owner[s->row[i] * s->N + n];
        if (t >= 0) touched = t;
    }
    const bool is_first = touched >= 0 && s->victim < 0;
    const bool touches = touched >= 0;
    s->row[k] = n;
    count_conflicts(s, n);
    s->conflicts[n] = (uint8_t)(s->conflicts[n] + in_row);
    if (is_first) s->victim = touched;
    if (touches) forgive(s, is_first ? 2 : 1);
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

/* Grows a row through a free pair; false if it touches two circuits. */
static bool grow(search *s, int32_t first) {
    s->victim = -1;
    memset(s->conflicts, 0, (size_t)s->N);
    join(s, 0, first);
    for (cisup_index k = 1; k < s->S; k++) {
        const int32_t n = draw_fewest(s, k > 1 && s->victim < 0);
        if (n < 0) return false;
        join(s, k, n);
    }
    return true;
}

/* Puts the row grown in its victim's place, or behind all. */
static cisup_status accept(search *s, cisup_error *err) {
    cisup_index t = s->victim;
    if (t >= 0) {
        assign(s, s->slot + t * s->S, -1);
    } else {
        t = s->T;
        cisup_index slots = s->room * s->S;
        const cisup_status status =
            cisup_grow(&s->slot, &slots, (t + 1) * s->S, sizeof *s->slot, err);
        if (status != CISUP_OK) return status;
        s->room = slots / s->S;
        s->T++;
    }
    cisup_row_sort(s->row, s->S);
    memcpy(s->slot + t * s->S, s->row, (size_t)s->S * sizeof *s->row);
    assign(s, s->row, (int32_t)t);
    return CISUP_OK;
}

static cisup_status walk(search *s, cisup_index moves, cisup_error *err) {
    for (cisup_index k = 0; k < moves; k++) {
        const int32_t first = draw_open(s);
        if (first < 0) break;
        if (!grow(s, first)) continue;
        const cisup_status status = accept(s, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
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
    cisup_overlap_report report;
    const cisup_status status = cisup_overlap_check(start, &report, err);
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
    const double moves = options->effort * (double)CISUP_EFFORT_MOVES;
    search s = {0};
    *out = (cisup_allocation){0};
    cisup_status status;
    CISUP_TRY(arguments_check(start, moves, err));
    CISUP_TRY(search_init(&s, start, options->seed, err));
    CISUP_TRY(walk(&s, (cisup_index)moves, err));
    CISUP_TRY(cisup_allocation_init(out, s.N, s.S, s.T, err));
    memcpy(out->slot, s.slot, (size_t)(s.T * s.S) * sizeof *s.slot);
done:
    search_free(&s);
    return status;
}
