/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_report.h"

#include "common/emit.h"
#include "common/terminal.h"
#include "common/wrap.h"

#include <string.h>

void report_line(const char *label, const char *text) {
    enum { text_at = 13 };
    printf("%-*s ", text_at - 1, label);
    wrap_to(stdout, terminal_of_output(1).columns, text, text_at, text_at);
}

static void start(cisup_record *r, const char *name, const findings *f) {
    RECORD_ADD(r, "record circuits neurons redundancy", V(name), V(f->circuits),
               V(f->neurons), V(f->redundancy));
}

/* Of an allocation two neurons in two circuits, in the file's base; where more may be
 * shared the first too many of the two circuits that share most. */
static void add_witness(cisup_record *r, const findings *f, int is_named,
                        const cisup_index found[4], cisup_index told[4]) {
    const int is_most = f->lambda > 1;
    for (int k = 0; k < 4; k++) told[k] = found[k] + f->base;
    if (is_most && is_named) {
        told[0] = f->most.circuits.a + f->base;
        told[1] = f->most.circuits.b + f->base;
    }
    RECORD_PART(r, is_named, "witness", "circuits neurons", V_INDICES(told, 2),
                is_most ? V_INDICES(f->shared, f->lambda + 1) : V_INDICES(told + 2, 2));
}

/* How the circuits lie in the parts of a cycle. */
static void add_parts(cisup_record *r, const findings *f) {
    const cisup_cycle_parts *p = &f->parts;
    const int is_bad = p->bad_circuit >= 0;
    if (!f->cycle) return;
    RECORD_PART(r, p->N > 0, "parts", "parts neurons redundancy circuit part count",
                V(f->cycle), V(p->N), V(p->S), V_IF(is_bad, p->bad_circuit + f->base),
                V_IF(is_bad, p->bad_part), V_IF(is_bad, p->bad_count));
}

static int is_equal(const findings *f) {
    return f->bad_circuit < 0 && f->parts.bad_circuit < 0;
}

static void load_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_index neurons = ((const cisup_index *)of)[k];
    if (neurons) cisup_record_add(item, "", CISUP_VALUES(V(k), V(neurons)));
}

/* Whether all neurons of a matrix hold as many circuits, and circuits differ or should
 * have that number. */
static int looks_transposed(const findings *f) {
    const cisup_index load = f->stats.load_max;
    return f->file.format == CISUP_ROWS_MATRIX_MARKET && f->bad_circuit >= 0 && f->bins &&
           load > 0 && load == f->stats.load_min &&
           (load == f->redundancy || f->file.least_count < f->file.most_count);
}

/* What a file says of itself. */
static void add_file(cisup_record *r, const findings *f) {
    static const char *const format[] = {
        NULL, "matrix-market", "csv", "blocks", "list",
    };
    const cisup_meeting *c = &f->most.circuits;
    const int is_file = f->file.format != 0, is_counted = c->times > 0;
    RECORD_ADD(r, "format base transposed other_values lambda index",
               V(format[f->file.format]), V((cisup_index)f->base),
               V_IF(is_file, looks_transposed(f)), V_IF(is_file, f->file.other_values),
               V(f->lambda ? f->lambda : 1), V_IF(is_counted, f->most.neurons.times));
}

/* What a record borrows while it is shown. */
typedef struct {
    cisup_index witness[4], largest[2];
} told;

/* Without bins the columns differ in their counts: then nothing was counted. */
static void findings_record(const findings *f, cisup_record *r, told *t) {
    const cisup_overlap_report *o = &f->overlap;
    const int counted = f->bins != NULL, most = f->most.circuits.times > 0;
    const cisup_index found[4] = {o->witness_circuits[0], o->witness_circuits[1],
                                  o->witness_neurons[0], o->witness_neurons[1]};
    start(r, "check", f);
    RECORD_ADD(r, "pairs max_overlap max_overlap_exact holds",
               V_IF(counted && f->bad_circuit < 0, (cisup_index)o->pairs),
               V_IF(counted, o->max_overlap), V(o->max_overlap_exact),
               V(o->holds && is_equal(f)));
    add_witness(r, f, o->witness_circuits[0] >= 0 && !o->holds && counted, found,
                t->witness);
    add_parts(r, f);
    RECORD_ADD(r, "load_min load_max load_cv load_histogram",
               V_IF(counted, f->stats.load_min), V_IF(counted, f->stats.load_max),
               V_IF(counted, f->stats.load_cv),
               V_LIST(f->bins, counted ? f->stats.load_max + 1 : 0, load_item));
    t->largest[0] = f->most.circuits.a + f->base;
    t->largest[1] = f->most.circuits.b + f->base;
    add_file(r, f);
    RECORD_PART(r, most, "largest", "circuits overlap", V_INDICES(t->largest, 2),
                V(f->most.circuits.times));
    RECORD_ADD(r, "seconds", V(f->seconds));
}

