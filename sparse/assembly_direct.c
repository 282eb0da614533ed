/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Column (j,m) of A holds, for each circuit t in neuron m of layer l-1, column j of v_t
 * in the S neurons of t in layer l. So all d columns of m have the rows of column m of
 * G, in d blocks: the sums of m stand in a table of nnz(G(:,m)) rows of d^2 numbers,
 * found by the rank of a neuron in column m of G, and the columns are then copied out.
 *
 * Sums begin with -0.0, to which adding x gives x for every x, -0.0 included; entries
 * of v_t that are 0 are added as -0.0. Thus the bytes are those of a sum that begins
 * with its first term and leaves out the others. */
#include <cisup/sparse/assembly.h>

#include <cisup/core/memory.h>
#include <cisup/sparse/lanes.h>

#include <omp.h>
#include <stdbool.h>
#include <string.h>

/* Who sits where. */
typedef struct {
    cisup_index N, S, T;
    cisup_index *first; /* [N+1] */
    cisup_index *who;   /* [T S]: the circuits in neuron m of layer l-1, increasing, are
                           who[first[m]] to who[first[m+1]-1] */
    int32_t *to;        /* [T][S]: the neurons of circuit t in layer l */
} seating;

static void seating_free(seating *s) {
    cisup_release(s->first);
    cisup_release(s->who);
    cisup_release(s->to);
}

static cisup_status seating_make(seating *s, const cisup_transition *x,
                                 cisup_error *err) {
    const cisup_index N = x->base->N, S = x->base->S, T = x->base->T;
    *s = (seating){.N = N, .S = S, .T = T};
    cisup_status status;
    CISUP_TRY(cisup_new(&s->first, N + 1, sizeof *s->first, err));
    CISUP_TRY(cisup_new(&s->who, T * S, sizeof *s->who, err));
    CISUP_TRY(cisup_new(&s->to, T * S, sizeof *s->to, err));
    for (cisup_index k = 0; k < T * S; k++) s->first[x->base->slot[k] + 1]++;
    for (cisup_index m = 0; m < N; m++) s->first[m + 1] += s->first[m];
    for (cisup_index t = 0; t < T; t++) {
        const int32_t *row = cisup_allocation_row(x->base, x->from[t]);
        for (cisup_index k = 0; k < S; k++) s->who[s->first[row[k]]++] = t;
        memcpy(s->to + t * S, cisup_allocation_row(x->base, x->to[t]),
               (size_t)S * sizeof *s->to);
    }
    for (cisup_index m = N; m > 0; m--) s->first[m] = s->first[m - 1];
    s->first[0] = 0;
done:
    return status;
}

/* Circuits are met in no order, so that what is read of them is asked for early. A
 * macro, because gcc 12 takes a function that only prefetches for one without effect. */
enum { ahead = 16 };
#define ASK_FOR_ROW(s, e, end)                                                           \
    do {                                                                                 \
        if ((e) + ahead < (end))                                                         \
            __builtin_prefetch((s)->to + (s)->who[(e) + ahead] * (s)->S);                \
    } while (0)

/* Room for nnz entries that are about to be written: not set to 0 first, which would
 * take as long as the rest. p is kept. */
static cisup_status take_entries(cisup_csc *a, cisup_index nnz, cisup_error *err) {
    cisup_index room = 0;
    const double bytes = (double)nnz * (double)(sizeof *a->i + sizeof *a->x);
    cisup_status status;
    if (bytes > 1e6) /* asking takes longer than writing so little */
        CISUP_TRY(cisup_memory_require(bytes, "the entries of a sparse matrix", err));
    CISUP_TRY(cisup_grow(&a->i, &room, nnz, sizeof *a->i, err));
    room = 0;
    CISUP_TRY(cisup_grow(&a->x, &room, nnz, sizeof *a->x, err));
done:
    return status;
}

/* Makes starts of the lengths in p[1..]. */
static void sum_up(cisup_csc *a) {
    for (cisup_index j = 0; j < a->ncol; j++) a->p[j + 1] += a->p[j];
}

/* --- G ------------------------------------------------------------------------- */

/* A set of neurons that is quick to empty, with a count for each: a bit for each
 * neuron, and one for each word of those. All of it is 0 between uses. */
