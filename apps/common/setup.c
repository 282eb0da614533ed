/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setup.h"

#include "beside.h"
#include "emit.h"
#include "gate_options.h"
#include "setup_carried.h"

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>
#include <cisup/core/cycle_plan.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/network/carried_width.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_OF setup
static const option_row network_options[] = {
    OPTION_GROUP(ALLOCATION),
    OPTION_TABLE(allocation, allocation_options),
    OPTION_GROUP(NETWORK),
    PARAMETER(reshuffle, "reshuffle", "keep-order", 0, UNSET, NULL,
              "no reshuffling: every layer embeds circuits alike"),
    OPTION_GROUP(CIRCUITS),
    CHOICE(family.family, "family", "family", cisup_family_find, CISUP_FAMILY_NAMES,
           "circuits (rotation4; rotation2 with --construction masks)"),
    PARAMETER(family.margin, "margin", "margin", 0, NUMBER, "b",
              "margin b of rotations and gates (1)"),
    PARAMETER(family.fresh, "fresh", "fresh", 0, FLAG, NULL,
              "new circuit weights in every layer"),
    OPTION_GROUP(NETWORK),
    CHOICE(weights.scheme, "weights", "weights", cisup_weight_scheme_find,
           "plain|balanced|split|capped", "weight scheme (capped)"),
    CHOICE(weights.kappa, "kappa", "kappa", NULL, "single|rows",
           "one kappa for capped weights, or one a row (single)"),
    PARAMETER(weights.correction, "w_correction", "w-correction", 0, NUMBER, "f",
              "factor f_w on kappa (1)"),
    PARAMETER(weights.center, "center", "center", 0, NUMBER, "c",
              "c of balanced and split weights (from P_even)"),
    OPTION_GROUP(MEASUREMENT),
    CHOICE(engine, "engine", "engine", cisup_engine_find,
           "auto|batched|sparse|assembled|reduced",
           "how samples pass: all circuits, open neurons, stored weights, neurons of "
           "active circuits alone with carried masks (auto)"),
    PARAMETER(seed, "seed", "seed", 0, SEED, "N", "seed of everything random (1)"),
    OPTIONS_END,
};

/* Circuits of the user's own. */
static const option_row own_options[] = {
    PARAMETER(circuits_path, "circuit_file", "circuit-file", 0, TEXT, "FILE",
              "circuits from CSV: circuit,layer,i,j,value"),
    PARAMETER(gate, "gate", "gate", 0, FLAG, NULL, "put a gate around own circuits"),
    PARAMETER(inputs_path, "input_file", "input-file", 0, TEXT, "FILE",
              "inputs of own circuits from CSV: circuit,input,i,value"),
    OPTIONS_END,
};

static const option_row circuits_option[] = {
    PARAMETER(T, "T", "circuits", 'T', LIST_OR_MAX, "T|max", "circuits (557)"),
    OPTIONS_END,
};

static const option_row size_options[] = {
    CHOICE(
        preset, "preset", "preset", NULL, "published",
        "sizes and scheme where none are given: the published network, -D 1000 -d 4 -T "
        "557 -S 6 -L 5 --scheme ref; in force when neither a size nor a scheme is "
        "given"),
    PARAMETER(D, "D", "width", 'D', LIST, "D", "width of the network (1000)"),
    PARAMETER(d, "d", "circuit-width", 'd', SIZE, "d",
              "width of a circuit (the family's, else 4)"),
    PARAMETER(S, "S", "redundancy", 'S', LIST, "S", "neurons per circuit neuron (6)"),
    PARAMETER(L, "L", "layers", 'L', SIZE, "L", "layers (5)"),
    OPTION_MORE(network_options),
    OPTION_GROUP(CIRCUITS),
    OPTION_TABLE(family.step, gate_options),
    OPTION_MORE(own_options),
    OPTIONS_END,
};

const option_row setup_options[] = {
    OPTION_MORE(circuits_option),
    OPTION_MORE(size_options),
    OPTION_TABLE(construction, construction_options),
    OPTIONS_END,
};

const option_row setup_details[] = {
    OPTION_MORE(circuits_option),
    OPTION_MORE(size_options),
    OPTION_TABLE(construction, construction_details),
    OPTIONS_END,
};

