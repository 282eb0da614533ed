/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_contest.h"
#include "capacity_report.h"
#include "common/options.h"
#include "common/program.h"

#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

static const char about[] =
    "Search the capacity (cisup capacity) along one size, D, z, L or S, and fit the "
    "exponent of the largest T in it, with an interval and the theory beside it. Of "
    "several S the best counts at each place. Exit code 1 if no T is within the budget "
    "at some place.\v"
    "cisup frontier --along D --at 500,1000,2000,4000 -L 3 -S 6 --budget 0.1";

static const char *const axes[] = {"D", "z", "L", "S"};
enum { ALONG_D, ALONG_Z, ALONG_L, ALONG_S };

typedef struct {
    capacity_request r;
    int along;
    index_list at;
} frontier_request;

/* The axis takes its values from --at alone. */
static cisup_status check_axis(frontier_request *f, cisup_error *err) {
    setup *s = &f->r.setup;
    const int is_given[] = {s->D.count > 0, s->z.count > 0, s->L > 0, s->S.count > 0};
    if (f->along < 0 || !f->at.count)
        return CISUP_FAIL(err, CISUP_EINVAL, "--along and --at are needed");
    if (is_given[f->along])
        return CISUP_FAIL(err, CISUP_EINVAL, "-%s: goes along it; its values are --at",
                          axes[f->along]);
    if (f->along == ALONG_L && s->circuits_path)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--along L: circuits of a file have layers of their own");
    for (cisup_index k = 0; k < f->at.count; k++)
        if (f->along == ALONG_L && f->at.value[k] < 2)
            return CISUP_FAIL(err, CISUP_EINVAL, "--at %" PRId64 ": layers from 2 on",
                              f->at.value[k]);
    if (!s->z.count) return index_list_set(&s->z, 1, err);
    return CISUP_OK;
}

static capacity_place place_at(const frontier_request *f, cisup_index k) {
    const setup *s = &f->r.kind[0].setup;
    const cisup_index x = f->at.value[k];
    capacity_place p = {s->D.value[0], s->z.value[0], s->L, 0};
    if (f->along == ALONG_D) p.D = x;
    if (f->along == ALONG_Z) p.z = x;
    if (f->along == ALONG_L) p.L = x;
    if (f->along == ALONG_S) p.S = x;
    return p;
}

static cisup_status check_all(const frontier_request *f, cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (cisup_index k = 0; k < f->at.count; k++) {
        const capacity_place place = place_at(f, k);
        CISUP_TRY(capacity_place_check(&f->r, &place, err));
    }
done:
    return status;
}

/* The exponent of (12.1) or, where neurons that open or feedback bind, of (12.3) and
 * (12.4); NaN where they have none. */
static double leading_exponent(const frontier_request *f, const setup *s,
                               const char *bound) {
    const int is_error = strcmp(bound, "error") == 0;
    const int is_rotation = !s->own.w && (s->family.family == CISUP_ROTATION3 ||
                                          s->family.family == CISUP_ROTATION4);
    if (f->r.state != CISUP_ACTIVE || f->r.mode == CISUP_MODE_LINEAR) return (double)NAN;
    switch (f->along) {
    case ALONG_D:
        return 2.0;
    case ALONG_Z: /* rotations: z + H(z-1) in place of z, (12.6); masks: z-1, (20.9) */
        return (is_error && is_rotation) || s->construction.masks ? (double)NAN : -1.0;
    case ALONG_L:
        return is_error ? -1.0 : 0.0;
    default:
        return is_error ? 0.0 : -1.0;
    }
}

/* Fits the places where the budget binds. point, theory: [count], scratch. */
static cisup_status fit(const frontier_request *f, frontier_line *line,
                        cisup_power_point *point, cisup_power_point *theory,
                        cisup_error *err) {
    int has_theory = 1;
    for (cisup_index k = 0; k < line->count; k++) {
        const capacity_answer *a = &line->answer[k];
        const cisup_capacity_result *s = &a->search;
        if (s->outcome != CISUP_CAPACITY_FOUND || s->low < 1) continue;
        const double T = (double)s->T, low = (double)s->low / T,
                     high = (double)s->high / T, said = (double)a->theory_T;
        const double leading = leading_exponent(f, &line->kind->setup, a->bound);
        if (a->theory_T < 1 || a->theory_T == INT64_MAX) has_theory = 0;
        line->leading =
            line->fitted == 0 || line->leading == leading ? leading : (double)NAN;
        point[line->fitted] = (cisup_power_point){line->x[k], T, low * T, high * T};
        theory[line->fitted++] =
            (cisup_power_point){line->x[k], said, low * said, high * said};
    }
    const double level = f->r.confidence;
    cisup_status status;
    CISUP_TRY(cisup_power_law_fit(point, line->fitted, level, &line->measured, err));
    CISUP_TRY(cisup_power_law_fit(theory, has_theory ? line->fitted : 0, level,
                                  &line->theory, err));
done:
    return status;
}

