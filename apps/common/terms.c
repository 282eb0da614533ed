/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terms.h"

#include "wrap.h"

/* Words and what they mean; a meaning of NULL begins a part. */
typedef struct {
    const char *word, *meaning;
} term;

static const term terms[] = {
    {"Sizes and networks", NULL},
    {"circuit", "One of T small networks of width d with L layers, all of which one "
                "large network computes."},
    {"D, d, T, S, N, L",
     "Width of the network; width of a circuit; number of circuits; redundancy, the "
     "neurons of the network that stand for one neuron of a circuit; neurons of a block, "
     "floor(D/d), with masks D over data and mask neurons of a circuit; layers."},
    {"z, active, inactive",
     "Number of circuits that have an input in a sample, and those that have one or have "
     "none. All others should read out 0."},
    {"block", "The N neurons of the network that stand for one neuron of the circuits: "
              "on-0, on-1 for on-neurons, data-0, data-1, ... for data neurons; a number "
              "from 0, on-neurons first, in JSON and --all."},
    {"network, sample, seed",
     "Networks of a run differ in permutations and weights; a sample is one choice of "
     "active circuits and inputs; everything random follows from the seed."},
    {"on-indicator, on",
     "Neurons of a circuit that say whether it is active; its value, 1 or 0."},
    {"x", "The data vector of a circuit: what its data neurons hold, less the offset of "
          "rotations."},
    {"readout", "The whole state of a circuit as it is read out of the network, "
                "on-indicator and data."},
    {"state, circuit_states, A",
     "Exact values of a circuit's neurons; whose error a row is about, active or "
     "inactive; those of all active circuits in a run; activations of the network."},
    {"family", "Kind of circuits: rotation2, rotation3, rotation4 (rotations of the "
               "plane) and those "
               "that 'cisup help propagate' lists; own: from a file."},
    {"margin, fresh, gate, gate_steepness, gate_shift",
     "b of rotations and gates; new weights in every layer; a gate around own circuits; "
     "k and s of the step of its on-pair."},
    {"circuit_file, input_file",
     "Files of circuits of the user's own and of their inputs."},
    {"weights, W, V, center, w_correction, c_unembed",
     "Scheme by which the weights of the network are made, plain, balanced, split or "
     "capped; the matrix of a layer; variance of the background of capped weights; "
     "constants of these schemes."},
    {"kappa, kappa_error",
     "Constant of capped weights by which a neuron's background is taken off, of layers "
     "2 to L; standard error where it is estimated."},
    {"construction", "published: a circuit's own gate closes its neurons; masks: the "
                     "network carries which may be open through its layers."},
    {"masks, mask_parts, mask_codes, strength, strength_from, offset, offset_from, "
     "linear, "
     "robust_masks, cycle, c",
     "Of networks that carry masks: numbers that say which neurons may be open and the "
     "parts of these in each allocation; whether they are handed on as codes of few "
     "neurons; B that closes neurons and o of signed layers, and where each is from: "
     "safe, given, or a pilot run; layers without ReLU; masks deaf to small noise; "
     "allocations that the layers take in turn."},
    {"preset", "published: the sizes and the scheme of the network of the post, in force "
               "until D, d, T, S, a scheme, own circuits or a construction is named."},
    {"mode", "What a neuron does: relu; masked-linear or masked-relu, all but those of "
             "active circuits off by hand; linear."},
    {"engine, engines, precision, implicit, reshuffle",
     "How samples pass through a network; which engine was used for each z; double or "
     "single numbers; nothing of size T is stored; each layer places the circuits anew."},
    {"Allocations", NULL},
    {"allocation, scheme", "Which S neurons each circuit has, any two circuits at most "
                           "one in common; how it is made: best, td, pairs, sts, affine, "
                           "projective, design, ref, prime, greedy, random."},
    {"redundancy, neurons, circuits",
     "S, N and T of an allocation as check and allocate print them."},
    {"load, load_min, load_max, load_cv, load_histogram, loads",
     "Circuits through a neuron: least, most, standard deviation over mean, how many "
     "neurons have each load."},
    {"even_out, evened_out, placed_load_cv, placed_load_min, placed_load_max",
     "Exchange of neurons for more even loads, whether it took place, and the loads "
     "before it."},
    {"hop, reflect, effort",
     "Choices of the schemes with steps; how long to search for more circuits."},
    {"P, p", "Chance that two circuits share a neuron; mean square overlap of two "
             "circuits, P/S^2."},
    {"capacity, placed", "Circuits that a scheme has room for; that were placed."},
    {"johnson_bound", "An upper bound on T for any allocation, of N and S."},
    {"plan, parts, part, kind, levels, points, n, shared, units, joining, order, q, "
     "injects, is_inner",
     "The recipe of an allocation: designs put into one another, their sizes n, the "
     "points that they share, and the field with q elements of a transversal design."},
    {"theorem, sources, see", "Why a plan holds; who proved it; where that is told."},
    {"format, base, index, transposed, other_values",
     "How a file tells its circuits; the number that it counts from; a circuit or neuron "
     "counted so; whether it looks like circuits x neurons; entries neither 0 nor 1."},
    {"lambda, largest", "Neurons that two circuits may share; the two that share most."},
    {"max_overlap, max_overlap_exact, witness, where, violating_below",
     "Most neurons that two circuits share; whether that is known or a lower bound; two "
     "circuits that share too many and where."},
    {"valid, holds, met, lines, pairs, compared, computed, sampled, terms",
     "Whether a file or scheme is what it should be; what was looked at for it: lines, "
     "pairs of circuits, circuits that are computed and not stored, a sample of them. "
     "terms: see errors."},
    {"Errors", NULL},
    {"error, layer", "Difference of what is read out and the exact state of a circuit, "
                     "as a norm, in a layer; layers count from 1."},
    {"mse, mse_lo, mse_hi, mse_active, mse_inactive",
     "Mean square error over circuits, samples and networks, ends of its 95 % interval "
     "over networks; over samples in which a circuit was active or not."},
    {"rms", "Root of a mean square."},
    {"95 % interval, lo, hi",
     "Covers the mean over all possible networks in 19 of 20 runs; Student's t, and on "
     "the scale of logarithms where that would reach below 0."},
    {"median, q99, worst", "Of the norm of the error, not squared: exceeded by half, by "
                           "1 %, by none of all circuits, samples and networks."},
    {"signal", "Mean square of the exact states of active circuits, or its root: what an "
               "error is to be compared with. 1 for rotations."},
    {"exact",
     "No active circuit has any error, up to rounding of the computer's numbers."},
    {"fraction, open, wrong_fraction, wrongly open, breaches",
     "Share of the neurons of a block above 0; of those that no active circuit uses, "
     "which should be closed; with masks how many clip or open where they should not."},
    {"open_shares, share",
     "Share of open neurons by which the engine was chosen; share of a whole."},
    {"term, overlap, propagation, activation, weight_correction, readout_correction, "
     "propagation_and_weight_correction, total",
     "Parts that add up to an error: active circuits that share a neuron; errors of the "
     "layer before; neurons that open or close wrongly; what capped weights take off; "
     "what the read-out takes off; two of these that nearly cancel; the whole."},
    {"mean_square, correlation_with_total, residual",
     "Size of a part; how far it points along the whole error; what rounding leaves of "
     "the sum of the parts."},
    {"feedback, g", "Factor by which errors of inactive circuits return to them in each "
                    "layer; from 1 on they grow without end."},
    {"rank, who, network, neighbours, neuron, times_active",
     "With --worst: place, circuit, those who send it most, its neurons by their share "
     "of the error, in how many samples it was active."},
    {"exclude, active_file, input_noise",
     "Circuits left out; active sets from a file; noise on the inputs."},
    {"Theory", NULL},
    {"theory", "What a formula says of a network whose closed neurons are kept closed "
               "(masked), beside what was measured. '!': outside the range in which the "
               "formula was derived or tried."},
    {"post, followup, refined",
     "Predictions: leading order of [CIS2]; of [ROT], rotations only; the recursions of "
     "docs/math.md, which the first screen shows."},
    {"even, actual", "For loads that are all alike; for those of the allocation."},
    {"source, equation, range, statement",
     "Where a formula is from, its number, where it holds, what is claimed."},
    {"claim, relation", "A numbered statement that cisup claims measures; exact, bound, "
                        "average, leading, limit, heuristic: what a formula promises; "
                        "equal, at most, at least: how it is meant."},
    {"limit, bound, binds, setting, settings",
     "The largest T by a formula; which one is smallest; networks it holds for: general, "
     "rotation, plain."},
    {"closed, plain, feedback, packing",
     "Limits: closed neurons that open by noise; by the mean signal; errors that return; "
     "two circuits share at most one neuron."},
    {"exceeded, within, infeasible", "T above a limit; within; does not fit."},
    {"theory_exponent, leading_exponent, exponent, fitted, fits, slope, misfit",
     "How T grows with a size, T ~ D^exponent: by theory, in leading order, as fitted, "
     "and how well the fit goes through its points."},
    {"Searches", NULL},
    {"budget, absolute, tolerance, confidence, deviations",
     "Error allowed, as a part of the signal or as a norm; half width of the interval at "
     "which a search stops; how sure it is; "
     "standard deviations of noise that a closed neuron must bear."},
    {"reason", "Why something cannot run, in a record infeasible."},
    {"T_lo, T_hi, outcome, decided_by, error_at_T, beyond, masked, last",
     "Interval for the largest T; how the search ended, less: given up, since others "
     "have "
     "more; which of mean or worst error "
     "decided; errors at T and at 1.1 T; the error were no neuron wrongly open; of the "
     "last layer."},
    {"predicted, measured, ratio, verdict, prediction, finding",
     "Of claims: what is said, what came out, one over the other, whether it holds."},
    {"quantity, value, count, name, id, precise, bits",
     "Of what an error or figure is; the figure; how many; names and numbers of rows."},
    {"cell, cells, done, running, runs, parameters, journal",
     "Of sweeps: one run of propagate, how many there are, are finished, are being "
     "worked on; how often each ran; its parameters; the file that keeps them."},
    {"Files", NULL},
    {"record, schema, version",
     "Kind of a JSON line, the version of its fields, of the program."},
    {"params, networks, samples, networks_done",
     "All parameters of a run; networks asked for, samples of each, networks that were "
     "measured, fewer after a signal."},
    {"build_s, run_s, seconds, bytes, peak_bytes",
     "Time to build, to run, of both; estimated memory; memory that was used."},
    {"assumption, A1, A2, A3, A4",
     "What the theory asks of circuits: at most z active; inactive ones ignore small "
     "noise; they stay off; their weights are uncorrelated."},
    {"noise_tolerance, on_tolerance, weakest_circuit, weakest_layer, largest_bias, "
     "common_part, largest_correlation, correlated",
     "Figures behind these: the noise a neuron of an inactive circuit may get, and which "
     "circuit bears least; largest bias; what all circuits' weights have in common; the "
     "most alike pair."},
    {"r, step",
     "Chance that a third circuit leads from one neuron to another; the step of a gate."},
};
enum { TERMS = sizeof terms / sizeof terms[0] };

void terms_text(FILE *to) {
    fprintf(to, "# Words of cisup's output\n");
    for (int k = 0; k < TERMS; k++) {
        char text[1000];
        if (!terms[k].meaning) {
            fprintf(to, "\n## %s\n\n", terms[k].word);
            continue;
        }
        (void)snprintf(text, sizeof text, "- **%s**: %s", terms[k].word,
                       terms[k].meaning);
        wrap(to, text, 2, 0);
    }
}
