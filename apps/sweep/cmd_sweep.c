/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/guard.h"
#include "common/json_file.h"
#include "common/program.h"
#include "journal.h"
#include "parameters.h"
#include "sweep_export.h"
#include "sweep_match.h"
#include "sweep_verify.h"

#include <cisup/core/base/failure.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char about[] =
    "Run every cell of a grid, each one run of cisup propagate, into a journal that "
    "survives whatever ends the program: the same command goes on where it ended. "
    "Several processes may work on one journal and share its cells. SPEC.json is "
    "{\"fixed\": {name: value}, \"grid\": {name: [values]}} with the names of "
    "docs/formats.md; without it --journal goes on with what it was made for.\v"
    "cisup sweep data/example_sweep.json --journal sweep.sqlite --csv figures.csv\n"
    "cisup sweep --journal sweep.sqlite --status";

typedef struct {
    const char *spec_path, *journal_path, *csv_path;
    char *default_path; /* owned */
    cisup_index threads;
    cisup_overwrite overwrite;
    int json, quiet, status, export;
    sweep_spec spec;
    journal journal;
    progress_cells cells;
} request;

/* The records of a cell as text, instead of on standard output. */
typedef struct {
    propagation *run;
    int quiet;
    FILE *to;
} capture;

static cisup_status capture_run(void *context, const finished_run *run,
                                cisup_error *err) {
    const capture *c = context;
    return report_records(run, c->to, err);
}

static cisup_status capture_shape(void *context, const cisup_shape *shape,
                                  cisup_error *err) {
    capture *c = context;
    return propagation_run(c->run, shape, c->quiet, capture_run, c, err);
}

/* Runs the parameters of a cell. More circuits than fit is a result like any other. */
static cisup_status run_parameters(request *r, const json_t *parameters, FILE *to,
                                   cisup_error *err) {
    propagation p = propagation_defaults();
    capture c = {&p, r->quiet, to};
    cisup_error why = {0};
    cisup_status status;
    p.threads = r->threads;
    p.cells = &r->cells;
    p.setup.folder = r->spec.folder;
    CISUP_TRY(parameters_set(&p, parameters, err));
    CISUP_TRY(propagation_complete(&p, err));
    status = propagation_each(&p, capture_shape, &c, &why);
    if (status == CISUP_EINFEASIBLE)
        status = emit_to(
            to, RECORD_OF("record reason", V("infeasible"), V((char *)why.text)), err);
    else if (status != CISUP_OK)
        *err = why;
done:
    propagation_free(&p);
    return status;
}

/* *records: free() frees. */
static cisup_status run_cell(request *r, const char *text, char **records,
                             cisup_error *err) {
    size_t size;
    cisup_status status = CISUP_OK;
    json_t *parameters = json_loads(text, 0, NULL);
    FILE *to = open_memstream(records, &size);
    if (!parameters)
        status = CISUP_FAIL(err, CISUP_EFORMAT, "the journal is damaged");
    else if (!to)
        status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the records");
    else
        status = run_parameters(r, parameters, to, err);
    int is_lost = to && ferror(to);
    if (to && fclose(to) != 0) is_lost = 1;
    if (status == CISUP_OK && is_lost)
        status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the records");
    json_decref(parameters);
    return status;
}

/* A signal ends a cell in its midst: then it is given back. */
static cisup_status work_on(request *r, const journal_claim *claim, cisup_error *err) {
    char *records = NULL;
    const double start = seconds_now();
    cisup_error ignored;
    cisup_status status =
        sweep_verify_parameters(&r->spec, claim->cell, claim->parameters, err);
    r->cells.cell = claim->cell + 1;
    if (status == CISUP_OK) status = run_cell(r, claim->parameters, &records, err);
    if (status == CISUP_OK && !signal_received()) {
        status =
            journal_finish(&r->journal, claim->cell, records, seconds_now() - start, err);
        r->cells.finished++;
    } else {
        if (status != CISUP_OK) {
            char place[32];
            (void)snprintf(place, sizeof place, "cell %" PRId64, claim->cell);
            cisup_error_prefix(err, place);
        }
        (void)!journal_give_back(&r->journal, claim->cell, &ignored);
    }
    free(records);
    return status;
}

/* Until all cells are done, here or by others: should one of these die, its cell is open
 * again. */
