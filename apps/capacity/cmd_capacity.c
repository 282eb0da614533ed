/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_contest.h"
#include "capacity_report.h"
#include "common/options.h"
#include "common/program.h"

static const char about[] =
    "Find the largest T whose error in layer L stays within a budget: networks are built "
    "and measured at more and more T until an interval for it is as narrow as asked for. "
    "Without --construction, --scheme and -S it tries them all and names the best; a "
    "search that is sure to find less is given up. Tells what binds: the allocation, "
    "closed neurons that open, feedback among inactive circuits, or plain error. -D, -S "
    "and -z take lists and ranges. Exit code 1 if no T is within the budget.\v"
    "cisup capacity -D 2000 -z 2 -L 4 --budget 0.1\n"
    "cisup capacity -D 1000 -z 1 -L 3 --budget 10% --construction published -S 2:8";

/* All networks at one D and z. is_feasible: cleared if no T is. */
static cisup_status search_place(const capacity_request *r, const capacity_place *place,
                                 int *is_feasible, cisup_error *err) {
    const double started = seconds_now();
    capacity_answer best;
    cisup_index searches = 0;
    if (!r->json && !r->quiet) capacity_text_place(place);
    const cisup_status status =
        capacity_contest(r, place, NULL, -1, &best, &searches, err);
    if (status != CISUP_OK && best.search.T && !r->json && !r->quiet)
        capacity_best_text(r, &best, "interrupted; best so far");
    if (status != CISUP_OK) return status;
    if (!best.search.T) *is_feasible = 0;
    if (r->json) return searches > 1 ? capacity_best_json(&best, err) : CISUP_OK;
    if (r->quiet) return CISUP_OK;
    if (best.search.T) capacity_best_text(r, &best, searches > 1 ? "best" : NULL);
    fprintf(stderr, "searched for %.1f s\n", seconds_now() - started);
    return CISUP_OK;
}

static cisup_status go_through(const capacity_request *r, int is_search, int *is_feasible,
                               cisup_error *err) {
    const setup *s = &r->kind[0].setup;
    cisup_status status = CISUP_OK;
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->z.count; j++) {
            const capacity_place place = {s->D.value[i], s->z.value[j], s->L, 0};
            CISUP_TRY(is_search ? search_place(r, &place, is_feasible, err)
                                : capacity_place_check(r, &place, err));
        }
done:
    return status;
}

static cisup_status execute(capacity_request *r, int *is_feasible, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(capacity_request_complete(r, err));
    CISUP_TRY(go_through(r, 0, is_feasible, err));
    if (!r->json && !r->quiet) capacity_text_head(r);
    CISUP_TRY(go_through(r, 1, is_feasible, err));
done:
    return status;
}

int cmd_capacity(int argc, char **argv) {
    capacity_request r = capacity_request_defaults();
    options_parse("cisup capacity", "", about, capacity_options, &r, argc, argv, NULL);
    cisup_error err = {0};
    end_on_signal();
    int is_feasible = 1;
    const cisup_status status = execute(&r, &is_feasible, &err);
    capacity_request_free(&r);
    if (status != CISUP_OK) return fail_with(&err);
    return is_feasible ? EXIT_HOLDS : EXIT_VIOLATED;
}