static const char sizes[] = "circuits     {circuits}\nneurons      {neurons}\n"
                            "redundancy   {redundancy}\n";
static const char verdict[] = "holds        {holds:yes|no}\n";

static void witness_text(const findings *f, const cisup_index circuits[2],
                         const cisup_index neurons[2]) {
    printf("witness      circuits %" PRId64 " and %" PRId64 " both hold neurons %" PRId64
           " and %" PRId64 "\n",
           circuits[0] + f->base, circuits[1] + f->base, neurons[0] + f->base,
           neurons[1] + f->base);
}

/* The same of a cycle: neurons of parts. */
static void joined_witness_text(const findings *f) {
    const cisup_overlap_report *o = &f->overlap;
    const cisup_index N = f->parts.N, n = o->witness_neurons[0],
                      m = o->witness_neurons[1];
    printf("witness      circuits %" PRId64 " and %" PRId64 " both hold neurons %" PRId64
           " of part %" PRId64 " and %" PRId64 " of part %" PRId64 "\n",
           o->witness_circuits[0] + f->base, o->witness_circuits[1] + f->base,
           n % N + f->base, n / N, m % N + f->base, m / N);
}

/* The two circuits that share most, where that is more than the witness says. */
static void largest_text(const findings *f) {
    enum { most_named = 8 };
    const cisup_meeting *c = &f->most.circuits;
    if (c->times <= 2 && f->lambda <= 1) return;
    printf("largest      circuits %" PRId64 " and %" PRId64 " share %" PRId64 " neurons:",
           c->a + f->base, c->b + f->base, c->times);
    for (cisup_index k = 0; k < c->times && k < most_named; k++)
        printf(" %" PRId64, f->shared[k]);
    printf("%s\n", c->times > most_named ? " ..." : "");
}

/* How the file was read, and what may be wrong with that. */
static void file_text(const findings *f) {
    const int is_blocks =
        f->file.format == CISUP_ROWS_BLOCKS || f->file.format == CISUP_ROWS_LIST;
    if (is_blocks)
        printf("read as      %s\n", f->file.format == CISUP_ROWS_LIST
                                        ? "a list of circuits"
                                        : "a circuit a line");
    if (f->file.headings)
        printf("             lines of words above, left out: %" PRId64 "\n",
               f->file.headings);
    if (f->base) printf("counted      from 1, as in the file\n");
    if (is_blocks && !f->base && f->file.least_neuron > 0)
        printf("note         no circuit holds neuron 0: --one-based if the file counts "
               "from 1\n");
    if (f->file.other_values)
        printf("note         entries neither 0 nor 1, taken for 1: %" PRId64 "\n",
               f->file.other_values);
}

static void transposed_text(const findings *f) {
    if (looks_transposed(f))
        printf("note         transposed? all rows have %" PRId64
               " entries; --transposed: a circuit a row\n",
               f->stats.load_max);
}

/* The circuits of another size. */
static void sizes_text(const findings *f) {
    const cisup_row_file *x = &f->file;
    if (f->bad_circuit < 0) return;
    if (x->least_count == x->most_count)
        printf("sizes        every circuit sits in %" PRId64 " neurons, not in %" PRId64
               "\n",
               f->bad_count, f->redundancy);
    else
        printf("sizes        %" PRId64 " to %" PRId64 " neurons; circuit %" PRId64
               " sits in %" PRId64 ", not in %" PRId64 "\n",
               x->least_count, x->most_count, f->bad_circuit + f->base, f->bad_count,
               f->redundancy);
}

static void parts_text(const findings *f) {
    const cisup_cycle_parts *p = &f->parts;
    if (p->N == 0) return;
    if (p->bad_circuit < 0)
        printf("parts        %" PRId64 " of %" PRId64 " neurons, %" PRId64
               " of every circuit in each\n",
               f->cycle, p->N, p->S);
    else
        printf("parts        circuit %" PRId64 " has %" PRId64 " neurons in part %" PRId64
               ", not %" PRId64 "\n",
               p->bad_circuit + f->base, p->bad_count, p->bad_part, p->S);
}

static void findings_text(const findings *f, cisup_record *r) {
    const cisup_overlap_report *o = &f->overlap;
    emit_text(r, sizes);
    file_text(f);
    emit_text(
        r, "max overlap  {max_overlap_exact:|at least }{max_overlap}\n"
           "load         {load_min} to {load_max} circuits a neuron, cv {load_cv:.4f}\n");
    emit_text_list(r, "load_histogram", "  load {0:-6} {1} neurons\n");
    sizes_text(f);
    parts_text(f);
    if (f->lambda > 1 && f->most.neurons.times)
        printf("index        any two neurons lie together in at most %" PRId64
               " circuits\n",
               f->most.neurons.times);
    if (!is_equal(f) && o->holds)
        printf("holds        no; any two circuits share at most %s\n",
               f->lambda > 1 ? "as many as --lambda says" : "one neuron");
    else
        emit_text(r, verdict);
    if (!o->holds && f->parts.N)
        joined_witness_text(f);
    else if (!o->holds && f->lambda <= 1)
        witness_text(f, o->witness_circuits, o->witness_neurons);
    if (f->shared && (f->lambda > 1 || !o->holds)) largest_text(f);
    transposed_text(f);
}

