/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CIRCUITS_H
#define CISUP_CORE_CIRCUITS_H

#include <cisup/core/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The built-in families (docs/math.md, section 13). */
typedef enum {
    CISUP_ROTATION3,   /* d = 3: rotation of the plane, indicator of one neuron */
    CISUP_ROTATION4,   /* d = 4: rotation of the plane, indicator of two neurons */
    CISUP_STEP2,       /* d = 2: the two-neuron indicator alone */
    CISUP_RANDOM_RELU, /* any d: Normal(0, 2/d) weights, no bias */
    CISUP_IDENTITY,    /* any d: w = I, no bias, inputs in the positive orthant */
    CISUP_GATE,        /* d >= 3: a random MLP of width d-2 with biases, gated */
    CISUP_ROTATION2,   /* d = 2: rotation of the plane, carried, f the identity */
    CISUP_PARITY3,     /* d = 5: the parity of three bits, gated */
} cisup_family;

/* Their names, in this order. */
#define CISUP_FAMILY_NAMES                                                               \
    "rotation3|rotation4|step2|random-relu|identity|gate|rotation2|parity3"

/* What becomes of a point s of the unit sphere that is a circuit's input. */
enum {
    CISUP_FOLD_NONE,
    CISUP_FOLD_ORTHANT, /* |s|, entry by entry */
    CISUP_FOLD_BITS,    /* 1 where s is positive, else 0: bits, all equally likely */
};

/* Where the two on-neurons of a gate open, and how steeply (docs/math.md, (14.1)):
 *
 *   a_0 = ReLU( k alpha - (k-1) + s ),   a_1 = ReLU( k alpha - k + s )
 *
 * of alpha = a_0 - a_1 in the layer before: the next on-value is 0 if and only if
 * alpha <= (k-1-s)/k, and 1 if and only if alpha >= (k-s)/k. {0} is the published gate.
 */
typedef struct {
    double steepness; /* k, 1 + s < k <= 10^6; 0: 2 */
    double shift;     /* s, at least 10^-6; 0: 1/2 */
} cisup_gate_step;

/* How the circuits of a family are drawn. */
typedef struct {
    cisup_family family;
    double margin;        /* b > 0 of rotation3, rotation4 and gate; default 1 */
    int fresh;            /* 0: same weights in every layer; 1: new ones per layer */
    uint64_t seed;        /* default 1 */
    cisup_index network;  /* which network of a run, >= 0; default 0 */
    cisup_gate_step step; /* of rotation4, step2 and gate; default k = 2, s = 1/2 */
    int carried;          /* 1: for networks that carry masks; default 0. Only rotation2
                             (always carried), random-relu and identity */
} cisup_family_options;

/* Layers whose f is the identity, of MLPs that become circuits. */
typedef enum { CISUP_LINEAR_NONE, CISUP_LINEAR_OUTPUT, CISUP_LINEAR_ALL } cisup_linear;

/* T small circuits of width d (docs/math.md, section 1):
 *
 *   a_t^l = ReLU( w_t^l a_t^{l-1} + b^l ),   l = 1..L
 *
 * The bias is common to all circuits. With `layers` = 1 the weights, the common part
 * and the bias are the same in every layer; otherwise layers = L and every layer has
 * its own.
 *
 * The neurons of a circuit are first the `on_count` neurons of an on-indicator (0: it
 * has none), then d - on_count data neurons. On-value and data vector of a state a:
 *
 *   on = a_0 (on_count 1), a_0 - a_1 (on_count 2);   x = a_data - offset * on
 *
 * An active circuit starts from on-neurons 1 (on_count 1) or 3/2, 1/2 (on_count 2)
 * (whatever the step of the gate: on = 1 counts)
 * and data offset + s, s uniform on the unit sphere, folded as `fold` says, or one of
 * its rows in `input`. An inactive one starts from 0.
 *
 * Circuits that are `carried`, in networks that carry masks (docs/math.md, section 20),
 * need no indicator, and may have biases of their own:
 *
 *   a_t^l = f( w_t^l a_t^{l-1} + beta_t^l ),  f the identity where is_signed, else ReLU
 *
 * With `biased` neuron 0 is the circuit's mask: it holds 1, column 0 of w_t is beta_t and
 * row 0 is 0, so that d is one more than the circuit's own width. b is 0.
 *
 * Owns its arrays. Start from {0}.
 * Source: [CIS2] section "Construction"; [ROT] section 5 for the common bias and part. */
