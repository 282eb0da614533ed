/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readouts.h"

#include <cisup/analysis/experiment/specimen.h>
#include <cisup/analysis/measure/batch.h>
#include <cisup/analysis/network_run.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 10 };

/* --- before the run ---------------------------------------------------------------- */

/* The sets of --active-file that are used have one size. */
static cisup_status sets_check(const readouts *r, const propagation *p,
                               cisup_error *err) {
    const cisup_active_sets *s = &p->active.sets;
    for (cisup_index k = 0; p->active.path && k < s->count && k < r->samples; k++) {
        const cisup_index size = s->start[k + 1] - s->start[k];
        if (size < 1 || size != p->setup.z.value[0])
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "--readouts: set %" PRId64 " of --active-file has %" PRId64
                              " circuits, not %" PRId64 " as the largest, or none",
                              k, size, p->setup.z.value[0]);
    }
    return CISUP_OK;
}

static cisup_status options_check(const readouts *r, const propagation *p,
                                  cisup_error *err) {
    if (!strcmp(r->path, "-"))
        return CISUP_FAIL(err, CISUP_EINVAL, "--readouts -: a file is needed");
    const char *refused = r->shapes > 1    ? "several shapes, modes or constructions"
                          : p->implicit    ? "--implicit"
                          : p->noise > 0.0 ? "--input-noise"
                          : p->precision == CISUP_PRECISION_SINGLE ? "--precision single"
                                                                   : NULL;
    if (refused) return CISUP_FAIL(err, CISUP_EINVAL, "--readouts: not with %s", refused);
    if (r->samples > p->inputs)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--readout-samples %" PRId64 ": a network has %" PRId64
                          " samples",
                          r->samples, p->inputs);
    return sets_check(r, p, err);
}

/* Numbers of one sample with z active circuits. */
static double sample_numbers(const cisup_shape *s, cisup_index T, cisup_index d,
                             cisup_index z) {
    const double layers = (double)s->L;
    return (double)d * (layers * (double)T + (layers + 2.0) * (double)z) + (double)z;
}

cisup_status readouts_check(readouts *r, const propagation *p, const cisup_shape *shape,
                            cisup_error *err) {
    if (!r->path) {
        if (r->samples)
            return CISUP_FAIL(err, CISUP_EINVAL, "--readout-samples: needs --readouts");
        return CISUP_OK;
    }
    r->shapes++;
    if (!r->samples) r->samples = p->inputs < SAMPLES ? p->inputs : SAMPLES;
    const cisup_status status = options_check(r, p, err);
    if (status != CISUP_OK) return status;
    double numbers = (double)shape->T;
    for (cisup_index k = 0; k < p->setup.z.count; k++)
        numbers += (double)r->samples *
                   sample_numbers(shape, shape->T, shape->d, p->setup.z.value[k]);
    if (8.0 * numbers < 0.99 * (double)CISUP_NPZ_MOST_BYTES) return CISUP_OK;
    char size[16];
    cisup_bytes_text(8.0 * numbers, size);
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "--readouts %s: %s, and an .npz holds 4.2 GB; --readout-samples "
                      "takes fewer of them",
                      r->path, size);
}

cisup_status readouts_open(readouts *r, cisup_overwrite overwrite, cisup_error *err) {
    return r->path ? cisup_npz_open(&r->file, r->path, overwrite, err) : CISUP_OK;
}

/* --- what is in the file ----------------------------------------------------------- */

/* The samples with one z. */
typedef struct {
    const cisup_specimen *specimen;
    cisup_index M, z, T, L, d, first; /* first: mask neurons of a circuit, not shown */
    cisup_batch batch;
    cisup_index *active;             /* [M][z] */
    double *input, *states, *layers; /* [M][z][d], [M][z][L+1][d], [L+1][M][z][d] */
    double *readout;                 /* [L][M][T][d] */
} sampled;

static cisup_status sampled_init(sampled *s, cisup_error *err) {
    const cisup_index states = s->M * s->z * (s->L + 1) * s->d;
    const double numbers =
        (double)s->M * (double)s->L * (double)s->T * (double)s->d + 2.0 * (double)states;
    cisup_status status;
    CISUP_TRY(cisup_memory_require(8.0 * numbers, "the read-outs of --readouts", err));
    CISUP_TRY(cisup_new(&s->active, s->M * s->z, sizeof *s->active, err));
    CISUP_TRY(cisup_new(&s->input, s->M * s->z * s->d, sizeof *s->input, err));
    CISUP_TRY(cisup_new(&s->states, states, sizeof *s->states, err));
    CISUP_TRY(cisup_new(&s->layers, states, sizeof *s->layers, err));
    CISUP_TRY(cisup_new(&s->readout, s->L * s->M * s->T * s->d, sizeof *s->readout, err));
done:
    return status;
}

static void sampled_free(sampled *s) {
    cisup_batch_free(&s->batch);
    cisup_release(s->active);
    cisup_release(s->input);
    cisup_release(s->states);
    cisup_release(s->layers);
    cisup_release(s->readout);
}

/* The samples that the run has had. */
static void draw(sampled *s, const cisup_experiment *x) {
    const cisup_index z = s->z, d = s->d;
    s->batch.sets = x->active;
    for (cisup_index first = 0; first < s->M; first += CISUP_LANES) {
        const cisup_index left = s->M - first,
                          used = left < CISUP_LANES ? left : CISUP_LANES;
        cisup_batch_draw(&s->batch, s->specimen->net.circuits, x->seed, 0, first, used);
        memcpy(s->active + first * z, s->batch.active,
               (size_t)(used * z) * sizeof *s->active);
        for (cisup_index k = 0; k < used * z; k++)
            memcpy(s->input + (first * z + k) * d,
                   cisup_batch_state(&s->batch, k / z, k % z, 0),
                   (size_t)d * sizeof *s->input);
    }
}

