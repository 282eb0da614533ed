/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_ANALYSIS_THEORY_PUBLISHED_H
#define CISUP_ANALYSIS_THEORY_PUBLISHED_H

#include <cisup/analysis/theory/theory.h>
#include <cisup/analysis/theory_table.h>

/* What other papers state about the same quantities, most of it up to constants that
 * they do not give here, some up to powers of logarithms (the tilde). The formula is what
 * stands inside O() or Omega(), in the symbols of docs/math.md; its value says how things
 * grow and is no bound, unless the claim says so. Sources, conditions and which symbol is
 * which: docs/math.md 12.2. */
typedef struct {
    const char *name;
    const char *source;    /* a key of docs/references.md */
    const char *statement; /* "neurons >= Omega(sqrt(T ln T))" */
    const char *about;     /* for what, in a few words, and under which conditions */
    double (*scale)(
        const cisup_theory_case *c); /* what stands inside; T, N, D, d, z count */
    /* Whether the statement is about networks like this one, "much less" and "about"
     * being a factor of 10; NULL: it has no such condition. */
    int (*is_in_range)(const cisup_theory_case *c);
    cisup_claim claim; /* CISUP_CLAIM_LIMIT: asymptotic; CISUP_CLAIM_BOUND: exact */
} cisup_theory_statement;

/* All statements; *count receives how many. */
const cisup_theory_statement *cisup_theory_statements(int *count);

/* NULL for an unknown name. */
const cisup_theory_statement *cisup_theory_statement_find(const char *name);

#endif
