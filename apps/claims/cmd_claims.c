/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/options.h"
#include "common/program.h"
#include "common/terminal.h"
#include "common/wrap.h"

#include "claims.h"
#include <cisup/core/memory.h>

#include <math.h>

static const char about[] =
    "Measure the statements of the post and of the mathematics of this project, each "
    "with its own networks, and print prediction, measurement with 95 % interval, ratio "
    "and verdict. The exit code is 0 whatever the verdicts are.\v"
    "cisup claims --list\n"
    "cisup claims --quick --only 9,20";

typedef struct {
    index_list only;
    cisup_index networks, inputs; /* 0: of the setup */
    cisup_index threads;
    uint64_t seed;
    int is_quick, is_list, json, quiet;
} request;

static cisup_status request_check(const request *r, int count, cisup_error *err) {
    for (cisup_index k = 0; k < r->only.count; k++)
        if (r->only.value[k] > count)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "--only %" PRId64 ": there are claims 1 to %d",
                              r->only.value[k], count);
    if (r->networks == 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--networks 1: an interval needs at least 2");
    return CISUP_OK;
}

static cisup_claims_setup setup_of(const request *r) {
    cisup_claims_setup s = r->is_quick ? cisup_claims_quick() : cisup_claims_full();
    if (r->networks) s.networks = r->networks;
    if (r->inputs) s.inputs = r->inputs;
    s.seed = r->seed;
    s.threads = (int)r->threads;
    return s;
}

static int is_asked(const request *r, int number) {
    for (cisup_index k = 0; k < r->only.count; k++)
        if (r->only.value[k] == number) return 1;
    return r->only.count == 0;
}

static void add_entry(cisup_record *r, const char *record, const cisup_claims_entry *e) {
    RECORD_ADD(r, "record id name claim source equation", V(record),
               V((cisup_index)e->number), V(e->name), V(e->statement), V(e->place),
               V(e->equation));
}

static void add_params(cisup_record *r, const cisup_claims_setup *s) {
    RECORD_ADD(r, "record schema version", V("claims"), V("cisup.claims/1"),
               V(CISUP_VERSION));
    RECORD_ADD(r, "params: D d S T L networks samples seed", V(s->D), V(s->d), V(s->S),
               V(s->T), V(s->L), V(s->networks), V(s->inputs), V((cisup_index)s->seed));
}

/* Figures of a finding in one line with its name, or in a line below it. */
enum { NAME_COLUMNS = 37, ALL_COLUMNS = 121 };

static int is_wide(int columns) {
    return columns >= ALL_COLUMNS;
}

static void head_text(const cisup_claims_setup *s, int columns) {
    char text[256];
    (void)snprintf(text, sizeof text,
                   "network: T = %" PRId64 " circuits (d = %" PRId64 ") in D = %" PRId64
                   ", S = %" PRId64 ", L = %" PRId64 "; %" PRId64 " networks x %" PRId64
                   " samples, seed %" PRIu64,
                   s->T, s->d, s->D, s->S, s->L, s->networks, s->inputs, s->seed);
    wrap_to(stdout, columns, text, 2, 0);
    printf("%-*s %10s %10s %21s %6s  verdict\n",
           is_wide(columns) ? 4 + NAME_COLUMNS + 9 : 10, "", "predicted", "measured",
           "95 % interval", "ratio");
}

static cisup_status findings_json(const cisup_claims_entry *e, const cisup_findings *f,
                                  double seconds, cisup_error *err) {
    static const char *const verdict[] = {"holds", "within", "fails"};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < f->count && status == CISUP_OK; k++) {
        const cisup_finding *row = &f->row[k];
        cisup_record r = {0};
        add_entry(&r, "claim", e);
        RECORD_ADD(&r,
                   "part relation prediction measured lo hi ratio verdict within where "
                   "seconds",
                   V(row->part), V(cisup_relation_name(row->relation)), V(row->predicted),
                   V(row->measured.mean), V(row->measured.low), V(row->measured.high),
                   V(row->ratio), V(verdict[row->verdict]), V(row->within), V(row->where),
                   V(seconds));
        status = emit(&r, err);
    }
    return status;
}