cisup_status findings_show(const findings *f, int is_json, cisup_error *err) {
    cisup_record r = {0};
    told t;
    findings_record(f, &r, &t);
    if (is_json) return emit(&r, err);
    if (f->bins) findings_text(f, &r);
    return CISUP_OK;
}

cisup_status sample_show(const findings *f, int is_json, cisup_error *err) {
    const cisup_overlap_sample_report *s = &f->sample;
    cisup_record r = {0};
    start(&r, "sample", f);
    RECORD_ADD(&r, "sampled met holds", V(s->sampled), V(s->met), V(s->holds));
    const cisup_index found[4] = {s->witness_circuits[0], s->witness_circuits[1],
                                  s->witness_neurons[0], s->witness_neurons[1]};
    told t;
    add_witness(&r, f, !s->holds, found, t.witness);
    RECORD_ADD(&r, "violating_below seconds", V(s->violating_below), V(f->seconds));
    if (is_json) return emit(&r, err);
    emit_text(&r, sizes);
    emit_text(&r,
              "sampled      {sampled} circuits against all {met:.0f} on their neurons\n");
    emit_text(&r, verdict);
    if (!s->holds)
        witness_text(f, s->witness_circuits, s->witness_neurons);
    else
        emit_text(&r,
                  "confidence   95 %: fewer than {violating_below:.3g} of the circuits "
                  "share two with another\n");
    return CISUP_OK;
}

/* Sizes and hypotheses of one level, under names that begin with `part`. */
static void add_level(cisup_record *r, const char *part, const cisup_scheme_proof *p,
                      int l) {
    const cisup_proof_level *level = &p->level[l];
    char name[64];
    for (int k = 0; k < level->sizes; k++) {
        (void)snprintf(name, sizeof name, "%s%s", part, level->size[k].key);
        RECORD_ADD(r, name, V(level->size[k].value));
    }
    for (int k = 0; k < p->count; k++) {
        if (p->hypothesis[k].level != l) continue;
        (void)snprintf(name, sizeof name, "%s%s", part, p->hypothesis[k].key);
        RECORD_ADD(r, name, V(p->hypothesis[k].holds));
    }
}

static void level_item(const void *of, cisup_index l, cisup_record *item) {
    add_level(item, "", of, (int)l);
}

static void hypothesis_item(const void *of, cisup_index k, cisup_record *item) {
    const cisup_scheme_proof *p = of;
    RECORD_ADD(item, "hypothesis holds", V(p->hypothesis[k].what),
               V(p->hypothesis[k].holds));
}

static const char *word(int holds) {
    return holds ? "yes" : "NO";
}

static void level_text(const cisup_scheme_proof *p, int l) {
    char label[24] = "last level", text[512];
    if (l + 1 < p->levels) (void)snprintf(label, sizeof label, "level %d", l);
    int used = snprintf(text, sizeof text, "%s", p->level[l].what);
    const char *before = ": ";
    for (int k = 0; k < p->count; k++) {
        if (p->hypothesis[k].level != l || used >= (int)sizeof text) continue;
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%s %s", before,
                         p->hypothesis[k].what, word(p->hypothesis[k].holds));
        before = ", ";
    }
    report_line(label, text);
}

/* The theorem and the hypotheses. */
static void theorem_text(const cisup_scheme_proof *p) {
    report_line("theorem", p->theorem);
    for (int l = 0; l < p->levels; l++) level_text(p, l);
    for (int k = 0; !p->levels && k < p->count; k++)
        printf("%-12s %s: %s\n", k ? "" : "hypotheses", p->hypothesis[k].what,
               word(p->hypothesis[k].holds));
}

cisup_status proof_show(const findings *f, int is_json, cisup_error *err) {
    const cisup_scheme_proof *p = &f->proof;
    cisup_record r = {0};
    start(&r, "proof", f);
    if (p->levels) { /* level by level, the last beside them */
        RECORD_ADD(&r, "levels", V_LIST(p, p->levels - 1, level_item));
        add_level(&r, "last: ", p, p->levels - 1);
    } else {
        RECORD_ADD(&r, "hypotheses", V_LIST(p, p->count, hypothesis_item));
    }
    RECORD_ADD(&r, "holds seconds", V(p->holds), V(f->seconds));
    if (is_json) return emit(&r, err);
    emit_text(&r, sizes);
    theorem_text(p);
    emit_text(&r, verdict);
    return CISUP_OK;
}
