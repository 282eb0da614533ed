/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/analysis/theory_table.h>
#include <cisup/core/schemes.h>

#include <cisup/analysis/theory/theory_closed.h>
#include <cisup/analysis/theory/theory_limits.h>
#include <cisup/analysis/theory/theory_rows.h>

#include <math.h>

/* A size of the case; 0 for what is none, or out of all proportion. */
static cisup_index count_of(double x) {
    return x >= 0.0 && x < 0x1p62 ? (cisup_index)x : 0;
}

const char *cisup_claim_name(cisup_claim claim) {
    static const char *const names[] = {"exact",   "bound",      "average",
                                        "leading", "asymptotic", "heuristic"};
    return names[claim];
}

#define FIGURE(name, expression)                                                         \
    static double name(const cisup_theory_case *c, const cisup_theory_question *q) {     \
        (void)c, (void)q;                                                                \
        return expression;                                                               \
    }
#define RANGE(name, condition)                                                           \
    static int name(const cisup_theory_case *c, const cisup_theory_question *q) {        \
        (void)c, (void)q;                                                                \
        return condition;                                                                \
    }

FIGURE(overlap, c->T > 1.0 ? c->P : (double)NAN)
FIGURE(square_overlap, c->T > 1.0 ? c->p : (double)NAN)
FIGURE(density, c->d / c->D)
FIGURE(followup_overlap, cisup_theory_p_followup(c))
FIGURE(overlap_floor, cisup_theory_overlap_floor(c))
FIGURE(neighbours, cisup_theory_neighbours(c))
FIGURE(open_most, c->z * c->S / c->N)
FIGURE(open_mean, cisup_theory_open(c))
FIGURE(feedback, cisup_theory_feedback(c))
FIGURE(fill, cisup_theory_fill(c))
FIGURE(kappa, c->kappa)
FIGURE(background_variance, c->V)
FIGURE(plain_mean, cisup_theory_plain_mean(c))
FIGURE(closed_variance, cisup_theory_closed_variance(c))
FIGURE(closed_deviation, sqrt(cisup_theory_closed_variance(c)))
FIGURE(open_wrongly, cisup_theory_open_wrongly(c))
FIGURE(growth, cisup_theory_growth(c))
FIGURE(growth_post, cisup_theory_growth_post(c))
FIGURE(worst_active, cisup_theory_worst_overlap(c).active)
FIGURE(worst_inactive, cisup_theory_worst_overlap(c).inactive)
FIGURE(fraction_prime,
       cisup_theory_fraction(count_of(c->S), CISUP_SCHEME_PRIME, CISUP_HOP_S))
FIGURE(fraction_ref, cisup_theory_fraction(count_of(c->S), CISUP_SCHEME_REF, CISUP_HOP_S))
FIGURE(fraction_shared,
       cisup_theory_fraction(count_of(c->S), CISUP_SCHEME_REF, CISUP_HOP_S_LESS_1))
FIGURE(storage, cisup_theory_storage_ln(c, q->budget))

RANGE(always, 1)
RANGE(has_full_neurons, c->T * c->S >= 10.0 * c->N)
RANGE(has_shared_neurons, c->T * c->S >= c->N)
RANGE(has_few_open, c->z * c->S <= 0.1 * c->N)
RANGE(has_thin_background, c->T * c->P * c->P <= c->S * c->S)
RANGE(is_quiet, cisup_theory_closed_variance(c) <= CISUP_CLOSED_VARIANCE)
RANGE(is_redundant_enough, c->S >= 4.0 * c->z)
RANGE(has_large_N, c->N >= 10.0 * c->S * c->S)
RANGE(has_small_noise, isnan(q->budget) || q->budget <= 0.1 * c->z)

