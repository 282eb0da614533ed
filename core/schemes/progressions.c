/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/schemes/progressions.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

#include <stdbool.h>

/* The steps of a scheme in their order. */
typedef struct {
    cisup_index count, room;
    cisup_index *step;
} steps;

static cisup_status append(steps *list, cisup_index s, cisup_error *err) {
    const cisup_status status =
        cisup_grow(&list->step, &list->room, list->count + 1, sizeof *list->step, err);
    if (status == CISUP_OK) list->step[list->count++] = s;
    return status;
}

/* Whether s has a divisor in {2..S-1}; that is, a prime factor below S. */
static bool has_factor_below(cisup_index s, cisup_index S) {
    for (cisup_index q = 2; q < S && q * q <= s; q++)
        if (s % q == 0) return true;
    return 1 < s && s < S; /* a prime, or free of factors below S */
}

/* Base steps ascending; for `powers`, each followed by its multiples by S, S^2, ... */
static cisup_status base_steps(cisup_index most, cisup_index S, bool powers, steps *list,
                               cisup_error *err) {
    for (cisup_index s = 1; s <= most; s++) {
        if (has_factor_below(s, S)) continue;
        for (cisup_index m = s; m <= most; m *= S) {
            const cisup_status status = append(list, m, err);
            if (status != CISUP_OK) return status;
            if (!powers) break;
        }
    }
    return CISUP_OK;
}

/* Lemma 1 for s against every smaller taken step r: with s = g j, r = g i and
 * coprime i < j, the two clash iff j < S. */
static bool clashes(cisup_index s, cisup_index S, const char *taken) {
    for (cisup_index j = 2; j < S; j++) {
        if (s % j) continue;
        for (cisup_index i = 1; i < j; i++)
            if (taken[s / j * i] && cisup_common_divisor(i, j) == 1) return true;
    }
    return false;
}

static cisup_status greedy_steps(cisup_index most, cisup_index S, steps *list,
                                 cisup_error *err) {
    char *taken = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&taken, most + 1, 1, err));
    for (cisup_index s = 1; s <= most; s++) {
        if (clashes(s, S, taken)) continue;
        taken[s] = 1;
        CISUP_TRY(append(list, s, err));
    }
done:
    cisup_release(taken);
    return status;
}

/* Whether S is a prime: its multiples then are base steps already. */
static bool is_prime(cisup_index S) {
    return !has_factor_below(S, S);
}

static cisup_status steps_of(cisup_scheme scheme, cisup_index N, cisup_index S,
                             steps *list, cisup_error *err) {
    const cisup_index most = (N - 1) / (S - 1);
    if (scheme == CISUP_SCHEME_GREEDY) return greedy_steps(most, S, list, err);
    const bool powers = scheme == CISUP_SCHEME_REF && !is_prime(S);
    return base_steps(most, S, powers, list, err);
}

/* Steps between the starts of neighbouring progressions of one residue class. */
static cisup_index hop_length(cisup_index S, cisup_hop hop) {
    return hop == CISUP_HOP_S ? S : S - 1;
}

/* Progressions in a residue class of n elements. */
static cisup_index per_class(cisup_index n, cisup_index S, cisup_index hop) {
    return n < S ? 0 : (n - S) / hop + 1;
}

cisup_status cisup_progressions_count(cisup_index N, cisup_index S,
                                      const cisup_allocation_options *options,
                                      cisup_index *count, cisup_error *err) {
    steps list = {0};
    const cisup_index hop = hop_length(S, options->hop);
    cisup_status status;
    CISUP_TRY(steps_of(options->scheme, N, S, &list, err));
    *count = 0;
    for (cisup_index k = 0; k < list.count; k++) {
        /* N mod s classes have one element more than the others. */
        const cisup_index s = list.step[k], n = N / s, larger = N % s;
        *count += larger * per_class(n + 1, S, hop) + (s - larger) * per_class(n, S, hop);
    }
done:
    cisup_release(list.step);
    return status;
}

/* Writes the progression from `start` with step s, mirrored if asked for. */
static void put(cisup_allocation *a, cisup_index t, cisup_index start, cisup_index s,
                bool mirror) {
    int32_t *row = a->slot + t * a->S;
    for (cisup_index k = 0; k < a->S; k++) {
        const cisup_index n = start + k * s;
        if (mirror)
            row[a->S - 1 - k] = (int32_t)(a->N - 1 - n);
        else
            row[k] = (int32_t)n;
    }
}

/* All progressions of one step, as far as T goes. Returns the next circuit. */
static cisup_index place_step(cisup_allocation *a, cisup_index t, cisup_index s,
                              cisup_index hop, bool mirror) {
    const cisup_index reach = (a->S - 1) * s;
    for (cisup_index shift = 0; shift < s; shift++)
        for (cisup_index start = shift; start + reach < a->N; start += hop * s) {
            if (t == a->T) return t;
            put(a, t++, start, s, mirror);
        }
    return t;
}

cisup_status cisup_progressions_place(cisup_allocation *a,
                                      const cisup_allocation_options *options,
                                      cisup_error *err) {
    steps list = {0};
    const cisup_index hop = hop_length(a->S, options->hop);
    cisup_index t = 0;
    cisup_status status;
    CISUP_TRY(steps_of(options->scheme, a->N, a->S, &list, err));
    for (cisup_index k = 0; k < list.count && t < a->T; k++)
        t = place_step(a, t, list.step[k], hop, options->reflect && k % 2 == 1);
done:
    cisup_release(list.step);
    return status;
}
