/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/json_file.h"
#include "common/options.h"
#include "common/program.h"
#include "given.h"

#include <cisup/analysis/pass/engine.h>
#include <cisup/analysis/pass/forward.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/network/network_parts.h>

#include <string.h>

static const char about[] =
    "Build and run explicitly given networks: FILE is a JSON object with the fields of "
    "docs/formats.md (or {\"cases\": [...]}, or - for standard input). Prints one JSON "
    "object a case with kappa, the states of the active circuits, all activations and "
    "the read-outs of all circuits, 17 digits.";

/* All arrays of a run. */
typedef struct {
    const given_network *given;
    cisup_index first; /* sample in lane 0 */
    const cisup_batch *batch;
    double *activations; /* [L+1][samples][d N] */
    double *readout;     /* [L][samples][T][d] */
    double *states;      /* [L+1][samples][z][d] */
} recording;

static void record_layer(void *context, cisup_index l, const double *a,
                         const unsigned char *in_active) {
    recording *r = context;
    (void)in_active;
    const cisup_index dN = r->given->shape.D;
    for (cisup_index lane = 0; lane < r->batch->used; lane++) {
        double *out = r->activations + (l * r->given->samples + r->first + lane) * dN;
        for (cisup_index k = 0; k < dN; k++) out[k] = a[k * CISUP_LANES + lane];
    }
}

static void record_readout(void *context, cisup_index l, cisup_index t,
                           const double *est) {
    recording *r = context;
    const cisup_index d = r->given->shape.d, T = r->given->shape.T;
    for (cisup_index lane = 0; lane < r->batch->used; lane++) {
        const cisup_index sample = (l - 1) * r->given->samples + r->first + lane;
        for (cisup_index i = 0; i < d; i++)
            r->readout[(sample * T + t) * d + i] = est[i * CISUP_LANES + lane];
    }
}

static void fill_batch(cisup_batch *b, const given_network *g, cisup_index first) {
    const cisup_index z = g->shape.z, d = g->shape.d, left = g->samples - first;
    b->used = left < CISUP_LANES ? left : CISUP_LANES;
    for (cisup_index lane = 0; lane < b->used; lane++)
        for (cisup_index k = 0; k < z; k++) {
            const cisup_index at = (first + lane) * z + k;
            b->active[lane * z + k] = g->active[at];
            memcpy(cisup_batch_state(b, lane, k, 0), g->input + at * d,
                   (size_t)d * sizeof(double));
        }
    cisup_batch_states(b, &g->circuits);
}

static void record_states(recording *r) {
    const cisup_shape *s = &r->given->shape;
    for (cisup_index l = 0; l <= s->L; l++)
        for (cisup_index lane = 0; lane < r->batch->used; lane++)
            for (cisup_index k = 0; k < s->z; k++) {
                const cisup_index sample = l * r->given->samples + r->first + lane;
                memcpy(r->states + (sample * s->z + k) * s->d,
                       cisup_batch_state(r->batch, lane, k, l),
                       (size_t)s->d * sizeof(double));
            }
}

static cisup_status recording_init(recording *r, const given_network *g,
                                   cisup_error *err) {
    const cisup_shape *s = &g->shape;
    *r = (recording){.given = g};
    const double numbers =
        (double)g->samples * (((double)s->L + 1.0) * (double)s->D +
                              (double)s->L * (double)s->T * (double)s->d);
    cisup_status status;
    CISUP_TRY(cisup_memory_require(8.0 * numbers, "all activations and read-outs", err));
    CISUP_TRY(cisup_new(&r->activations, (s->L + 1) * g->samples * s->D, 8, err));
    CISUP_TRY(cisup_new(&r->readout, s->L * g->samples * s->T * s->d, 8, err));
    CISUP_TRY(cisup_new(&r->states, (s->L + 1) * g->samples * s->z * s->d, 8, err));
done:
    return status;
}

static void recording_free(recording *r) {
    cisup_release(r->activations);
    cisup_release(r->readout);
    cisup_release(r->states);
}

static cisup_status run_all(recording *r, const cisup_network *net, cisup_error *err) {
    const given_network *g = r->given;
    const cisup_observer observer = {r, record_layer, record_readout};
    cisup_batch batch = {0};
    cisup_forward forward = {0};
    cisup_status status;
    CISUP_TRY(cisup_batch_init(&batch, g->shape.z, &g->circuits, err));
    CISUP_TRY(cisup_forward_init(&forward, net, err));
    r->batch = &batch;
    for (r->first = 0; r->first < g->samples; r->first += CISUP_LANES) {
        fill_batch(&batch, g, r->first);
        record_states(r);
        cisup_forward_run(&forward, net, g->mode, &batch, &observer);
    }
done:
    cisup_forward_free(&forward);
    cisup_batch_free(&batch);
    return status;
}

/* Nested arrays of the given sizes from consecutive numbers. */
static json_t *nest(const double **x, const cisup_index *size, int depth) {
    if (depth == 0) return emit_number(*(*x)++);
    json_t *list = json_array();
    for (cisup_index k = 0; k < size[0]; k++)
        emit_append(&list, nest(x, size + 1, depth - 1));
    return list;
}

static json_t *array4(const double *x, cisup_index a, cisup_index b, cisup_index c,
                      cisup_index d) {
    const cisup_index size[] = {a, b, c, d};
    return nest(&x, size, 4);
}

static json_t *kappa_json(const cisup_network *net) {
    json_t *list = json_array();
    const int capped = net->weights.scheme == CISUP_WEIGHTS_CAPPED;
    for (cisup_index l = 2; capped && l <= net->circuits->L; l++)
        emit_append(&list, emit_number(cisup_operator_kappa(&net->layers[l - 2])));
    return list;
}