static const cisup_theory_figure figures[] = {
    {"overlap", CISUP_SOURCE_HERE, "(2.4)", "always", CISUP_CLAIM_EXACT, overlap, always},
    {"square_overlap", CISUP_SOURCE_HERE, "(3.5)", "always", CISUP_CLAIM_EXACT,
     square_overlap, always},
    {"density", "[CIS2]", "(3.6)", "as p: TS >= 10 N", CISUP_CLAIM_LEADING, density,
     has_full_neurons},
    {"p1", "[ROT]", "9.3", "as p: TS >= N", CISUP_CLAIM_LEADING, followup_overlap,
     has_shared_neurons},
    {"overlap_floor", "[Welch]", "(2.6)", "always", CISUP_CLAIM_BOUND, overlap_floor,
     always},
    {"neighbours", CISUP_SOURCE_HERE, "9.1", "always", CISUP_CLAIM_EXACT, neighbours,
     always},
    {"open_most", "[CIS2]", "(7.2)", "always", CISUP_CLAIM_BOUND, open_most, always},
    {"open_mean", CISUP_SOURCE_HERE, "(7.2)", "zS <= N/10", CISUP_CLAIM_AVERAGE,
     open_mean, has_few_open},
    {"feedback", CISUP_SOURCE_HERE, "(9.2)", "always", CISUP_CLAIM_AVERAGE, feedback,
     always},
    {"fill", CISUP_SOURCE_HERE, "9.3", "T P^2 <= S^2", CISUP_CLAIM_AVERAGE, fill,
     has_thin_background},
    {"kappa", CISUP_SOURCE_HERE, "(4.6)", "T P^2 <= S^2", CISUP_CLAIM_AVERAGE, kappa,
     has_thin_background},
    {"background_variance", CISUP_SOURCE_HERE, "9.3", "always", CISUP_CLAIM_AVERAGE,
     background_variance, always},
    {"plain_mean", CISUP_SOURCE_HERE, "(14.5)", "always", CISUP_CLAIM_AVERAGE, plain_mean,
     always},
    {"closed_variance", CISUP_SOURCE_HERE, "(14.6)", "as masked theory: <= 0.015",
     CISUP_CLAIM_AVERAGE, closed_variance, is_quiet},
    {"closed_deviation", CISUP_SOURCE_HERE, "(14.6)", "as masked theory: square <= 0.015",
     CISUP_CLAIM_AVERAGE, closed_deviation, is_quiet},
    {"open_wrongly", CISUP_SOURCE_HERE, "(14.5)", "T P^2 <= S^2", CISUP_CLAIM_AVERAGE,
     open_wrongly, has_thin_background},
    {"growth", CISUP_SOURCE_HERE, "(10.1)", "always", CISUP_CLAIM_AVERAGE, growth,
     always},
    {"growth_post", "[CIS2]", "10", "TS >= 10 N", CISUP_CLAIM_LEADING, growth_post,
     has_full_neurons},
    {"worst_active", "[CIS2]", "(11.1)", "on-value safe: S >= 4z", CISUP_CLAIM_BOUND,
     worst_active, is_redundant_enough},
    {"worst_inactive", "[CIS2]", "(11.1)", "on-value safe: S >= 4z", CISUP_CLAIM_BOUND,
     worst_inactive, is_redundant_enough},
    {"fraction_prime", CISUP_SOURCE_HERE, "(2.3)", "N >= 10 S^2", CISUP_CLAIM_LIMIT,
     fraction_prime, has_large_N},
    {"fraction_ref", CISUP_SOURCE_HERE, "(2.3)", "N >= 10 S^2", CISUP_CLAIM_LIMIT,
     fraction_ref, has_large_N},
    {"fraction_ref_shared", CISUP_SOURCE_HERE, "(2.3)", "N >= 10 S^2", CISUP_CLAIM_LIMIT,
     fraction_shared, has_large_N},
    {"storage_ln", CISUP_SOURCE_HERE, "(12.7)", "budget <= z/10", CISUP_CLAIM_HEURISTIC,
     storage, has_small_noise},
};

const cisup_theory_figure *cisup_theory_figures(int *count) {
    *count = sizeof figures / sizeof figures[0];
    return figures;
}

const char *cisup_setting_name(int setting) {
    static const char *const names[] = {"general", "rotation", "plain"};
    return names[setting];
}

enum {
    GENERAL = 1 << CISUP_SETTING_GENERAL,
    ROTATION = 1 << CISUP_SETTING_ROTATION,
    PLAIN = 1 << CISUP_SETTING_PLAIN,
    ALL = GENERAL | ROTATION | PLAIN,
};

#define LIMIT(name, expression)                                                          \
    static cisup_index name(const cisup_theory_case *c,                                  \
                            const cisup_theory_question *q) {                            \
        (void)q;                                                                         \
        return expression;                                                               \
    }

static cisup_index by_error(const cisup_theory_case *c, const cisup_theory_question *q,
                            cisup_error_formula formula) {
    return isnan(q->budget) ? -1 : cisup_theory_T_error(c, formula, q->L, q->budget);
}

/* A real bound, rounded down; -1 for none. */
static cisup_index whole(double T) {
    if (!(T > -0x1p53)) return -1;
    return T >= 0x1p53 ? INT64_MAX : (cisup_index)T;
}

