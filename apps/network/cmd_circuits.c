/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/options.h"
#include "common/program.h"
#include "propagate/report.h"

#include <cisup/core/circuits_csv.h>

static const char about[] =
    "Read circuits from CSV (circuit,layer,i,j,value; an empty j gives a bias) and "
    "report which of the assumptions A1-A4 of docs/math.md they meet, with the figures.";

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

int cmd_circuits(int argc, char **argv) {
    cisup_circuits_csv_options o = {.margin = 1.0};
    int json = 0;
    const option table[] = {
        {"gate", 0, OPTION_FLAG, &o.gate, NULL, "put a gate around each", NULL},
        {"margin", 0, OPTION_NUMBER, &o.margin, "b", "margin of the gate (1)", NULL},
        {"json", 0, OPTION_FLAG, &json, NULL, "one JSON object a line", NULL},
    };
    const char *operand[OPERANDS_MOST] = {0};
    if (options_parse("cisup circuits", "FILE", about, table,
                      sizeof table / sizeof table[0], argc, argv, operand) != 1) {
        fprintf(stderr, "cisup: circuits needs one FILE; see cisup circuits --help\n");
        return EXIT_USAGE;
    }
    cisup_error err = {0};
    const cisup_status status =
        o.margin > 0.0
            ? execute(operand[0], &o, json, &err)
            : CISUP_FAIL(&err, CISUP_EINVAL, "--margin %g: must be positive", o.margin);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
