/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"
#include "options.h"
#include "program.h"

#include <cisup/core/memory.h>
#include <cisup/core/overlap.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/allocation_file.h>

#include <math.h>
#include <string.h>

static const char about[] =
    "Verify an allocation or embedding file: every circuit (column) sits in exactly S "
    "neurons (rows), and any two circuits share at most one. FILE is Matrix Market "
    "(.mtx, .mtx.gz, - for standard input) or CSV with the columns circuit,neuron. On "
    "violation names two circuits and two neurons they share; exit code 1.";

typedef struct {
    cisup_index S, neurons;
    int json, quiet, lenient;
    const char *path;
} request;

/* All that is reported. */
typedef struct {
    cisup_index circuits, neurons, redundancy;
    cisup_overlap_report overlap;
    cisup_allocation_stats stats;
    cisup_index *load; /* [neurons] */
    cisup_index *bins; /* [load_max+1]: neurons of each load */
    double seconds;
} findings;

static cisup_status count_loads(const cisup_allocation *a, findings *f,
                                cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_new(&f->load, a->N, sizeof *f->load, err));
    cisup_allocation_loads(a, f->load);
    f->stats = cisup_allocation_statistics(f->load, a->N, a->S, a->T);
    CISUP_TRY(cisup_new(&f->bins, f->stats.load_max + 1, sizeof *f->bins, err));
    for (cisup_index n = 0; n < a->N; n++) f->bins[f->load[n]]++;
done:
    return status;
}

/* Reads and examines the file. EINVARIANT when columns differ in their counts. */
static cisup_status examine(const request *r, findings *f, cisup_error *err) {
    cisup_csc e = {0};
    cisup_allocation a = {0};
    cisup_status status;
    CISUP_TRY(cisup_allocation_file_read(r->path, r->neurons, r->lenient, &e, err));
    f->circuits = e.ncol;
    f->neurons = e.nrow;
    f->redundancy = r->S ? r->S : e.ncol ? e.p[1] : 0;
    status = cisup_allocation_from_csc(&e, r->S, &a, err);
    if (status == CISUP_EINVAL) { /* it is the file that has such sizes */
        cisup_error_prefix(err, r->path);
        err->code = status = CISUP_EFORMAT;
    }
    CISUP_TRY(status);
    cisup_csc_free(&e);
    const double start = seconds_now();
    CISUP_TRY(cisup_overlap_check(&a, &f->overlap, err));
    f->seconds = seconds_now() - start;
    CISUP_TRY(count_loads(&a, f, err));
done:
    cisup_csc_free(&e);
    cisup_allocation_free(&a);
    return status;
}

static json_t *histogram_json(const findings *f) {
    json_t *list = json_array();
    for (cisup_index c = 0; f->bins && c <= f->stats.load_max; c++)
        if (f->bins[c])
            (void)json_array_append_new(list, json_pack("[II]", c, f->bins[c]));
    return list;
}

/* null when the columns differ in their counts: then nothing was counted. */
static json_t *counted(const findings *f, cisup_index value) {
    return f->bins ? json_integer(value) : json_null();
}

static json_t *findings_json(const findings *f) {
    const cisup_overlap_report *o = &f->overlap;
    const int named = o->witness_circuits[0] >= 0 && !o->holds && f->bins;
    json_t *witness = named
                          ? json_pack("{s[II],s[II]}", "circuits", o->witness_circuits[0],
                                      o->witness_circuits[1], "neurons",
                                      o->witness_neurons[0], o->witness_neurons[1])
                          : json_null();
    return json_pack(
        "{ss,sI,sI,sI,so,so,sb,sb,so,so,so,so,so,so}", "record", "check", "circuits",
        f->circuits, "neurons", f->neurons, "redundancy", f->redundancy, "pairs",
        counted(f, (cisup_index)o->pairs), "max_overlap", counted(f, o->max_overlap),
        "max_overlap_exact", o->max_overlap_exact, "holds", o->holds, "witness", witness,
        "load_min", counted(f, f->stats.load_min), "load_max",
        counted(f, f->stats.load_max), "load_cv",
        f->bins ? emit_number(f->stats.load_cv) : json_null(), "load_histogram",
        histogram_json(f), "seconds", emit_number(f->seconds));
}

static void findings_text(const findings *f) {
    const cisup_overlap_report *o = &f->overlap;
    printf("circuits     %" PRId64 "\nneurons      %" PRId64 "\nredundancy   %" PRId64
           "\n",
           f->circuits, f->neurons, f->redundancy);
    printf("max overlap  %s%" PRId64 "\n", o->max_overlap_exact ? "" : "at least ",
           o->max_overlap);
    printf("load         %" PRId64 " to %" PRId64 " circuits a neuron, cv %.4f\n",
           f->stats.load_min, f->stats.load_max, f->stats.load_cv);
    for (cisup_index c = 0; c <= f->stats.load_max; c++)
        if (f->bins[c])
            printf("  load %-6" PRId64 " %" PRId64 " neurons\n", c, f->bins[c]);
    printf("holds        %s\n", o->holds ? "yes" : "no");
    if (!o->holds)
        printf("witness      circuits %" PRId64 " and %" PRId64
               " both hold neurons %" PRId64 " and %" PRId64 "\n",
               o->witness_circuits[0], o->witness_circuits[1], o->witness_neurons[0],
               o->witness_neurons[1]);
}

static int report(const request *r, const findings *f, cisup_status status,
                  cisup_error *err) {
    const int is_counted = status == CISUP_OK;
    if (!is_counted && status != CISUP_EINVARIANT) return fail_with(err);
    if (r->json) {
        cisup_error own = {0};
        if (emit_line(findings_json(f), &own) != CISUP_OK) return fail_with(&own);
    } else if (is_counted && !r->quiet) {
        findings_text(f);
    }
    if (!is_counted) {
        cisup_error_prefix(err, r->path);
        return fail_with(err);
    }
    return f->overlap.holds ? EXIT_HOLDS : EXIT_VIOLATED;
}

int cmd_check(int argc, char **argv) {
    request r = {0};
    const option table[] = {
        {"redundancy", 'S', OPTION_SIZE, &r.S, "S",
         "neurons every circuit must have (those of the first circuit)", NULL},
        {"neurons", 'N', OPTION_SIZE, &r.neurons, "N",
         "neurons of a CSV file (the largest one in it + 1)", NULL},
        {"lenient", 0, OPTION_FLAG, &r.lenient, NULL,
         "accept Matrix Market files of other habits", NULL},
        {"json", 0, OPTION_FLAG, &r.json, NULL, "one JSON object a line", NULL},
        {"quiet", 'q', OPTION_FLAG, &r.quiet, NULL, "only the exit code", NULL},
    };
    const char *operand[OPERANDS_MOST] = {0};
    const int operands =
        options_parse("cisup check", "FILE", about, table, sizeof table / sizeof table[0],
                      argc, argv, operand);
    if (operands != 1) {
        fprintf(stderr, "cisup: check needs one FILE; see cisup check --help\n");
        return EXIT_USAGE;
    }
    if (r.neurons > CISUP_MOST_NEURONS) {
        fprintf(stderr, "cisup: --neurons %" PRId64 ": at most %" PRId32 "\n", r.neurons,
                CISUP_MOST_NEURONS);
        return EXIT_USAGE;
    }
    r.path = operand[0];
    findings f = {0};
    cisup_error err = {0};
    const cisup_status status = examine(&r, &f, &err);
    const int code = report(&r, &f, status, &err);
    cisup_release(f.load);
    cisup_release(f.bins);
    return code;
}