/* Every entry of every W^l. */
static cisup_status weights_json(const cisup_network *net, json_t **out,
                                 cisup_error *err) {
    const cisup_index dN = net->circuits->d * net->base->N, L = net->circuits->L;
    cisup_weights w = {0};
    double *dense = NULL;
    *out = json_array();
    cisup_status status;
    CISUP_TRY(cisup_memory_require(100.0 * (double)L * (double)dN * (double)dN,
                                   "the full weights", err));
    CISUP_TRY(cisup_new(&dense, dN * dN, sizeof *dense, err));
    for (cisup_index l = 2; l <= L; l++) {
        const cisup_transition x = cisup_network_transition(net, l);
        CISUP_TRY(cisup_weights_make(&w, &x, err));
        cisup_weights_dense(&w, dense);
        cisup_weights_free(&w);
        const double *numbers = dense;
        const cisup_index size[] = {dN, dN};
        emit_append(out, nest(&numbers, size, 2));
    }
done:
    cisup_weights_free(&w);
    cisup_release(dense);
    return status;
}

static json_t *recording_json(const recording *r, const cisup_network *net) {
    const given_network *g = r->given;
    const cisup_shape *s = &g->shape;
    const cisup_index size[] = {s->L + 1, g->samples, s->D};
    const double *activations = r->activations;
    return json_pack(
        "{ss,ss*,ss,ss,sI,sI,sI,sI,sI,sI,sf,so,so,so,so}", "record", "network", "family",
        g->family, "scheme", cisup_weight_scheme_name(g->options.weights.scheme), "mode",
        cisup_mode_name(g->mode), "N", s->N, "S", s->S, "T", s->T, "z", s->z, "L", s->L,
        "d", s->d, "c_unembed", cisup_network_readout(net, 1).center, "kappa",
        kappa_json(net), "circuit_states",
        array4(r->states, s->L + 1, g->samples, s->z, s->d), "A",
        nest(&activations, size, 3), "readout",
        array4(r->readout, s->L, g->samples, s->T, s->d));
}

static cisup_status run_case(const json_t *object, cisup_engine engine, int with_weights,
                             cisup_error *err) {
    given_network g;
    recording r = {0};
    cisup_network net = {0};
    json_t *weights = NULL;
    cisup_status status = given_read(&g, object, err);
    if (status != CISUP_OK) return status;
    g.options.engine = engine;
    CISUP_TRY(cisup_network_make(&net, &g.base, &g.circuits, &g.options, err));
    CISUP_TRY(recording_init(&r, &g, err));
    CISUP_TRY(run_all(&r, &net, err));
    if (with_weights) CISUP_TRY(weights_json(&net, &weights, err));
    json_t *result = recording_json(&r, &net);
    if (with_weights) emit_set(&result, "W", json_incref(weights));
    CISUP_TRY(emit_line(result, err));
    CISUP_TRY(emit_flush(err));
done:
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
    json_decref(weights);
    recording_free(&r);
    cisup_network_free(&net);
    given_free(&g);
    return status;
}

/* Runs the cases one by one; the first bad one ends it, named by its number. */
static cisup_status execute(const char *path, cisup_engine engine, int with_weights,
                            cisup_error *err) {
    json_t *root = NULL;
    cisup_status status = json_file_read(path, &root, err);
    if (status != CISUP_OK) return status;
    const json_t *cases = json_is_array(root) ? root : json_object_get(root, "cases");
    const size_t count = cases ? json_array_size(cases) : 1;
    if (count == 0)
        status = CISUP_FAIL(err, CISUP_EFORMAT,
                            "%s: no list of networks, or an empty one", path);
    if (status == CISUP_OK && json_object_get(root, "cases")) {
        status = given_names(root, "cases note", err);
        if (status != CISUP_OK) cisup_error_prefix(err, path);
    }
    for (size_t k = 0; k < count && status == CISUP_OK; k++) {
        status =
            run_case(cases ? json_array_get(cases, k) : root, engine, with_weights, err);
        if (status == CISUP_OK) continue;
        char where[300];
        (void)snprintf(where, sizeof where, "%.250s: case %zu",
                       strcmp(path, "-") == 0 ? "standard input" : path, k);
        cisup_error_prefix(err, where);
    }
    json_decref(root);
    return status;
}

/* The engines whose activations can all be recorded. */
static int find_pass(const char *word) {
    const int pass = cisup_pass_find(word);
    return pass == CISUP_PASS_BATCHED || pass == CISUP_PASS_ASSEMBLED ? pass : -1;
}

int cmd_run(int argc, char **argv) {
    int pass = CISUP_PASS_BATCHED, with_weights = 0, json = 0;
    const option table[] = {
        {"engine", 0, OPTION_CHOICE, &pass, "batched|assembled",
         "how samples pass: through the circuits, or stored weights (batched)",
         find_pass},
        {"weights", 0, OPTION_FLAG, &with_weights, NULL,
         "also print every W^l in full, as \"W\"", NULL},
        {"json", 0, OPTION_FLAG, &json, NULL, "the output is JSON with or without", NULL},
    };
    const char *operand[OPERANDS_MOST] = {0};
    if (options_parse("cisup run", "FILE", about, table, sizeof table / sizeof table[0],
                      argc, argv, operand) != 1) {
        fprintf(stderr, "cisup: run needs one FILE; see cisup run --help\n");
        return EXIT_USAGE;
    }
    cisup_error err = {0};
    const cisup_status status = execute(
        operand[0],
        pass == CISUP_PASS_ASSEMBLED ? CISUP_ENGINE_ASSEMBLED : CISUP_ENGINE_FACTORED,
        with_weights, &err);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
