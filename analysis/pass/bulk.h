/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_BULK_H
#define CISUP_ANALYSIS_BULK_H

#include <cisup/analysis/measure/measure.h>
#include <cisup/sparse/layer/factored.h>

#include <stdbool.h>

/* Forward passes through factored layers, (6.1) and (7.1), in double or single precision.
 * Every circuit is visited once a layer and batch: read, measured, mapped and added to
 * its neurons. The measurement is part of the visit: it gives the sums and counts that
 * the observer of cisup_measure_start would, the same bytes in double precision. Other
 * observers see what they would see in any pass; loops without one do not know of them.
 *
 * In single precision numbers have 24 bits; what is added up over circuits or neurons is
 * added up in double precision after each CISUP_BULK_SUM of them. Active circuits are
 * compared with exact states in double precision. */
enum { CISUP_BULK_SUM = 256 };

/* The instructions that the loops over lanes are compiled for. Sums are never contracted,
 * so all give the same bytes. */
typedef enum {
    CISUP_INSTRUCTIONS_PLAIN, /* of every machine that the library runs on */
    CISUP_INSTRUCTIONS_AVX2,
    CISUP_INSTRUCTIONS_AVX512,
    CISUP_INSTRUCTIONS
} cisup_instructions;

/* The loops for one precision and instruction set; bulk_kernel.h. */
typedef struct cisup_bulk_kernel cisup_bulk_kernel;

/* NULL where the machine has not got the instructions, or the library has not. */
const cisup_bulk_kernel *cisup_bulk_kernel_for(cisup_precision precision,
                                               cisup_instructions instructions);

/* The best there is. */
const cisup_bulk_kernel *cisup_bulk_kernel_best(cisup_precision precision);

/* Samples that travel together: 8 in double, 16 in single precision. */
int cisup_bulk_lanes(const cisup_bulk_kernel *kernel);

/* The excess (sparse/layer/factored.h) by rows, sorted by their length (as are the runs
 * below): what neuron row[r] gets is the sum of factor[k] times what neuron from[k] has,
 * start[r] <= k < start[r+1]. Owns its arrays. Start from {0}. */
typedef struct {
    int32_t *row;       /* [N] */
    cisup_index *start; /* [N+1] */
    int32_t *from;
    float *factor; /* small integers */
} cisup_bulk_excess;

/* What is sent to the neurons of a layer is first kept for CISUP_BULK_BLOCK circuits t,
 * then added neuron by neuron, for increasing t. A run is what comes from a block to one
 * neuron; runs of a block are sorted by their length, so that loops over them end when
 * the processor expects it, then by neuron; the first block has a run, perhaps empty, for
 * every neuron. Numbers of lines are 32-bit (of lines only: what they are multiplied to
 * is not), which cisup_bulk_plan_make makes sure of. Owns its arrays. Start from {0}. */
enum { CISUP_BULK_BLOCK = 1024 };
typedef struct {
    cisup_index S;
    cisup_index *first;     /* [blocks+1] the first run of each */
    int32_t *line, *length; /* [runs] the neuron's first line; how many are sent to it */
    int32_t *sender;        /* [T S] run by run: the first line of t within its block */
} cisup_bulk_mail;

/* The weights of a layer in the kernel's precision; borrows the rest. */
typedef struct {
    const cisup_factored *f;
    const void *v, *w;        /* [T][d][d]; w for the scheme balanced only */
    float *own_v, *own_w;     /* NULL: borrowed */
    cisup_bulk_excess excess; /* empty unless capped */
    cisup_bulk_mail mail;
} cisup_bulk_layer;

/* A network made ready for passes; borrows it. Start from {0}. */
typedef struct {
    const cisup_network *net;
    const cisup_bulk_kernel *kernel;
    cisup_bulk_layer *layer; /* [L-1] */
    int32_t *place;          /* [L][T][S] first lines, d n, of the neurons of circuits */
    cisup_index cycle;       /* of passes with noise: whose masks are kept; else 0 */
} cisup_bulk_plan;

/* Parts whose masks noisy passes keep: of networks that carry masks, no more than layers;
 * of others 0. */
cisup_index cisup_bulk_parts(const cisup_network *net);

/* *p is uninitialised on entry and empty after a failure. Errors: EINVAL when N d or the
 * lines of a block exceed 2^31 - 1; ENOMEM.
 * O(L T (S + d^2)); threads take whole layers. */
CISUP_MUST_CHECK cisup_status cisup_bulk_plan_make(cisup_bulk_plan *p,
                                                   const cisup_network *net,
                                                   const cisup_bulk_kernel *kernel,
                                                   int threads, cisup_error *err);
void cisup_bulk_plan_free(cisup_bulk_plan *p);

/* The arrays of passes, one for each thread; "line": one number of each lane. Lines of
 * the kernel's precision unless double is said. Start from {0}. */
typedef struct {
    const cisup_bulk_plan *plan; /* borrowed */
    void *a, *y;                 /* [N][d] lines: A^{l-1}; W A^{l-1} as it grows */
    void *common;                /* [N][d] lines, with one kappa a row; else NULL */
    void *sent, *sent_common;    /* [CISUP_BULK_BLOCK][d] lines, for y and common */
    void *channel, *source;      /* [most rank][N] lines, for the excess: to, from */
    void *inside;                /* [N] lines of masks: all bits set inside K^l */
    double *shown;               /* [d N][CISUP_LANES], for observers; else NULL */
    unsigned char *shown_inside; /* [N][CISUP_LANES], likewise */
    void *work;                  /* what the kernel keeps of one circuit and layer */
    double *sum;                 /* [2 d] lines of double: totals of A; pool */
    void *masks;                 /* [cycle][N] lines, kb of each */
    double *noise;               /* [d] of one circuit */
    const cisup_batch *batch;
    cisup_measure *measure;         /* NULL: not measured */
    const cisup_observer *observer; /* NULL: nobody */
    cisup_mode mode;
    cisup_index l; /* the layer of a */
} cisup_bulk;

/* is_watched: with room for observers. Errors: ENOMEM. Memory O(d N), independent of T.
 */
CISUP_MUST_CHECK cisup_status cisup_bulk_init(cisup_bulk *b, const cisup_bulk_plan *plan,
                                              bool is_watched, cisup_error *err);
void cisup_bulk_free(cisup_bulk *b);

/* One pass of a batch of at most cisup_bulk_lanes samples.
 *
 *   m          measures it, made ready by cisup_measure_start; NULL in double precision:
 *              nothing is measured
 *   observer   NULL: nobody; else in double precision, and with room for it */
void cisup_bulk_run(cisup_bulk *b, cisup_mode mode, const cisup_batch *batch,
                    cisup_measure *m, const cisup_observer *observer);

/* An upper estimate of the memory of a plan, and of each thread, in bytes. */
double cisup_bulk_plan_bytes(const cisup_shape *shape, cisup_precision precision);
double cisup_bulk_bytes(const cisup_shape *shape);

#endif
