/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims_study.h"

#include <cisup/core/base/rng.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>

/* q: [d][d], orthonormal rows: Gram-Schmidt on normal vectors, uniform over rotations
 * and reflections. */
static void draw_orthogonal(cisup_rng *rng, cisup_index d, double *q) {
    for (cisup_index i = 0; i < d; i++) {
        double *row = q + i * d;
        cisup_rng_sphere(rng, d, row);
        for (int twice = 0; twice < 2; twice++)
            for (cisup_index k = 0; k < i; k++) {
                double dot = 0.0;
                for (cisup_index j = 0; j < d; j++) dot += row[j] * q[k * d + j];
                for (cisup_index j = 0; j < d; j++) row[j] -= dot * q[k * d + j];
            }
        double square = 0.0;
        for (cisup_index j = 0; j < d; j++) square += row[j] * row[j];
        for (cisup_index j = 0; j < d; j++) row[j] /= sqrt(square);
    }
}

static cisup_status draw_isometric(const cisup_study *s, uint64_t seed, cisup_circuits *c,
                                   cisup_error *err) {
    const cisup_index layers = s->fresh ? s->L : 1, square = s->d * s->d;
    const cisup_status status = cisup_circuits_init(c, s->T, s->d, s->L, layers, err);
    if (status != CISUP_OK) return status;
    for (cisup_index k = 0; k < layers * s->T; k++) {
        cisup_rng rng;
        cisup_rng_init(&rng, seed, CISUP_STREAM_CIRCUIT, 0, k % s->T, k / s->T);
        draw_orthogonal(&rng, s->d, c->w + k * square);
    }
    for (cisup_index k = 0; k < layers * s->T * square; k++) c->w[k] *= s->gain;
    for (cisup_index k = 0; k < layers * s->d; k++) c->b[k] = s->bias;
    cisup_circuits_set_mean(c);
    return CISUP_OK;
}

/* w = B' diag(1, 1, gain, ..) B^T of one layer; before, after: [d][d], frames B, B' as
 * rows of base vectors. */
static void stretch(cisup_index d, double gain, const double *before, const double *after,
                    double *w) {
    for (cisup_index k = 0; k < d; k++)
        for (cisup_index i = 0; i < d; i++)
            for (cisup_index j = 0; j < d; j++)
                w[i * d + j] +=
                    (k < 2 ? 1.0 : gain) * after[k * d + i] * before[k * d + j];
}

/* A circuit's own input: a point of the unit circle of the first two vectors of a frame.
 */
static void start_in_plane(cisup_rng *rng, cisup_index d, const double *frame,
                           double *input) {
    double x[2];
    cisup_rng_sphere(rng, 2, x);
    for (cisup_index i = 0; i < d; i++) input[i] = x[0] * frame[i] + x[1] * frame[d + i];
}

static cisup_status draw_unequal(const cisup_study *s, uint64_t seed, cisup_circuits *c,
                                 cisup_error *err) {
    const cisup_index d = s->d, square = d * d;
    double *frame = NULL; /* two, of a layer and the one before */
    cisup_status status;
    CISUP_TRY(cisup_circuits_init(c, s->T, d, s->L, s->L, err));
    CISUP_TRY(cisup_new(&frame, 2 * square, sizeof *frame, err));
    CISUP_TRY(cisup_new(&c->input_start, s->T + 1, sizeof *c->input_start, err));
    CISUP_TRY(cisup_new(&c->input, s->T * d, sizeof *c->input, err));
    for (cisup_index t = 0; t < s->T; t++) {
        cisup_rng rng;
        cisup_rng_init(&rng, seed, CISUP_STREAM_CIRCUIT, 0, t, 0);
        draw_orthogonal(&rng, d, frame);
        start_in_plane(&rng, d, frame, c->input + t * d);
        c->input_start[t + 1] = t + 1;
        for (cisup_index l = 0; l < s->L; l++) {
            double *before = frame + l % 2 * square,
                   *after = frame + (l + 1) % 2 * square;
            draw_orthogonal(&rng, d, after);
            stretch(d, s->gain, before, after, c->w + (l * s->T + t) * square);
        }
    }
    cisup_circuits_set_mean(c);
done:
    cisup_release(frame);
    return status;
}

cisup_status cisup_study_draw(const cisup_claims_setup *setup, const cisup_study *study,
                              cisup_index k, cisup_circuits *c, cisup_error *err) {
    const uint64_t seed = cisup_study_seed(setup, k);
    cisup_family_options family = cisup_family_defaults();
    family.family = study->circuits == CISUP_STUDY_PLANE    ? CISUP_ROTATION2
                    : study->circuits == CISUP_STUDY_RANDOM ? CISUP_RANDOM_RELU
                                                            : CISUP_ROTATION4;
    family.carried = study->cycle > 0;
    family.margin = study->margin;
    family.step = study->step;
    family.fresh = study->fresh;
    family.seed = seed;
    cisup_status status;
    if (study->circuits == CISUP_STUDY_ISOMETRIC)
        CISUP_TRY(draw_isometric(study, seed, c, err));
    else if (study->circuits == CISUP_STUDY_UNEQUAL)
        CISUP_TRY(draw_unequal(study, seed, c, err));
    else
        CISUP_TRY(cisup_circuits_make(c, study->T, study->d, study->L, &family, err));
    if (setup->faults.circuits)
        CISUP_TRY(setup->faults.circuits(setup->faults.context, c));
done:
    if (status != CISUP_OK) cisup_circuits_free(c);
    return status;
}