void setup_record(const setup *s, const cisup_shape *n, cisup_record *r) {
    RECORD_ADD(r, "params: D d", V(n->D), V(n->d));
    if (n->T) RECORD_ADD(r, "params: T", V(n->T));
    RECORD_ADD(r, "params: S L", V(n->S), V(n->L));
    options_record(r, network_options, s);
    if (!gate_step_is_default(&s->family.step))
        options_record(r, gate_options, &s->family.step);
    if (s->construction.masks) {
        options_record(r, construction_options, &s->construction);
        RECORD_ADD(r, "params: offset_from strength_from", V(s->construction.offset_from),
                   V(s->construction.strength_from));
    }
    if (!s->circuits_path) return;
    RECORD_ADD(r, "params: family", V("own"));
    options_record(r, own_options, s);
}

/* A family until setup_complete. */
#define NO_FAMILY ((cisup_family)-1)

static cisup_family_options family_defaults(void) {
    cisup_family_options o = cisup_family_defaults();
    o.family = NO_FAMILY;
    return o;
}

setup setup_defaults(void) {
    return (setup){.allocation = allocation_defaults(),
                   .family = family_defaults(),
                   .weights = cisup_weight_defaults(),
                   .construction = construction_defaults(),
                   .engine = CISUP_ENGINE_AUTO,
                   .reshuffle = 1,
                   .preset = -1,
                   .seed = 1};
}

void setup_free(setup *s) {
    cisup_release(s->D.value);
    cisup_release(s->T.value);
    cisup_release(s->S.value);
    cisup_release(s->z.value);
    cisup_circuits_free(&s->own);
    *s = (setup){0};
}

enum { preset_published };

enum { PUBLISHED_D = 1000, PUBLISHED_T = 557, PUBLISHED_S = 6, PUBLISHED_L = 5 };

static int is_only(const index_list *list, cisup_index value) {
    return !list->count || (list->count == 1 && list->value[0] == value);
}

static cisup_family family_of(const setup *s) {
    if (s->family.family != NO_FAMILY) return s->family.family;
    return s->construction.masks ? CISUP_ROTATION2 : CISUP_ROTATION4;
}

void setup_choices(const setup *s, char text[SETUP_CHOICES]) {
    char preset[60] = "preset published";
    if (s->preset < 0)
        (void)snprintf(preset, sizeof preset, "no preset (--%s given)",
                       s->named ? s->named : "scheme");
    if (s->construction.masks)
        (void)snprintf(text, SETUP_CHOICES, "%s, cycle of %" PRId64, preset,
                       s->construction.cycle);
    else
        (void)snprintf(text, SETUP_CHOICES, "%s, scheme %s", preset,
                       cisup_scheme_name(s->allocation.scheme));
}

/* Saying a default changes nothing. */
static const char *first_named(const setup *s) {
    const cisup_index width = cisup_family_width(family_of(s));
    return s->construction.masks                         ? "construction"
           : s->circuits_path                            ? "circuit-file"
           : s->allocation.scheme != NO_SCHEME           ? "scheme"
           : !is_only(&s->D, PUBLISHED_D)                ? "width"
           : s->d && s->d != (width ? width : 4)         ? "circuit-width"
           : !is_only(&s->T, PUBLISHED_T)                ? "circuits"
           : !is_only(&s->S, PUBLISHED_S)                ? "redundancy"
           : s->is_search && s->L && s->L != PUBLISHED_L ? "layers"
                                                         : NULL;
}

cisup_family_options setup_family(const setup *s) {
    cisup_family_options o = s->family;
    o.seed = s->seed;
    return o;
}

cisup_allocation_options setup_allocation(const setup *s) {
    cisup_allocation_options o = s->allocation;
    o.seed = s->seed;
    return o;
}

cisup_network_options setup_network(const setup *s) {
    cisup_network_options o = cisup_network_defaults();
    o.weights = s->weights;
    o.form = cisup_engine_form(s->engine);
    o.keep_order = !s->reshuffle;
    if (s->construction.masks) {
        o.carrying.cycle = s->construction.cycle;
        o.carrying.codes = s->construction.codes;
        o.carrying.offset = s->construction.offset;
        o.carrying.strength = s->construction.strength;
    }
    o.seed = s->seed;
    return o;
}

