/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of circuits and of inputs from texts. */
#ifndef CISUP_TEST_CIRCUIT_FILES_H
#define CISUP_TEST_CIRCUIT_FILES_H

#include "common/scratch.h"

#include <cisup/core/circuits_csv.h>

static const cisup_circuits_csv_options gated = {.gate = 1, .margin = 1.0};

/* Reads text as a file of circuits. */
static inline cisup_status read_text(cisup_circuits *c, const char *text,
                                     const cisup_circuits_csv_options *o,
                                     cisup_error *err) {
    scratch_put("c.csv", text, strlen(text));
    const cisup_status status = cisup_circuits_read_csv(c, scratch_path("c.csv"), o, err);
    scratch_drop("c.csv");
    return status;
}

static inline cisup_status read_inputs(cisup_circuits *c, const char *text,
                                       cisup_error *err) {
    scratch_put("x.csv", text, strlen(text));
    const cisup_status status = cisup_circuits_read_inputs(c, scratch_path("x.csv"), err);
    scratch_drop("x.csv");
    return status;
}

#define HEADER "circuit,layer,i,j,value\n"
#define INPUTS "circuit,input,i,value\n"

#endif
