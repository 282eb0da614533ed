/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims.h"

#include "claims_parts.h"

static const char construction[] = "[CIS2] Construction";
static const char properties[] = "[CIS2] Properties of E and U";
static const char overlap[] = "[CIS2] The embedding overlap error";
static const char propagation[] = "[CIS2] The propagation error";
static const char errors[] = "[CIS2] Error calculation";
static const char takeaways[] = "[CIS2] Takeaways";
static const char here[] = "docs/math.md";

static const cisup_claims_entry entries[] = {
    {1, "no pair of circuits shares two neurons", "max o_tu = 1", construction,
     "theorem 1", cisup_claim_one_neuron},
    {2, "neurons of one circuit never collide", "rows of E_t hold one entry at most",
     construction, "3", cisup_claim_no_collision},
    {3, "a circuit reads out exactly what it wrote", "U_t E_t = I", properties, "(3.3)",
     cisup_claim_identity},
    {4, "mean square overlap of two circuits", "p = d/D; corrected T/(T-1)(d/D - 1/(ST))",
     properties, "(3.5), (3.6)", cisup_claim_mean_overlap},
    {5, "worst overlap of two circuits", "max |U_t E_u| = 1/S", properties, "(3.4)",
     cisup_claim_worst_overlap},
    {6, "no error in layer 0", "eps^0 = 0", "[CIS2] Layer 0", "(6.1)",
     cisup_claim_layer_zero},
    {7, "errors in layer 1", "active (z-1) d/D, inactive z d/D", overlap, "9.1",
     cisup_claim_layer_one},
    {8, "the biggest errors appear from layer 2 on", "T z/(z-1) d/D > 1", errors, "9.1",
     cisup_claim_second_layer},
    {9, "active error in layer 2", "T z d^2/D^2", propagation, "9.1",
     cisup_claim_layer_two},
    {10, "active errors accumulate", "e_l ~ l-1", propagation, "9.1",
     cisup_claim_accumulates},
    {11, "inactive errors do not accumulate", "q_l = q_1", errors, "9.1",
     cisup_claim_stays},
    {12, "the ReLU activation error is negligible", "|error - Ac|^2 = |error|^2", errors,
     "(8.5)", cisup_claim_activation},
    {13, "growth a layer without suppression", "sqrt(T d/D)", errors, "(10.1)",
     cisup_claim_growth},
    {14, "worst case of the overlap error", "inactive z/S, active (z-1)/S, attained",
     overlap, "(11.1)", cisup_claim_worst_case},
    {15, "propagation is near normal, overlap is not",
     "Kolmogorov distance <= 0.05, >= 0.2", errors, "(8.3), (8.4)", cisup_claim_normal},
    {16, "without reshuffling errors are larger", "by 1/P", construction, "9.4",
     cisup_claim_reshuffling},
    {17, "open neurons", "z S d/D of all", takeaways, "(7.2)", cisup_claim_open},
    {18, "feedback of inactive errors", "g = z S T p^2, growth from g = 1 on", here,
     "(9.2)", cisup_claim_feedback},
    {19, "circuits that fit", "T ~ D^2, linear in the parameters", takeaways, "(12.1)",
     cisup_claim_scaling},
    {20, "closed neurons open from some T on", "(14.5); T of (12.4), k = 2", here,
     "(12.4), (14.5)", cisup_claim_closed},
    {21, "gated circuits", "exact if active, 0 if inactive, (14.3) tight", here,
     "theorem 3", cisup_claim_gate},
    {22, "storing is exponential, computing quadratic", "ln m ~ n, T ~ D^2", takeaways,
     "(12.7)", cisup_claim_storage},
    {23, "a residual network can be the same", "r^l = A^l", here, "(15.1)",
     cisup_claim_residual},
    {24, "refined theory of rotations", "(9.4) within 10 % in 90 % of the cells", here,
     "(9.4)", cisup_claim_refined},
    {25, "one active circuit has no error if masks are carried", "e_l = 0", here,
     "theorem 4", cisup_claim_no_error},
    {26, "errors of networks that carry masks",
     "recursion within 10 % in layers 1..6; law e_l ~ (l-1) T (z-1) p^2 + l (z-1) p",
     here, "(20.4), (20.5)", cisup_claim_recursion},
    {27, "carried masks close all other neurons", "the ReLU network is the masked one",
     here, "20.2", cisup_claim_masks_close},
    {28, "two circuits meet once in all allocations of a cycle", "max o_tu = 1", here,
     "20.1", cisup_claim_cycle},
    {29, "circuits that fit a ReLU network with carried masks", "T ~ D^2 at z = 2", here,
     "(20.9)", cisup_claim_masks_scaling},
    {30, "with another gate the ReLU network is near the masked one",
     "active errors at most 1.5 times as large", here, "(14.1)", cisup_claim_steep},
    {31, "circuits that fit, against z, L and d",
     "near T ~ 1/(z (L-1) d^2), closer by (9.1), masks (20.5)", takeaways,
     "(12.1), (20.9)", cisup_claim_shapes},
    {32, "a circuit uses a small part of the neurons", "least error at S <= N/10",
     takeaways, "3", cisup_claim_few_neurons},
    {33, "no circuit fails in layer 2", "largest error of x <= 1, its norm",
     "[ROT] figure 5", "11", cisup_claim_worst_circuit},
    {34, "a residual stream needs another embedding",
     "fixed: errors are not contained; erased: r^l = A^l", "[CIS2] footnote 8", "(15.2)",
     cisup_claim_stream},
    {35, "stored vectors of which z are read out",
     "ln m ~ n/z for one set, n/z^2 for all", takeaways, "(12.10)",
     cisup_claim_stored_sets},
    {36, "errors accumulate like l-1 if no circuit amplifies noise", "e_l ~ l-1; (9.7)",
     "[ROT] 5.2.2, A5", "(9.7)", cisup_claim_gain},
    {37, "noise in the input stands in for depth", "noise of q_1 adds what layer 1 adds",
     "[CIS2] footnote 6", "(21.7)", cisup_claim_input_noise},
};

const cisup_claims_entry *cisup_claims_all(int *count) {
    *count = (int)(sizeof entries / sizeof *entries);
    return entries;
}

cisup_status cisup_claims_examine(const cisup_claims_entry *entry,
                                  const cisup_claims_setup *setup, cisup_findings *f,
                                  cisup_error *err) {
    *f = (cisup_findings){.count = 0};
    if (setup->networks < 2 || setup->inputs < 1 || setup->threads < 0 || setup->d < 2 ||
        setup->L < 3 || setup->L > 16 || setup->S < 2 || setup->T < 2)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "networks %" PRId64 ", inputs %" PRId64
                          ", threads %d, d = %" PRId64 ", L = %" PRId64 ", S = %" PRId64
                          ", T = %" PRId64,
                          setup->networks, setup->inputs, setup->threads, setup->d,
                          setup->L, setup->S, setup->T);
    return entry->examine(setup, f, err);
}