static cisup_status read_files(setup *s, const cisup_circuits_csv_options *o,
                               cisup_error *err) {
    char *circuits = NULL, *inputs = NULL;
    cisup_status status;
    CISUP_TRY(beside(s->folder, s->circuits_path, &circuits, err));
    CISUP_TRY(cisup_circuits_read_csv(&s->own, circuits, o, err));
    if (!s->inputs_path) goto done;
    CISUP_TRY(beside(s->folder, s->inputs_path, &inputs, err));
    CISUP_TRY(cisup_circuits_read_inputs(&s->own, inputs, err));
done:
    free(circuits);
    free(inputs);
    return status;
}

/* Takes the circuits and inputs that the user brought. */
static cisup_status read_own(setup *s, cisup_error *err) {
    if (s->T.count > 1 || index_list_is_max(&s->T))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuits: with --circuit-file it takes a single number");
    const cisup_circuits_csv_options o = {.T = s->T.count ? s->T.value[0] : 0,
                                          .L = s->L,
                                          .gate = s->gate,
                                          .margin = s->family.margin,
                                          .carried = s->construction.masks,
                                          .linear = s->construction.linear,

                                          .step = s->family.step};
    cisup_status status;
    CISUP_TRY(read_files(s, &o, err));
    const cisup_index own = s->own.d - s->own.biased;
    if (s->d && s->d != own)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-width %" PRId64 ": the circuits of %s have width "
                          "%" PRId64,
                          s->d, s->circuits_path, own);
    s->d = own;
    s->L = s->own.L;
    CISUP_TRY(index_list_set(&s->T, s->own.T, err));
    if (!s->z.count) CISUP_TRY(index_list_set(&s->z, 1, err));
done:
    return status;
}

static cisup_status default_list(index_list *list, const cisup_index *values, int count,
                                 cisup_error *err) {
    if (list->count) return CISUP_OK;
    const cisup_status status = cisup_new(&list->value, count, sizeof *values, err);
    if (status != CISUP_OK) return status;
    memcpy(list->value, values, (size_t)count * sizeof *values);
    list->count = count;
    return CISUP_OK;
}

static cisup_status numbers_check(const setup *s, cisup_error *err) {
    if (!(s->family.margin > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--margin %g: must be positive",
                          s->family.margin);
    const cisup_status status = gate_step_check(&s->family.step, err);
    if (status != CISUP_OK) return status;
    if (!(s->weights.correction >= 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--w-correction %g: must not be negative",
                          s->weights.correction);
    if (s->circuits_path && s->inputs_path && !strcmp(s->circuits_path, "-") &&
        !strcmp(s->inputs_path, "-"))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-file - and --input-file -: standard input can be "
                          "read once");
    if (!s->circuits_path && (s->gate || s->inputs_path))
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: needs --circuit-file",
                          s->gate ? "gate" : "input-file");
    return CISUP_OK;
}

/* The gate's step where no circuit has a gate. */
static cisup_status step_effect_check(const setup *s, cisup_error *err) {
    const cisup_family family = s->family.family;
    const int has_gate = s->circuits_path ? s->gate : cisup_family_has_step(family);
    if (has_gate || gate_step_is_default(&s->family.step)) return CISUP_OK;
    if (s->circuits_path)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--gate-steepness, --gate-shift: need --gate");
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "--gate-steepness, --gate-shift: no effect with --family %s",
                      cisup_family_name(family));
}

