/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/schemes.h>

#include <cisup/core/allocation/allocation_parts.h>
#include <cisup/core/allocation/even_out.h>
#include <cisup/core/base/vigil.h>
#include <cisup/core/computed/flint_fields.h>
#include <cisup/core/computed/implicit.h>
#include <cisup/core/memory.h>
#include <cisup/core/packing/packing_build.h>
#include <cisup/core/packing/packing_plan.h>
#include <cisup/core/packing/random_packing.h>
#include <cisup/core/packing/search_starts.h>
#include <cisup/core/schemes/progressions.h>
#include <cisup/core/schemes/schemes_parts.h>

#include <string.h>

/* A scheme for S >= 2: how many circuits it places, and the first T of them, with T at
 * most that number where it is known without placing. */
typedef cisup_status counter(cisup_index N, cisup_index S,
                             const cisup_allocation_options *o, cisup_index *capacity,
                             cisup_error *err);
typedef cisup_status maker(cisup_allocation *a, cisup_index N, cisup_index S,
                           cisup_index T, const cisup_allocation_options *o,
                           cisup_error *err);
typedef struct {
    const char *name;
    counter *count;
    maker *make;
} scheme;

static cisup_status make_progressions(cisup_allocation *a, cisup_index N, cisup_index S,
                                      cisup_index T, const cisup_allocation_options *o,
                                      cisup_error *err) {
    const cisup_status status = cisup_allocation_init(a, N, S, T, err);
    return status == CISUP_OK ? cisup_progressions_place(a, o, err) : status;
}

static cisup_status count_random(cisup_index N, cisup_index S,
                                 const cisup_allocation_options *o, cisup_index *capacity,
                                 cisup_error *err) {
    cisup_allocation a;
    cisup_status status = cisup_allocation_init(&a, N, S, cisup_packing_bound(N, S), err);
    if (status == CISUP_OK)
        status = cisup_random_packing(&a, o->seed, o->watcher, capacity, err);
    cisup_allocation_free(&a);
    return status;
}

static cisup_status make_random(cisup_allocation *a, cisup_index N, cisup_index S,
                                cisup_index T, const cisup_allocation_options *o,
                                cisup_error *err) {
    cisup_index placed;
    cisup_status status = cisup_allocation_init(a, N, S, T, err);
    if (status == CISUP_OK)
        status = cisup_random_packing(a, o->seed, o->watcher, &placed, err);
    if (status == CISUP_OK && placed < T)
        return cisup_allocation_too_many(N, S, T, o->scheme, placed, err);
    return status;
}

/* The larger of the two forms of an implicit allocation. */
static cisup_status count_td(cisup_index N, cisup_index S,
                             const cisup_allocation_options *o, cisup_index *capacity,
                             cisup_error *err) {
    (void)o;
    *capacity = 0;
    for (int groups = CISUP_GROUPS_APART; groups <= CISUP_GROUPS_SHARE_POINT; groups++) {
        cisup_implicit m;
        const cisup_status status =
            cisup_implicit_init(&m, N, S, (cisup_groups)groups, err);
        if (status != CISUP_OK) return status;
        if (m.T_max > *capacity) *capacity = m.T_max;
        cisup_implicit_free(&m);
    }
    return CISUP_OK;
}

/* The same with its text. */
static cisup_status describe_td(cisup_index N, cisup_index S, char **text,
                                cisup_index *capacity, cisup_error *err) {
    cisup_implicit m;
    cisup_status status = count_td(N, S, NULL, capacity, err);
    if (status == CISUP_OK) status = cisup_implicit_init_for(&m, N, S, *capacity, err);
    if (status != CISUP_OK) return status;
    status = cisup_implicit_text(&m, text, err);
    cisup_implicit_free(&m);
    return status;
}

static cisup_status make_td(cisup_allocation *a, cisup_index N, cisup_index S,
                            cisup_index T, const cisup_allocation_options *o,
                            cisup_error *err) {
    (void)o;
    cisup_implicit m;
    cisup_status status = cisup_implicit_init_for(&m, N, S, T, err);
    if (status == CISUP_OK) status = cisup_implicit_store(&m, T, a, err);
    cisup_implicit_free(&m);
    return status;
}