static void finding_text(const cisup_finding *row, int columns) {
    if (is_wide(columns))
        printf("    %-*s ", NAME_COLUMNS, row->part);
    else
        printf("    %s\n  ", row->part);
    printf("%-8s %10.4g %10.4g %10.4g %10.4g", cisup_relation_name(row->relation),
           row->predicted, row->measured.mean, row->measured.low, row->measured.high);
    if (isnan(row->ratio))
        printf(" %6s", "-");
    else
        printf(" %6.3f", row->ratio);
    printf("  %s", cisup_verdict_name(row->verdict));
    if (row->verdict == CISUP_VERDICT_WITHIN) printf(" %g %%", row->within);
    putchar('\n');
    if (!row->where[0]) return;
    printf("%8s", "");
    wrap_to(stdout, columns, row->where, 8, 8);
}

/* after: what follows in brackets, or "". */
static void entry_text(const cisup_claims_entry *e, const char *after, int columns) {
    char text[1024];
    (void)snprintf(text, sizeof text, "%s: %s (%s; %s)%s", e->name, e->statement,
                   e->place, e->equation, after);
    printf("%2d  ", e->number);
    wrap_to(stdout, columns, text, 4, 4);
}

static cisup_status examine(const request *r, const cisup_claims_entry *e,
                            const cisup_claims_setup *setup, cisup_error *err) {
    cisup_findings f;
    const double start = seconds_now();
    cisup_status status;
    CISUP_TRY(cisup_claims_examine(e, setup, &f, err));
    const double seconds = seconds_now() - start;
    if (r->json) {
        CISUP_TRY(findings_json(e, &f, seconds, err));
    } else if (!r->quiet) {
        const int columns = terminal_of_output(1).columns;
        char time[32];
        (void)snprintf(time, sizeof time, " %.1fs", seconds);
        entry_text(e, time, columns);
        for (int k = 0; k < f.count; k++) finding_text(&f.row[k], columns);
    }
    CISUP_TRY(emit_flush(err)); /* a full run takes minutes; what is there can be read */
done:
    return status;
}

static cisup_status list_all(const request *r, const cisup_claims_entry *e, int count,
                             cisup_error *err) {
    for (int k = 0; k < count; k++) {
        if (!is_asked(r, e[k].number)) continue;
        if (r->json) {
            cisup_record line = {0};
            add_entry(&line, "statement", &e[k]);
            const cisup_status status = emit(&line, err);
            if (status != CISUP_OK) return status;
        } else if (!r->quiet) {
            entry_text(&e[k], "", terminal_of_output(1).columns);
        }
    }
    return CISUP_OK;
}

static cisup_status execute(const request *r, cisup_error *err) {
    int count;
    const cisup_claims_entry *e = cisup_claims_all(&count);
    const cisup_claims_setup setup = setup_of(r);
    cisup_record head = {0};
    cisup_status status;
    CISUP_TRY(request_check(r, count, err));
    if (r->is_list) return list_all(r, e, count, err);
    add_params(&head, &setup);
    if (r->json)
        CISUP_TRY(emit(&head, err));
    else if (!r->quiet)
        head_text(&setup, terminal_of_output(1).columns);
    for (int k = 0; k < count; k++)
        if (is_asked(r, e[k].number)) CISUP_TRY(examine(r, &e[k], &setup, err));
done:
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(MEASUREMENT),
    OPTION(only, "only", 0, LIST, "LIST", "numbers of the claims (all)"),
    OPTION(is_list, "list", 0, FLAG, NULL, "print the claims, measure nothing"),
    OPTION(is_quick, "quick", 0, FLAG, NULL, "fewer networks and samples: 20, 100"),
    OPTION(networks, "networks", 'K', SIZE, "K", "networks of a study (40)"),
    OPTION(inputs, "samples", 'M', SIZE, "M", "samples a network (400)"),
    OPTION(seed, "seed", 0, SEED, "N", "seed of all that is drawn (1)"),
    OPTION(threads, "threads", 0, THREADS, "N", "threads (all)"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "print nothing that succeeds"),
    OPTIONS_END,
};

int cmd_claims(int argc, char **argv) {
    request r = {.seed = 1};
    cisup_error err = {0};
    options_parse("cisup claims", "", about, table, &r, argc, argv, NULL);
    const cisup_status status = execute(&r, &err);
    cisup_release(r.only.value);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
