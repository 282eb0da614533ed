/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "emit.h"
#include "exclude.h"
#include "options.h"
#include "program.h"
#include "progress.h"
#include "report.h"
#include "setup.h"

#include <cisup/core/memory.h>

#include <string.h>

static const char about[] =
    "Build networks in superposition, run them on samples with z active circuits, and "
    "measure the error of every circuit's read-out, layer by layer, with 95 % intervals "
    "over networks and the theory beside it. Without sizes and scheme: the published "
    "network of "
    "\"Rotations in Superposition\". -D, -T, -S and -z take lists and ranges: 1,2,3 or "
    "200:600:100.";

typedef struct {
    setup setup;
    int mode;
    cisup_index networks, inputs, threads;
    cisup_index worst;
    const char *excluded_text;
    exclusion excluded;
    const char *csv_path;
    int terms, json, quiet, force, dry_run;
} request;

static cisup_experiment experiment_of(const request *r) {
    cisup_experiment x = cisup_experiment_defaults();
    x.circuits = r->setup.own.w ? &r->setup.own : NULL;
    x.family = setup_family(&r->setup);
    x.d = r->setup.d;
    x.L = r->setup.L;
    x.network = setup_network(&r->setup);
    x.mode = (cisup_mode)r->mode;
    x.z = r->setup.z.value;
    x.z_count = r->setup.z.count;
    x.networks = r->networks;
    x.inputs = r->inputs;
    x.seed = r->setup.seed;
    x.threads = (int)r->threads;
    x.terms = r->terms;
    x.worst = r->worst;
    return x;
}

/* Multiply-adds a second that one thread reaches; measured, within a factor of 2. */
static const double operations_per_second = 1.5e9;

static cisup_status print_plan(const request *r, const cisup_shape *shape,
                               const cisup_experiment *x, cisup_error *err) {
    const double bytes = cisup_experiment_bytes(x);
    const double runs = r->excluded.by_network ? 2.0 : 1.0;
    const double seconds = runs * cisup_experiment_operations(x) / operations_per_second;
    if (r->json)
        return emit_line(json_pack("{ss,sI,sI,sI,sI,sI,sI,so,so}", "record", "dry-run",
                                   "D", shape->D, "d", shape->d, "T", shape->T, "S",
                                   shape->S, "L", shape->L, "N", shape->N, "bytes",
                                   emit_number(bytes), "seconds", emit_number(seconds)),
                         err);
    char size[16];
    cisup_bytes_text(bytes, size);
    printf("D=%" PRId64 " d=%" PRId64 " T=%" PRId64 " S=%" PRId64 " L=%" PRId64
           ": N=%" PRId64 ", %" PRId64 " networks x %" PRId64 " samples x %" PRId64
           " values of z, about %s and %.2g s on one thread\n",
           shape->D, shape->d, shape->T, shape->S, shape->L, shape->N, r->networks,
           r->inputs, x->z_count, size, seconds);
    return CISUP_OK;
}

static cisup_status show(const request *r, const finished_run *run, csv_sink *csv,
                         cisup_error *err) {
    report_csv(run, csv);
    if (r->json) return report_json(run, err);
    if (!r->quiet && csv->stream != stdout) report_text(run);
    return CISUP_OK;
}

/* One point of the grid D x T x S. */
static cisup_status run_shape(request *r, cisup_index D, cisup_index T, cisup_index S,
                              csv_sink *csv, cisup_error *err) {
    const setup *s = &r->setup;
    const cisup_allocation_options options = setup_allocation(s);
    cisup_experiment x = experiment_of(r);
    cisup_allocation base = {0};
    cisup_circuits kind = {0};
    cisup_report report = {0};
    progress_bar bar = progress_start(r->quiet);
    finished_run run = {
        .setup = s, .experiment = &x, .report = &report, .excluded = r->excluded.text};
    const cisup_family_options family = setup_family(s);
    cisup_status status;
    CISUP_TRY(setup_shape(s, D, T, S, &run.shape, err));
    x.base = &base;
    if (r->dry_run) {
        base = (cisup_allocation){run.shape.N, S, run.shape.T, NULL};
        CISUP_TRY(print_plan(r, &run.shape, &x, err));
        goto done;
    }
    CISUP_TRY(cisup_allocation_make(&base, run.shape.N, S, run.shape.T, &options, err));
    if (!x.circuits) CISUP_TRY(cisup_circuits_make(&kind, 1, s->d, s->L, &family, err));
    run.circuits = x.circuits ? x.circuits : &kind;
    x.progress = progress_step;
    x.progress_context = &bar;
    status = exclusion_apply(&r->excluded, &x, err);
    if (status == CISUP_OK) status = cisup_experiment_run(&x, &report, err);
    progress_end(&bar);
    if (status == CISUP_OK) status = show(r, &run, csv, err);
done:
    cisup_report_free(&report);
    cisup_circuits_free(&kind);
    cisup_allocation_free(&base);
    return status;
}

