/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/gate_options.h"
#include "common/options.h"
#include "common/program.h"
#include "propagate/report.h"

#include <cisup/core/circuits_csv.h>

static const char about[] =
    "Read circuits from CSV (circuit,layer,i,j,value; an empty j gives a bias) and "
    "report which of the assumptions A1-A4 of docs/math.md they meet, with the figures.\v"
    "cisup circuits data/example_circuits.csv --gate";

static cisup_status execute(const char *path, const cisup_circuits_csv_options *o,
                            int json, cisup_error *err) {
    cisup_circuits c = {0};
    cisup_assumptions a;
    cisup_status status;
    CISUP_TRY(cisup_circuits_read_csv(&c, path, o, err));
    CISUP_TRY(cisup_assumptions_check(&c, &a, err));
    if (json) {
        CISUP_TRY(assumptions_json(&a, err));
    } else {
        printf("%" PRId64 " circuits of width %" PRId64 ", %" PRId64 " layers\n", c.T,
               c.d, c.L);
        assumptions_text(&a);
    }
done:
    cisup_circuits_free(&c);
    return status;
}

typedef struct {
    cisup_circuits_csv_options read;
    int json;
} request;

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(CIRCUITS),
    OPTION(read.gate, "gate", 0, FLAG, NULL, "put a gate around each"),
    OPTION(read.margin, "margin", 0, NUMBER, "b", "margin of the gate (1)"),
    OPTION_TABLE(read.step, gate_options),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTIONS_END,
};

static cisup_status read_check(const cisup_circuits_csv_options *o, cisup_error *err) {
    if (!(o->margin > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--margin %g: must be positive", o->margin);
    if (!o->gate && !gate_step_is_default(&o->step))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--gate-steepness, --gate-shift: need --gate");
    return gate_step_check(&o->step, err);
}

int cmd_circuits(int argc, char **argv) {
    request r = {.read = {.margin = 1.0, .step = gate_step_defaults()}};
    const char *operand[OPERANDS_MOST] = {0};
    if (options_parse("cisup circuits", "FILE", about, table, &r, argc, argv, operand) !=
        1) {
        fprintf(stderr, "cisup: circuits needs one FILE; see cisup circuits --help\n");
        return EXIT_USAGE;
    }
    cisup_error err = {0};
    cisup_status status = read_check(&r.read, &err);
    if (status == CISUP_OK) status = execute(operand[0], &r.read, r.json, &err);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
