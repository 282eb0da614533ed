/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <math.h>

static int has_kappa_rows(const cisup_experiment *x) {
    return x->network.weights.scheme == CISUP_WEIGHTS_CAPPED &&
           x->network.weights.kappa == CISUP_KAPPA_ROWS;
}

/* What the engines cannot give. */
static cisup_status check_engine(const cisup_experiment *x, cisup_error *err) {
    const int is_watched = x->terms || x->worst;
    if (!(x->noise >= 0.0) || isinf(x->noise))
        return CISUP_FAIL(err, CISUP_EINVAL, "input noise %g", x->noise);
    if (x->robust_masks && !(x->noise > 0.0 && x->cycle))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "robust masks are for networks that carry masks, with input "
                          "noise");
    if (x->noise > 0.0 &&
        (is_watched || cisup_experiment_is_computed(x) ||
         (x->engine != CISUP_ENGINE_AUTO && x->engine != CISUP_ENGINE_BATCHED)))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "input noise is for the engine batched, without terms or worst "
                          "circuits");
    if (x->noise > 0.0 && x->network.carrying.codes)
        return CISUP_FAIL(err, CISUP_EINVAL, "input noise is not for codes of masks");
    if (cisup_experiment_is_computed(x) &&
        (x->circuits || is_watched || x->exclude.count))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "a computed network has circuits of a family, all of them, and "
                          "neither terms nor worst circuits");
    const int is_reduced = x->engine == CISUP_ENGINE_REDUCED;
    if (cisup_experiment_is_computed(x) && x->engine != CISUP_ENGINE_AUTO &&
        x->engine != CISUP_ENGINE_SPARSE && !is_reduced)
        return CISUP_FAIL(err, CISUP_EINVAL, "a computed network has no engine %s",
                          cisup_engine_name(x->engine));
    if (is_reduced && !x->cycle)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the engine reduced is for networks that carry masks");
    if ((is_reduced || x->engine == CISUP_ENGINE_SPARSE) &&
        (is_watched || has_kappa_rows(x)))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the engine %s has no terms, worst circuits or kappa for "
                          "each row",
                          cisup_engine_name(x->engine));
    if (x->engine == CISUP_ENGINE_ASSEMBLED && x->network.carrying.cycle &&
        x->mode != CISUP_MODE_RELU)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the engine assembled has a network that carries masks in mode "
                          "relu only, not %s",
                          cisup_mode_name(x->mode));
    if (x->precision == CISUP_PRECISION_SINGLE &&
        (is_watched || is_reduced || x->engine == CISUP_ENGINE_ASSEMBLED))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "single precision is not for the engines assembled and "
                          "reduced, terms or worst circuits");
    return CISUP_OK;
}

/* Sets of active circuits that are given. */
static cisup_status check_active(const cisup_experiment *x, cisup_error *err) {
    const cisup_active_sets *sets = x->active;
    cisup_index most = 0;
    if (!sets) return CISUP_OK;
    if (sets->count < 1 || x->z_count != 1 || x->exclude.count)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%" PRId64 " active sets with %" PRId64 " values of z, %" PRId64
                          " circuits left out",
                          sets->count, x->z_count, x->exclude.count);
    for (cisup_index k = 0; k < sets->count; k++) {
        const cisup_index first = sets->start[k], end = sets->start[k + 1];
        for (cisup_index at = first; at < end; at++)
            if (sets->circuit[at] >= x->base->T ||
                sets->circuit[at] <= (at > first ? sets->circuit[at - 1] : -1))
                return CISUP_FAIL(err, CISUP_EINVAL,
                                  "circuit %" PRId64 " of active set %" PRId64
                                  ": not below T = %" PRId64 ", or not ascending",
                                  sets->circuit[at], k, x->base->T);
        if (end - first > most) most = end - first;
    }
    if (x->z[0] == most) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "z = %" PRId64 ", but the largest active set has %" PRId64
                      " circuits",
                      x->z[0], most);
}

