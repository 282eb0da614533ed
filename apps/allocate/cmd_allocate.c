/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cycle_place.h"
#include "origin.h"
#include "plan_report.h"

#include "common/allocation_options.h"
#include "common/emit.h"
#include "common/guard.h"
#include "common/options.h"
#include "common/program.h"

#include <cisup/core/allocation.h>
#include <cisup/core/allocation/even_out.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/schemes_parts.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/allocation_file.h>

#include <math.h>
#include <string.h>

static const char about[] =
    "Place T circuits with redundancy S on the N = floor(D/d) neurons of a block so "
    "that any two share at most one, and report how evenly they lie. To combinatorics "
    "this is a packing of pairs by S-subsets of N points.\v"
    "cisup allocate -D 1000 -S 6 -T max\n"
    "cisup allocate -N 1000 -S 7 --plan\n"
    "cisup allocate -D 1000 -S 6 -T 557 -o rows.mtx && cisup check rows.mtx";

typedef struct {
    cisup_index D, d, S, cycle; /* cycle 0: one allocation */
    cisup_index N;              /* instead of D; 0: D says it */
    index_list T;
    cisup_allocation_options choice;
    const char *output, *csv;
    cisup_overwrite overwrite;
    int json, quiet, dry_run, plan;
} request;

/* What is reported of one allocation. */
typedef struct {
    cisup_index N, S, T, capacity, bound, johnson;
    const char *scheme;
    cisup_allocation_stats placed, stats; /* before and after loads are evened out */
    int is_evened;
} summary;

/* NaN where the capacity is not known: scheme random asked for a number of circuits. */
static double ratio_of(const summary *s) {
    return s->capacity < 0 ? (double)NAN : (double)s->capacity / (double)s->bound;
}

static void summary_record(const summary *s, cisup_record *r) {
    RECORD_ADD(r,
               "record scheme N S circuits capacity bound johnson_bound ratio "
               "load_min load_max load_cv P p evened_out placed_load_min "
               "placed_load_max placed_load_cv",
               V("allocation"), V(s->scheme), V(s->N), V(s->S), V(s->T),
               V_IF(s->capacity >= 0, s->capacity), V(s->bound), V(s->johnson),
               V(ratio_of(s)), V(s->stats.load_min), V(s->stats.load_max),
               V(s->stats.load_cv), V(s->stats.P), V(s->stats.p), V(s->is_evened),
               V(s->placed.load_min), V(s->placed.load_max), V(s->placed.load_cv));
}

static const char csv_header[] =
    "record,scheme,N,S,circuits,capacity,bound,johnson_bound,ratio,load_min,load_max,"
    "load_cv,P,p,evened_out,placed_load_min,placed_load_max,placed_load_cv";

static void summary_text(const summary *s) {
    cisup_record r = {0};
    const double ratio = 100.0 * (double)s->capacity / (double)s->johnson;
    summary_record(s, &r);
    RECORD_ADD(&r, "ratio", V(ratio));
    emit_text(&r, "scheme    {scheme}\n"
                  "circuits  {circuits} on N = {N} neurons, S = {S} each\n");
    if (s->S > 1 && s->capacity >= 0)
        emit_text(&r, "capacity  {capacity}, {ratio:.1f} % of Johnson's bound "
                      "{johnson_bound} (all pairs: {bound})\n");
    emit_text(&r,
              "load      {load_min} to {load_max} circuits a neuron, cv {load_cv:.3f}\n");
    if (s->is_evened)
        emit_text(&r,
                  "          evened out from {placed_load_min} to {placed_load_max}, cv "
                  "{placed_load_cv:.3f}\n");
    if (s->T > 1) emit_text(&r, "overlap   P = {P:.6g}, p = P/S^2 = {p:.6g}\n");
}

/* Places the circuits and evens them out in a second step, measuring loads twice. */
static cisup_status place(cisup_allocation *a, summary *s,
                          const cisup_allocation_options *options, cisup_error *err) {
    cisup_allocation_options as_placed = *options;
    as_placed.even_out = CISUP_EVEN_OUT_NO;
    s->is_evened = cisup_allocation_is_evened(options, s->N, s->S, s->T);
    cisup_index *load = NULL;
    cisup_status status;
    CISUP_TRY(cisup_allocation_make(a, s->N, s->S, s->T, &as_placed, err));
    CISUP_TRY(cisup_new(&load, a->N, sizeof *load, err));
    cisup_allocation_loads(a, load);
    s->placed = cisup_allocation_statistics(load, a->N, a->S, a->T);
    if (s->is_evened) CISUP_TRY(cisup_even_out(a, options->watcher, err));
    cisup_allocation_loads(a, load);
    s->stats = cisup_allocation_statistics(load, a->N, a->S, a->T);
done:
    cisup_release(load);
    return status;
}

