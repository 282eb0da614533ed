/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/core/circuits/gate.h>
#include <cisup/core/memory.h>

#include <string.h>

/* Arrays are compared by a hash of their words: FNV-1a, 64 bits, with words for bytes. */
typedef struct {
    uint64_t value;
} hash;

static const hash hash_start = {UINT64_C(0xcbf29ce484222325)};

static void take(hash *h, uint64_t word) {
    h->value = (h->value ^ word) * UINT64_C(0x100000001b3);
    h->value ^= h->value >> 32; /* high bits reach low ones */
}

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void take_numbers(hash *h, const double *x, cisup_index count) {
    for (cisup_index k = 0; k < count; k++) take(h, bits_of(x[k]));
}

static void take_indices(hash *h, const cisup_index *x, cisup_index count) {
    for (cisup_index k = 0; k < count; k++) take(h, (uint64_t)x[k]);
}

static uint64_t slots_of(const cisup_allocation *a) {
    hash h = hash_start;
    for (cisup_index k = 0; a->slot && k < a->T * a->S; k++)
        take(&h, (uint32_t)a->slot[k]);
    return h.value;
}

/* A formula is told by the rows of some circuits all over its range. */
static uint64_t cycle_of(const cisup_cycle *x, int32_t *row) {
    enum { some = 64 };
    hash h = hash_start;
    const cisup_index step = x->T / some + 1;
    for (cisup_index t = 0; t < x->T; t += step)
        for (cisup_index part = 0; part < x->c; part++) {
            cisup_cycle_row(x, part, t, row);
            for (cisup_index k = 0; k < x->S; k++) take(&h, (uint32_t)row[k]);
        }
    return h.value;
}

static uint64_t formula_of(const cisup_incidence *x, int32_t *row) {
    enum { some = 64 };
    hash h = hash_start;
    if (!x) return 0;
    const cisup_index step = x->T / some + 1;
    for (cisup_index t = 0; t < x->T; t += step) {
        cisup_incidence_row(x, t, row);
        for (cisup_index k = 0; k < x->S; k++) take(&h, (uint32_t)row[k]);
    }
    return h.value;
}

static uint64_t circuits_of(const cisup_circuits *c) {
    hash h = hash_start;
    if (!c) return 0;
    const cisup_index square = c->d * c->d, width = c->d - cisup_circuits_first(c);
    const cisup_index sizes[] = {c->T, c->d, c->L, c->layers, c->on_count, c->fold};
    take_indices(&h, sizes, 6);
    take(&h, bits_of(c->offset));
    if (c->carried) take(&h, (uint64_t)c->biased + 1);
    for (cisup_index l = 0; c->is_signed && l < c->L; l++) take(&h, c->is_signed[l]);
    take_numbers(&h, c->w, c->layers * c->T * square);
    take_numbers(&h, c->wbar, c->layers * square);
    take_numbers(&h, c->b, c->layers * c->d);
    if (c->input_start) {
        take_indices(&h, c->input_start, c->T + 1);
        take_numbers(&h, c->input, c->input_start[c->T] * width);
    }
    return h.value;
}

static uint64_t permutations_of(const cisup_experiment *x, cisup_index L) {
    hash h = hash_start;
    if (x->network.permutations)
        take_indices(&h, x->network.permutations, (L - 1) * x->base->T);
    return h.value;
}

static uint64_t exclusion_of(const cisup_experiment *x) {
    const cisup_exclusion *e = &x->exclude;
    hash h = hash_start;
    take(&h, (uint64_t)(e->count && e->by_network));
    take(&h, (uint64_t)e->count);
    take_indices(&h, e->circuit, e->count * (e->by_network ? x->networks : 1));
    return h.value;
}

static uint64_t active_of(const cisup_active_sets *sets) {
    hash h = hash_start;
    if (!sets) return 0;
    take(&h, (uint64_t)sets->count);
    take_indices(&h, sets->start, sets->count + 1);
    take_indices(&h, sets->circuit, sets->start[sets->count]);
    return h.value;
}

static uint64_t z_of(const cisup_experiment *x) {
    hash h = hash_start;
    take_indices(&h, x->z, x->z_count);
    return h.value;
}