LIMIT(T_packing, cisup_packing_bound(count_of(c->N), count_of(c->S)))
LIMIT(T_feedback, cisup_theory_T_feedback(c))
LIMIT(T_feedback_leading, whole(cisup_theory_T_feedback_leading(c)))
LIMIT(T_closed, cisup_theory_T_closed(c, q->deviations))
LIMIT(T_closed_leading, whole(cisup_theory_T_closed_leading(c, q->deviations)))
LIMIT(T_plain, cisup_theory_T_plain(c))
LIMIT(T_plain_leading, whole(cisup_theory_T_plain_leading(c)))
LIMIT(T_post, isnan(q->budget) ? -1 : cisup_theory_T_post(c, q->L, q->budget))
LIMIT(T_settled, by_error(c, q, CISUP_ERROR_SETTLED))
LIMIT(T_recursion, by_error(c, q, CISUP_ERROR_GENERAL))
LIMIT(T_followup, by_error(c, q, CISUP_ERROR_FOLLOWUP))
LIMIT(T_refined, by_error(c, q, CISUP_ERROR_ROTATION))

RANGE(is_sparse_and_full,
      has_full_neurons(c, q) && c->T * c->P * c->P <= 0.1 * c->S * c->S)
RANGE(is_post_in_range, cisup_theory_curve_find("post")->is_in_range(c, q->L))
RANGE(is_settled_in_range, cisup_theory_curve_find("settled")->is_in_range(c, q->L))
RANGE(is_recursion_in_range, cisup_theory_curve_find("recursion")->is_in_range(c, q->L))
RANGE(is_followup_in_range, cisup_theory_curve_find("followup")->is_in_range(c, q->L))
RANGE(is_refined_in_range, cisup_theory_curve_find("refined")->is_in_range(c, q->L))

static const cisup_theory_limit limits[] = {
    {"packing", CISUP_SOURCE_HERE, "(2.2)", "always", CISUP_CLAIM_BOUND, ALL, T_packing,
     always},
    {"feedback", CISUP_SOURCE_HERE, "(12.3)", "always", CISUP_CLAIM_AVERAGE, ALL,
     T_feedback, always},
    {"closed", CISUP_SOURCE_HERE, "(12.4)", "T P^2 <= S^2", CISUP_CLAIM_AVERAGE, ROTATION,
     T_closed, has_thin_background},
    {"plain", CISUP_SOURCE_HERE, "(12.5)", "always", CISUP_CLAIM_AVERAGE, PLAIN, T_plain,
     always},
    {"post", "[CIS2]", "(12.1)", "as its error", CISUP_CLAIM_LEADING, GENERAL, T_post,
     is_post_in_range},
    {"settled", CISUP_SOURCE_HERE, "12", "as its error", CISUP_CLAIM_LEADING, GENERAL,
     T_settled, is_settled_in_range},
    {"recursion", CISUP_SOURCE_HERE, "(9.1)", "as its error", CISUP_CLAIM_AVERAGE,
     GENERAL, T_recursion, is_recursion_in_range},
    {"followup", "[ROT]", "(12.6)", "as its error", CISUP_CLAIM_LEADING, ROTATION,
     T_followup, is_followup_in_range},
    {"refined", CISUP_SOURCE_HERE, "(9.4)", "as its error", CISUP_CLAIM_AVERAGE, ROTATION,
     T_refined, is_refined_in_range},
    {"feedback_leading", CISUP_SOURCE_HERE, "(12.3)", "TS >= 10 N", CISUP_CLAIM_LEADING,
     0, T_feedback_leading, has_full_neurons},
    {"closed_leading", CISUP_SOURCE_HERE, "(12.4)", "TS >= 10 N, T P^2 <= S^2/10",
     CISUP_CLAIM_LEADING, 0, T_closed_leading, is_sparse_and_full},
    {"plain_leading", CISUP_SOURCE_HERE, "(12.5)", "TS >= 10 N", CISUP_CLAIM_LEADING, 0,
     T_plain_leading, has_full_neurons},
};
enum { limit_count = sizeof limits / sizeof limits[0] };

const cisup_theory_limit *cisup_theory_limits(int *count) {
    *count = limit_count;
    return limits;
}

cisup_theory_reach cisup_theory_limit_reach(const cisup_theory_limit *limit,
                                            const cisup_theory_case *c,
                                            const cisup_theory_question *q) {
    const cisup_index T = limit->largest(c, q);
    if (T < 0 || T == INT64_MAX) return (cisup_theory_reach){T, 1};
    const cisup_theory_case there = cisup_theory_even(c, fmax(c->z, (double)T));
    return (cisup_theory_reach){T, limit->is_in_range(&there, q)};
}

int cisup_theory_binding(const cisup_theory_reach *reach, int setting) {
    int binding = -1;
    for (int k = 0; k < limit_count; k++) {
        const int counts = (limits[k].settings >> setting & 1u) && reach[k].T >= 0 &&
                           reach[k].T < INT64_MAX && reach[k].is_in_range;
        if (counts && (binding < 0 || reach[k].T < reach[binding].T)) binding = k;
    }
    return binding;
}