typedef struct {
    cisup_index *count;
    uint64_t *bit, *word;
    cisup_index words;
} tally;

/* Counts the circuits that sit in m and n, for every n; returns how many n there are. */
static cisup_index tally_fill(tally *y, const seating *s, cisup_index m) {
    cisup_index distinct = 0;
    const cisup_index end = s->first[m + 1];
    for (cisup_index e = s->first[m]; e < end; e++) {
        ASK_FOR_ROW(s, e, end);
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

/* Threads to work with, at most one for each million of multiplications, which is what
 * starting one costs; one inside a parallel region, which has its own. */
static int team(const seating *s, cisup_index dd) {
    const double million = 1e-6 * (double)(s->T * s->S * s->S) * (double)dd;
    const int most = omp_in_parallel() ? 1 : omp_get_max_threads();
    return million < 1.0 ? 1 : million < (double)most ? (int)million : most;
}

cisup_status cisup_meetings_direct(const cisup_transition *x, cisup_csc *g,
                                   cisup_error *err) {
    const cisup_index N = x->base->N;
    int threads = 1;
    seating s = {0};
    tally *work = NULL;
    *g = (cisup_csc){.nrow = N, .ncol = N};
    cisup_status status;
    CISUP_TRY(cisup_new(&g->p, N + 1, sizeof *g->p, err));
    CISUP_TRY(seating_make(&s, x, err));
    threads = team(&s, 1);
    CISUP_TRY(tallies_make(&work, threads, N, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) {
        tally *y = &work[omp_get_thread_num()];
        g->p[m + 1] = tally_fill(y, &s, m);
        tally_empty(y, NULL, NULL);
    }
    sum_up(g);
    CISUP_TRY(take_entries(g, g->p[N], err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) {
        tally *y = &work[omp_get_thread_num()];
        (void)tally_fill(y, &s, m);
        tally_empty(y, g->i + g->p[m], g->x + g->p[m]);
    }
done:
    tallies_free(work, threads);
    seating_free(&s);
    if (status != CISUP_OK) cisup_csc_free(g);
    return status;
}

/* --- A ------------------------------------------------------------------------- */

/* Which entries of a block (i,j) are stored: none, some, or the whole pattern of G. */
typedef enum { STORE_NONE, STORE_SOME, STORE_ALL } storing;

/* What all threads share. */
typedef struct {
    const cisup_assembly *in;
    seating s;
    cisup_index d, dd, widest; /* widest: entries of the largest column of G */
    unsigned char *kind;       /* [d][d], storing */
    double *common;            /* [d][d]: common / S, or NULL */
    bool some;                 /* a block of kind STORE_SOME is there */
    cisup_csc *out;
} job;

/* What one thread works with. */
typedef struct {
    int32_t *rank;       /* [N]: where a neuron is in column m of G */
    double *sum;         /* [widest][d][d] */
    double *part;        /* [d][d] */
    cisup_index *start;  /* [d][d]: where the blocks of the columns of m begin */
    unsigned char *seen; /* [widest][d][d]: whether an entry is stored; with some */
} worker;

static void classify(job *q) {
    const cisup_assembly *in = q->in;
    for (cisup_index b = 0; b < q->dd; b++) {
        cisup_index nonzero = 0;
        for (cisup_index t = 0; t < q->s.T; t++) nonzero += in->v[t * q->dd + b] != 0.0;
        const bool all = nonzero == q->s.T || (q->common && q->common[b] != 0.0);
        q->kind[b] = all ? STORE_ALL : nonzero ? STORE_SOME : STORE_NONE;
        q->some |= q->kind[b] == STORE_SOME;
    }
}

static void set_ranks(const job *q, worker *w, cisup_index m) {
    const cisup_csc *g = q->in->g;
    for (cisup_index e = g->p[m]; e < g->p[m + 1]; e++)
        w->rank[g->i[e]] = (int32_t)(e - g->p[m]);
}

/* Marks what is stored of the columns of m, in blocks of kind STORE_SOME. */
static void mark(const job *q, worker *w, cisup_index m) {
    const seating *s = &q->s;
    const cisup_index dd = q->dd, rows = q->in->g->p[m + 1] - q->in->g->p[m];
    memset(w->seen, 0, (size_t)(rows * dd));
    for (cisup_index e = s->first[m]; e < s->first[m + 1]; e++) {
        const double *v = q->in->v + s->who[e] * dd;
        const int32_t *row = s->to + s->who[e] * s->S;
        for (cisup_index k = 0; k < s->S; k++)
            for (cisup_index b = 0; b < dd; b++)
                w->seen[w->rank[row[k]] * dd + b] |= v[b] != 0.0;
    }
}

/* Entries of block b of the columns of m. */
static cisup_index block_entries(const job *q, const worker *w, cisup_index m,
                                 cisup_index b) {
    const cisup_index rows = q->in->g->p[m + 1] - q->in->g->p[m];
    if (q->kind[b] != STORE_SOME) return q->kind[b] == STORE_ALL ? rows : 0;
    cisup_index count = 0;
    for (cisup_index k = 0; k < rows; k++) count += w->seen[k * q->dd + b];
    return count;
}

static void count_columns(const job *q, worker *w, cisup_index m) {
    if (q->some) {
        set_ranks(q, w, m);
        mark(q, w, m);
    }
    for (cisup_index b = 0; b < q->dd; b++)
        q->out->p[b % q->d * q->s.N + m + 1] += block_entries(q, w, m, b);
}

/* sum[rank of n] = sum over the circuits t in m and n of v_t/S. dd is a constant where
 * this is compiled for a known d. */
static inline void add_circuits(const job *q, worker *w, cisup_index m, cisup_index dd) {
    const seating *s = &q->s;
    const cisup_index end = s->first[m + 1];
    const double share = 1.0 / (double)s->S, *v = q->in->v;
    double *part = w->part;
    for (cisup_index e = s->first[m]; e < end; e++) {
        ASK_FOR_ROW(s, e, end);
        for (cisup_index b = 0; b < dd && e + ahead < end; b += 8)
            __builtin_prefetch(v + s->who[e + ahead] * dd + b);
        const double *own = v + s->who[e] * dd;
        const int32_t *row = s->to + s->who[e] * s->S;
#pragma omp simd
        for (cisup_index b = 0; b < dd; b++) {
            const double term = own[b] * share;
            part[b] = own[b] == 0.0 ? -0.0 : term;
        }
        for (cisup_index k = 0; k < s->S; k++) {
            double *y = w->sum + w->rank[row[k]] * dd;
#pragma omp simd
            for (cisup_index b = 0; b < dd; b++) y[b] += part[b];
        }
    }
}

/* Copies the blocks of kind STORE_ALL to their columns, in tiles that stay in the first
 * cache. */
static inline void turn(const job *q, worker *w, cisup_index rows, cisup_index dd) {
    enum { tile = 16 };
    for (cisup_index from = 0; from < rows; from += tile) {
        const cisup_index to = from + tile < rows ? from + tile : rows;
        for (cisup_index b = 0; b < dd; b++) {
            if (q->kind[b] != STORE_ALL) continue;
            double *restrict x = q->out->x + w->start[b];
            const double *restrict sum = w->sum + b;
            for (cisup_index k = from; k < to; k++) x[k] = sum[k * dd];
        }
    }
}

/* Completes block b = (i,j) of the columns of m. */
static void put_block(const job *q, worker *w, cisup_index m, cisup_index b) {
    const cisup_index *n = q->in->g->i + q->in->g->p[m];
    const cisup_index rows = q->in->g->p[m + 1] - q->in->g->p[m];
    const cisup_index shift = b / q->d * q->s.N;
    cisup_index *i = q->out->i + w->start[b];
    double *x = q->out->x + w->start[b];
    if (q->kind[b] == STORE_SOME) {
        cisup_index put = 0;
        for (cisup_index k = 0; k < rows; k++) {
            if (!w->seen[k * q->dd + b]) continue;
            i[put] = shift + n[k];
            x[put++] = w->sum[k * q->dd + b];
        }
        return;
    }
    for (cisup_index k = 0; k < rows; k++) i[k] = shift + n[k];
    if (!q->common || q->common[b] == 0.0) return;
    for (cisup_index k = 0; k < rows; k++) x[k] += q->common[b] * q->in->factor[n[k]];
}

/* Where the blocks of the columns of m begin. */
static void set_starts(const job *q, worker *w, cisup_index m) {
    for (cisup_index j = 0; j < q->d; j++) {
        cisup_index at = q->out->p[j * q->s.N + m];
        for (cisup_index b = j; b < q->dd; b += q->d) {
            w->start[b] = at;
            at += block_entries(q, w, m, b);
        }
    }
}

CISUP_VECTOR
static void fill_columns(const job *q, worker *w, cisup_index m) {
    const cisup_index rows = q->in->g->p[m + 1] - q->in->g->p[m];
    set_ranks(q, w, m);
    if (q->some) mark(q, w, m);
    set_starts(q, w, m);
    for (cisup_index k = 0; k < rows * q->dd; k++) w->sum[k] = -0.0;
    if (q->d == 4) {
        add_circuits(q, w, m, 16);
        turn(q, w, rows, 16);
    } else {
        add_circuits(q, w, m, q->dd);
        turn(q, w, rows, q->dd);
    }
    for (cisup_index b = 0; b < q->dd; b++)
        if (q->kind[b] != STORE_NONE) put_block(q, w, m, b);
}

static void workers_free(worker *w, int threads) {
    for (int k = 0; w && k < threads; k++) {
        cisup_release(w[k].rank);
        cisup_release(w[k].sum);
        cisup_release(w[k].part);
        cisup_release(w[k].start);
        cisup_release(w[k].seen);
    }
    cisup_release(w);
}

static cisup_status workers_make(worker **out, int threads, const job *q,
                                 cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(out, threads, sizeof **out, err));
    for (int k = 0; k < threads; k++) {
        worker *w = &(*out)[k];
        CISUP_TRY(cisup_new(&w->rank, q->s.N, sizeof *w->rank, err));
        CISUP_TRY(cisup_new(&w->sum, q->widest * q->dd, sizeof *w->sum, err));
        CISUP_TRY(cisup_new(&w->part, q->dd, sizeof *w->part, err));
        CISUP_TRY(cisup_new(&w->start, q->dd, sizeof *w->start, err));
        if (q->some)
            CISUP_TRY(cisup_new(&w->seen, q->widest * q->dd, sizeof *w->seen, err));
    }
done:
    return status;
}

static cisup_status job_make(job *q, const cisup_assembly *in, cisup_csc *out,
                             cisup_error *err) {
    const cisup_index d = in->x->d, N = in->x->base->N;
    *q = (job){.in = in, .d = d, .dd = d * d, .out = out};
    *out = (cisup_csc){.nrow = d * N, .ncol = d * N};
    cisup_status status;
    CISUP_TRY(cisup_new(&out->p, d * N + 1, sizeof *out->p, err));
    CISUP_TRY(cisup_new(&q->kind, q->dd, sizeof *q->kind, err));
    CISUP_TRY(seating_make(&q->s, in->x, err));
    if (in->common) CISUP_TRY(cisup_new(&q->common, q->dd, sizeof *q->common, err));
    for (cisup_index b = 0; in->common && b < q->dd; b++)
        q->common[b] = in->common[b] / (double)q->s.S;
    classify(q);
    for (cisup_index m = 0; m < N; m++) {
        const cisup_index rows = in->g->p[m + 1] - in->g->p[m];
        if (rows > q->widest) q->widest = rows;
    }
done:
    return status;
}

cisup_status cisup_assemble_direct(const cisup_assembly *in, cisup_csc *out,
                                   cisup_error *err) {
    const cisup_index N = in->x->base->N;
    int threads = 1;
    job q;
    worker *work = NULL;
    cisup_status status;
    CISUP_TRY(job_make(&q, in, out, err));
    threads = team(&q.s, q.dd);
    CISUP_TRY(workers_make(&work, threads, &q, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) count_columns(&q, &work[omp_get_thread_num()], m);
    sum_up(out);
    CISUP_TRY(take_entries(out, out->p[q.d * N], err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) fill_columns(&q, &work[omp_get_thread_num()], m);
done:
    workers_free(work, threads);
    seating_free(&q.s);
    cisup_release(q.kind);
    cisup_release(q.common);
    if (status != CISUP_OK) cisup_csc_free(out);
    return status;
}
