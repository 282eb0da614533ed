/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_SPARSE_WEIGHTS_H
#define CISUP_SPARSE_WEIGHTS_H

#include <cisup/sparse/csc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The weight schemes of docs/math.md, section 4. */
typedef enum {
    CISUP_WEIGHTS_PLAIN,
    CISUP_WEIGHTS_BALANCED,
    CISUP_WEIGHTS_SPLIT,
    CISUP_WEIGHTS_CAPPED,
} cisup_weight_scheme;

/* "plain" and so on; cisup_weight_scheme_find returns -1 for an unknown name. */
CISUP_API const char *cisup_weight_scheme_name(cisup_weight_scheme scheme);
CISUP_API int cisup_weight_scheme_find(const char *name);

/* One kappa for all rows, (4.5), or one a row, kappa_n. */
typedef enum { CISUP_KAPPA_SINGLE, CISUP_KAPPA_ROWS } cisup_kappa_kind;

/* How the sparse part of the weights is assembled; same bytes. */
typedef enum {
    CISUP_ASSEMBLE_AUTO,     /* by size */
    CISUP_ASSEMBLE_PRODUCTS, /* by sparse-sparse products, of CXSparse */
    CISUP_ASSEMBLE_DIRECT,   /* neuron by neuron */
} cisup_assembling;

typedef struct {
    cisup_weight_scheme scheme; /* default CISUP_WEIGHTS_CAPPED */
    double center;              /* c of (3.7); default NaN: P_even/(S(S - P_even)) */
    double correction;          /* f_w of (4.5), >= 0; default 1 */
    cisup_kappa_kind kappa;     /* of scheme capped; default CISUP_KAPPA_SINGLE */
    cisup_assembling assemble;  /* default CISUP_ASSEMBLE_AUTO */
} cisup_weight_options;

CISUP_API cisup_weight_options cisup_weight_defaults(void);

/* The two ways to apply the weights of a layer; same results to rounding. */
typedef enum {
    CISUP_OPERATOR_FACTORED,  /* through the circuits, without W */
    CISUP_OPERATOR_ASSEMBLED, /* W by sparse products, then sparse times vectors */
} cisup_operator_form;

/* The weights of one layer, assembled:
 *
 *   W = sparse + (I_d (x) left) right
 *
 * sparse is dN x dN; left is a column of N numbers; right is d x dN. The second term
 * (rank d at most) holds the dense background of the schemes balanced, split and
 * capped, so that nothing dense is ever stored. For plain, left and right are NULL.
 * Owns its parts. Start from {0}. */
typedef struct {
    cisup_index N, d;
    cisup_csc sparse;
    double *left;  /* [N] */
    double *right; /* [d][d N] */
    double kappa;  /* (4.5), or its mean over the rows; 0 unless capped */
} cisup_weights;

#ifdef __cplusplus
}
#endif

#endif
