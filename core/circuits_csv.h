/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_CIRCUITS_CSV_H
#define CISUP_CORE_CIRCUITS_CSV_H

#include <cisup/core/circuits.h>

/* How circuits of the user's own are read. */
typedef struct {
    cisup_index T; /* 0: as many as the file has; more: they repeat cyclically */
    cisup_index L; /* 0: as many layers as the file has (1 if it has one) */
    int gate;      /* 1: put the gate of section 14 around each */
    double margin; /* b > 0 of the gate; default 1 */
} cisup_circuits_csv_options;

/* Reads circuits from a CSV file with the header
 *
 *   circuit,layer,i,j,value
 *
 * circuit from 0 without gaps, layer from 1, neurons i and j from 0. An empty j gives
 * a bias. What is not listed is 0; the width is the largest i or j plus 1. A file
 * with layer 1 alone gives the same weights in every layer; otherwise it must have
 * all layers 1..L. Ungated circuits must all have the same biases.
 * The common part wbar is the mean over the circuits.
 *
 * Errors: EIO; ENOMEM; EFORMAT with file, line and value: a negative or fractional
 * index, a number that is not finite, the same entry twice, a missing circuit or
 * layer, circuits that differ in a bias and are not gated; EINVAL margin <= 0. */
CISUP_MUST_CHECK cisup_status
cisup_circuits_read_csv(cisup_circuits *c, const char *path,
                        const cisup_circuits_csv_options *options, cisup_error *err);

/* Reads inputs for circuits from a CSV file with the header
 *
 *   circuit,input,i,value
 *
 * input from 0 without gaps within a circuit, i the data neuron from 0; what is not
 * listed is 0; every circuit below the largest named one needs at least one input,
 * and circuit t of more circuits uses those of t mod that number. In a run sample m
 * uses input (m mod count). Replaces the inputs c had; c is unchanged on failure.
 * Errors: as above. */
CISUP_MUST_CHECK cisup_status cisup_circuits_read_inputs(cisup_circuits *c,
                                                         const char *path,
                                                         cisup_error *err);

#endif
