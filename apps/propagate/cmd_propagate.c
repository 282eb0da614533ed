/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/guard.h"
#include "common/options.h"
#include "common/program.h"
#include "propagation.h"
#include "readouts.h"
#include "screen.h"

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/weights_make.h>

#include <string.h>

static const char about[] =
    "Build networks in superposition, run them on samples with z active circuits, and "
    "measure the error of every circuit's read-out, layer by layer, with 95 % intervals "
    "over networks and the theory beside it. Without sizes and scheme: the published "
    "network of \"Rotations in Superposition\". -D, -T, -S and -z take lists and ranges: "
    "1,2,3 or 200:600:100.\v"
    "cisup propagate -z 1\n"
    "cisup propagate -D 2000 -T 400,800 -S 4 -z 2 -L 4\n"
    "cisup propagate -z 1 --construction masks --all\n"
    "cisup propagate --circuit-file own.csv --gate -D 1000 --csv figures.csv";

typedef struct {
    propagation run;
    csv_sink csv;
    const char *csv_path;
    readouts readouts;
    cisup_overwrite overwrite;
    int json, quiet, dry_run, all, no_color;
    int shown; /* shapes */
    int words; /* of the command line behind the name */
    const char *const *word;
    int is_unread; /* standard output takes no more */
} request;

/* Multiply-adds a second that one thread reaches; measured, within a factor of 3, for
 * stored networks (in double precision) and computed ones. */
static const double stored_per_second = 8e9, computed_per_second = 1.5e9;

static cisup_status print_plan(void *context, const cisup_shape *shape,
                               cisup_error *err) {
    const request *r = context;
    int32_t slots; /* that there are any */
    const cisup_allocation base = {shape->N, shape->S, shape->T,
                                   r->run.implicit ? NULL : &slots};
    cisup_experiment x = propagation_experiment(&r->run);
    const cisup_incidence computed = {.N = shape->N, .S = shape->S, .T = shape->T};
    const cisup_cycle cycle = {
        .N = shape->N, .S = shape->S, .T = shape->T, .c = x.network.carrying.cycle};
    x.base = &base;
    if (cycle.c)
        x.cycle = &cycle;
    else if (r->run.implicit)
        x.computed = &computed;
    const double bytes = cisup_experiment_bytes(&x);
    const double runs = r->run.excluded.by_network ? 2.0 : 1.0;
    const double rate = r->run.implicit ? computed_per_second : stored_per_second;
    const double seconds = runs * cisup_experiment_operations(&x) / rate;
    char size[16];
    cisup_bytes_text(bytes, size);
    cisup_record plan = {0};
    RECORD_ADD(&plan, "record D d T S L N bytes seconds", V("dry-run"), V(shape->D),
               V(shape->d), V(shape->T), V(shape->S), V(shape->L), V(shape->N), V(bytes),
               V(seconds));
    if (r->json) return emit(&plan, err);
    RECORD_ADD(&plan, "size networks samples z", V(size), V(x.networks), V(x.inputs),
               V(x.z_count));
    emit_text(&plan,
              "D={D} d={d} T={T} S={S} L={L}: N={N}\n    {networks} networks x {samples} "
              "samples for {z} z, about {size} and {seconds:.2g} s on one thread\n");
    return ferror(stdout) ? emit_flush(err) : CISUP_OK;
}

static void print_text(const request *r, const finished_run *run) {
    const terminal t = terminal_of_output(r->no_color);
    if (r->all)
        report_text(run);
    else
        screen_text(run, &t, r->words, r->word);
}

static cisup_status print(const request *r, const finished_run *run, cisup_error *err) {
    const int is_text = !r->json && !r->quiet && r->csv.stream != stdout;
    cisup_status status = CISUP_OK;
    if (r->json) CISUP_TRY(report_json(run, err));
    if (is_text && r->shown && !r->all) putchar('\n');
    if (is_text) print_text(r, run);
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
    CISUP_TRY(readouts_add(&r->readouts, run, err));
    status = print(r, run, err);
    r->shown++;
    r->is_unread = status == CISUP_EIO;
done:
    return status;
}

static cisup_status run_shape(void *context, const cisup_shape *shape, cisup_error *err) {
    request *r = context;
    return propagation_run(&r->run, shape, r->quiet, show, r, err);
}

