/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/guard.h"
#include "common/options.h"
#include "common/program.h"
#include "grid.h"
#include "readouts.h"
#include "screen.h"

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/analysis/measure/modes.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/layer/weights_make.h>

#include <string.h>

static const char about[] =
    "Build networks in superposition, run them on samples with z active circuits, and "
    "measure the error of every circuit's read-out, layer by layer, with 95 % intervals "
    "over networks and the theory beside it. Without sizes and scheme: the published "
    "network of \"Rotations in Superposition\". -D, -T, -S and -z take lists and ranges, "
    "1,2,3 or 200:600:100, --mode and --construction lists.\v"
    "cisup propagate -z 1\n"
    "cisup propagate -D 2000 -T 400,800 -S 4 -z 2 -L 4\n"
    "cisup propagate -z 1 --construction masks --all\n"
    "cisup propagate --circuit-file own.csv --gate -D 1000 --csv figures.csv";

typedef struct {
    propagation run; /* as parsed */
    grid grid;
    csv_sink csv;
    const char *csv_path;
    readouts readouts;
    cisup_overwrite overwrite;
    int json, quiet, dry_run, all, no_color;
    int shown;              /* places */
    cisup_index left_out;   /* places with something */
    cisup_error infeasible; /* why the first of these could not run, found by its run */
    int words;              /* of the command line behind the name */
    const char *const *word;
    int is_unread; /* standard output takes no more */
} request;

/* Multiply-adds a second that one thread reaches; measured, within a factor of 3, for
 * stored networks (in double precision) and computed ones. */
static const double stored_per_second = 8e9, computed_per_second = 1.5e9;

static cisup_status print_plan(const request *r, const grid_place *place,
                               cisup_error *err) {
    const propagation *p = place->run;
    const cisup_shape *shape = &place->shape;
    int32_t slots; /* that there are any */
    const cisup_allocation base = {shape->N, shape->S, shape->T,
                                   p->implicit ? NULL : &slots};
    cisup_experiment x = propagation_experiment(p);
    const cisup_incidence computed = {.N = shape->N, .S = shape->S, .T = shape->T};
    const cisup_cycle cycle = {
        .N = shape->N, .S = shape->S, .T = shape->T, .c = x.network.carrying.cycle};
    x.base = &base;
    if (cycle.c)
        x.cycle = &cycle;
    else if (p->implicit)
        x.computed = &computed;
    const double bytes = cisup_experiment_bytes(&x);
    const double runs = p->excluded.by_network ? 2.0 : 1.0;
    const double rate = p->implicit ? computed_per_second : stored_per_second;
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

static cisup_status leave_out(request *r, const grid_place *place, cisup_error *err) {
    r->left_out++;
    return r->json ? grid_emit_left(place, err) : CISUP_OK;
}

/* Of scheme random only the run knows whether as many circuits fit. */
static cisup_status leave_all_out(request *r, const grid_place *place,
                                  const cisup_error *why, cisup_error *err) {
    grid_place all = *place;
    all.left = place->z;
    all.z = (index_list){0};
    all.why = why;
    if (!r->infeasible.text[0]) r->infeasible = *why;
    grid_say_left(&all);
    return leave_out(r, &all, err);
}

/* One place of the grid, and what of it is left out. */
static cisup_status visit(void *context, const grid_place *place, cisup_error *err) {
    request *r = context;
    cisup_error why = {0};
    cisup_status status = CISUP_OK;
    if (place->z.count)
        status = r->dry_run ? print_plan(r, place, &why)
                            : propagation_run(place->run, &place->shape, r->quiet, show,
                                              r, &why);
    if (status == CISUP_EINFEASIBLE && r->grid.running > 1)
        status = leave_all_out(r, place, &why, err);
    else if (status != CISUP_OK && err)
        *err = why;
    if (status == CISUP_OK && place->why) status = leave_out(r, place, err);
    return status;
}

static cisup_status show_assumptions(const request *r, cisup_error *err) {
    int k = 0; /* the first variant that they are about */
    while (k < r->grid.variants &&
           (r->grid.failed[k].text[0] || r->grid.variant[k].setup.construction.masks))
        k++;
    if (k == r->grid.variants || !r->grid.variant[k].setup.own.w) return CISUP_OK;
    cisup_assumptions a;
    const cisup_status status =
        cisup_assumptions_check(&r->grid.variant[k].setup.own, &a, err);
    if (status != CISUP_OK) return status;
    if (r->json) return assumptions_json(&a, err);
    if (!r->quiet && r->csv.stream != stdout) assumptions_text(&a);
    return CISUP_OK;
}

/* What is left out is said before anything runs. */
static cisup_status check_place(void *context, const grid_place *place,
                                cisup_error *err) {
    request *r = context;
    if (place->why) grid_say_left(place);
    if (!place->z.count) return CISUP_OK;
    return readouts_check(&r->readouts, place->run, &place->shape, err);
}

/* Before anything is written: no output is one of the files that are read. */
static cisup_status check_files(const request *r, cisup_error *err) {
    const propagation *p = &r->run;
    const guarded_file inputs[] = {
        {"the input of --circuit-file", p->setup.circuits_path},
        {"the input of --input-file", p->setup.inputs_path},
        {"the input of --exclude",
         r->grid.variant->excluded.by_network ? NULL : p->excluded_text},
        {"the input of --active-file", p->active_text},
    };
    const guarded_file outputs[] = {{"--csv", r->csv_path},
                                    {"--readouts", r->readouts.path}};
    return guard_outputs(outputs, 2, inputs, 4, err);
}

static cisup_status execute(request *r, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(grid_make(&r->grid, &r->run, err));
    CISUP_TRY(check_files(r, err));
    CISUP_TRY(guard_stdout(r->json, r->csv_path, err));
    CISUP_TRY(grid_check(&r->grid, err));
    CISUP_TRY(grid_each(&r->grid, check_place, r, err));
    if (!r->dry_run) CISUP_TRY(readouts_open(&r->readouts, r->overwrite, err));
    CISUP_TRY(csv_open(&r->csv, r->dry_run ? NULL : r->csv_path, report_csv_header,
                       r->overwrite, err));
    CISUP_TRY(show_assumptions(r, err));
    status = grid_each(&r->grid, visit, r, err);
    if (status == CISUP_OK && r->infeasible.text[0] && !r->shown) {
        *err = r->infeasible;
        status = r->infeasible.code;
    }
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
    OPTION_TABLE(run, propagation_details),
    OPTION_GROUP(NETWORK),
    CHOICES(grid.constructions, "construction", NULL, CONSTRUCTION_WORDS,
            CONSTRUCTION_HELP),
    OPTION_GROUP(MEASUREMENT),
    CHOICES(grid.modes, "mode", cisup_mode_find, MODE_WORDS, MODE_HELP),
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
    grid_free(&r.grid);
    propagation_free(&r.run);
    if (status != CISUP_OK) return fail_with(&err);
    return r.left_out ? EXIT_VIOLATED : EXIT_HOLDS;
}
