/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "propagation.h"

#include <cisup/analysis/experiment/pilot.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/schemes/incidence_form.h>

#include "common/program.h"
#include "common/progress.h"

#include <stdio.h>
#include <string.h>

#define OPTIONS_OF propagation
static const option_row measurement_options[] = {
    OPTION_GROUP(MEASUREMENT),
    PARAMETER(setup.z, "z", "active", 'z', LIST, "z", "active circuits (1,2,3)"),
    CHOICE(precision, "precision", "precision", cisup_precision_find, "double|single",
           "numbers of the passes; what is added up over circuits is double (double)"),
    PARAMETER(networks, "networks", "networks", 'K', SIZE, "K", "networks (20)"),
    PARAMETER(inputs, "samples", "samples", 'M', SIZE, "M", "samples a network (500)"),
    PARAMETER(
        implicit, "implicit", "implicit", 0, FLAG, NULL,
        "compute allocation, permutations and circuits instead of storing them (td)"),
    PARAMETER(terms, "terms", "terms", 0, FLAG, NULL,
              "split the errors into their parts: overlap, propagation, ..."),
    PARAMETER(worst, "worst", "worst", 0, SIZE, "K",
              "name the K worst circuits and who disturbs them"),
    PARAMETER(excluded_text, "exclude", "exclude", 0, TEXT, "FILE|K",
              "leave out the circuits in FILE, or the K worst of each network"),
    OPTIONS_END,
};

const option_row propagation_options[] = {
    OPTION_GROUP(NETWORK),
    OPTION_TABLE(setup, setup_options),
    OPTION_MORE(measurement_options),
    OPTION_GROUP(MEASUREMENT),
    CHOICE(mode, "mode", "mode", cisup_mode_find, MODE_WORDS, MODE_HELP),
    OPTIONS_END,
};

const option_row propagation_details[] = {
    OPTION_GROUP(NETWORK),
    OPTION_TABLE(setup, setup_details),
    OPTION_MORE(measurement_options),
    OPTIONS_END,
};

propagation propagation_defaults(void) {
    return (propagation){.setup = setup_defaults(), .networks = 20, .inputs = 500};
}

void propagation_free(propagation *p) {
    exclusion_free(&p->excluded);
    active_file_free(&p->active);
    setup_free(&p->setup);
}

/* What a computed network does not have. */
static cisup_status implicit_check(const propagation *p, cisup_error *err) {
    const setup *s = &p->setup;
    const cisup_scheme scheme = s->allocation.scheme;
    const char *refused = s->circuits_path                       ? "circuit-file"
                          : p->terms                             ? "terms"
                          : p->worst                             ? "worst"
                          : p->excluded_text                     ? "exclude"
                          : s->engine == CISUP_ENGINE_BATCHED    ? "engine batched"
                          : s->engine == CISUP_ENGINE_ASSEMBLED  ? "engine assembled"
                          : s->weights.kappa == CISUP_KAPPA_ROWS ? "kappa rows"
                          : construction_has_pilot(&s->construction)
                              ? "offset or strength pilot"
                          : s->allocation.even_out == CISUP_EVEN_OUT_YES ? "even-out yes"
                                                                         : NULL;
    if (refused)
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: not with --implicit", refused);
    for (cisup_index k = 0; k < s->S.count && !s->construction.masks; k++)
        if (!cisup_incidence_exists(scheme, s->S.value[k]))
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "--implicit: scheme %s with S = %" PRId64
                              " has no computed form",
                              cisup_scheme_name(scheme), s->S.value[k]);
    return CISUP_OK;
}

/* What single precision cannot be had with. */
static cisup_status single_check(const propagation *p, cisup_error *err) {
    const char *refused = p->terms                                    ? "terms"
                          : p->worst                                  ? "worst"
                          : p->excluded.by_network                    ? "exclude K"
                          : p->setup.engine == CISUP_ENGINE_ASSEMBLED ? "engine assembled"
                          : p->setup.engine == CISUP_ENGINE_REDUCED   ? "engine reduced"
                                                                      : NULL;
    if (!refused) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--precision single: not with --%s", refused);
}

