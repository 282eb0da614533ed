/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/pass/bulk_parts.h>

#include <cisup/core/base/failure.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/operator.h>

#include <math.h>
#include <string.h>

const cisup_bulk_kernel *cisup_bulk_kernel_for(cisup_precision precision,
                                               cisup_instructions instructions) {
#ifdef __x86_64__
    if (instructions == CISUP_INSTRUCTIONS_AVX512)
        return __builtin_cpu_supports("avx512f") ? &cisup_bulk_kernels_avx512[precision]
                                                 : NULL;
    if (instructions == CISUP_INSTRUCTIONS_AVX2)
        return __builtin_cpu_supports("avx2") ? &cisup_bulk_kernels_avx2[precision]
                                              : NULL;
#endif
    return instructions == CISUP_INSTRUCTIONS_PLAIN ? &cisup_bulk_kernels_plain[precision]
                                                    : NULL;
}

const cisup_bulk_kernel *cisup_bulk_kernel_best(cisup_precision precision) {
    int best = CISUP_INSTRUCTIONS - 1;
    while (!cisup_bulk_kernel_for(precision, (cisup_instructions)best)) best--;
    return cisup_bulk_kernel_for(precision, (cisup_instructions)best);
}

int cisup_bulk_lanes(const cisup_bulk_kernel *kernel) {
    return kernel->lanes;
}

void cisup_bulk_plan_free(cisup_bulk_plan *p) {
    const cisup_index layers = p->layer ? p->net->circuits->L - 1 : 0;
    for (cisup_index k = 0; k < layers; k++) {
        cisup_release(p->layer[k].own_v);
        cisup_release(p->layer[k].own_w);
        cisup_release(p->layer[k].excess.row);
        cisup_release(p->layer[k].excess.start);
        cisup_release(p->layer[k].excess.from);
        cisup_release(p->layer[k].excess.factor);
        cisup_release(p->layer[k].mail.first);
        cisup_release(p->layer[k].mail.line);
        cisup_release(p->layer[k].mail.length);
        cisup_release(p->layer[k].mail.sender);
    }
    cisup_release(p->layer);
    cisup_release(p->place);
    *p = (cisup_bulk_plan){0};
}

/* 0, ..., count-1 by increasing length[k] <= most, then by k. start: [most+2]. */
static void order_by_length(const cisup_index *length, cisup_index count,
                            cisup_index most, cisup_index *start, int32_t *order) {
    memset(start, 0, (size_t)(most + 2) * sizeof *start);
    for (cisup_index k = 0; k < count; k++) start[length[k] + 1]++;
    for (cisup_index c = 0; c < most; c++) start[c + 1] += start[c];
    for (cisup_index k = 0; k < count; k++) order[start[length[k]]++] = (int32_t)k;
}

/* The transpose of the CSC form, from[] increasing in every row. */
static cisup_status take_excess(cisup_bulk_excess *x, const cisup_csc *excess,
                                cisup_error *err) {
    const cisup_index N = excess->nrow, nnz = excess->p[N];
    cisup_index *length = NULL, *start = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&length, N, sizeof *length, err));
    CISUP_TRY(cisup_new(&start, N + 2, sizeof *start, err));
    CISUP_TRY(cisup_new(&x->row, N, sizeof *x->row, err));
    CISUP_TRY(cisup_new(&x->start, N + 1, sizeof *x->start, err));
    CISUP_TRY(cisup_new(&x->from, nnz, sizeof *x->from, err));
    CISUP_TRY(cisup_new(&x->factor, nnz, sizeof *x->factor, err));
    for (cisup_index k = 0; k < nnz; k++) length[excess->i[k]]++;
    order_by_length(length, N, N, start, x->row);
    for (cisup_index k = 0; k < N; k++) {
        x->start[k + 1] = x->start[k] + length[x->row[k]];
        length[x->row[k]] = x->start[k];
    }
    for (cisup_index m = 0; m < N; m++)
        for (cisup_index k = excess->p[m]; k < excess->p[m + 1]; k++) {
            const cisup_index at = length[excess->i[k]]++;
            x->from[at] = (int32_t)m;
            x->factor[at] = (float)excess->x[k];
        }
done:
    cisup_release(length);
    cisup_release(start);
    return status;
}

