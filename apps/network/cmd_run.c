/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/json_file.h"
#include "common/options.h"
#include "common/program.h"
#include "common/setup.h"
#include "given.h"
#include "nest.h"
#include "true_layers.h"

#include <cisup/analysis/measure/modes.h>
#include <cisup/analysis/network_run.h>
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
    "the read-outs of all circuits, 17 digits; masks in place of kappa and activations "
    "for a network that carries them.\v"
    "cisup run data/exact_networks.json";

/* All arrays of a run. */
typedef struct {
    const given_network *given;
    cisup_index d, first; /* numbers of a circuit, those in front that are not printed */
    cisup_index *layers;  /* [L+1]: 0..L */
    cisup_run_results results;
} recording;

static cisup_status recording_init(recording *r, const given_network *g,
                                   cisup_error *err) {
    const cisup_shape *s = &g->shape;
    const cisup_index M = g->samples.count;
    const int carried = g->circuits.carried;
    *r = (recording){.given = g, .d = g->circuits.d, .first = g->circuits.d - s->d};
    const double numbers = (double)M * (((double)s->L + 1.0) * (double)s->D +
                                        (double)s->L * (double)s->T * (double)r->d);
    cisup_run_results *x = &r->results;
    cisup_status status;
    CISUP_TRY(cisup_memory_require(8.0 * numbers, "all activations and read-outs", err));
    CISUP_TRY(cisup_new(&r->layers, s->L + 1, sizeof *r->layers, err));
    if (!carried) CISUP_TRY(cisup_new(&x->activations, (s->L + 1) * M * s->D, 8, err));
    CISUP_TRY(cisup_new(&x->readout, s->L * M * s->T * r->d, 8, err));
    CISUP_TRY(cisup_new(&x->states, (s->L + 1) * M * s->z * r->d, 8, err));
    for (cisup_index l = 0; l <= s->L; l++) r->layers[l] = l;
done:
    return status;
}

static void recording_free(recording *r) {
    cisup_release(r->layers);
    cisup_release(r->results.activations);
    cisup_release(r->results.readout);
    cisup_release(r->results.states);
}

static json_t *kappa_json(const cisup_network *net) {
    json_t *list = json_array();
    const int capped = net->weights.scheme == CISUP_WEIGHTS_CAPPED;
    for (cisup_index l = 2; capped && l <= net->circuits->L; l++)
        emit_append(&list, emit_number(cisup_operator_kappa(&net->layers[l - 2])));
    return list;
}

/* Adds every entry of every W^l. */
static cisup_status weights_add(const cisup_network *net, json_t **object,
                                cisup_error *err) {
    const cisup_index dN = net->circuits->d * net->base->N, L = net->circuits->L;
    cisup_weights w = {0};
    double *dense = NULL;
    json_t *out = json_array();
    cisup_status status;
    CISUP_TRY(cisup_memory_require(100.0 * (double)L * (double)dN * (double)dN,
                                   "the full weights", err));
    CISUP_TRY(cisup_new(&dense, dN * dN, sizeof *dense, err));
    for (cisup_index l = 2; l <= L; l++) {
        const cisup_transition x = cisup_network_transition(net, l);
        CISUP_TRY(cisup_weights_make(&w, &x, err));
        cisup_weights_dense(&w, dense);
        cisup_weights_free(&w);
        emit_append(&out,
                    nest(dense, (cisup_index[]){dN, dN}, (cisup_index[]){dN, 1}, 2));
    }
done:
    emit_set(object, "W", out);
    cisup_weights_free(&w);
    cisup_release(dense);
    return status;
}

static json_t *states_json(const recording *r) {
    const cisup_shape *s = &r->given->shape;
    const cisup_index circuit = (s->L + 1) * r->d;
    const cisup_index size[] = {s->L + 1, r->given->samples.count, s->z, s->d};
    const cisup_index stride[] = {r->d, s->z * circuit, circuit, 1};
    return nest(r->results.states + r->first, size, stride, 4);
}

static json_t *activations_json(const recording *r) {
    const cisup_shape *s = &r->given->shape;
    const cisup_index M = r->given->samples.count;
    const cisup_index size[] = {s->L + 1, M, s->D}, stride[] = {M * s->D, s->D, 1};
    return nest(r->results.activations, size, stride, 3);
}

static json_t *readout_json(const recording *r) {
    const cisup_shape *s = &r->given->shape;
    const cisup_index M = r->given->samples.count, sample = s->T * r->d;
    const cisup_index size[] = {s->L, M, s->T, s->d};
    const cisup_index stride[] = {M * sample, sample, r->d, 1};
    return nest(r->results.readout + r->first, size, stride, 4);
}

