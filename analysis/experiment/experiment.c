/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

cisup_experiment cisup_experiment_defaults(void) {
    return (cisup_experiment){.family = cisup_family_defaults(),
                              .network = cisup_network_defaults(),
                              .networks = 20,
                              .inputs = 500,
                              .seed = 1};
}

cisup_status cisup_experiment_run(const cisup_experiment *x, cisup_report *report,
                                  cisup_error *err) {
    cisup_part part = {0};
    cisup_vigil vigil;
    cisup_status status;
    *report = (cisup_report){0};
    CISUP_TRY(cisup_experiment_check(x, err));
    CISUP_TRY(cisup_vigil_begin(&vigil, x->watcher, (double)x->networks, err));
    CISUP_TRY(cisup_part_init(&part, x, err));
    CISUP_TRY(cisup_part_collect(x, 0, 1, &vigil, &part, err));
    CISUP_TRY(cisup_part_conclude(x, &part, cisup_part_count(&part),
                                  atomic_load(&vigil.is_over) ? NULL : &vigil, report,
                                  err));
    if (cisup_vigil_end(&vigil, NULL) != CISUP_OK) goto done; /* all is there */
done:
    cisup_part_free(&part);
    return status;
}

cisup_status cisup_experiment_part(const cisup_experiment *x, cisup_index first,
                                   cisup_index step, cisup_part *part, cisup_error *err) {
    cisup_vigil vigil;
    cisup_status status;
    *part = (cisup_part){0};
    if (first < 0 || step < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "networks %" PRId64 " and every %" PRId64 "-th after it", first,
                          step);
    CISUP_TRY(cisup_experiment_check(x, err));
    const cisup_index left = x->networks - first;
    const double count = left > 0 ? (double)((left - 1) / step + 1) : 1.0;
    CISUP_TRY(cisup_vigil_begin(&vigil, x->watcher, count, err));
    CISUP_TRY(cisup_part_init(part, x, err));
    CISUP_TRY(cisup_part_key(x, part->key, err));
    CISUP_TRY(cisup_part_collect(x, first, step, &vigil, part, err));
    if (cisup_vigil_end(&vigil, NULL) != CISUP_OK) goto done; /* all is there */
done:
    if (status != CISUP_OK) cisup_part_free(part);
    return status;
}
