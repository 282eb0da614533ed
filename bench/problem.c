/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"

#include <cisup/analysis/measure/batch.h>
#include <cisup/analysis/pass/engine.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/operator.h>

#include <math.h>
#include <string.h>

/* cycle: empty without masks. */
static cisup_status place(cisup_allocation *base, cisup_cycle *cycle,
                          const problem_size *size, cisup_error *err) {
    const cisup_shape *s = &size->shape;
    cisup_allocation_options options = cisup_allocation_defaults();
    options.scheme = CISUP_SCHEME_REF; /* as in the published code */
    *cycle = (cisup_cycle){0};
    if (!size->cycle) return cisup_allocation_make(base, s->N, s->S, s->T, &options, err);
    cisup_status status;
    CISUP_TRY(cisup_cycle_make(cycle, s->N, s->S, size->cycle, s->T, err));
    CISUP_TRY(cisup_cycle_store(cycle, base, err));
done:
    return status;
}

static cisup_family_options family_of(const problem_size *size) {
    cisup_family_options family = cisup_family_defaults();
    family.seed = size->seed;
    if (!size->cycle) return family;
    family.family = CISUP_ROTATION2;
    family.carried = 1;
    return family;
}

static cisup_network_options network_of(const problem_size *size) {
    cisup_network_options options = cisup_network_defaults();
    options.seed = size->seed;
    if (!size->cycle) return options;
    options.weights.scheme = CISUP_WEIGHTS_PLAIN;
    options.carrying.cycle = size->cycle;
    options.carrying.active = size->shape.z;
    options.carrying.offset = 1.0;
    return options;
}

cisup_status problem_run(const problem_size *size, const problem_way *way, double *mse,
                         cisup_error *err) {
    const cisup_shape *s = &size->shape;
    cisup_allocation base = {0};
    cisup_cycle cycle;
    cisup_experiment x = cisup_experiment_defaults();
    cisup_report report = {0};
    cisup_status status;
    CISUP_TRY(place(&base, &cycle, size, err));
    x.base = &base;
    x.cycle = size->cycle ? &cycle : NULL;
    x.family = family_of(size);
    x.network = network_of(size);
    x.d = s->d;
    x.L = s->L;
    x.z = &s->z;
    x.z_count = x.networks = 1;
    x.threads = way->threads;
    x.inputs = size->inputs;
    x.seed = size->seed;
    x.engine = way->engine;
    x.precision = way->precision;
    CISUP_TRY(cisup_experiment_run(&x, &report, err));
    for (cisup_index cell = 0; cell < cisup_cell(s->L + 1, 0, 0); cell++)
        mse[cell] = report.result[0].mse[cell].mean;
done:
    cisup_report_free(&report);
    cisup_allocation_free(&base);
    cisup_cycle_free(&cycle);
    return status;
}

cisup_status problem_build(const problem_size *size, const problem_way *way,
                           cisup_error *err) {
    const cisup_shape *s = &size->shape;
    const cisup_family_options family = family_of(size);
    cisup_network_options options = network_of(size);
    cisup_allocation base = {0};
    cisup_cycle cycle;
    cisup_circuits circuits = {0};
    cisup_network net = {0};
    cisup_status status;
    options.form = cisup_engine_form(way->engine);
    options.threads = way->threads;
    CISUP_TRY(place(&base, &cycle, size, err));
    CISUP_TRY(cisup_circuits_make(&circuits, s->T, s->d, s->L, &family, err));
    CISUP_TRY(cisup_network_make(&net, &base, &circuits, &options, err));
done:
    cisup_network_free(&net);
    cisup_circuits_free(&circuits);
    cisup_allocation_free(&base);
    cisup_cycle_free(&cycle);
    return status;
}

double problem_difference(const problem_size *size, const double *mse,
                          const double *mine) {
    static const int compared[] = {CISUP_ACTIVE, CISUP_INACTIVE};
    static const int quantities[] = {CISUP_READOUT, CISUP_X};
    double worst = 0.0;
    for (cisup_index l = 1; l <= size->shape.L; l++)
        for (int k = 0; k < 4; k++) {
            const cisup_index cell = cisup_cell(l, compared[k / 2], quantities[k % 2]);
            const double difference = fabs(mse[cell] - mine[cell]) / mine[cell];
            if (!(difference <= worst)) worst = difference;
        }
    return worst;
}