cisup_status cisup_experiment_check(const cisup_experiment *x, cisup_error *err) {
    const cisup_index c = x->cycle ? x->cycle->c : 0;
    cisup_status status;
    if (x->network.carrying.cycle != c || (c && x->cycle->T != x->base->T))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "networks of a cycle of %" PRId64 " allocations, given one of "
                          "%" PRId64 " of %" PRId64 " circuits",
                          x->network.carrying.cycle, c, c ? x->cycle->T : 0);
    if (x->networks < 1 || x->inputs < 1 || x->threads < 0 || x->z_count < 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "networks %" PRId64 ", inputs %" PRId64 ", threads %d, %" PRId64
                          " values of z",
                          x->networks, x->inputs, x->threads, x->z_count);
    if (!x->circuits && (x->d < 1 || x->L < 1))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "circuits with d = %" PRId64 ", L = %" PRId64, x->d, x->L);
    const cisup_index left = x->base->T - x->exclude.count, least = x->active ? 0 : 1;
    for (cisup_index k = 0; k < x->z_count; k++)
        if (x->z[k] < least || x->z[k] > left)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "z = %" PRId64 " is not within %" PRId64 "..%" PRId64
                              " circuits",
                              x->z[k], least, left);
    if (x->worst < 0 || x->worst > left)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "the %" PRId64 " worst of %" PRId64 " circuits", x->worst,
                          left);
    status = check_active(x, err);
    if (status == CISUP_OK) status = check_engine(x, err);
    if (status != CISUP_OK) return status;
    return cisup_memory_require(cisup_experiment_bytes(x), "the experiment", err);
}

/* Loads of a computed allocation are taken as even. */
cisup_status cisup_experiment_loads(const cisup_experiment *x,
                                    cisup_allocation_stats *stats, cisup_error *err) {
    const cisup_index N = x->base->N, S = x->base->S, T = x->base->T;
    if (cisup_experiment_is_computed(x)) {
        const double P = x->cycle ? x->cycle->P : cisup_even_overlap(N, S, T);
        const cisup_index least = (cisup_index)((double)T * (double)S / (double)N);
        *stats = (cisup_allocation_stats){.load_min = least,
                                          .load_max = least + 1,
                                          .P = P,
                                          .p = P / ((double)S * (double)S)};
        return CISUP_OK;
    }
    cisup_index *load;
    const cisup_status status = cisup_new(&load, N, sizeof *load, err);
    if (status != CISUP_OK) return status;
    cisup_allocation_loads(x->base, load);
    *stats = cisup_allocation_statistics(load, N, S, T);
    if (x->cycle) { /* of all parts; the loads are those of the first */
        stats->P = x->cycle->P;
        stats->p = x->cycle->P / ((double)S * (double)S);
    }
    cisup_release(load);
    return CISUP_OK;
}

int cisup_experiment_may_be_sparse(const cisup_experiment *x) {
    if (cisup_experiment_is_computed(x) || x->engine != CISUP_ENGINE_AUTO)
        return cisup_experiment_is_computed(x) || x->engine == CISUP_ENGINE_SPARSE ||
               x->engine == CISUP_ENGINE_REDUCED;
    return !x->terms && !x->worst && !has_kappa_rows(x) && x->noise == 0.0;
}

int cisup_experiment_must_choose(const cisup_experiment *x) {
    return !cisup_experiment_is_computed(x) && x->engine == CISUP_ENGINE_AUTO &&
           cisup_experiment_may_be_sparse(x);
}

cisup_status cisup_experiment_choose(const cisup_experiment *x,
                                     const cisup_specimen *made, cisup_part_of_z *r,
                                     cisup_error *err) {
    r->share = (double)NAN;
    r->engine = cisup_experiment_is_reduced(x, r->z) ? CISUP_ENGINE_REDUCED
                : cisup_experiment_is_computed(x)    ? CISUP_ENGINE_SPARSE
                                                     : x->engine;
    if (r->engine != CISUP_ENGINE_AUTO) return CISUP_OK;
    r->engine = CISUP_ENGINE_BATCHED;
    if (!cisup_experiment_must_choose(x)) return CISUP_OK;
    const cisup_status status = cisup_open_share(&made->net, x->mode, x->seed, 0, r->z,
                                                 x->inputs, &r->share, err);
    if (status == CISUP_OK &&
        r->share < cisup_engine_crossover(made->net.base->S, x->precision))
        r->engine = CISUP_ENGINE_SPARSE;
    return status;
}