static cisup_status show_assumptions(const request *r, cisup_error *err) {
    if (!r->run.setup.own.w || r->run.setup.construction.masks) return CISUP_OK;
    cisup_assumptions a;
    const cisup_status status = cisup_assumptions_check(&r->run.setup.own, &a, err);
    if (status != CISUP_OK) return status;
    if (r->json) return assumptions_json(&a, err);
    if (!r->quiet && r->csv.stream != stdout) assumptions_text(&a);
    return CISUP_OK;
}

static cisup_status check_readouts(void *context, const cisup_shape *shape,
                                   cisup_error *err) {
    request *r = context;
    return readouts_check(&r->readouts, &r->run, shape, err);
}

/* Before anything is written: no output is one of the files that are read. */
static cisup_status check_files(const request *r, cisup_error *err) {
    const propagation *p = &r->run;
    const guarded_file inputs[] = {
        {"the input of --circuit-file", p->setup.circuits_path},
        {"the input of --input-file", p->setup.inputs_path},
        {"the input of --exclude", p->excluded.by_network ? NULL : p->excluded_text},
        {"the input of --active-file", p->active_text},
    };
    const guarded_file outputs[] = {{"--csv", r->csv_path},
                                    {"--readouts", r->readouts.path}};
    return guard_outputs(outputs, 2, inputs, 4, err);
}

static cisup_status execute(request *r, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(propagation_complete(&r->run, err));
    CISUP_TRY(check_files(r, err));
    CISUP_TRY(guard_stdout(r->json, r->csv_path, err));
    CISUP_TRY(propagation_each(&r->run, NULL, NULL, err));
    CISUP_TRY(propagation_each(&r->run, check_readouts, r, err));
    if (!r->dry_run) CISUP_TRY(readouts_open(&r->readouts, r->overwrite, err));
    CISUP_TRY(csv_open(&r->csv, r->dry_run ? NULL : r->csv_path, report_csv_header,
                       r->overwrite, err));
    CISUP_TRY(show_assumptions(r, err));
    status = propagation_each(&r->run, r->dry_run ? print_plan : run_shape, r, err);
    if (status == CISUP_OK || r->is_unread) { /* what is measured is kept */
        cisup_error own = {0};
        cisup_status kept = csv_commit(&r->csv, &own);
        if (kept == CISUP_OK) kept = readouts_commit(&r->readouts, &own);
        if (status == CISUP_OK && (status = kept) != CISUP_OK) *err = own;
    }
done:
    readouts_discard(&r->readouts);
    csv_discard(&r->csv);
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_TABLE(run, propagation_options),
    OPTION_GROUP(MEASUREMENT),
    OPTION(run.noise, "input-noise", 0, NUMBER, "SD",
           "standard deviation of normal noise on every input of the network (0)"),
    OPTION_GROUP(MASKS),
    OPTION(run.setup.construction.robust, "robust-masks", 0, FLAG, NULL,
           "of masks: deaf to on-inputs that are off by less than 1/4"),
    OPTION_GROUP(MEASUREMENT),
    OPTION(run.active_text, "active-file", 0, TEXT, "FILE",
           "active sets from FILE, one a line, in place of drawn ones"),
    CHOICE(run.setup.weights.assemble, NULL, "assemble", cisup_assembling_find,
           "auto|products|direct",
           "stored weights by sparse products, neuron by neuron, or by size (auto)"),
    OPTION(run.threads, "threads", 0, THREADS, "N", "threads (all)"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(csv_path, "csv", 0, TEXT, "FILE", "write the figures as CSV"),
    OPTION(readouts.path, "readouts", 0, TEXT, "FILE",
           "write samples of network 0 and what they read out as NumPy's .npz"),
    OPTION(readouts.samples, "readout-samples", 0, SIZE, "M",
           "of --readouts: the first M samples (10)"),
    OPTION(all, "all", 0, FLAG, NULL, "print every quantity and column, wide"),
    OPTION(no_color, "no-color", 0, FLAG, NULL,
           "no colours on a terminal either; as the variable NO_COLOR"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "no text and no progress"),
    OPTION(overwrite, "force", 0, FLAG, NULL, "replace existing files"),
    OPTION(dry_run, "dry-run", 0, FLAG, NULL, "print sizes, memory and time, and stop"),
    OPTIONS_END,
};

int cmd_propagate(int argc, char **argv) {
    request r = {.run = propagation_defaults(),
                 .words = argc - 1,
                 .word = (const char *const *)argv + 1};
    options_parse("cisup propagate", "", about, table, &r, argc, argv, NULL);
    cisup_error err = {0};
    end_on_signal();
    const cisup_status status = execute(&r, &err);
    propagation_free(&r.run);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