/* In the order of cisup_part_key; those of hashes in words without a figure. */
static const struct {
    const char *name;
    int kind; /* 'i' a whole number, 'n' a number, 'h' a hash */
} names[CISUP_PART_KEYS] = {
    {"N", 'i'},
    {"S", 'i'},
    {"T", 'i'},
    {"the slots", 'h'},
    {"the formula", 'h'},
    {"d", 'i'},
    {"L", 'i'},
    {"the circuits", 'h'},
    {"the family", 'i'},
    {"the margin", 'n'},
    {"the steepness", 'n'},
    {"the shift", 'n'},
    {"fresh", 'i'},
    {"the scheme of weights", 'i'},
    {"the center", 'n'},
    {"the correction", 'n'},
    {"kappa", 'i'},
    {"keep_order", 'i'},
    {"the permutations", 'h'},
    {"the engine", 'i'},
    {"the mode", 'i'},
    {"the precision", 'i'},
    {"the number of z", 'i'},
    {"the list of z", 'h'},
    {"the active sets", 'h'},
    {"the input noise", 'n'},
    {"robust_masks", 'i'},
    {"the number of circuits left out", 'i'},
    {"the circuits left out", 'h'},
    {"terms", 'i'},
    {"worst", 'i'},
    {"networks", 'i'},
    {"inputs", 'i'},
    {"the seed", 'i'},
    {"the bins of a tally", 'i'},
    {"the quantities", 'i'},
    {"the cycle", 'i'},
    {"codes of masks", 'i'},
    {"the offset", 'n'},
    {"the strength", 'n'},
};

cisup_status cisup_part_key(const cisup_experiment *x, uint64_t key[CISUP_PART_KEYS],
                            cisup_error *err) {
    const cisup_allocation *a = x->base;
    const cisup_circuits *c = x->circuits;
    const cisup_weight_options *w = &x->network.weights;
    const cisup_gate_step step = cisup_gate_step_of(x->family.step);
    const cisup_index L = c ? c->L : x->L;
    int32_t *row;
    const cisup_status status = cisup_new(&row, a->S, sizeof *row, err);
    if (status != CISUP_OK) return status;
    const uint64_t words[CISUP_PART_KEYS] = {
        (uint64_t)a->N,
        (uint64_t)a->S,
        (uint64_t)a->T,
        slots_of(a),
        x->cycle ? cycle_of(x->cycle, row) : formula_of(x->computed, row),
        (uint64_t)(c ? c->d : x->d),
        (uint64_t)L,
        circuits_of(c),
        c ? 0 : (uint64_t)x->family.family + 1,
        bits_of(x->family.margin),
        bits_of(step.steepness),
        bits_of(step.shift),
        (uint64_t)(x->family.fresh != 0),
        (uint64_t)w->scheme,
        bits_of(w->center),
        bits_of(w->correction),
        (uint64_t)w->kappa,
        (uint64_t)(x->network.keep_order != 0),
        permutations_of(x, L),
        (uint64_t)x->engine,
        (uint64_t)x->mode,
        (uint64_t)x->precision,
        (uint64_t)x->z_count,
        z_of(x),
        active_of(x->active),
        bits_of(x->noise),
        (uint64_t)(x->robust_masks != 0),
        (uint64_t)x->exclude.count,
        exclusion_of(x),
        (uint64_t)(x->terms != 0),
        (uint64_t)x->worst,
        (uint64_t)x->networks,
        (uint64_t)x->inputs,
        x->seed,
        CISUP_HISTOGRAM_LAST + 1,
        CISUP_QUANTITIES,
        (uint64_t)x->network.carrying.cycle,
        (uint64_t)(x->network.carrying.codes != 0),
        bits_of(x->network.carrying.offset),
        bits_of(x->network.carrying.strength),
    };
    memcpy(key, words, sizeof words);
    cisup_release(row);
    return CISUP_OK;
}

cisup_status cisup_part_key_check(const uint64_t got[CISUP_PART_KEYS],
                                  const uint64_t want[CISUP_PART_KEYS],
                                  cisup_error *err) {
    for (int k = 0; k < CISUP_PART_KEYS; k++) {
        if (got[k] == want[k]) continue;
        if (names[k].kind == 'h')
            return CISUP_FAIL(err, CISUP_EFORMAT, "part of another experiment: %s differ",
                              names[k].name);
        if (names[k].kind == 'i')
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "part of another experiment: %s is %" PRIu64
                              ", not %" PRIu64,
                              names[k].name, got[k], want[k]);
        double is, should_be;
        memcpy(&is, &got[k], sizeof is);
        memcpy(&should_be, &want[k], sizeof should_be);
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "part of another experiment: %s is %.17g, not %.17g",
                          names[k].name, is, should_be);
    }
    return CISUP_OK;
}
