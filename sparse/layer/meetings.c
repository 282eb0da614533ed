/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/layer/assembly.h>

#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/seating.h>

#include <omp.h>

/* A set of neurons that is quick to empty, with a count for each: a bit for each
 * neuron, and one for each word of those. All of it is 0 between uses. */
typedef struct {
    cisup_index *count;
    uint64_t *bit, *word;
    cisup_index words;
} tally;

/* Counts the circuits that sit in m and n, for every n; returns how many n there are. */
static cisup_index tally_fill(tally *y, const cisup_seating *s, cisup_index m) {
    cisup_index distinct = 0;
    const cisup_index end = s->first[m + 1];
    for (cisup_index e = s->first[m]; e < end; e++) {
        CISUP_ASK_FOR_ROW(s, e, end);
        const int32_t *row = s->to + s->who[e] * s->S;
        for (cisup_index k = 0; k < s->S; k++) {
            const cisup_index n = row[k], at = n / 64;
            distinct += y->count[n]++ == 0;
            y->bit[at] |= (uint64_t)1 << n % 64;
            y->word[at / 64] |= (uint64_t)1 << at % 64;
        }
    }
    return distinct;
}

/* Takes everything out, n increasing, to i and x unless these are NULL. */
static void tally_empty(tally *y, cisup_index *i, double *x) {
    cisup_index k = 0;
    for (cisup_index w = 0; w < y->words; w++) {
        for (; y->word[w]; y->word[w] &= y->word[w] - 1) {
            const cisup_index at = w * 64 + __builtin_ctzll(y->word[w]);
            for (; y->bit[at]; y->bit[at] &= y->bit[at] - 1) {
                const cisup_index n = at * 64 + __builtin_ctzll(y->bit[at]);
                if (i) {
                    i[k] = n;
                    x[k++] = (double)y->count[n];
                }
                y->count[n] = 0;
            }
        }
    }
}

static void tallies_free(tally *y, int threads) {
    for (int k = 0; y && k < threads; k++) {
        cisup_release(y[k].count);
        cisup_release(y[k].bit);
        cisup_release(y[k].word);
    }
    cisup_release(y);
}

static cisup_status tallies_make(tally **out, int threads, cisup_index N,
                                 cisup_error *err) {
    const cisup_index bits = N / 64 + 1, words = bits / 64 + 1;
    cisup_status status;
    CISUP_TRY(cisup_new(out, threads, sizeof **out, err));
    for (int k = 0; k < threads; k++) {
        tally *y = &(*out)[k];
        y->words = words;
        CISUP_TRY(cisup_new(&y->count, N, sizeof *y->count, err));
        CISUP_TRY(cisup_new(&y->bit, bits, sizeof *y->bit, err));
        CISUP_TRY(cisup_new(&y->word, words, sizeof *y->word, err));
    }
done:
    return status;
}

cisup_status cisup_meetings_direct(const cisup_transition *x, cisup_csc *g,
                                   cisup_error *err) {
    const cisup_index N = x->base->N;
    int threads = 1;
    cisup_seating s = {0};
    tally *work = NULL;
    *g = (cisup_csc){.nrow = N, .ncol = N};
    cisup_status status;
    CISUP_TRY(cisup_new(&g->p, N + 1, sizeof *g->p, err));
    CISUP_TRY(cisup_seating_make(&s, x, err));
    threads = cisup_seating_team(&s, 1);
    CISUP_TRY(cisup_threads_take(threads, threads, &threads, err));
    CISUP_TRY(tallies_make(&work, threads, N, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) {
        tally *y = &work[omp_get_thread_num()];
        g->p[m + 1] = tally_fill(y, &s, m);
        tally_empty(y, NULL, NULL);
    }
    cisup_sum_lengths(g);
    CISUP_TRY(cisup_take_entries(g, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) {
        tally *y = &work[omp_get_thread_num()];
        (void)tally_fill(y, &s, m);
        tally_empty(y, g->i + g->p[m], g->x + g->p[m]);
    }
done:
    tallies_free(work, threads);
    cisup_seating_free(&s);
    if (status != CISUP_OK) cisup_csc_free(g);
    return status;
}