/* What noise on the inputs does not go with. */
static cisup_status noise_check(const propagation *p, cisup_error *err) {
    const cisup_engine engine = p->setup.engine;
    const char *refused = p->terms                      ? "terms"
                          : p->worst                    ? "worst"
                          : p->excluded.by_network      ? "exclude K"
                          : p->implicit                 ? "implicit"
                          : p->setup.construction.codes ? "mask-codes"
                          : construction_has_pilot(&p->setup.construction)
                              ? "offset or strength pilot"
                          : engine == CISUP_ENGINE_SPARSE    ? "engine sparse"
                          : engine == CISUP_ENGINE_ASSEMBLED ? "engine assembled"
                                                             : NULL;
    if (p->noise < 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL, "--input-noise %g: must not be negative",
                          p->noise);
    if (p->setup.construction.robust && !(p->setup.construction.masks && p->noise > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--robust-masks: needs --construction masks and --input-noise");
    if (!refused || p->noise == 0.0) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--input-noise: not with --%s", refused);
}

/* A network that carries masks has its circuits' own f in every layer. */
static cisup_status mode_check(const propagation *p, cisup_error *err) {
    if (!p->setup.construction.masks || p->mode == CISUP_MODE_RELU ||
        p->mode == CISUP_MODE_MASKED_RELU)
        return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "--mode %s: --construction masks has relu and masked-relu",
                      cisup_mode_name(p->mode));
}

/* What passes through open neurons, all or those of active circuits, do not show. */
static cisup_status open_check(const propagation *p, cisup_error *err) {
    const setup *s = &p->setup;
    const int has_rows =
        s->weights.scheme == CISUP_WEIGHTS_CAPPED && s->weights.kappa == CISUP_KAPPA_ROWS;
    const char *refused = p->terms                 ? "terms"
                          : p->worst               ? "worst"
                          : p->excluded.by_network ? "exclude K"
                          : has_rows               ? "kappa rows"
                                                   : NULL;
    if (!refused) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--engine %s: not with --%s",
                      cisup_engine_name(s->engine), refused);
}

/* Reads the active sets, which decide z. */
static cisup_status read_active(propagation *p, cisup_error *err) {
    cisup_status status;
    if (!p->active_text) return CISUP_OK;
    const char *refused = p->setup.z.count   ? "active"
                          : p->excluded_text ? "exclude"
                                             : NULL;
    if (refused)
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: not with --active-file", refused);
    CISUP_TRY(active_file_read(&p->active, p->active_text, p->setup.folder, err));
    CISUP_TRY(index_list_set(&p->setup.z, p->active.most, err));
done:
    return status;
}

cisup_status propagation_complete(propagation *p, cisup_error *err) {
    cisup_scheme *scheme = &p->setup.allocation.scheme;
    const int is_implied =
        p->implicit && *scheme == NO_SCHEME && !p->setup.construction.masks;
    if (is_implied) *scheme = CISUP_SCHEME_TD;
    cisup_status status = read_active(p, err);
    if (status == CISUP_OK) status = setup_complete(&p->setup, err);
    if (is_implied) p->setup.named = "implicit";
    if (status == CISUP_OK && p->implicit) status = implicit_check(p, err);
    if (status != CISUP_OK) return status;
    status = exclusion_read(&p->excluded, p->excluded_text, p->setup.folder,
                            p->setup.z.count, err);
    if (status == CISUP_OK) status = mode_check(p, err);
    if (status == CISUP_OK) status = noise_check(p, err);
    if (status == CISUP_OK && p->precision == CISUP_PRECISION_SINGLE)
        status = single_check(p, err);
    if (status == CISUP_OK && (p->setup.engine == CISUP_ENGINE_SPARSE ||
                               p->setup.engine == CISUP_ENGINE_REDUCED))
        status = open_check(p, err);
    if (status == CISUP_OK && p->setup.weights.assemble &&
        p->setup.engine != CISUP_ENGINE_ASSEMBLED)
        status = CISUP_FAIL(err, CISUP_EINVAL, "--assemble: needs --engine assembled");
    return status;
}

/* A cycle of more circuits than its computed form has is stored, which --implicit is not
 * to do. */
static cisup_status computed_check(const propagation *p, const cisup_shape *shape,
                                   cisup_error *err) {
    const cisup_index c = p->setup.construction.cycle;
    cisup_cycle_plan plan;
    if (!p->implicit || !p->setup.construction.masks) return CISUP_OK;
    const cisup_status status = cisup_cycle_plan_make(&plan, shape->N, shape->S, c, err);
    if (status != CISUP_OK || shape->T <= plan.q * plan.q) return status;
    return CISUP_FAIL(err, CISUP_EINFEASIBLE,
                      "--implicit: N = %" PRId64 ", S = %" PRId64
                      ": a computed cycle of %" PRId64 " allocations has %" PRId64
                      " circuits; %" PRId64 " are stored, %.3g bytes, without --implicit",
                      shape->N, shape->S, c, plan.q * plan.q, shape->T,
                      4.0 * (double)c * (double)shape->T * (double)shape->S);
}

/* What stands in the way of one shape. */
static cisup_status check_shape(const propagation *p, const cisup_shape *shape,
                                cisup_error *err) {
    cisup_status status = exclusion_check(&p->excluded, shape->T, shape->z, err);
    if (status == CISUP_OK) status = active_file_check(&p->active, shape->T, err);
    if (status == CISUP_OK) status = computed_check(p, shape, err);
    if (status != CISUP_OK) return status;
    if (p->worst > shape->T - p->excluded.count)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--worst %" PRId64 ": there are %" PRId64 " circuits", p->worst,
                          shape->T - p->excluded.count);
    return CISUP_OK;
}

