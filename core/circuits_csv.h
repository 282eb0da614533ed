/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CIRCUITS_CSV_H
#define CISUP_CORE_CIRCUITS_CSV_H

#include <cisup/core/circuits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How circuits of the user's own are read. {0} is valid, NULL is {0}. */
typedef struct {
    cisup_index T; /* 0: as many as the file has; fewer: the first; more: they repeat
                      cyclically */
    cisup_index L; /* 0: as many layers as the file has; fewer: the first; more: only if
                      the file has layer 1 alone */
    int gate;      /* 1: put the gate of section 14 around each */
    double margin; /* b > 0 of the gate, 1 is usual; not looked at without a gate */
    int carried;   /* 1: for networks that carry masks, with biases of their own */
    cisup_linear linear;  /* which layers of carried ones have no ReLU; default none */
    cisup_gate_step step; /* of the gate, {0} the published one; as margin */
} cisup_circuits_csv_options;

/* Reads circuits from a CSV file with the header
 *
 *   circuit,layer,i,j,value
 *
 * circuit from 0 without gaps, layer from 1, neurons i and j from 0. An empty j gives
 * a bias. What is not listed is 0; the width is the largest i or j plus 1. A file
 * with layer 1 alone gives the same weights in every layer; otherwise every circuit
 * must have a row in each of the layers 1..L (with the value 0 if all of it is 0).
 * Circuits neither gated nor carried must all have the same biases. The order of the rows
 * is free. The common part wbar is the mean over the circuits, the offset of data neurons
 * 0.
 *
 *   c   uninitialised on entry, empty after a failure; cisup_circuits_free frees
 *
 * Errors: EIO; ENOMEM; EFORMAT with file, line and value: a negative, fractional or
 * huge index, a number that is not finite, the same entry twice, a missing circuit or
 * layer, no row, circuits that differ in a bias and are not gated, and those of
 * cisup_csv_read; EINVAL margin <= 0, a step out of range, T < 0, L < 0 or more layers
 * than the file has. Memory is taken for what the file lists before it is for the sizes
 * in it. */
CISUP_API CISUP_MUST_CHECK cisup_status
cisup_circuits_read_csv(cisup_circuits *c, const char *path,
                        const cisup_circuits_csv_options *options, cisup_error *err);

/* Reads inputs for circuits from a CSV file with the header
 *
 *   circuit,input,i,value
 *
 * input from 0 without gaps within a circuit, i the data neuron from 0; what is not
 * listed is 0; every circuit below the largest named one needs at least one input.
 * For circuits read from a file the number of circuits must be that of their file, where
 * T is larger or smaller, too, or 1: the inputs of circuit 0 are those of all. Circuit t
 * of more circuits uses those of t mod that number; inputs of circuits that c does not
 * have are checked and left out. In a run sample m uses input
 * (m mod count). Replaces the inputs c had; c is unchanged on failure.
 * Errors: as above, i beyond the last data neuron and another number of circuits
 * included; ESHAPE when the circuits have no data neuron. */
CISUP_API CISUP_MUST_CHECK cisup_status cisup_circuits_read_inputs(cisup_circuits *c,
                                                                   const char *path,
                                                                   cisup_error *err);

#ifdef __cplusplus
}
#endif

#endif
