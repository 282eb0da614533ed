/* SPDX-License-Identifier: GPL-3.0-or-later */
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
    "that any two share at most one, and report how evenly they lie.";

typedef struct {
    cisup_index D, d, S;
    index_list T;
    allocation_choice choice;
    const char *output, *csv;
    int json, quiet, force, dry_run, plan;
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

static json_t *capacity_json(const summary *s) {
    return s->capacity < 0 ? json_null() : json_integer(s->capacity);
}

static json_t *summary_json(const summary *s) {
    return json_pack(
        "{ss,ss,sI,sI,sI,so,sI,sI,so,sI,sI,so,so,so,sb,sI,sI,so}", "record", "allocation",
        "scheme", s->scheme, "N", s->N, "S", s->S, "circuits", s->T, "capacity",
        capacity_json(s), "bound", s->bound, "johnson_bound", s->johnson, "ratio",
        emit_number(ratio_of(s)), "load_min", s->stats.load_min, "load_max",
        s->stats.load_max, "load_cv", emit_number(s->stats.load_cv), "P",
        emit_number(s->stats.P), "p", emit_number(s->stats.p), "evened_out", s->is_evened,
        "placed_load_min", s->placed.load_min, "placed_load_max", s->placed.load_max,
        "placed_load_cv", emit_number(s->placed.load_cv));
}

static const char csv_header[] =
    "record,scheme,N,S,circuits,capacity,bound,johnson_bound,ratio,load_min,load_max,"
    "load_cv,P,p,evened_out,placed_load_min,placed_load_max,placed_load_cv";

static void summary_csv(const summary *s, csv_sink *csv) {
    csv_text(csv, "allocation");
    csv_text(csv, s->scheme);
    csv_index(csv, s->N);
    csv_index(csv, s->S);
    csv_index(csv, s->T);
    if (s->capacity < 0)
        csv_skip(csv, 1);
    else
        csv_index(csv, s->capacity);
    csv_index(csv, s->bound);
    csv_index(csv, s->johnson);
    csv_number(csv, ratio_of(s));
    csv_index(csv, s->stats.load_min);
    csv_index(csv, s->stats.load_max);
    csv_number(csv, s->stats.load_cv);
    csv_number(csv, s->stats.P);
    csv_number(csv, s->stats.p);
    csv_index(csv, s->is_evened);
    csv_index(csv, s->placed.load_min);
    csv_index(csv, s->placed.load_max);
    csv_number(csv, s->placed.load_cv);
    csv_end_row(csv);
}

static void summary_text(const summary *s) {
    printf("scheme    %s\n", s->scheme);
    printf("circuits  %" PRId64 " on N = %" PRId64 " neurons, S = %" PRId64 " each\n",
           s->T, s->N, s->S);
    if (s->S > 1 && s->capacity >= 0)
        printf("capacity  %" PRId64 ", %.1f %% of Johnson's bound %" PRId64
               " (all pairs: %" PRId64 ")\n",
               s->capacity, 100.0 * (double)s->capacity / (double)s->johnson, s->johnson,
               s->bound);
    printf("load      %" PRId64 " to %" PRId64 " circuits a neuron, cv %.3f\n",
           s->stats.load_min, s->stats.load_max, s->stats.load_cv);
    if (s->is_evened)
        printf("          evened out from %" PRId64 " to %" PRId64 ", cv %.3f\n",
               s->placed.load_min, s->placed.load_max, s->placed.load_cv);
    if (s->T > 1)
        printf("overlap   P = %.6g, p = P/S^2 = %.6g\n", s->stats.P, s->stats.p);
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
    if (s->is_evened) CISUP_TRY(cisup_even_out(a, err));
    cisup_allocation_loads(a, load);
    s->stats = cisup_allocation_statistics(load, a->N, a->S, a->T);
done:
    cisup_release(load);
    return status;
}

static cisup_status write_file(const request *r, const cisup_allocation *a,
                               const summary *s, cisup_error *err) {
    if (!r->output) return CISUP_OK;
    char metadata[256];
    (void)snprintf(metadata, sizeof metadata,
                   "{\"D\":%" PRId64 ",\"N\":%" PRId64 ",\"S\":%" PRId64 ",\"T\":%" PRId64
                   ",\"d\":%" PRId64 ",\"scheme\":\"%s\"}",
                   r->D, s->N, s->S, s->T, r->d, s->scheme);
    return cisup_allocation_file_write(
        r->output, a, metadata, r->force ? CISUP_REPLACE_EXISTING : CISUP_KEEP_EXISTING,
        err);
}

/* Both files, or none of them. */
static cisup_status write_files(const request *r, const cisup_allocation *a,
                                const summary *s, cisup_error *err) {
    csv_sink csv;
    cisup_status status;
    CISUP_TRY(csv_open(&csv, r->csv, csv_header,
                       r->force ? CISUP_REPLACE_EXISTING : CISUP_KEEP_EXISTING, err));
    summary_csv(s, &csv);
    CISUP_TRY(write_file(r, a, s, err));
    CISUP_TRY(csv_commit(&csv, err));
done:
    csv_discard(&csv);
    return status;
}

static int is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
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

/* The construction, its count and Johnson's bound, without building anything. */
static cisup_status show_construction(const request *r, const summary *s,
                                      cisup_scheme scheme, cisup_error *err) {
    const cisup_index bound = cisup_johnson_bound(s->N, s->S);
    char *text = NULL;
    cisup_index circuits;
    cisup_status status =
        cisup_allocation_describe(s->N, s->S, scheme, &text, &circuits, err);
    if (status == CISUP_EINVAL) cisup_error_prefix(err, "--plan");
    if (status != CISUP_OK) return status;
    const double ratio = (double)circuits / (double)bound;
    if (r->json)
        CISUP_TRY(
            emit_line(json_pack("{ss,ss,sI,sI,ss,sI,sI,so}", "record", "plan", "scheme",
                                s->scheme, "N", s->N, "S", s->S, "plan", text, "circuits",
                                circuits, "bound", bound, "ratio", emit_number(ratio)),
                      err));
    else
        printf("%s\n%" PRId64 " circuits, %.2f %% of Johnson's bound %" PRId64 "\n", text,
               circuits, 100.0 * ratio, bound);
done:
    cisup_release(text);
    return status;
}

static cisup_status print_plan(const request *r, const summary *s, cisup_error *err) {
    const double bytes = (double)s->T * (double)s->S * 4.0;
    if (r->json)
        return emit_line(json_pack("{ss,sI,sI,sI,so,so}", "record", "dry-run", "N", s->N,
                                   "S", s->S, "circuits", s->T, "capacity",
                                   capacity_json(s), "bytes", emit_number(bytes)),
                         err);
    char size[16];
    cisup_bytes_text(bytes, size);
    printf("would place %" PRId64, s->T);
    if (s->capacity >= 0) printf(" of at most %" PRId64, s->capacity);
    printf(" circuits, N = %" PRId64 ", S = %" PRId64 ", %s\n", s->N, s->S, size);
    return CISUP_OK;
}

static cisup_status execute(const request *r, cisup_error *err) {
    allocation_choice choice = r->choice;
    cisup_shape shape = {.D = r->D, .d = r->d, .T = 1, .S = r->S, .z = 1, .L = 1};
    summary s = {.S = r->S};
    cisup_allocation a = {0};
    cisup_status status;
    CISUP_TRY(allocation_choice_complete(&choice, CISUP_SCHEME_BEST, err));
    const cisup_allocation_options options = allocation_choice_options(&choice);
    s.scheme = cisup_scheme_name(options.scheme);
    CISUP_TRY(outputs_check(r, err));
    CISUP_TRY(cisup_shape_check(&shape, err));
    s.N = shape.N;
    s.T = r->T.value[0];
    s.bound = cisup_packing_bound(s.N, s.S);
    s.johnson = cisup_johnson_bound(s.N, s.S);
    if (r->plan) return show_construction(r, &s, options.scheme, err);
    /* Scheme random would have to place all to know how many fit. */
    const int is_known = options.scheme != CISUP_SCHEME_RANDOM || s.T == INDEX_MAX_WORD;
    s.capacity = -1;
    CISUP_TRY(
        allocation_fits(s.N, s.S, &options, &s.T, is_known ? &s.capacity : NULL, err));
    if (r->dry_run) {
        return print_plan(r, &s, err);
    }
    CISUP_TRY(place(&a, &s, &options, err));
    CISUP_TRY(write_files(r, &a, &s, err));
    if (r->json)
        CISUP_TRY(emit_line(summary_json(&s), err));
    else if (!r->quiet && !is_stdout(r->output) && !is_stdout(r->csv))
        summary_text(&s);
done:
    cisup_allocation_free(&a);
    return status;
}

int cmd_allocate(int argc, char **argv) {
    request r = {.D = 1000, .d = 4, .S = 6, .choice = allocation_choice_defaults()};
    cisup_error err = {0};
    if (index_list_set(&r.T, INDEX_MAX_WORD, &err) != CISUP_OK) return fail_with(&err);
    const option table[] = {
        {"width", 'D', OPTION_SIZE, &r.D, "D", "width of the network (1000)", NULL},
        {"circuit-width", 'd', OPTION_SIZE, &r.d, "d", "width of a circuit (4)", NULL},
        {"circuits", 'T', OPTION_LIST_OR_MAX, &r.T, "n|max", "circuits to place (max)",
         NULL},
        {"redundancy", 'S', OPTION_SIZE, &r.S, "S", "neurons per circuit neuron (6)",
         NULL},
        ALLOCATION_OPTIONS(r.choice, "allocation scheme (best)"),
        {"output", 'o', OPTION_TEXT, &r.output, "FILE",
         "write the allocation: .mtx, .mtx.gz or .csv", NULL},
        {"seed", 0, OPTION_SEED, &r.choice.seed, "N",
         "seed of scheme random and --effort (1)", NULL},
        {"json", 0, OPTION_FLAG, &r.json, NULL, "one JSON object a line", NULL},
        {"csv", 0, OPTION_TEXT, &r.csv, "FILE", "write the figures as CSV", NULL},
        {"quiet", 'q', OPTION_FLAG, &r.quiet, NULL, "print nothing that succeeds", NULL},
        {"force", 0, OPTION_FLAG, &r.force, NULL, "replace existing files", NULL},
        {"dry-run", 0, OPTION_FLAG, &r.dry_run, NULL, "print sizes and stop", NULL},
        {"plan", 0, OPTION_FLAG, &r.plan, NULL,
         "print the construction (not of ref, prime, greedy, random) and stop", NULL},
    };
    options_parse("cisup allocate", "", about, table, sizeof table / sizeof table[0],
                  argc, argv, NULL);
    cisup_status status =
        r.T.count == 1
            ? execute(&r, &err)
            : CISUP_FAIL(&err, CISUP_EINVAL,
                         "--circuits: %" PRId64 " values; one is needed", r.T.count);
    cisup_release(r.T.value);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