typedef struct {
    cisup_index T, d, L;
    cisup_index layers; /* 1 or L */
    double *w;          /* [layers][T][d][d], row i, column j; NULL if computed */
    double *wbar;       /* [layers][d][d], the common part of the w_t */
    double *b;          /* [layers][d] */
    cisup_index on_count;
    double offset;
    int carried, biased;      /* as above; on_count and offset are then 0 */
    unsigned char *is_signed; /* [L] of carried ones; NULL: ReLU in every layer */
    int fold;                 /* CISUP_FOLD_: what inputs are */

    cisup_index *input_start; /* NULL, or [T+1]: rows of circuit t in input */
    double *input; /* [input_start[T]][data], replaces the sphere: d less on_count
                      or biased numbers */
    cisup_index file_circuits; /* of circuits read from a file: how many it has; else 0 */

    cisup_family_options family; /* of computed circuits: what they are drawn from */
} cisup_circuits;

CISUP_API cisup_family_options cisup_family_defaults(void);

/* "rotation4" and the like; cisup_family_find returns -1 for an unknown name. */
CISUP_API const char *cisup_family_name(cisup_family family);
CISUP_API int cisup_family_find(const char *name);

/* Makes T circuits of a family. Circuit t of layer l has its own random stream, so
 * it does not depend on T or L.
 *
 *   c      uninitialised on entry, empty after a failure; cisup_circuits_free frees
 *   T, d, L   >= 1; d as the family requires
 *
 * Errors: EINVAL (a size below 1, d does not suit the family, margin <= 0 or not
 * finite, a step out of range, network < 0, an unknown family); ENOMEM.
 * O(layers T d^2). Source: docs/math.md, sections 13 and 14; rotation4: [ROT] (5.2). */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_circuits_make(cisup_circuits *c, cisup_index T, cisup_index d, cisup_index L,
                    const cisup_family_options *options, cisup_error *err);

/* Zero circuits of the given sizes for the caller to fill; layers is 1 or L. c:
 * uninitialised on entry, empty after a failure. Errors: EINVAL; ENOMEM. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_circuits_init(cisup_circuits *c,
                                                            cisup_index T, cisup_index d,
                                                            cisup_index L,
                                                            cisup_index layers,
                                                            cisup_error *err);
CISUP_API void cisup_circuits_free(cisup_circuits *c);

/* Sets the common part of every layer to the mean over the circuits. */
CISUP_API void cisup_circuits_set_mean(cisup_circuits *c);

/* Gives circuits inputs of their own, as copies: circuit t has those of t mod n, in a run
 * sample m uses row (m mod their number). Replaces the inputs c had; c is unchanged on
 * failure.
 *
 *   n      how many circuits there are inputs for, >= 1; those beyond T are left out
 *   start  [n+1], from 0, ascending: rows start[t] .. start[t+1]-1 are circuit t's, at
 *          least one
 *   rows   [start[n]][data neurons], finite
 *
 * Errors: ESHAPE when the circuits have no data neuron; EINVAL naming the circuit, and
 * the row that is not finite; ENOMEM. O((start[n] + inputs) d). */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_circuits_set_inputs(cisup_circuits *c, cisup_index n, const cisup_index *start,
                          const double *rows, cisup_error *err);

/* The input a_t^0 of circuit t in a sample. a: [d]. */
CISUP_API void cisup_circuits_input(const cisup_circuits *c, uint64_t seed,
                                    cisup_index network, cisup_index sample,
                                    cisup_index t, double *a);

#ifdef __cplusplus
}
#endif

#endif
