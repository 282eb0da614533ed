/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <cisup/core/base/failure.h>

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Appends a sentence. */
static void say(char *text, const char *format, ...) CISUP_PRINTF(2, 3);
static void say(char *text, const char *format, ...) {
    const size_t used = strlen(text);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text + used, VERDICT_ROOM - used, format, values);
    va_end(values);
}

static void say_against_theory(const verdict *v, char *text) {
    const char *theory =
        v->is_carried ? "of networks that carry masks" : "of masked networks";
    if (v->above_theory && isinf(v->ratio_first))
        say(text,
            "From layer %" PRId64 " on there are errors, which the theory %s denies. ",
            v->above_theory, theory);
    else if (v->above_theory == v->L)
        say(text, "In layer %" PRId64 " the error is %.3g times the theory %s. ", v->L,
            v->ratio_last, theory);
    else if (v->above_theory)
        say(text,
            "From layer %" PRId64
            " on the error is above the theory %s: %.3g times in layer "
            "%" PRId64 ", %.3g times in layer %" PRId64 ". ",
            v->above_theory, theory, v->ratio_first, v->above_theory, v->ratio_last,
            v->L);
    else if (v->within <= 0.2)
        say(text, "The error follows the theory %s, within %.0f %% in every layer. ",
            theory, ceil(100.0 * v->within));
    else if (!isnan(v->within))
        say(text, "The error is not above the theory %s. ", theory);
}

static void say_against_signal(const verdict *v, char *text) {
    if (v->above_signal == v->L)
        say(text, "In layer %" PRId64 " the error exceeds the signal. ", v->L);
    else if (v->above_signal)
        say(text, "From layer %" PRId64 " on the error exceeds the signal. ",
            v->above_signal);
    else if (v->signal_most > 0.0)
        say(text, "In layer %" PRId64 " the error is %.2g %% of the signal. ", v->L,
            100.0 * v->last);
}

/* What a limit of the theory is about. */
static const char *limit_meaning(const char *name) {
    static const char *const meaning[][2] = {
        {"closed", "closed neurons open"},
        {"plain", "the mean signal opens closed neurons"},
        {"feedback", "errors of inactive circuits feed on themselves"},
        {"packing", "any two circuits share at most one neuron"},
    };
    for (size_t k = 0; k < sizeof meaning / sizeof *meaning; k++)
        if (strcmp(meaning[k][0], name) == 0) return meaning[k][1];
    return name;
}

static void say_what_binds(const verdict *v, char *text) {
    if (!v->limit) return;
    if (v->T > v->limit_T)
        say(text,
            "%s: %s (limit '%s': T = %" PRId64 " at this D, S and z; here %" PRId64 "). ",
            v->look ? "What binds" : "Beyond a limit of theory", limit_meaning(v->limit),
            v->limit, v->limit_T, v->T);
    else
        say(text, "T is within the limits of theory ('%s' is next, at %" PRId64 "). ",
            v->limit, v->limit_T);
}

static const char *term_meaning(const char *name) {
    static const char *const meaning[][2] = {
        {"propagation_and_weight_correction",
         "what layers pass on (propagation + weights)"},
        {"readout_correction", "the read-out correction"},
    };
    for (size_t k = 0; k < sizeof meaning / sizeof *meaning; k++)
        if (strcmp(meaning[k][0], name) == 0) return meaning[k][1];
    return name;
}

static void say_why(const verdict *v, char *text) {
    char block[24];
    if (v->look && v->share >= 0.001)
        say(text,
            "In block %s %.2g %% of the neurons that should be closed are open in layer "
            "%" PRId64 ". ",
            verdict_block(v, block), 100.0 * v->share, v->look);
    if (v->term)
        say(text,
            "The largest part of the read-out's error in layer %" PRId64
            " is %s: %.2g of its mean square. ",
            v->look, term_meaning(v->term), v->term_share);
    if (v->feedback >= 0.5)
        say(text,
            "Errors of inactive circuits feed on: g = %.2g, and from 1 on they grow "
            "without end. ",
            v->feedback);
}

static void say_error(const verdict *v, char *text) {
    if (v->ran_over) {
        say(text, "From layer %" PRId64 " on numbers run over: the error has no bound. ",
            v->ran_over);
        return;
    }
    say_against_theory(v, text);
    say_against_signal(v, text);
}

void verdict_text(const verdict *v, char text[VERDICT_ROOM]) {
    text[0] = 0;
    if (v->networks < v->networks_asked)
        say(text, "Interrupted: %" PRId64 " of %" PRId64 " networks. ", v->networks,
            v->networks_asked);
    if (v->networks == 1) say(text, "One network: no intervals. ");
    if (v->exact == EXACT)
        say(text, "No error: exact. ");
    else if (v->exact == EXACT_BUT_ROUNDING)
        say(text, "No error: exact, up to rounding. ");
    else
        say_error(v, text);
    if (v->exact) return;
    say_what_binds(v, text);
    say_why(v, text);
}