/* Finds out what cannot run before anything does, however long it takes. */
static cisup_status check_grid(const request *r, cisup_error *err) {
    const setup *s = &r->setup;
    cisup_status status;
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->S.count; j++)
            for (cisup_index k = 0; k < s->T.count; k++) {
                cisup_shape shape;
                CISUP_TRY(setup_shape(s, s->D.value[i], s->T.value[k], s->S.value[j],
                                      &shape, err));
                CISUP_TRY(exclusion_check(&r->excluded, shape.T, shape.z, err));
                if (r->worst > shape.T - r->excluded.count)
                    return CISUP_FAIL(err, CISUP_EINVAL,
                                      "--worst %" PRId64 ": there are %" PRId64
                                      " circuits",
                                      r->worst, shape.T - r->excluded.count);
            }
done:
    return status;
}

static cisup_status show_assumptions(const request *r, cisup_error *err) {
    if (!r->setup.own.w) return CISUP_OK;
    cisup_assumptions a;
    const cisup_status status = cisup_assumptions_check(&r->setup.own, &a, err);
    if (status != CISUP_OK) return status;
    if (r->json) return assumptions_json(&a, err);
    if (!r->quiet) assumptions_text(&a);
    return CISUP_OK;
}

static cisup_status execute(request *r, cisup_error *err) {
    setup *s = &r->setup;
    csv_sink csv = {0};
    cisup_status status;
    CISUP_TRY(setup_complete(s, err));
    if (r->threads > 4096)
        return CISUP_FAIL(err, CISUP_EINVAL, "--threads %" PRId64 ": at most 4096",
                          r->threads);
    if (r->json && r->csv_path && strcmp(r->csv_path, "-") == 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--json and --csv - exclude each other: each takes the "
                          "standard output");
    CISUP_TRY(exclusion_read(&r->excluded, r->excluded_text, s->z.count, err));
    CISUP_TRY(check_grid(r, err));
    CISUP_TRY(csv_open(&csv, r->dry_run ? NULL : r->csv_path, report_csv_header,
                       r->force ? CISUP_REPLACE_EXISTING : CISUP_KEEP_EXISTING, err));
    CISUP_TRY(show_assumptions(r, err));
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->S.count; j++)
            for (cisup_index k = 0; k < s->T.count && !signal_received(); k++)
                CISUP_TRY(
                    run_shape(r, s->D.value[i], s->T.value[k], s->S.value[j], &csv, err));
    CISUP_TRY(csv_commit(&csv, err));
done:
    csv_discard(&csv);
    return status;
}

int cmd_propagate(int argc, char **argv) {
    request r = {.setup = setup_defaults(), .networks = 20, .inputs = 500};
    const option table[] = {
        SETUP_OPTIONS(r.setup),
        {"active", 'z', OPTION_LIST, &r.setup.z, "z", "active circuits (1,2,3)", NULL},
        {"mode", 0, OPTION_CHOICE, &r.mode, "relu|masked-linear|masked-relu|linear",
         "what a neuron does (relu)", cisup_mode_find},
        {"networks", 'K', OPTION_SIZE, &r.networks, "K", "networks (20)", NULL},
        {"samples", 'M', OPTION_SIZE, &r.inputs, "M", "samples a network (500)", NULL},
        {"threads", 0, OPTION_INDEX, &r.threads, "N", "threads (all)", NULL},
        {"terms", 0, OPTION_FLAG, &r.terms, NULL,
         "split the errors into their parts: overlap, propagation, ...", NULL},
        {"worst", 0, OPTION_SIZE, &r.worst, "K",
         "name the K worst circuits and who disturbs them", NULL},
        {"exclude", 0, OPTION_TEXT, &r.excluded_text, "FILE|K",
         "leave out the circuits in FILE, or the K worst of each network", NULL},
        {"json", 0, OPTION_FLAG, &r.json, NULL, "one JSON object a line", NULL},
        {"csv", 0, OPTION_TEXT, &r.csv_path, "FILE", "write the figures as CSV", NULL},
        {"quiet", 'q', OPTION_FLAG, &r.quiet, NULL, "no text and no progress", NULL},
        {"force", 0, OPTION_FLAG, &r.force, NULL, "replace existing files", NULL},
        {"dry-run", 0, OPTION_FLAG, &r.dry_run, NULL,
         "print sizes, memory and time, and stop", NULL},
    };
    options_parse("cisup propagate", "", about, table, sizeof table / sizeof table[0],
                  argc, argv, NULL);
    cisup_error err = {0};
    end_on_signal();
    const cisup_status status = execute(&r, &err);
    exclusion_free(&r.excluded);
    setup_free(&r.setup);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