/* Options that the others leave without effect. */
static cisup_status effects_check(const setup *s, cisup_error *err) {
    const setup plain = setup_defaults();
    const int is_own = s->circuits_path != NULL;
    const int is_capped = s->weights.scheme == CISUP_WEIGHTS_CAPPED;
    const int is_centred = s->weights.scheme == CISUP_WEIGHTS_BALANCED ||
                           s->weights.scheme == CISUP_WEIGHTS_SPLIT;
    const char *idle = is_own && s->family.family != NO_FAMILY                 ? "family"
                       : is_own && s->family.fresh                             ? "fresh"
                       : !is_capped && s->weights.kappa != plain.weights.kappa ? "kappa"
                       : !is_capped && s->weights.correction != plain.weights.correction
                           ? "w-correction"
                       : !is_centred && !isnan(s->weights.center) ? "center"
                                                                  : NULL;
    if (!idle) return CISUP_OK;
    const int by_file = is_own && (!strcmp(idle, "family") || !strcmp(idle, "fresh"));
    return CISUP_FAIL(err, CISUP_EINVAL, "--%s: no effect with --%s", idle,
                      by_file                                    ? "circuit-file"
                      : s->weights.scheme == CISUP_WEIGHTS_PLAIN ? "weights plain"
                      : is_capped                                ? "weights capped"
                                  : "weights balanced or split");
}

/* The construction, and what follows from it. */
static cisup_status complete_construction(setup *s, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(effects_check(s, err));
    if (s->construction.masks) CISUP_TRY(setup_carried_check(s, err));
    s->family.family = family_of(s);
    s->family.carried = s->construction.masks;
    CISUP_TRY(construction_complete(
        &s->construction, s->family.family == CISUP_ROTATION2 && !s->circuits_path, err));
    if (s->construction.masks) {
        s->weights.scheme = CISUP_WEIGHTS_PLAIN;
        s->allocation.scheme = CISUP_SCHEME_TD;
    } else if (s->family.family == CISUP_ROTATION2 || s->engine == CISUP_ENGINE_REDUCED) {
        status = CISUP_FAIL(err, CISUP_EINVAL, "--%s: needs --construction masks",
                            s->family.family == CISUP_ROTATION2 ? "family rotation2"
                                                                : "engine reduced");
    }
done:
    return status;
}

cisup_status setup_complete(setup *s, cisup_error *err) {
    cisup_status status;
    s->named = first_named(s);
    if (!s->named) s->preset = preset_published;
    const cisup_scheme scheme =
        s->preset == preset_published ? CISUP_SCHEME_REF : CISUP_SCHEME_BEST;
    CISUP_TRY(complete_construction(s, err));
    const cisup_index width = cisup_family_width(s->family.family);
    CISUP_TRY(allocation_complete(&s->allocation, scheme, err));
    CISUP_TRY(numbers_check(s, err));
    CISUP_TRY(step_effect_check(s, err));
    if (s->circuits_path) CISUP_TRY(read_own(s, err));
    if (!s->d) s->d = width ? width : 4;
    if (!s->circuits_path && width && s->d != width)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-width %" PRId64 ": circuits %s have width %" PRId64,
                          s->d, cisup_family_name(s->family.family), width);
    if (!s->L) s->L = PUBLISHED_L;
    CISUP_TRY(default_list(&s->D, (const cisup_index[]){PUBLISHED_D}, 1, err));
    CISUP_TRY(default_list(&s->T, (const cisup_index[]){PUBLISHED_T}, 1, err));
    CISUP_TRY(default_list(&s->S, (const cisup_index[]){PUBLISHED_S}, 1, err));
    CISUP_TRY(default_list(&s->z, (const cisup_index[]){1, 2, 3}, 3, err));
done:
    return status;
}

cisup_status setup_shape(const setup *s, cisup_index D, cisup_index T, cisup_index S,
                         cisup_shape *shape, cisup_error *err) {
    const cisup_allocation_options options = setup_allocation(s);
    const int is_max = T == INDEX_MAX_WORD;
    *shape =
        (cisup_shape){.D = D, .d = s->d, .T = is_max ? 1 : T, .S = S, .z = 1, .L = s->L};
    cisup_status status;
    CISUP_TRY(cisup_shape_check(shape, err));
    shape->T = T;
    if (s->construction.masks)
        CISUP_TRY(setup_carried_shape(s, shape, err));
    else
        CISUP_TRY(allocation_fits(shape->N, S, &options, &shape->T, NULL, err));
    const cisup_index N = shape->N;
    for (cisup_index k = 0; k < s->z.count; k++)
        if (s->z.value[k] > shape->z) shape->z = s->z.value[k];
    CISUP_TRY(cisup_shape_check(shape, err));
    shape->N = N;
done:
    return status;
}
