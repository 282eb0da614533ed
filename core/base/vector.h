/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_VECTOR_H
#define CISUP_CORE_VECTOR_H

/* Marks a function that is compiled for several instruction sets, of which the machine's
 * best is chosen when the program starts; all it calls is compiled into it. As sums are
 * never contracted (-ffp-contract=off), every version gives the same bytes. */
#if defined __GNUC__ && !defined __clang__ && defined __x86_64__ &&                      \
    !defined __SANITIZE_ADDRESS__
#define CISUP_VECTOR __attribute__((target_clones("default", "avx2", "avx512f"), flatten))
#else
#define CISUP_VECTOR
#endif

#endif
