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
#include <cisup/sparse/layer/assembly.h>

#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/lanes.h>
#include <cisup/sparse/layer/seating.h>

#include <omp.h>
#include <stdbool.h>
#include <string.h>

/* Which entries of a block (i,j) are stored: none, some, or the whole pattern of G. */
typedef enum { STORE_NONE, STORE_SOME, STORE_ALL } storing;

/* What all threads share. */
typedef struct {
    const cisup_assembly *in;
    cisup_seating s;
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
    const cisup_seating *s = &q->s;
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
    const cisup_seating *s = &q->s;
    const cisup_index end = s->first[m + 1];
    const double share = 1.0 / (double)s->S, *v = q->in->v;
    double *part = w->part;
    for (cisup_index e = s->first[m]; e < end; e++) {
        CISUP_ASK_FOR_ROW(s, e, end);
        for (cisup_index b = 0; b < dd && e + CISUP_AHEAD < end; b += 8)
            __builtin_prefetch(v + s->who[e + CISUP_AHEAD] * dd + b);
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
    CISUP_TRY(cisup_seating_make(&q->s, in->x, err));
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
    threads = cisup_seating_team(&q.s, q.dd);
    CISUP_TRY(cisup_threads_take(threads, threads, &threads, err));
    CISUP_TRY(workers_make(&work, threads, &q, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) count_columns(&q, &work[omp_get_thread_num()], m);
    cisup_sum_lengths(out);
    CISUP_TRY(cisup_take_entries(out, err));
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (cisup_index m = 0; m < N; m++) fill_columns(&q, &work[omp_get_thread_num()], m);
done:
    workers_free(work, threads);
    cisup_seating_free(&q.s);
    cisup_release(q.kind);
    cisup_release(q.common);
    if (status != CISUP_OK) cisup_csc_free(out);
    return status;
}