static json_t *carried_json(const recording *r) {
    const given_network *g = r->given;
    const cisup_shape *s = &g->shape;
    return json_pack("{ss,ss,ss*,ss,sI,sI,sI,sI,sI,sI,so,so,so}", "record", "network",
                     "construction", "masks", "family", g->family, "mode",
                     cisup_mode_name(g->run.mode), "N", s->N, "S", s->S, "T", s->T, "z",
                     s->z, "L", s->L, "d", s->d, "masks", masks_json(g), "circuit_states",
                     states_json(r), "readout", readout_json(r));
}

static json_t *recording_json(const recording *r, const cisup_network *net) {
    const given_network *g = r->given;
    const cisup_shape *s = &g->shape;
    return json_pack(
        "{ss,ss*,ss,ss,sI,sI,sI,sI,sI,sI,sf,so,so,so,so}", "record", "network", "family",
        g->family, "scheme", cisup_weight_scheme_name(g->options.weights.scheme), "mode",
        cisup_mode_name(g->run.mode), "N", s->N, "S", s->S, "T", s->T, "z", s->z, "L",
        s->L, "d", s->d, "c_unembed", cisup_network_readout(net, 1).center, "kappa",
        kappa_json(net), "circuit_states", states_json(r), "A", activations_json(r),
        "readout", readout_json(r));
}

/* What the command line says. */
typedef struct {
    cisup_engine engine;
    cisup_assembling assemble;
    int with_weights, json;
} request;

static cisup_status run_case(const json_t *object, const request *q, cisup_error *err) {
    given_network g;
    recording r = {0};
    cisup_network net = {0};
    json_t *result = NULL;
    cisup_status status = given_read(&g, object, err);
    if (status != CISUP_OK) return status;
    g.options.form = cisup_engine_form(q->engine);
    g.options.weights.assemble = q->assemble;
    CISUP_TRY(cisup_network_make(&net, &g.base, &g.circuits, &g.options, err));
    CISUP_TRY(recording_init(&r, &g, err));
    g.run.layers = r.layers;
    g.run.layer_count = g.circuits.carried ? 0 : g.shape.L + 1;
    CISUP_TRY(cisup_network_run(&net, &g.samples, &g.run, &r.results, err));
    result = net.cycle ? carried_json(&r) : recording_json(&r, &net);
    if (q->with_weights && net.cycle) CISUP_TRY(true_layers_add(&g, &net, &result, err));
    if (q->with_weights && !net.cycle) CISUP_TRY(weights_add(&net, &result, err));
    CISUP_TRY(emit_line(json_incref(result), err));
    CISUP_TRY(emit_flush(err));
done:
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
    json_decref(result);
    recording_free(&r);
    cisup_network_free(&net);
    given_free(&g);
    return status;
}

/* Runs the cases one by one; the first bad one ends it, named by its number. */
static cisup_status execute(const char *path, const request *q, cisup_error *err) {
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
        status = run_case(cases ? json_array_get(cases, k) : root, q, err);
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
static int find_engine(const char *word) {
    const int engine = cisup_engine_find(word);
    return engine == CISUP_ENGINE_BATCHED || engine == CISUP_ENGINE_ASSEMBLED ? engine
                                                                              : -1;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(MEASUREMENT),
    CHOICE(engine, NULL, "engine", find_engine, "batched|assembled",
           "how samples pass: through the circuits, or stored weights (batched)"),
    CHOICE(assemble, NULL, "assemble", cisup_assembling_find, "auto|products|direct",
           "stored weights by sparse products, neuron by neuron, or by size (auto)"),
    OPTION_GROUP(OUTPUT),
    OPTION(
        with_weights, "weights", 0, FLAG, NULL,
        "also print every W^l in full, as \"W\"; of a network that carries masks all its "
        "layers and what they hold"),
    OPTION(json, "json", 0, FLAG, NULL, "the output is JSON with or without"),
    OPTIONS_END,
};

int cmd_run(int argc, char **argv) {
    request r = {.engine = CISUP_ENGINE_BATCHED};
    const char *operand[OPERANDS_MOST] = {0};
    if (options_parse("cisup run", "FILE", about, table, &r, argc, argv, operand) != 1) {
        fprintf(stderr, "cisup: run needs one FILE; see cisup run --help\n");
        return EXIT_USAGE;
    }
    cisup_error err = {0};
    if (r.assemble && !r.with_weights && r.engine != CISUP_ENGINE_ASSEMBLED) {
        (void)CISUP_FAIL(&err, CISUP_EINVAL,
                         "--assemble: needs --engine assembled or --weights");
        return fail_with(&err);
    }
    const cisup_status status = execute(operand[0], &r, &err);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