static cisup_status work(request *r, cisup_error *err) {
    static const struct timespec pause = {.tv_nsec = 100000000};
    progress_bar bar = progress_start(r->quiet);
    journal_counts n;
    cisup_status status;
    end_on_signal(); /* from here on there is a cell to give back */
    CISUP_TRY(journal_join(&r->journal, err));
    CISUP_TRY(journal_count(&r->journal, &n, err));
    r->cells = (progress_cells){
        .of = n.cells, .open = n.cells - n.done - n.running, .started = seconds_now()};
    while (!signal_received()) {
        journal_claim claim;
        CISUP_TRY(journal_take(&r->journal, &claim, err));
        if (claim.cell < 0 && !claim.others) break;
        if (claim.cell < 0) {
            (void)nanosleep(&pause, NULL);
            continue;
        }
        status = work_on(r, &claim, err);
        free(claim.parameters);
        if (status != CISUP_OK) goto done;
    }
done:
    progress_end(&bar);
    return status;
}

/* What a signal has left. */
static cisup_status say_rest(request *r, cisup_error *err) {
    journal_counts n;
    const cisup_status status = journal_count(&r->journal, &n, err);
    if (status == CISUP_OK && !r->quiet)
        fprintf(stderr,
                "cisup: %" PRId64 " of %" PRId64 " cells are done; the same command goes "
                "on with the others\n",
                n.done, n.cells);
    return status;
}

static cisup_status show_status(const request *r, const journal_counts *n,
                                cisup_error *err) {
    const cisup_index open = n->cells - n->done - n->running;
    const cisup_record *counts = RECORD_OF(
        "record cells done infeasible running open seconds", V("status"), V(n->cells),
        V(n->done), V(n->infeasible), V(n->running), V(open), V(n->seconds));
    if (r->json) return emit(counts, err);
    emit_text(counts, "{cells} cells: {done} done ({infeasible} infeasible), {running} "
                      "running, {open} open\n");
    return CISUP_OK;
}

/* What is asked for, of the cells that are done. */
static cisup_status show(request *r, journal_counts *counts, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(journal_count(&r->journal, counts, err));
    if (r->status) return show_status(r, counts, err);
    if (r->csv_path)
        CISUP_TRY(
            sweep_export_csv(&r->journal, &r->spec, r->csv_path, r->overwrite, err));
    if (r->json || (r->export && !r->csv_path))
        CISUP_TRY(sweep_export_json(&r->journal, &r->spec, err));
    if (!r->json && !r->export && !r->quiet && !is_stdout(r->csv_path))
        CISUP_TRY(show_status(r, counts, err));
done:
    return status;
}

/* SPEC.json has its journal in SPEC.sqlite. */
static cisup_status name_journal(request *r, cisup_error *err) {
    if (r->journal_path) return CISUP_OK;
    if (!r->spec_path || strcmp(r->spec_path, "-") == 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "sweep needs SPEC.json or --journal; see "
                          "cisup sweep --help");
    const size_t length = strlen(r->spec_path);
    const int is_json = length > 5 && strcmp(r->spec_path + length - 5, ".json") == 0;
    r->default_path = malloc(length + sizeof ".sqlite");
    if (!r->default_path) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a name");
    (void)sprintf(r->default_path, "%.*s.sqlite", (int)(length - (is_json ? 5 : 0)),
                  r->spec_path);
    r->journal_path = r->default_path;
    return CISUP_OK;
}

static cisup_status check_options(const request *r, cisup_error *err) {
    if (r->status && r->export)
        return CISUP_FAIL(err, CISUP_EINVAL, "--status and --export exclude each other");
    if (r->status && r->csv_path)
        return CISUP_FAIL(err, CISUP_EINVAL, "--status has no --csv");
    return guard_stdout(r->json, r->csv_path, err);
}

/* Before anything is written: the CSV file is none of those that are read. */
static cisup_status check_csv(const request *r, cisup_error *err) {
    static const char *const names[] = {"circuit_file", "input_file", "exclude"};
    const guarded_file output = {"--csv", r->csv_path};
    const guarded_file inputs[] = {{"the journal", r->journal_path},
                                   {"the spec", r->spec_path}};
    cisup_status status;
    if (!r->csv_path) return CISUP_OK;
    CISUP_TRY(guard_outputs(&output, 1, inputs, 2, err));
    CISUP_TRY(guard_journal(&output, r->journal_path, err));
    for (int k = 0; k < 3; k++) {
        const json_t *list = json_object_get(r->spec.grid, names[k]);
        guarded_file named = {"an input of the sweep", json_string_value(json_object_get(
                                                           r->spec.fixed, names[k]))};
        CISUP_TRY(guard_outputs(&output, 1, &named, 1, err));
        for (size_t i = 0; i < json_array_size(list); i++) {
            named.path = json_string_value(json_array_get(list, i));
            CISUP_TRY(guard_outputs(&output, 1, &named, 1, err));
        }
    }
done:
    return status;
}