/* The kinds of plans a scheme may use; 0 if it is not planned. */
static unsigned families_of(cisup_scheme which) {
    const unsigned beside = 1u << CISUP_PLAN_EMPTY | 1u << CISUP_PLAN_PAD;
    switch (which) {
    case CISUP_SCHEME_BEST:
        return ~0u;
    case CISUP_SCHEME_PAIRS:
        return 1u << CISUP_PLAN_PAIRS | beside;
    case CISUP_SCHEME_STS:
        return 1u << CISUP_PLAN_TRIPLES | beside;
    case CISUP_SCHEME_AFFINE:
    case CISUP_SCHEME_PROJECTIVE:
    case CISUP_SCHEME_DESIGN:
        return 1u << CISUP_PLAN_DESIGN | beside;
    default:
        return 0;
    }
}

static unsigned designs_of(cisup_scheme which) {
    if (which == CISUP_SCHEME_AFFINE) return 1u << CISUP_DESIGN_AFFINE;
    if (which == CISUP_SCHEME_PROJECTIVE) return 1u << CISUP_DESIGN_PROJECTIVE;
    return ~0u;
}

/* The S that a scheme is made for: 2, 3, a prime power, one more than a prime power. */
static cisup_status redundancy_check(cisup_scheme which, cisup_index S,
                                     cisup_error *err) {
    const char *name = cisup_scheme_name(which);
    const cisup_index only = which == CISUP_SCHEME_PAIRS ? 2
                             : which == CISUP_SCHEME_STS ? 3
                                                         : S;
    const bool spaces = which == CISUP_SCHEME_AFFINE || which == CISUP_SCHEME_PROJECTIVE;
    const cisup_index order = which == CISUP_SCHEME_AFFINE ? S : S - 1;
    if (S != only)
        return CISUP_FAIL(err, CISUP_EINVAL, "scheme %s: S = %" PRId64 ", not %" PRId64,
                          name, S, only);
    if (spaces && (order < 2 || cisup_factor(order).count != 1))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "scheme %s: S = %" PRId64 ", but %" PRId64 " is no prime power",
                          name, S, order);
    return CISUP_OK;
}

cisup_status cisup_allocation_plan(cisup_index N, cisup_index S, cisup_scheme which,
                                   cisup_packing_plan *plan, cisup_error *err) {
    cisup_plan_options options = cisup_plan_defaults();
    options.families = families_of(which);
    options.designs = designs_of(which);
    options.conics = options.designs == ~0u; /* computed lines have no number then */
    *plan = (cisup_packing_plan){0};
    if (!options.families)
        return CISUP_FAIL(err, CISUP_EINVAL, "scheme %s has no plan",
                          cisup_scheme_name(which));
    const cisup_status status = redundancy_check(which, S, err);
    if (status != CISUP_OK) return status;
    return cisup_packing_plan_make(plan, N, S, &options, err);
}

cisup_status cisup_allocation_describe(cisup_index N, cisup_index S, cisup_scheme which,
                                       char **text, cisup_index *circuits,
                                       cisup_error *err) {
    cisup_packing_plan plan;
    *text = NULL;
    if (which == CISUP_SCHEME_TD) return describe_td(N, S, text, circuits, err);
    cisup_status status = cisup_allocation_plan(N, S, which, &plan, err);
    if (status == CISUP_OK) status = cisup_packing_plan_text(&plan, text, err);
    *circuits = plan.blocks;
    cisup_packing_plan_free(&plan);
    return status;
}

static cisup_status make_planned(cisup_allocation *a, cisup_index N, cisup_index S,
                                 cisup_index T, const cisup_allocation_options *o,
                                 cisup_error *err) {
    cisup_packing_plan plan;
    cisup_status status = cisup_allocation_plan(N, S, o->scheme, &plan, err);
    if (status == CISUP_OK) status = cisup_packing_build(a, &plan, T, err);
    cisup_packing_plan_free(&plan);
    return status;
}

static cisup_status count_planned(cisup_index N, cisup_index S,
                                  const cisup_allocation_options *o,
                                  cisup_index *capacity, cisup_error *err) {
    cisup_packing_plan plan;
    const cisup_status status = cisup_allocation_plan(N, S, o->scheme, &plan, err);
    if (status == CISUP_OK) *capacity = plan.blocks;
    cisup_packing_plan_free(&plan);
    return status;
}