/* Room to sort one block of circuits; count is zero between blocks. */
typedef struct {
    cisup_index *count, *start; /* [N], [CISUP_BULK_BLOCK+2] */
    int32_t *order;             /* [N] */
} sorter;

/* Makes the runs of one block, from `run` on; returns where they end. */
static cisup_index sort_block(const cisup_factored *f, cisup_index first, cisup_index end,
                              cisup_index run, cisup_bulk_mail *mail, const sorter *x) {
    const cisup_allocation *base = f->in.base;
    cisup_index at = first * base->S;
    for (cisup_index t = first; t < end; t++)
        for (cisup_index k = 0; k < base->S; k++)
            x->count[cisup_allocation_row(base, f->to[t])[k]]++;
    order_by_length(x->count, base->N, end - first, x->start, x->order);
    for (cisup_index k = first > 0 ? x->start[0] : 0; k < base->N; k++, run++) {
        const int32_t n = x->order[k];
        mail->line[run] = (int32_t)(f->in.d * n);
        mail->length[run] = (int32_t)x->count[n];
        x->count[n] = at;
        at += mail->length[run];
    }
    for (cisup_index t = first; t < end; t++)
        for (cisup_index k = 0; k < base->S; k++) {
            const int32_t n = cisup_allocation_row(base, f->to[t])[k];
            mail->sender[x->count[n]++] = (int32_t)(f->in.d * (t - first));
        }
    memset(x->count, 0, (size_t)base->N * sizeof *x->count);
    return run;
}

static cisup_status take_mail(cisup_bulk_mail *mail, const cisup_factored *f,
                              cisup_error *err) {
    const cisup_index N = f->in.base->N, T = f->in.base->T, uses = T * f->in.base->S;
    const cisup_index blocks = (T - 1) / CISUP_BULK_BLOCK + 1;
    const cisup_index others = (blocks - 1) * N < uses ? (blocks - 1) * N : uses;
    const cisup_index runs = N + others;
    sorter x = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&x.count, N, sizeof *x.count, err));
    CISUP_TRY(cisup_new(&x.start, CISUP_BULK_BLOCK + 2, sizeof *x.start, err));
    CISUP_TRY(cisup_new(&x.order, N, sizeof *x.order, err));
    CISUP_TRY(cisup_new(&mail->first, blocks + 1, sizeof *mail->first, err));
    CISUP_TRY(cisup_new(&mail->line, runs, sizeof *mail->line, err));
    CISUP_TRY(cisup_new(&mail->length, runs, sizeof *mail->length, err));
    CISUP_TRY(cisup_new(&mail->sender, uses, sizeof *mail->sender, err));
    mail->S = f->in.base->S;
    for (cisup_index k = 0; k < blocks; k++) {
        const cisup_index t = k * CISUP_BULK_BLOCK, left = T - t;
        const cisup_index end = left < CISUP_BULK_BLOCK ? T : t + CISUP_BULK_BLOCK;
        mail->first[k + 1] = sort_block(f, t, end, mail->first[k], mail, &x);
    }
done:
    cisup_release(x.count);
    cisup_release(x.start);
    cisup_release(x.order);
    return status;
}

static cisup_status narrow(const double *x, cisup_index count, float **own,
                           cisup_error *err) {
    const cisup_status status = cisup_new(own, count, sizeof **own, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < count; k++) (*own)[k] = (float)x[k];
    return CISUP_OK;
}

static cisup_status take_layer(cisup_bulk_layer *x, const cisup_factored *f,
                               int is_single, cisup_error *err) {
    const cisup_index numbers = f->in.base->T * f->in.d * f->in.d;
    *x = (cisup_bulk_layer){.f = f, .v = f->v, .w = f->w};
    cisup_status status;
    CISUP_TRY(take_mail(&x->mail, f, err));
    if (is_single) {
        CISUP_TRY(narrow(f->v, numbers, &x->own_v, err));
        x->v = x->own_v;
        if (f->scheme == CISUP_WEIGHTS_BALANCED)
            CISUP_TRY(narrow(f->w, numbers, &x->own_w, err));
        x->w = x->own_w;
    }
    if (f->scheme == CISUP_WEIGHTS_CAPPED)
        CISUP_TRY(take_excess(&x->excess, &f->excess, err));
done:
    return status;
}

