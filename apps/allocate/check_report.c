/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_report.h"

#include "common/emit.h"

#include <math.h>
#include <string.h>

static json_t *histogram_json(const findings *f) {
    json_t *list = json_array();
    for (cisup_index c = 0; f->bins && c <= f->stats.load_max; c++)
        if (f->bins[c]) emit_append(&list, json_pack("[II]", c, f->bins[c]));
    return list;
}

/* null when the columns differ in their counts: then nothing was counted. */
static json_t *counted(const findings *f, cisup_index value) {
    return f->bins ? json_integer(value) : json_null();
}

static json_t *witness_json(const cisup_index circuits[2], const cisup_index neurons[2]) {
    return json_pack("{s[II],s[II]}", "circuits", circuits[0], circuits[1], "neurons",
                     neurons[0], neurons[1]);
}

json_t *findings_json(const findings *f) {
    const cisup_overlap_report *o = &f->overlap;
    const int named = o->witness_circuits[0] >= 0 && !o->holds && f->bins;
    json_t *witness =
        named ? witness_json(o->witness_circuits, o->witness_neurons) : json_null();
    return json_pack(
        "{ss,sI,sI,sI,so,so,sb,sb,so,so,so,so,so,so}", "record", "check", "circuits",
        f->circuits, "neurons", f->neurons, "redundancy", f->redundancy, "pairs",
        f->bad_circuit < 0 ? counted(f, (cisup_index)o->pairs) : json_null(),
        "max_overlap", counted(f, o->max_overlap), "max_overlap_exact",
        o->max_overlap_exact, "holds", o->holds && f->bad_circuit < 0, "witness", witness,
        "load_min", counted(f, f->stats.load_min), "load_max",
        counted(f, f->stats.load_max), "load_cv",
        f->bins ? emit_number(f->stats.load_cv) : json_null(), "load_histogram",
        histogram_json(f), "seconds", emit_number(f->seconds));
}

static void sizes_text(const findings *f) {
    printf("circuits     %" PRId64 "\nneurons      %" PRId64 "\nredundancy   %" PRId64
           "\n",
           f->circuits, f->neurons, f->redundancy);
}

static void verdict_text(int holds, const cisup_index circuits[2],
                         const cisup_index neurons[2]) {
    printf("holds        %s\n", holds ? "yes" : "no");
    if (!holds)
        printf("witness      circuits %" PRId64 " and %" PRId64
               " both hold neurons %" PRId64 " and %" PRId64 "\n",
               circuits[0], circuits[1], neurons[0], neurons[1]);
}

void findings_text(const findings *f) {
    const cisup_overlap_report *o = &f->overlap;
    sizes_text(f);
    printf("max overlap  %s%" PRId64 "\n", o->max_overlap_exact ? "" : "at least ",
           o->max_overlap);
    printf("load         %" PRId64 " to %" PRId64 " circuits a neuron, cv %.4f\n",
           f->stats.load_min, f->stats.load_max, f->stats.load_cv);
    for (cisup_index c = 0; c <= f->stats.load_max; c++)
        if (f->bins[c])
            printf("  load %-6" PRId64 " %" PRId64 " neurons\n", c, f->bins[c]);
    if (f->bad_circuit >= 0)
        printf("sizes        circuit %" PRId64 " sits in %" PRId64
               " neurons, not in %" PRId64 "\n",
               f->bad_circuit, f->bad_count, f->redundancy);
    if (f->bad_circuit >= 0 && o->holds)
        printf("holds        no; any two circuits share at most one neuron\n");
    else
        verdict_text(o->holds, o->witness_circuits, o->witness_neurons);
}

json_t *sample_json(const findings *f) {
    const cisup_overlap_sample_report *s = &f->sample;
    return json_pack(
        "{ss,sI,sI,sI,sI,so,sb,so,so,so}", "record", "sample", "circuits", f->circuits,
        "neurons", f->neurons, "redundancy", f->redundancy, "sampled", s->sampled, "met",
        emit_number(s->met), "holds", s->holds, "witness",
        s->holds ? json_null() : witness_json(s->witness_circuits, s->witness_neurons),
        "violating_below", emit_number(s->violating_below), "seconds",
        emit_number(f->seconds));
}

void sample_text(const findings *f) {
    const cisup_overlap_sample_report *s = &f->sample;
    sizes_text(f);
    printf("sampled      %" PRId64 " circuits against all %.0f on their neurons\n",
           s->sampled, s->met);
    verdict_text(s->holds, s->witness_circuits, s->witness_neurons);
    if (s->holds)
        printf(
            "confidence   95 %%: fewer than %.3g of the circuits share two neurons with "
            "another\n",
            s->violating_below);
}

/* --- proofs -------------------------------------------------------------------- */

static const char *word(int holds) {
    return holds ? "yes" : "NO";
}

/* Sizes and hypotheses of one level. */
static json_t *level_json(const cisup_scheme_proof *p, int l) {
    const cisup_proof_level *level = &p->level[l];
    json_t *object = json_object();
    for (int k = 0; k < level->sizes; k++)
        emit_set(&object, level->size[k].key, json_integer(level->size[k].value));
    for (int k = 0; k < p->count; k++)
        if (p->hypothesis[k].level == l)
            emit_set(&object, p->hypothesis[k].key, json_boolean(p->hypothesis[k].holds));
    return object;
}

/* Level by level, the last beside, or in a list. */
static void hypotheses_json(const cisup_scheme_proof *p, json_t **object) {
    json_t *list = json_array();
    for (int l = 0; l < p->levels - 1; l++) emit_append(&list, level_json(p, l));
    for (int k = 0; !p->levels && k < p->count; k++)
        emit_append(&list, json_pack("{ss,sb}", "hypothesis", p->hypothesis[k].what,
                                     "holds", p->hypothesis[k].holds));
    emit_set(object, p->levels ? "levels" : "hypotheses", list);
    if (p->levels) emit_set(object, "last", level_json(p, p->levels - 1));
}

json_t *proof_json(const findings *f) {
    json_t *object =
        json_pack("{ss,sI,sI,sI}", "record", "proof", "circuits", f->circuits, "neurons",
                  f->neurons, "redundancy", f->redundancy);
    hypotheses_json(&f->proof, &object);
    emit_set(&object, "holds", json_boolean(f->proof.holds));
    emit_set(&object, "seconds", emit_number(f->seconds));
    return object;
}

static void level_text(const cisup_scheme_proof *p, int l) {
    char label[24] = "last level";
    if (l + 1 < p->levels) (void)snprintf(label, sizeof label, "level %d", l);
    printf("%-12s %s", label, p->level[l].what);
    const char *before = ": ";
    for (int k = 0; k < p->count; k++) {
        if (p->hypothesis[k].level != l) continue;
        printf("%s%s %s", before, p->hypothesis[k].what, word(p->hypothesis[k].holds));
        before = ", ";
    }
    putchar('\n');
}

/* The theorem's lines, the first behind the word, and the hypotheses. */
void proof_text(const findings *f) {
    const cisup_scheme_proof *p = &f->proof;
    sizes_text(f);
    const char *label = "theorem";
    for (const char *line = p->theorem; *line; line = strchr(line, '\n') + 1) {
        printf("%-12s %.*s\n", label, (int)(strchr(line, '\n') - line), line);
        label = "";
    }
    for (int l = 0; l < p->levels; l++) level_text(p, l);
    for (int k = 0; !p->levels && k < p->count; k++)
        printf("%-12s %s: %s\n", k ? "" : "hypotheses", p->hypothesis[k].what,
               word(p->hypothesis[k].holds));
    verdict_text(p->holds, NULL, NULL);
}