/* Layers in front, as they are in what `cisup run` prints. */
static void turn_states(sampled *s) {
    const cisup_index circuits = s->M * s->z, d = s->d;
    for (cisup_index k = 0; k < circuits; k++)
        for (cisup_index l = 0; l <= s->L; l++)
            memcpy(s->layers + (l * circuits + k) * d,
                   s->states + (k * (s->L + 1) + l) * d, (size_t)d * sizeof(double));
}

/* States [count][d] without their first numbers. */
static void drop_masks(double *x, cisup_index count, cisup_index d, cisup_index first) {
    const cisup_index left = d - first;
    for (cisup_index k = 0; first && k < count; k++)
        memmove(x + k * left, x + k * d + first, (size_t)left * sizeof *x);
}

static cisup_status add(cisup_npz *file, const char *stem, cisup_index z, cisup_array a,
                        cisup_error *err) {
    char name[40];
    (void)snprintf(name, sizeof name, "%s_z%" PRId64, stem, z);
    a.name = name;
    return cisup_npz_add(file, &a, err);
}

static cisup_status add_sampled(cisup_npz *file, sampled *s, cisup_error *err) {
    const cisup_index M = s->M, z = s->z, L = s->L, T = s->T, d = s->d - s->first;
    cisup_status status;
    turn_states(s);
    drop_masks(s->input, M * z, s->d, s->first);
    drop_masks(s->layers, (L + 1) * M * z, s->d, s->first);
    drop_masks(s->readout, L * M * T, s->d, s->first);
    for (cisup_index k = 0; k < M * z; k++)
        s->active[k] = cisup_specimen_number(s->specimen, s->active[k]);
    CISUP_TRY(add(file, "active", z,
                  (cisup_array){NULL, CISUP_ARRAY_INDEX, 2, {M, z}, s->active}, err));
    CISUP_TRY(add(file, "input", z,
                  (cisup_array){NULL, CISUP_ARRAY_DOUBLE, 3, {M, z, d}, s->input}, err));
    CISUP_TRY(add(file, "circuit_states", z,
                  (cisup_array){NULL, CISUP_ARRAY_DOUBLE, 4, {L + 1, M, z, d}, s->layers},
                  err));
    CISUP_TRY(add(file, "readout", z,
                  (cisup_array){NULL, CISUP_ARRAY_DOUBLE, 4, {L, M, T, d}, s->readout},
                  err));
done:
    return status;
}

static cisup_status add_z(readouts *r, const finished_run *run,
                          const cisup_specimen *specimen, cisup_index z,
                          cisup_error *err) {
    const cisup_experiment *x = run->experiment;
    const cisup_circuits *c = specimen->net.circuits;
    sampled s = {.specimen = specimen,
                 .M = r->samples,
                 .z = z,
                 .T = c->T,
                 .L = c->L,
                 .d = c->d,
                 .first = c->biased};
    cisup_status status;
    CISUP_TRY(sampled_init(&s, err));
    CISUP_TRY(cisup_batch_init(&s.batch, z, c, err));
    draw(&s, x);
    const cisup_run_samples samples = {s.M, z, s.active, s.input};
    const cisup_run_options options = {.mode = x->mode, .threads = x->threads};
    const cisup_run_results results = {.readout = s.readout, .states = s.states};
    CISUP_TRY(cisup_network_run(&specimen->net, &samples, &options, &results, err));
    CISUP_TRY(add_sampled(&r->file, &s, err));
done:
    sampled_free(&s);
    return status;
}

/* The numbers that the circuits have, without those left out. */
static cisup_status add_circuits(readouts *r, const cisup_specimen *specimen,
                                 cisup_error *err) {
    const cisup_index T = specimen->net.circuits->T;
    cisup_index *number;
    cisup_status status = cisup_new(&number, T, sizeof *number, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < T; t++) number[t] = cisup_specimen_number(specimen, t);
    status = cisup_npz_add(
        &r->file, &(cisup_array){"circuit", CISUP_ARRAY_INDEX, 1, {T}, number}, err);
    cisup_release(number);
    return status;
}

/* The record of the run: parameters, version, seed. */
static cisup_status add_record(readouts *r, const finished_run *run, cisup_error *err) {
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the record of a run");
    cisup_status status = report_records(run, to, err);
    if (fclose(to) != 0 && status == CISUP_OK)
        status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the record of a run");
    if (status == CISUP_OK) {
        text[strcspn(text, "\n")] = 0;
        status = cisup_npz_add(
            &r->file, &(cisup_array){"run", CISUP_ARRAY_TEXT, 0, {0}, text}, err);
    }
    free(text);
    return status;
}

cisup_status readouts_add(readouts *r, const finished_run *run, cisup_error *err) {
    cisup_specimen specimen = {0};
    if (!r->path) return CISUP_OK;
    cisup_experiment x = *run->experiment;
    x.terms = 0;
    cisup_status status;
    CISUP_TRY(add_record(r, run, err));
    CISUP_TRY(cisup_specimen_make(&specimen, &x, 0, err));
    CISUP_TRY(add_circuits(r, &specimen, err));
    for (cisup_index k = 0; k < x.z_count; k++)
        CISUP_TRY(add_z(r, run, &specimen, x.z[k], err));
done:
    cisup_specimen_free(&specimen);
    return status;
}

cisup_status readouts_commit(readouts *r, cisup_error *err) {
    return r->file.file.stream ? cisup_npz_commit(&r->file, err) : CISUP_OK;
}

void readouts_discard(readouts *r) {
    cisup_npz_discard(&r->file);
}