/* Where the circuits sit in layer l. */
static void take_places(int32_t *place, const cisup_network *net, cisup_index l) {
    const cisup_index T = net->base->T, S = net->base->S, d = net->circuits->d;
    for (cisup_index t = 0; t < T; t++) {
        const int32_t *row = cisup_network_row(net, l, t);
        for (cisup_index k = 0; k < S; k++) place[t * S + k] = (int32_t)(d * row[k]);
    }
}

/* Lines are numbered with 32 bits: d N of a layer, d CISUP_BULK_BLOCK of what is sent. */
static cisup_status lines_check(cisup_index N, cisup_index d, cisup_error *err) {
    const cisup_index neurons = N > CISUP_BULK_BLOCK ? N : CISUP_BULK_BLOCK;
    if (d <= INT32_MAX / neurons) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "N = %" PRId64 " neurons, d = %" PRId64
                      ": the engine batched takes N d of at most %d",
                      N, d, INT32_MAX);
}

cisup_status cisup_bulk_plan_make(cisup_bulk_plan *p, const cisup_network *net,
                                  const cisup_bulk_kernel *kernel, int threads,
                                  cisup_error *err) {
    const cisup_index L = net->circuits->L, uses = net->base->T * net->base->S;
    const int is_single = kernel->bytes == sizeof(float);
    cisup_outcome *of = NULL;
    *p = (cisup_bulk_plan){.net = net, .kernel = kernel};
    cisup_status status;
    CISUP_TRY(lines_check(net->base->N, net->circuits->d, err));
    CISUP_TRY(cisup_threads_take(threads, L, &threads, err));
    CISUP_TRY(cisup_new(&p->place, L * uses, sizeof *p->place, err));
    CISUP_TRY(cisup_new(&p->layer, L - 1, sizeof *p->layer, err));
    CISUP_TRY(cisup_new(&of, L, sizeof *of, err));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (cisup_index l = 1; l <= L; l++) {
        take_places(p->place + (l - 1) * uses, net, l);
        if (l > 1)
            of[l - 1].status = take_layer(&p->layer[l - 2], &net->layers[l - 2].factored,
                                          is_single, &of[l - 1].err);
    }
    CISUP_TRY(cisup_outcome_first(of, L, err));
done:
    cisup_release(of);
    if (status != CISUP_OK) cisup_bulk_plan_free(p);
    return status;
}

cisup_index cisup_bulk_parts(const cisup_network *net) {
    if (!net->offset) return 0;
    return net->cycle < net->circuits->L ? net->cycle : net->circuits->L;
}

void cisup_bulk_free(cisup_bulk *b) {
    cisup_release(b->a);
    cisup_release(b->y);
    cisup_release(b->common);
    cisup_release(b->sent);
    cisup_release(b->sent_common);
    cisup_release(b->channel);
    cisup_release(b->source);
    cisup_release(b->inside);
    cisup_release(b->shown);
    cisup_release(b->shown_inside);
    cisup_release(b->work);
    cisup_release(b->sum);
    cisup_release(b->masks);
    cisup_release(b->noise);
    *b = (cisup_bulk){0};
}

/* Lines of `work`: est, shown, pool, total, image, open, wrong of d; square; used, keep,
 * lost.
 * And three matrices of numbers of at most 8 bytes. */
static cisup_index work_bytes(cisup_index d) {
    return (7 * d + CISUP_BULK_HELD * CISUP_QUANTITIES + 3) * CISUP_LINE_BYTES +
           24 * d * d;
}