/* Whether the CSV file can be written, before hours of work. The reader of a pipe would
 * take that for all. */
static cisup_status try_csv(const request *r, cisup_error *err) {
    cisup_outfile file;
    struct stat there;
    if (!r->csv_path || is_stdout(r->csv_path)) return CISUP_OK;
    if (stat(r->csv_path, &there) == 0 && S_ISFIFO(there.st_mode)) return CISUP_OK;
    const cisup_status status = cisup_outfile_open(&file, r->csv_path, r->overwrite, err);
    cisup_outfile_discard(&file);
    return status;
}

static cisup_status execute(request *r, int *is_complete, cisup_error *err) {
    const int only_reads = r->status || r->export;
    journal_counts counts;
    cisup_status status;
    CISUP_TRY(name_journal(r, err));
    CISUP_TRY(check_options(r, err));
    if (r->spec_path) CISUP_TRY(sweep_spec_read(&r->spec, r->spec_path, err));
    const journal_use use = only_reads     ? JOURNAL_READ
                            : r->spec_path ? JOURNAL_CREATE
                                           : JOURNAL_WRITE;
    const int is_checked = use == JOURNAL_CREATE && access(r->journal_path, F_OK) != 0;
    if (is_checked) CISUP_TRY(sweep_spec_check(&r->spec, r->spec_path, err));
    CISUP_TRY(check_csv(r, err));
    CISUP_TRY(try_csv(r, err));
    CISUP_TRY(journal_open(&r->journal, r->journal_path, use, err));
    const sweep_match_options match = {r->spec_path, r->journal_path, only_reads,
                                       is_checked};
    CISUP_TRY(sweep_match(&r->spec, &r->journal, &match, err));
    if (!r->spec_path) CISUP_TRY(check_csv(r, err)); /* the journal's own spec is known */
    if (!only_reads) CISUP_TRY(work(r, err));
    if (!only_reads && signal_received()) {
        status = say_rest(r, err);
        goto done;
    }
    CISUP_TRY(show(r, &counts, err));
    *is_complete = counts.done == counts.cells;
    if (r->export && !*is_complete)
        fprintf(stderr, "cisup: %" PRId64 " of %" PRId64 " cells are not done\n",
                counts.cells - counts.done, counts.cells);
done:
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(MEASUREMENT),
    OPTION(journal_path, "journal", 0, TEXT, "FILE",
           "where the cells are kept (SPEC.sqlite)"),
    OPTION(status, "status", 0, FLAG, NULL,
           "run nothing; say how many cells are done; exit code 1: not all"),
    OPTION(export, "export", 0, FLAG, NULL,
           "run nothing; print the cells that are done; exit code 1: not all"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL,
           "print the results of all cells, one JSON object a line"),
    OPTION(csv_path, "csv", 0, TEXT, "FILE", "write the figures of all cells"),
    OPTION_GROUP(MEASUREMENT),
    OPTION(threads, "threads", 0, THREADS, "N", "threads of this process (all)"),
    OPTION_GROUP(OUTPUT),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "no text and no progress"),
    OPTION(overwrite, "force", 0, FLAG, NULL, "replace an existing CSV file"),
    OPTIONS_END,
};

int cmd_sweep(int argc, char **argv) {
    request r = {0};
    const char *operand[OPERANDS_MOST] = {0};
    (void)options_parse("cisup sweep", "[SPEC.json]", about, table, &r, argc, argv,
                        operand);
    r.spec_path = operand[0];
    cisup_error err = {0};
    int is_complete = 1;
    const cisup_status status = execute(&r, &is_complete, &err);
    journal_close(&r.journal);
    sweep_spec_free(&r.spec);
    free(r.default_path);
    if (status != CISUP_OK) return fail_with(&err);
    return is_complete ? EXIT_HOLDS : EXIT_VIOLATED;
}