/* choice -1: the best of the kind's. */
static cisup_status go_along(const frontier_request *f, const capacity_kind *kind,
                             cisup_index choice, int *is_feasible, cisup_error *err) {
    const cisup_index count = f->at.count;
    capacity_answer *answer = NULL;
    cisup_power_point *point = NULL;
    double *x = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&answer, count, sizeof *answer, err));
    CISUP_TRY(cisup_new(&point, count, 2 * sizeof *point, err));
    CISUP_TRY(cisup_new(&x, count, sizeof *x, err));
    for (cisup_index k = 0; k < count; k++) {
        const capacity_place place = place_at(f, k);
        cisup_index searches = 0;
        if (!f->r.json && !f->r.quiet) capacity_text_place(&place);
        CISUP_TRY(
            capacity_contest(&f->r, &place, kind, choice, &answer[k], &searches, err));
        if (!answer[k].search.T) *is_feasible = 0;
        x[k] = (double)(f->at.value[k] - (f->along == ALONG_L));
    }
    frontier_line line = {.along = axes[f->along],
                          .kind = kind,
                          .choice = choice < 0 ? NULL : &kind->choice[choice],
                          .answer = answer,
                          .x = x,
                          .count = count,
                          .leading = (double)NAN};
    CISUP_TRY(fit(f, &line, point, point + count, err));
    if (f->r.json)
        CISUP_TRY(frontier_json(&line, err));
    else if (!f->r.quiet)
        frontier_text(&line, f->r.confidence);
done:
    cisup_release(answer);
    cisup_release(point);
    cisup_release(x);
    return status;
}

/* A line for each choice that was asked for; of one left open, of the best at each
 * place. */
static cisup_status execute(frontier_request *f, int *is_feasible, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(check_axis(f, err));
    CISUP_TRY(capacity_request_complete(&f->r, err));
    const setup *s = &f->r.kind[0].setup;
    if (f->along != ALONG_D) CISUP_TRY(index_list_single(&s->D, "width", err));
    if (f->along != ALONG_Z) CISUP_TRY(index_list_single(&s->z, "active", err));
    CISUP_TRY(check_all(f, err));
    if (!f->r.json && !f->r.quiet) capacity_text_head(&f->r);
    for (int k = 0; k < f->r.kinds; k++) {
        const capacity_kind *kind = &f->r.kind[k];
        if (kind->is_S_open && !f->r.scheme_words)
            CISUP_TRY(go_along(f, kind, -1, is_feasible, err));
        else
            for (cisup_index i = 0; i < kind->choices; i++)
                CISUP_TRY(go_along(f, kind, i, is_feasible, err));
    }
done:
    return status;
}

#define OPTIONS_OF frontier_request
static const option_row table[] = {
    OPTION_GROUP(MEASUREMENT),
    CHOICE(along, NULL, "along", NULL, "D|z|L|S", "the size that changes (required)"),
    OPTION(at, "at", 0, LIST, "LIST", "its values: 500,1000 or 500:4000:500 (required)"),
    OPTION_TABLE(r, capacity_options),
    OPTIONS_END,
};

int cmd_frontier(int argc, char **argv) {
    frontier_request f = {.r = capacity_request_defaults(), .along = -1};
    options_parse("cisup frontier", "--along SIZE --at LIST", about, table, &f, argc,
                  argv, NULL);
    cisup_error err = {0};
    end_on_signal();
    int is_feasible = 1;
    const cisup_status status = execute(&f, &is_feasible, &err);
    cisup_release(f.at.value);
    capacity_request_free(&f.r);
    if (status != CISUP_OK) return fail_with(&err);
    return is_feasible ? EXIT_HOLDS : EXIT_VIOLATED;
}