cisup_status propagation_shape(const propagation *p, cisup_index D, cisup_index T,
                               cisup_index S, cisup_shape *shape, cisup_error *err) {
    const cisup_status status = setup_shape(&p->setup, D, T, S, shape, err);
    return status == CISUP_OK ? check_shape(p, shape, err) : status;
}

cisup_status propagation_each(const propagation *p, propagation_step *step, void *context,
                              cisup_error *err) {
    const setup *s = &p->setup;
    cisup_status status = CISUP_OK;
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->S.count; j++)
            for (cisup_index k = 0; k < s->T.count; k++) {
                cisup_shape shape;
                CISUP_TRY(propagation_shape(p, s->D.value[i], s->T.value[k],
                                            s->S.value[j], &shape, err));
                if (step) CISUP_TRY(step(context, &shape, err));
                if (step && signal_received()) return CISUP_OK;
            }
done:
    return status;
}

cisup_experiment propagation_experiment(const propagation *p) {
    cisup_experiment x = cisup_experiment_defaults();
    x.circuits = p->setup.own.w ? &p->setup.own : NULL;
    x.family = setup_family(&p->setup);
    x.d = p->setup.d;
    x.L = p->setup.L;
    x.network = setup_network(&p->setup);
    x.engine = p->setup.engine;
    x.mode = p->mode;
    x.precision = p->precision;
    x.noise = p->noise;
    x.robust_masks = p->setup.construction.robust;
    x.z = p->setup.z.value;
    x.z_count = p->setup.z.count;
    x.active = p->active.path ? &p->active.sets : NULL;
    x.networks = p->networks;
    x.inputs = p->inputs;
    x.seed = p->setup.seed;
    x.threads = (int)p->threads;
    x.terms = p->terms;
    x.worst = p->worst;
    return x;
}

/* Offset and strength of a pilot run, and their words for the record. */
static cisup_status run_pilot(cisup_experiment *x, finished_run *run, cisup_error *err) {
    const construction *c = &run->setup->construction;
    cisup_pilot pilot;
    if (!construction_has_pilot(c)) return CISUP_OK;
    const cisup_status status = cisup_pilot_run(x, &pilot, err);
    if (status != CISUP_OK) return status;
    if (!strcmp(c->offset_from, "pilot")) {
        x->network.carrying.offset = pilot.offset;
        (void)snprintf(run->offset, sizeof run->offset, "%.17g", pilot.offset);
    }
    if (!strcmp(c->strength_from, "pilot")) {
        x->network.carrying.strength = pilot.strength;
        (void)snprintf(run->strength, sizeof run->strength, "%.17g", pilot.strength);
    }
    return CISUP_OK;
}

cisup_status propagation_run(propagation *p, const cisup_shape *shape, int is_quiet,
                             propagation_sink *sink, void *context, cisup_error *err) {
    const setup *s = &p->setup;
    const cisup_allocation_options options = setup_allocation(s);
    cisup_experiment x = propagation_experiment(p);
    cisup_allocation base = {0};
    cisup_incidence computed = {0};
    cisup_cycle cycle = {0};
    cisup_report report = {0};
    progress_bar bar = progress_start(is_quiet);
    const cisup_watcher watcher = {.ask = progress_step, .context = &bar};
    bar.cells = p->cells;
    finished_run run = {.setup = s,
                        .experiment = &x,
                        .shape = *shape,
                        .report = &report,
                        .excluded = p->excluded.text,
                        .active = p->active_text};
    cisup_status status;
    if (s->construction.masks) {
        CISUP_TRY(setup_cycle(s, shape, &cycle, err));
        base = (cisup_allocation){shape->N, shape->S, shape->T, NULL};
        if (!p->implicit) CISUP_TRY(cisup_cycle_store(&cycle, &base, err));
        x.cycle = &cycle;
    } else if (p->implicit) {
        CISUP_TRY(cisup_incidence_make(&computed, shape->N, shape->S, shape->T,
                                       options.scheme, err));
        base = (cisup_allocation){shape->N, shape->S, shape->T, NULL};
        x.computed = &computed;
    } else {
        CISUP_TRY(
            cisup_allocation_make(&base, shape->N, shape->S, shape->T, &options, err));
    }
    x.base = &base;
    x.watcher = &watcher;
    status = run_pilot(&x, &run, err);
    if (status == CISUP_OK) status = exclusion_apply(&p->excluded, &x, err);
    if (status == CISUP_OK) status = cisup_experiment_run(&x, &report, err);
    progress_end(&bar);
    if (status == CISUP_OK) status = sink(context, &run, err);
done:
    cisup_report_free(&report);
    cisup_incidence_free(&computed);
    cisup_cycle_free(&cycle);
    cisup_allocation_free(&base);
    return status;
}