static cisup_status write_file(const request *r, const cisup_allocation *a,
                               const summary *s, cisup_error *err) {
    if (!r->output) return CISUP_OK;
    char *metadata;
    const origin o = {.D = r->D,
                      .d = r->d,
                      .N = s->N,
                      .S = s->S,
                      .T = s->T,
                      .is_evened = s->is_evened,
                      .options = &r->choice,
                      .scheme = (cisup_scheme)cisup_scheme_find(s->scheme)};
    cisup_status status = origin_text(&o, &metadata, err);
    if (status != CISUP_OK) return status;
    status = cisup_allocation_file_write(r->output, a, metadata, r->overwrite, err);
    cisup_release(metadata);
    return status;
}

/* Both files, or none of them. */
static cisup_status write_files(const request *r, const cisup_allocation *a,
                                const summary *s, const cisup_record *figures,
                                cisup_error *err) {
    csv_sink csv;
    cisup_status status;
    CISUP_TRY(csv_open(&csv, r->csv, csv_header, r->overwrite, err));
    csv_row(&csv, figures);
    CISUP_TRY(write_file(r, a, s, err));
    CISUP_TRY(csv_commit(&csv, err));
done:
    csv_discard(&csv);
    return status;
}

/* At most one thing goes to standard output. */
static cisup_status outputs_check(const request *r, cisup_error *err) {
    const char *end = r->output ? strrchr(r->output, '.') : NULL;
    if (is_stdout(r->output) + is_stdout(r->csv) + r->json > 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--json, --csv - and --output - exclude each other: each "
                          "takes the standard output");
    if (end && strcmp(end, ".gz") == 0 &&
        (end - r->output < 4 || strncmp(end - 4, ".mtx", 4) != 0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--output %s: only .mtx is compressed",
                          r->output);
    const guarded_file outputs[] = {{"--output", r->output}, {"--csv", r->csv}};
    return guard_outputs(outputs, 2, NULL, 0, err);
}

/* The construction, its count, Johnson's bound and its sources, without building. */
static cisup_status show_construction(const request *r, const summary *s,
                                      cisup_scheme scheme, cisup_error *err) {
    construction c;
    cisup_status status = construction_make(s->N, s->S, scheme, &c, err);
    if (status == CISUP_EINVAL) cisup_error_prefix(err, "--plan");
    if (status != CISUP_OK) return status;
    status = construction_show(&c, s->N, s->S, s->scheme, r->json, err);
    construction_free(&c);
    return status;
}

static cisup_status print_plan(const request *r, const summary *s, cisup_error *err) {
    const double bytes = (double)s->T * (double)s->S * 4.0;
    if (r->json)
        return emit(RECORD_OF("record N S circuits capacity bytes", V("dry-run"), V(s->N),
                              V(s->S), V(s->T), V_IF(s->capacity >= 0, s->capacity),
                              V(bytes)),
                    err);
    char size[16];
    cisup_bytes_text(bytes, size);
    printf("would place %" PRId64, s->T);
    if (s->capacity >= 0) printf(" of at most %" PRId64, s->capacity);
    printf(" circuits, N = %" PRId64 ", S = %" PRId64 ", %s\n", s->N, s->S, size);
    return CISUP_OK;
}

/* Cycles have one scheme and none of its options. */
static cisup_status place_cycle(const request *r, cisup_index N, cisup_error *err) {
    const cisup_allocation_options *o = &r->choice, plain = allocation_defaults();
    if (o->scheme != NO_SCHEME && o->scheme != CISUP_SCHEME_TD)
        return CISUP_FAIL(err, CISUP_EINVAL, "--cycle: scheme %s has none, only td",
                          cisup_scheme_name(o->scheme));
    if (o->hop != plain.hop || o->reflect || o->effort > 0.0 || o->seed != plain.seed ||
        o->even_out == CISUP_EVEN_OUT_YES)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--cycle: no --hop, --reflect, --effort, --seed or --even-out");
    const cycle_request cycle = {.D = r->D,
                                 .d = r->d,
                                 .N = N,
                                 .S = r->S,
                                 .c = r->cycle,
                                 .T = r->T.value[0],
                                 .output = r->output,
                                 .csv = r->csv,
                                 .overwrite = r->overwrite,
                                 .json = r->json,
                                 .quiet = r->quiet,
                                 .dry_run = r->dry_run || r->plan};
    return cycle_place(&cycle, err);
}

/* -N is -D divided by -d. */
static cisup_status sizes_complete(request *r, cisup_error *err) {
    if (r->N && r->D)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--neurons is --width divided by --circuit-width: give one");
    if (r->N && !cisup_multiply_sizes(r->N, r->d, &r->D))
        return CISUP_FAIL(err, CISUP_EINVAL, "--neurons %" PRId64 " is too large", r->N);
    if (!r->D) r->D = 1000;
    return CISUP_OK;
}

static cisup_status execute(const request *r, cisup_error *err) {
    cisup_allocation_options options = r->choice;
    cisup_shape shape = {.D = r->D, .d = r->d, .T = 1, .S = r->S, .z = 1, .L = 1};
    summary s = {.S = r->S};
    cisup_record figures = {0};
    cisup_allocation a = {0};
    cisup_status status;
    CISUP_TRY(outputs_check(r, err));
    CISUP_TRY(cisup_shape_check(&shape, err));
    if (r->cycle) return place_cycle(r, shape.N, err);
    CISUP_TRY(allocation_complete(&options, CISUP_SCHEME_BEST, err));
    options.watcher = &signal_watcher;
    s.scheme = cisup_scheme_name(options.scheme);
    s.N = shape.N;
    s.T = r->T.value[0];
    s.bound = cisup_packing_bound(s.N, s.S);
    s.johnson = cisup_johnson_bound(s.N, s.S);
    if (r->plan) return show_construction(r, &s, options.scheme, err);
    /* Scheme random would have to place all to know how many fit. */
    const int is_known = options.scheme != CISUP_SCHEME_RANDOM || s.T == INDEX_MAX_WORD;
    s.capacity = -1;
    end_on_signal();
    status =
        allocation_fits(s.N, s.S, &options, &s.T, is_known ? &s.capacity : NULL, err);
    CISUP_TRY(end_at_once(status, err));
    if (r->dry_run) {
        return print_plan(r, &s, err);
    }
    end_on_signal();
    CISUP_TRY(end_at_once(place(&a, &s, &options, err), err));
    summary_record(&s, &figures);
    CISUP_TRY(write_files(r, &a, &s, &figures, err));
    if (r->json)
        CISUP_TRY(emit(&figures, err));
    else if (!r->quiet && !is_stdout(r->output) && !is_stdout(r->csv))
        summary_text(&s);
done:
    cisup_allocation_free(&a);
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(NETWORK),
    OPTION(N, "neurons", 'N', SIZE, "N",
           "neurons to place circuits on, in place of -D: N = D/d (250)"),
    OPTION(D, "width", 'D', SIZE, "D", "width of the network (1000)"),
    OPTION(d, "circuit-width", 'd', SIZE, "d", "width of a circuit (4)"),
    OPTION(T, "circuits", 'T', LIST_OR_MAX, "n|max", "circuits to place (max)"),
    OPTION(S, "redundancy", 'S', SIZE, "S", "neurons per circuit neuron (6)"),
    OPTION_GROUP(ALLOCATION),
    OPTION_TABLE(choice, allocation_options),
    OPTION(cycle, "cycle", 0, SIZE, "c",
           "place a cycle of c allocations in which no two circuits meet twice"),
    OPTION_GROUP(OUTPUT),
    OPTION(output, "output", 'o', TEXT, "FILE",
           "write the allocation: .mtx, .mtx.gz, .blocks (a circuit a line) or .csv"),
    OPTION_GROUP(ALLOCATION),
    OPTION(choice.seed, "seed", 0, SEED, "N", "seed of scheme random and --effort (1)"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(csv, "csv", 0, TEXT, "FILE", "write the figures as CSV"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "print nothing that succeeds"),
    OPTION(overwrite, "force", 0, FLAG, NULL, "replace existing files"),
    OPTION(dry_run, "dry-run", 0, FLAG, NULL, "print sizes and stop"),
    OPTION(plan, "plan", 0, FLAG, NULL,
           "print the construction (not of ref, prime, greedy, random), its theorems and "
           "their sources, and stop"),
    OPTIONS_END,
};

int cmd_allocate(int argc, char **argv) {
    request r = {.d = 4, .S = 6, .choice = allocation_defaults()};
    cisup_error err = {0};
    if (index_list_set(&r.T, INDEX_MAX_WORD, &err) != CISUP_OK) return fail_with(&err);
    options_parse("cisup allocate", "", about, table, &r, argc, argv, NULL);
    cisup_status status = index_list_single(&r.T, "circuits", &err);
    if (status == CISUP_OK) status = sizes_complete(&r, &err);
    if (status == CISUP_OK) status = execute(&r, &err);
    cisup_release(r.T.value);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