/* The plan's circuits and what local search adds. */
static cisup_status search(cisup_allocation *a, cisup_index N, cisup_index S,
                           const cisup_allocation_options *o, cisup_error *err) {
    const cisup_local_search_options options = {o->effort, o->seed, o->watcher};
    cisup_packing_plan plan;
    *a = (cisup_allocation){0};
    cisup_status status = cisup_allocation_plan(N, S, o->scheme, &plan, err);
    if (status == CISUP_OK) status = cisup_search_starts(&plan, &options, a, err);
    cisup_packing_plan_free(&plan);
    return status;
}

static cisup_status count_best(cisup_index N, cisup_index S,
                               const cisup_allocation_options *o, cisup_index *capacity,
                               cisup_error *err) {
    if (!(o->effort > 0.0)) return count_planned(N, S, o, capacity, err);
    cisup_allocation a;
    const cisup_status status = search(&a, N, S, o, err);
    if (status == CISUP_OK) *capacity = a.T;
    cisup_allocation_free(&a);
    return status;
}

/* The form of td with separate groups loads the neurons evenly for every T it holds. */
static cisup_status make_best(cisup_allocation *a, cisup_index N, cisup_index S,
                              cisup_index T, const cisup_allocation_options *o,
                              cisup_error *err) {
    cisup_implicit m;
    cisup_index planned;
    cisup_status status = cisup_implicit_init(&m, N, S, CISUP_GROUPS_APART, err);
    if (status != CISUP_OK) return status;
    if (T <= m.T_max) {
        CISUP_TRY(cisup_implicit_store(&m, T, a, err));
        goto done;
    }
    CISUP_TRY(count_planned(N, S, o, &planned, err));
    if (T <= planned) {
        CISUP_TRY(make_planned(a, N, S, T, o, err));
    } else {
        CISUP_TRY(search(a, N, S, o, err));
        if (T > a->T)
            status = cisup_allocation_too_many(N, S, T, o->scheme, a->T, err);
        else
            a->T = T;
    }
done:
    cisup_implicit_free(&m);
    return status;
}

/* Whether the form that best takes first holds T circuits: quick where a plan is not. */
static cisup_status fits_apart(cisup_index N, cisup_index S, cisup_index T, int *fits,
                               cisup_error *err) {
    cisup_implicit m;
    const cisup_status status = cisup_implicit_init(&m, N, S, CISUP_GROUPS_APART, err);
    *fits = status == CISUP_OK && T <= m.T_max;
    cisup_implicit_free(&m);
    return status;
}

static const scheme schemes[] = {
    [CISUP_SCHEME_PRIME] = {"prime", cisup_progressions_count, make_progressions},
    [CISUP_SCHEME_REF] = {"ref", cisup_progressions_count, make_progressions},
    [CISUP_SCHEME_GREEDY] = {"greedy", cisup_progressions_count, make_progressions},
    [CISUP_SCHEME_RANDOM] = {"random", count_random, make_random},
    [CISUP_SCHEME_TD] = {"td", count_td, make_td},
    [CISUP_SCHEME_BEST] = {"best", count_best, make_best},
    [CISUP_SCHEME_PAIRS] = {"pairs", count_planned, make_planned},
    [CISUP_SCHEME_STS] = {"sts", count_planned, make_planned},
    [CISUP_SCHEME_AFFINE] = {"affine", count_planned, make_planned},
    [CISUP_SCHEME_PROJECTIVE] = {"projective", count_planned, make_planned},
    [CISUP_SCHEME_DESIGN] = {"design", count_planned, make_planned},
};
enum { scheme_count = sizeof schemes / sizeof schemes[0] };

const char *cisup_scheme_name(cisup_scheme which) {
    return schemes[which].name;
}

int cisup_scheme_find(const char *name) {
    for (int k = 0; k < scheme_count; k++)
        if (strcmp(name, schemes[k].name) == 0) return k;
    return -1;
}

cisup_allocation_options cisup_allocation_defaults(void) {
    return (cisup_allocation_options){.scheme = CISUP_SCHEME_BEST, .seed = 1};
}

cisup_status cisup_allocation_too_many(cisup_index N, cisup_index S, cisup_index T,
                                       cisup_scheme which, cisup_index placed,
                                       cisup_error *err) {
    return CISUP_FAIL(
        err, CISUP_EINFEASIBLE,
        "T = %" PRId64 ": scheme %s places at most %" PRId64 " circuits on N = %" PRId64
        " neurons with S = %" PRId64 " (packing bound %" PRId64 ")",
        T, cisup_scheme_name(which), placed, N, S, cisup_packing_bound(N, S));
}

