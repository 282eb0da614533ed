/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_report.h"
#include "common/options.h"
#include "common/program.h"

static const char about[] =
    "Find the largest T whose error in layer L stays within a budget: networks are built "
    "and measured at more and more T until an interval for it is as narrow as asked for. "
    "Tells what binds: the allocation, closed neurons that open, feedback among inactive "
    "circuits, or plain error. -D, -S and -z take lists and ranges; of several S and "
    "--schemes the best is named. Exit code 1 if no T is within the budget.\v"
    "cisup capacity -D 2000 -z 2 -L 4 -S 2:4 --budget 0.1";

/* All S and schemes at one D and z. is_feasible: cleared if no T is. */
static cisup_status search_all(const capacity_request *r, capacity_point point,
                               int *is_feasible, cisup_error *err) {
    const index_list *S = &r->setup.S;
    capacity_answer best = {0};
    for (cisup_index i = 0; i < r->choices; i++)
        for (cisup_index j = 0; j < S->count; j++) {
            capacity_answer answer;
            cisup_status status;
            point.choice = r->choice[i];
            point.S = S->value[j];
            status = capacity_search_and_show(r, &point, &answer, err);
            if (status != CISUP_OK && best.search.T && !r->json && !r->quiet)
                capacity_best_text(&best, "best so far");
            if (status != CISUP_OK) return status;
            if (!best.N || answer.search.T > best.search.T) best = answer;
        }
    if (!best.search.T) *is_feasible = 0;
    if (r->choices * S->count == 1) return CISUP_OK;
    if (r->json) return capacity_best_json(&best, err);
    if (!r->quiet) capacity_best_text(&best, "best");
    return CISUP_OK;
}

/* Finds out what cannot be searched before anything is. */
static cisup_status check_all(const capacity_request *r, cisup_error *err) {
    const setup *s = &r->setup;
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->z.count; j++)
            for (cisup_index k = 0; k < s->S.count; k++)
                for (cisup_index m = 0; m < r->choices; m++) {
                    const capacity_point point = {s->D.value[i], s->S.value[k],
                                                  s->z.value[j], s->L, r->choice[m]};
                    const cisup_status status = capacity_point_check(r, &point, err);
                    if (status != CISUP_OK) return status;
                }
    return CISUP_OK;
}

static cisup_status execute(capacity_request *r, int *is_feasible, cisup_error *err) {
    const setup *s = &r->setup;
    cisup_status status;
    CISUP_TRY(capacity_request_complete(r, err));
    CISUP_TRY(check_all(r, err));
    if (!r->json && !r->quiet) capacity_text_head(r);
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->z.count; j++) {
            const capacity_point point = {
                .D = s->D.value[i], .z = s->z.value[j], .L = s->L};
            CISUP_TRY(search_all(r, point, is_feasible, err));
        }
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
