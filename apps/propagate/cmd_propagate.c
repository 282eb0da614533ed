/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/guard.h"
#include "common/options.h"
#include "common/program.h"
#include "propagation.h"

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/core/base/storage.h>
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
    propagation run;
    csv_sink csv;
    const char *csv_path;
    int json, quiet, force, dry_run;
    int is_unread; /* standard output takes no more */
} request;

/* Multiply-adds a second that one thread reaches; measured, within a factor of 3, for
 * stored networks (in double precision) and computed ones. */
static const double stored_per_second = 8e9, computed_per_second = 1.5e9;

static cisup_status print_plan(void *context, const cisup_shape *shape,
                               cisup_error *err) {
    const request *r = context;
    const cisup_allocation base = {shape->N, shape->S, shape->T, NULL};
    cisup_experiment x = propagation_experiment(&r->run);
    const cisup_incidence computed = {.N = shape->N, .S = shape->S, .T = shape->T};
    x.base = &base;
    if (r->run.implicit) x.computed = &computed;
    const double bytes = cisup_experiment_bytes(&x);
    const double runs = r->run.excluded.by_network ? 2.0 : 1.0;
    const double rate = r->run.implicit ? computed_per_second : stored_per_second;
    const double seconds = runs * cisup_experiment_operations(&x) / rate;
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
           shape->D, shape->d, shape->T, shape->S, shape->L, shape->N, x.networks,
           x.inputs, x.z_count, size, seconds);
    return ferror(stdout) ? emit_flush(err) : CISUP_OK;
}

static cisup_status print(const request *r, const finished_run *run, cisup_error *err) {
    const int is_text = !r->json && !r->quiet && r->csv.stream != stdout;
    cisup_status status = CISUP_OK;
    if (r->json) CISUP_TRY(report_json(run, err));
    if (is_text) report_text(run);
    CISUP_TRY(emit_flush(err));
    if (is_text)
        fprintf(stderr, "built in %.2f s, run in %.2f s\n", run->report->build_s,
                run->report->run_s);
done:
    return status;
}

static cisup_status show(void *context, const finished_run *run, cisup_error *err) {
    request *r = context;
    cisup_status status;
    report_csv(run, &r->csv);
    CISUP_TRY(csv_flush(&r->csv, err));
    status = print(r, run, err);
    r->is_unread = status == CISUP_EIO;
done:
    return status;
}

static cisup_status run_shape(void *context, const cisup_shape *shape, cisup_error *err) {
    request *r = context;
    return propagation_run(&r->run, shape, r->quiet, show, r, err);
}

static cisup_status show_assumptions(const request *r, cisup_error *err) {
    if (!r->run.setup.own.w) return CISUP_OK;
    cisup_assumptions a;
    const cisup_status status = cisup_assumptions_check(&r->run.setup.own, &a, err);
    if (status != CISUP_OK) return status;
    if (r->json) return assumptions_json(&a, err);
    if (!r->quiet) assumptions_text(&a);
    return CISUP_OK;
}

/* Before anything is written: the CSV file is none of those that are read. */
static cisup_status check_files(const request *r, cisup_error *err) {
    const propagation *p = &r->run;
    const guarded_file inputs[] = {
        {"the input of --circuit-file", p->setup.circuits_path},
        {"the input of --input-file", p->setup.inputs_path},
        {"the input of --exclude", p->excluded.by_network ? NULL : p->excluded_text},
    };
    const guarded_file output = {"--csv", r->csv_path};
    return guard_outputs(&output, 1, inputs, 3, err);
}

static cisup_status execute(request *r, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(propagation_complete(&r->run, err));
    CISUP_TRY(check_files(r, err));
    if (r->json && r->csv_path && strcmp(r->csv_path, "-") == 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--json and --csv - exclude each other: each takes the "
                          "standard output");
    CISUP_TRY(propagation_each(&r->run, NULL, NULL, err));
    CISUP_TRY(csv_open(&r->csv, r->dry_run ? NULL : r->csv_path, report_csv_header,
                       r->force ? CISUP_REPLACE_EXISTING : CISUP_KEEP_EXISTING, err));
    CISUP_TRY(show_assumptions(r, err));
    status = propagation_each(&r->run, r->dry_run ? print_plan : run_shape, r, err);
    if (status == CISUP_OK || r->is_unread) { /* what is measured is kept */
        cisup_error own = {0};
        const cisup_status kept = csv_commit(&r->csv, &own);
        if (status == CISUP_OK && (status = kept) != CISUP_OK) *err = own;
    }
done:
    csv_discard(&r->csv);
    return status;
}

int cmd_propagate(int argc, char **argv) {
    request r = {.run = propagation_defaults()};
    const option table[] = {
        PROPAGATION_OPTIONS(r.run),
        {"threads", 0, OPTION_THREADS, &r.run.threads, "N", "threads (all)", NULL},
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
    propagation_free(&r.run);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