double problem_distance(const problem_size *size, const double *mse, const double *mine) {
    double worst = 0.0;
    for (cisup_index l = 1; l <= size->shape.L; l++)
        for (int k = 0; k < 2; k++) {
            const int state = k ? CISUP_INACTIVE : CISUP_ACTIVE;
            const cisup_index cell = cisup_cell(l, state, CISUP_READOUT);
            const double distance = fabs(sqrt(mse[cell]) - sqrt(mine[cell]));
            if (!(distance <= worst)) worst = distance;
        }
    return worst;
}

void problem_free(problem *p) {
    cisup_allocation_free(&p->base);
    cisup_circuits_free(&p->circuits);
    cisup_release(p->row_of);
    cisup_release(p->kappa);
    cisup_relu_layers_free(&p->relu);
    cisup_release(p->offset);
    cisup_release(p->active);
    cisup_release(p->state);
    *p = (problem){0};
}

/* Permutations, kappa and true layers as cisup_experiment_run has them. */
static cisup_status take_network(problem *p, cisup_error *err) {
    const cisup_shape *s = &p->size.shape;
    const cisup_network_options options = network_of(&p->size);
    cisup_network net = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&p->row_of, s->L * s->T, sizeof *p->row_of, err));
    CISUP_TRY(cisup_new(&p->kappa, s->L - 1, sizeof *p->kappa, err));
    CISUP_TRY(cisup_network_make(&net, &p->base, &p->circuits, &options, err));
    memcpy(p->row_of, net.row_of, (size_t)(s->L * s->T) * sizeof *p->row_of);
    for (cisup_index l = 2; l <= s->L; l++)
        p->kappa[l - 2] = cisup_operator_kappa(&net.layers[l - 2]);
    if (p->size.cycle) {
        CISUP_TRY(cisup_new(&p->offset, s->L, sizeof *p->offset, err));
        memcpy(p->offset, net.offset, (size_t)s->L * sizeof *p->offset);
        CISUP_TRY(cisup_relu_layers_make(&p->relu, &net, NULL, err));
    }
done:
    cisup_network_free(&net);
    return status;
}

static cisup_status take_inputs(problem *p, cisup_error *err) {
    const cisup_shape *s = &p->size.shape;
    const cisup_index inputs = p->size.inputs, states = s->z * (s->L + 1) * s->d;
    cisup_batch batch = {0};
    cisup_status status;
    CISUP_TRY(cisup_batch_init(&batch, s->z, &p->circuits, err));
    CISUP_TRY(cisup_new(&p->active, inputs * s->z, sizeof *p->active, err));
    CISUP_TRY(cisup_new(&p->state, inputs * states, sizeof *p->state, err));
    for (cisup_index first = 0; first < inputs; first += CISUP_LANES) {
        const cisup_index left = inputs - first;
        const cisup_index used = left < CISUP_LANES ? left : CISUP_LANES;
        cisup_batch_draw(&batch, &p->circuits, p->size.seed, 0, first, used);
        memcpy(p->active + first * s->z, batch.active,
               (size_t)(used * s->z) * sizeof *p->active);
        memcpy(p->state + first * states, batch.state,
               (size_t)(used * states) * sizeof *p->state);
    }
done:
    cisup_batch_free(&batch);
    return status;
}

cisup_status problem_init(problem *p, const problem_size *size, cisup_error *err) {
    const cisup_shape *s = &size->shape;
    const cisup_family_options family = family_of(size);
    cisup_cycle cycle;
    *p = (problem){.size = *size};
    cisup_status status;
    CISUP_TRY(place(&p->base, &cycle, size, err));
    CISUP_TRY(cisup_circuits_make(&p->circuits, s->T, s->d, s->L, &family, err));
    CISUP_TRY(take_network(p, err));
    CISUP_TRY(take_inputs(p, err));
done:
    cisup_cycle_free(&cycle);
    if (status != CISUP_OK) problem_free(p);
    return status;
}