cisup_status cisup_bulk_init(cisup_bulk *b, const cisup_bulk_plan *plan, bool is_watched,
                             cisup_error *err) {
    const cisup_index N = plan->net->base->N, d = plan->net->circuits->d;
    const cisup_index T = plan->net->base->T;
    const cisup_index block = T < CISUP_BULK_BLOCK ? T : CISUP_BULK_BLOCK;
    cisup_index rank = 0;
    int has_rows = 0;
    for (cisup_index l = 2; l <= plan->net->circuits->L; l++) {
        const cisup_factored *f = plan->layer[l - 2].f;
        if (f->rank > rank) rank = f->rank;
        if (f->rows) has_rows = 1;
    }
    *b = (cisup_bulk){.plan = plan};
    cisup_status status;
    CISUP_TRY(cisup_new(&b->a, N * d, CISUP_LINE_BYTES, err));
    CISUP_TRY(cisup_new(&b->y, N * d, CISUP_LINE_BYTES, err));
    CISUP_TRY(cisup_new(&b->sent, block * d, CISUP_LINE_BYTES, err));
    if (has_rows) {
        CISUP_TRY(cisup_new(&b->common, N * d, CISUP_LINE_BYTES, err));
        CISUP_TRY(cisup_new(&b->sent_common, block * d, CISUP_LINE_BYTES, err));
    }
    CISUP_TRY(cisup_new(&b->channel, N * rank, CISUP_LINE_BYTES, err));
    CISUP_TRY(cisup_new(&b->source, N * rank, CISUP_LINE_BYTES, err));
    CISUP_TRY(cisup_new(&b->inside, N, CISUP_LINE_BYTES, err));
    if (is_watched) {
        CISUP_TRY(cisup_new(&b->shown, d * N, CISUP_LINE_BYTES, err));
        CISUP_TRY(cisup_new(&b->shown_inside, N, CISUP_LANES, err));
    }
    CISUP_TRY(cisup_new(&b->work, work_bytes(d), 1, err));
    CISUP_TRY(cisup_new(&b->masks, plan->cycle * N, CISUP_LINE_BYTES, err));
    CISUP_TRY(cisup_new(&b->noise, d, sizeof *b->noise, err));
    CISUP_TRY(cisup_new(&b->sum, 2 * d * CISUP_LANES_MOST, sizeof *b->sum, err));
done:
    if (status != CISUP_OK) cisup_bulk_free(b);
    return status;
}

/* Shows lines, [N][d], to the observer. */
static void show_layer(const cisup_bulk *b, cisup_index l, const double *lines) {
    const cisup_observer *o = b->observer;
    const cisup_index N = b->plan->net->base->N, d = b->plan->net->circuits->d;
    const int64_t *inside = b->inside;
    if (!o || !o->layer) return;
    for (cisup_index n = 0; n < N; n++)
        for (cisup_index i = 0; i < d; i++)
            memcpy(b->shown + (i * N + n) * CISUP_LANES,
                   lines + (n * d + i) * CISUP_LANES, CISUP_LINE_BYTES);
    for (cisup_index k = 0; k < N * CISUP_LANES; k++) b->shown_inside[k] = inside[k] != 0;
    o->layer(o->context, l, b->shown, b->shown_inside);
}

void cisup_bulk_run(cisup_bulk *b, cisup_mode mode, const cisup_batch *batch,
                    cisup_measure *m, const cisup_observer *observer) {
    const cisup_bulk_kernel *kernel = b->plan->kernel;
    const cisup_index L = b->plan->net->circuits->L;
    b->mode = mode;
    b->batch = batch;
    b->measure = m;
    b->observer = observer;
    kernel->embed(b);
    for (b->l = 1; b->l <= L; b->l++) {
        const cisup_bulk_layer *into = b->l > 1 ? &b->plan->layer[b->l - 2] : NULL;
        kernel->settle(b, into);
        if (b->l == 1) show_layer(b, 0, b->y);
        show_layer(b, b->l, b->a);
        if (m) cisup_measure_layer(m, b->l);
        kernel->visit(b, b->l < L ? &b->plan->layer[b->l - 1] : NULL);
    }
}

double cisup_bulk_plan_bytes(const cisup_shape *shape, cisup_precision precision) {
    const double T = (double)shape->T, N = (double)shape->N, S = (double)shape->S;
    const double d = (double)shape->d, layers = (double)shape->L - 1.0;
    const double meetings = T * S * S < N * N ? T * S * S : N * N;
    const double weights = precision == CISUP_PRECISION_SINGLE ? 8.0 * T * d * d : 0.0;
    return 4.0 * (layers + 1.0) * T * S +
           layers * (weights + 12.0 * T * S + 12.0 * meetings + 40.0 * (N + 1.0));
}

double cisup_bulk_bytes(const cisup_shape *shape) {
    const double d = (double)shape->d, N = (double)shape->N;
    const double block = fmin((double)shape->T, CISUP_BULK_BLOCK);
    return CISUP_LINE_BYTES * ((5.0 * d + 1.0) * N + 2.0 * d * block) +
           (double)work_bytes(shape->d) + 16.0 * CISUP_LANES_MOST * d;
}