/* The options in force: defaults when none are given. */
static cisup_allocation_options chosen(const cisup_allocation_options *options) {
    return options ? *options : cisup_allocation_defaults();
}

cisup_status cisup_allocation_capacity(cisup_index N, cisup_index S,
                                       const cisup_allocation_options *options,
                                       cisup_index *capacity, cisup_error *err) {
    const cisup_allocation_options o = chosen(options);
    const cisup_status status = cisup_allocation_sizes_check(N, S, err);
    if (status != CISUP_OK) return status;
    if (S > 1) return schemes[o.scheme].count(N, S, &o, capacity, err);
    *capacity = INT64_MAX;
    return CISUP_OK;
}

int cisup_allocation_is_evened(const cisup_allocation_options *options, cisup_index N,
                               cisup_index S, cisup_index T) {
    const cisup_index most_neurons = 32768, most_slots = 10000000;
    if (options->even_out == CISUP_EVEN_OUT_AUTO)
        return options->scheme == CISUP_SCHEME_BEST && N <= most_neurons &&
               T <= most_slots / S;
    return options->even_out == CISUP_EVEN_OUT_YES;
}

static int is_searched(const cisup_allocation_options *o) {
    return o->scheme == CISUP_SCHEME_BEST && o->effort > 0.0;
}

cisup_status cisup_allocation_fits(cisup_index N, cisup_index S, cisup_index T,
                                   const cisup_allocation_options *options,
                                   cisup_error *err) {
    const cisup_allocation_options o = chosen(options);
    cisup_index most = cisup_packing_bound(N, S);
    int fits = 0;
    cisup_status status;
    CISUP_TRY(cisup_allocation_sizes_check(N, S, err));
    if (S == 1) return CISUP_OK;
    if (o.scheme == CISUP_SCHEME_BEST) CISUP_TRY(fits_apart(N, S, T, &fits, err));
    if (fits) return CISUP_OK;
    if (is_searched(&o)) { /* the plan alone may do */
        CISUP_TRY(count_planned(N, S, &o, &most, err));
        if (T <= most) return CISUP_OK;
    }
    if (o.scheme != CISUP_SCHEME_RANDOM)
        CISUP_TRY(schemes[o.scheme].count(N, S, &o, &most, err));
    if (T > most) return cisup_allocation_too_many(N, S, T, o.scheme, most, err);
done:
    return status;
}

/* S = 1: circuit t in neuron t mod N. */
static cisup_status make_single(cisup_allocation *a, cisup_index N, cisup_index T,
                                cisup_error *err) {
    const cisup_status status = cisup_allocation_init(a, N, 1, T, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < T; t++) a->slot[t] = (int32_t)(t % N);
    return CISUP_OK;
}

cisup_status cisup_allocation_make(cisup_allocation *a, cisup_index N, cisup_index S,
                                   cisup_index T, const cisup_allocation_options *options,
                                   cisup_error *err) {
    *a = (cisup_allocation){0};
    cisup_allocation_options o = chosen(options);
    const int is_evened = S > 1 && cisup_allocation_is_evened(&o, N, S, T);
    cisup_vigil vigil;
    cisup_vigil_part part = {&vigil, is_evened ? 0.5 : 1.0};
    cisup_status status;
    CISUP_TRY(cisup_allocation_sizes_check(N, S, err));
    CISUP_TRY(cisup_vigil_begin(&vigil, o.watcher, 1.0, err));
    const cisup_watcher watcher = cisup_vigil_watcher(&part);
    o.watcher = &watcher;
    if (!is_searched(&o)) /* before memory is taken; a search tells as it goes */
        CISUP_TRY(cisup_allocation_fits(N, S, T, &o, err));
    CISUP_TRY(S == 1 ? make_single(a, N, T, err)
                     : schemes[o.scheme].make(a, N, S, T, &o, err));
    CISUP_TRY(cisup_vigil_advance(&vigil, part.share, err));
    if (is_evened) CISUP_TRY(cisup_even_out(a, &watcher, err));
    CISUP_TRY(cisup_vigil_end(&vigil, err));
done:
    if (status != CISUP_OK) cisup_allocation_free(a);
    return status;
}
