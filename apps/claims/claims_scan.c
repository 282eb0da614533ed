/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_parts.h"

#include <math.h>

cisup_status cisup_scan_circuits(const cisup_claims_setup *setup,
                                 const cisup_study *study, const cisup_scan_figure *what,
                                 cisup_scan_cell cell[CISUP_SCAN_SIZES],
                                 cisup_error *err) {
    static const double part[CISUP_SCAN_SIZES] = {0.1, 0.15, 0.2, 0.3, 0.5, 1.0};
    cisup_trials t = {0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < CISUP_SCAN_SIZES; k++) {
        cisup_study s = *study;
        s.T = (cisup_index)ceil(part[k] * (double)study->T);
        CISUP_TRY(cisup_study_run(setup, &s, &t, err));
        cell[k] = (cisup_scan_cell){
            t.theory.T, what->predicted,
            what->over ? cisup_trials_growth(&t, what->figure, what->layer, what->over)
                       : cisup_trials_mean(&t, what->figure, what->layer)};
        cisup_trials_free(&t);
    }
done:
    cisup_trials_free(&t);
    return status;
}
