/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Builds and measures a small network through the installed headers and libraries. */
#include <cisup/analysis/experiment.h>
#include <cisup/core/overlap.h>
#include <cisup/core/schemes.h>

#include <stdio.h>

int main(void) {
    cisup_error err = {0};
    cisup_allocation base;
    cisup_overlap_report overlap;
    cisup_report report;
    if (cisup_allocation_make(&base, 30, 4, 25, NULL, &err) != CISUP_OK ||
        cisup_overlap_check(&base, &overlap, &err) != CISUP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    cisup_experiment x = cisup_experiment_defaults();
    x.base = &base;
    x.d = 4;
    x.L = 3;
    x.z = (const cisup_index[]){1};
    x.z_count = 1;
    x.networks = 2;
    x.inputs = 16;
    if (cisup_experiment_run(&x, &report, &err) != CISUP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const cisup_index cell = cisup_cell(3, CISUP_ACTIVE, CISUP_X);
    printf("holds %d, mean square error of x in layer 3: %g\n", overlap.holds,
           report.result[0].mse[cell].mean);
    cisup_report_free(&report);
    cisup_allocation_free(&base);
    return overlap.holds ? 0 : 1;
}
