/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/base/numbers.h>

#include <math.h>
#include <string.h>

static cisup_status fit_check(const cisup_part *into, const cisup_part *from,
                              cisup_error *err) {
    const cisup_status status = cisup_part_key_check(from->key, into->key, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < into->networks; k++)
        if (into->has[k] && from->has[k])
            return CISUP_FAIL(err, CISUP_EINVAL, "network %" PRId64 " is in two parts",
                              k);
    for (cisup_index k = 0; k < into->z_count; k++) {
        const cisup_part_of_z *a = &into->of[k], *b = &from->of[k];
        if (a->engine != CISUP_ENGINE_AUTO && b->engine != CISUP_ENGINE_AUTO &&
            a->engine != b->engine)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "z = %" PRId64 ": parts measured by the engines %s and %s",
                              a->z, cisup_engine_name(a->engine),
                              cisup_engine_name(b->engine));
    }
    return CISUP_OK;
}

static void copy_network(const cisup_part *part, cisup_part_of_z *into,
                         const cisup_part_of_z *from, cisup_index network) {
    const cisup_index K = part->networks, worst = part->worst;
    for (cisup_index k = 0; k < part->columns; k++)
        into->mean[k * K + network] = from->mean[k * K + network];
    memcpy(into->ranked + network * worst, from->ranked + network * worst,
           (size_t)worst * sizeof *into->ranked);
}

static void add_of_z(const cisup_part *part, cisup_part_of_z *into,
                     const cisup_part_of_z *from, const unsigned char *has) {
    if (into->engine == CISUP_ENGINE_AUTO) {
        into->engine = from->engine;
        into->share = from->share;
    }
    into->residual = fmax(into->residual, from->residual);
    for (cisup_index network = 0; network < part->networks; network++)
        if (has[network]) copy_network(part, into, from, network);
    if (from->tally) cisup_part_add_counts(part, into, from->tally, from->open);
}

cisup_status cisup_part_merge(cisup_part *into, const cisup_part *from,
                              cisup_error *err) {
    const cisup_index later = into->L - 1;
    cisup_status status;
    CISUP_TRY(fit_check(into, from, err));
    for (cisup_index k = 0; k < into->z_count; k++)
        CISUP_TRY(cisup_part_start(into, &into->of[k], err));
    for (cisup_index k = 0; k < into->z_count; k++)
        add_of_z(into, &into->of[k], &from->of[k], from->has);
    for (cisup_index network = 0; network < into->networks; network++) {
        if (!from->has[network]) continue;
        into->has[network] = 1;
        memcpy(into->kappa + network * later, from->kappa + network * later,
               (size_t)later * sizeof *into->kappa);
    }
    into->kappa_error = cisup_larger(into->kappa_error, from->kappa_error);
    into->build_s += from->build_s;
    into->run_s += from->run_s;
done:
    return status;
}
