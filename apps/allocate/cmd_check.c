/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_file.h"
#include "check_report.h"
#include "common/allocation_options.h"
#include "common/emit.h"
#include "common/options.h"
#include "common/program.h"
#include "plan_report.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/core/schemes/incidence_form.h>
#include <cisup/core/schemes/schemes_parts.h>
#include <cisup/core/shape.h>

static const char about[] =
    "Verify an allocation, a packing or a design: every circuit (block) sits in exactly "
    "S "
    "neurons (points), and any two circuits share at most one, or --lambda. FILE, or - "
    "for standard input, is told by its content: Matrix Market (neurons x circuits), CSV "
    "with the columns circuit,neuron, a circuit a line with blanks or commas, or a "
    "printed list [[0, 1, 3], [1, 2, 4]]; it may be compressed by gzip and larger than "
    "the memory. With --scheme and no FILE, verify an allocation that is computed and "
    "never stored: td, pairs, sts, affine, projective. With --cycle c the rows are those "
    "of c allocations, one after the other, in which no two circuits may meet twice and "
    "every circuit has as many neurons in each. On violation names two circuits and two "
    "neurons they share, and the two that share most; exit code 1.\v"
    "cisup check rows.mtx\n"
    "cisup check --one-based design.txt\n"
    "cisup check --scheme best -N 1000 -S 7 --algebra";

static const uint64_t unset_seed = UINT64_MAX;

/* --- computed allocations ------------------------------------------------------ */

static cisup_index default_redundancy(cisup_scheme scheme) {
    return scheme == CISUP_SCHEME_PAIRS ? 2 : scheme == CISUP_SCHEME_STS ? 3 : 6;
}

static cisup_status make_computed(const check_request *r, cisup_incidence *x,
                                  cisup_error *err) {
    const cisup_scheme scheme = r->scheme;
    const cisup_allocation_options o = {.scheme = scheme};
    const cisup_index D = r->D ? r->D : 1000, d = r->d ? r->d : 4;
    const cisup_index N = D / d, S = r->S ? r->S : default_redundancy(scheme);
    cisup_index T = r->T.count ? r->T.value[0] : INDEX_MAX_WORD;
    cisup_status status;
    if (T == INDEX_MAX_WORD) CISUP_TRY(cisup_allocation_capacity(N, S, &o, &T, err));
    CISUP_TRY(cisup_incidence_make(x, N, S, T, scheme, err));
done:
    return status;
}

static cisup_status print_computed(const check_request *r, const findings *f,
                                   cisup_error *err) {
    if (r->quiet && !r->json) return CISUP_OK;
    return r->algebra ? proof_show(f, r->json, err) : sample_show(f, r->json, err);
}

/* Samples or verifies; *holds says what was found. */
static cisup_status examine_partly(const check_request *r, const cisup_incidence *x,
                                   findings *f, int *holds, cisup_error *err) {
    const double start = seconds_now();
    const uint64_t seed = r->seed == unset_seed ? 1 : r->seed;
    const cisup_status status =
        r->algebra ? cisup_scheme_verify(x, &f->proof, err)
                   : cisup_overlap_sample(x, r->sample, seed, &f->sample, err);
    if (status != CISUP_OK && r->algebra) cisup_error_prefix(err, "--algebra");
    if (status != CISUP_OK) return status;
    f->seconds = seconds_now() - start;
    *holds = r->algebra ? f->proof.holds : f->sample.holds;
    return print_computed(r, f, err);
}

/* --- reports ------------------------------------------------------------------- */

static int report(const check_request *r, const findings *f, cisup_status status,
                  cisup_error *err) {
    if (status != CISUP_OK && status != CISUP_EINVARIANT) return fail_with(err);
    cisup_error own = {0};
    if ((r->json || !r->quiet) && findings_show(f, r->json, &own) != CISUP_OK)
        return fail_with(&own);
    if (status != CISUP_OK) return fail_with(err);
    return f->overlap.holds ? EXIT_HOLDS : EXIT_VIOLATED;
}

/* The hypotheses of a cycle's theorem, or all its pairs. */
static cisup_status examine_cycle(const check_request *r, const cisup_cycle *x,
                                  findings *f, cisup_error *err) {
    const cisup_rows rows = cisup_cycle_rows(x);
    if (!r->algebra) return check_rows(r, &rows, 0.0, 0, f, err);
    const double start = seconds_now();
    const cisup_status status = cisup_cycle_verify(x, &f->proof, err);
    if (status != CISUP_OK) cisup_error_prefix(err, "--algebra");
    if (status != CISUP_OK) return status;
    f->seconds = seconds_now() - start;
    return print_computed(r, f, err);
}

/* As many circuits as are computed, unless -T says how many; more are built first. */
static int check_cycle(const check_request *r, findings *f, cisup_error *err) {
    const cisup_index N = (r->D ? r->D : 1000) / (r->d ? r->d : 4), S = r->S ? r->S : 6;
    cisup_cycle_plan plan;
    cisup_cycle x = {0};
    cisup_status status;
    cisup_index T = r->T.count ? r->T.value[0] : INDEX_MAX_WORD;
    CISUP_TRY(cisup_cycle_plan_make(&plan, N, S, r->cycle, err));
    if (T == INDEX_MAX_WORD) T = plan.q ? plan.q * plan.q : plan.T;
    CISUP_TRY(cisup_cycle_make(&x, N, S, r->cycle, T, err));
    f->circuits = T;
    f->neurons = N * r->cycle;
    f->redundancy = S * r->cycle;
    CISUP_TRY(examine_cycle(r, &x, f, err));
done:
    cisup_cycle_free(&x);
    if (r->algebra && status == CISUP_OK)
        return f->proof.holds ? EXIT_HOLDS : EXIT_VIOLATED;
    return report(r, f, status, err);
}

static int check_computed(const check_request *r, findings *f, cisup_error *err) {
    cisup_incidence x = {0};
    int holds = 0, code;
    cisup_status status = make_computed(r, &x, err);
    f->circuits = x.T;
    f->neurons = x.N;
    f->redundancy = x.S;
    if (status == CISUP_OK && (r->algebra || r->sample)) {
        status = examine_partly(r, &x, f, &holds, err);
        code = status != CISUP_OK ? fail_with(err) : holds ? EXIT_HOLDS : EXIT_VIOLATED;
    } else if (status == CISUP_OK) {
        const cisup_rows rows = cisup_incidence_rows(&x);
        status = check_rows(r, &rows, 0.0, 0, f, err);
        code = report(r, f, status, err);
    } else {
        code = fail_with(err);
    }
    cisup_incidence_free(&x);
    return code;
}

/* A plan that is stored when it is built has its certificate, step by step. */
static int has_plan(const check_request *r) {
    return r->algebra && !r->cycle &&
           (r->scheme == CISUP_SCHEME_BEST || r->scheme == CISUP_SCHEME_DESIGN ||
            r->scheme == CISUP_SCHEME_STS);
}

static int check_plan(const check_request *r, findings *f, cisup_error *err) {
    const cisup_index N = (r->D ? r->D : 1000) / (r->d ? r->d : 4);
    const cisup_index S = r->S ? r->S : default_redundancy(r->scheme);
    const double start = seconds_now();
    construction c = {0};
    cisup_plan_proof p = {0};
    cisup_status status;
    int holds = 0;
    CISUP_TRY(construction_make(N, S, r->scheme, &c, err));
    f->circuits =
        r->T.count && r->T.value[0] != INDEX_MAX_WORD ? r->T.value[0] : c.circuits;
    f->neurons = N;
    f->redundancy = S;
    if (f->circuits > c.circuits)
        CISUP_TRY(
            cisup_allocation_too_many(N, S, f->circuits, r->scheme, c.circuits, err));
    CISUP_TRY(cisup_plan_verify(&c.plan, &p, err));
    f->seconds = seconds_now() - start;
    holds = p.holds;
    if (r->json || !r->quiet) CISUP_TRY(plan_proof_show(&c, &p, f, r->json, err));
done:
    construction_free(&c);
    cisup_plan_proof_free(&p);
    return status != CISUP_OK ? fail_with(err) : holds ? EXIT_HOLDS : EXIT_VIOLATED;
}

/* What only one of the two kinds of check looks at is refused with the other. */
static cisup_status kind_check(const check_request *r, cisup_error *err) {
    const char *computed = r->sample               ? "sample"
                           : r->algebra            ? "algebra"
                           : r->D                  ? "width"
                           : r->d                  ? "circuit-width"
                           : r->T.count            ? "circuits"
                           : r->seed != unset_seed ? "seed"
                                                   : NULL;
    const char *of_files = r->lenient      ? "lenient"
                           : r->neurons    ? "neurons"
                           : r->one_based  ? "one-based"
                           : r->transposed ? "transposed"
                           : r->lambda     ? "lambda"
                                           : NULL;
    if (r->scheme == NO_SCHEME && computed)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--%s is for computed allocations (--scheme)", computed);
    if (r->scheme != NO_SCHEME && of_files)
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s is for files", of_files);
    if (r->seed != unset_seed && r->scheme != NO_SCHEME && !r->sample)
        return CISUP_FAIL(err, CISUP_EINVAL, "--seed is for --sample");
    if (r->lambda && r->cycle)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--lambda: no two circuits of a cycle may meet twice");
    if (r->memory > 0.0 && (r->sample || r->algebra))
        return CISUP_FAIL(err, CISUP_EINVAL, "--memory is for the check of all pairs");
    return CISUP_OK;
}

static cisup_status request_check(const check_request *r, int operands,
                                  cisup_error *err) {
    if (r->scheme == NO_SCHEME && operands != 1)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "check needs one FILE, or --scheme; see cisup check --help");
    const cisup_status status = kind_check(r, err);
    if (status != CISUP_OK) return status;
    if (r->scheme != NO_SCHEME && operands)
        return CISUP_FAIL(err, CISUP_EINVAL, "--scheme and a FILE exclude each other");
    if (r->scheme != NO_SCHEME && !has_plan(r) &&
        !cisup_incidence_exists(r->scheme, r->S ? r->S : default_redundancy(r->scheme)))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--scheme %s is not computed but stored%s: write it to a file",
                          cisup_scheme_name(r->scheme),
                          r->scheme == CISUP_SCHEME_PAIRS ? " unless S = 2"
                          : r->scheme == CISUP_SCHEME_STS ? " unless S = 3"
                                                          : "");
    if (r->cycle && r->scheme != NO_SCHEME && r->scheme != CISUP_SCHEME_TD)
        return CISUP_FAIL(err, CISUP_EINVAL, "--cycle: scheme %s has none, only td",
                          cisup_scheme_name(r->scheme));
    if (r->cycle && r->sample)
        return CISUP_FAIL(err, CISUP_EINVAL, "--sample is not for cycles");
    if (r->cycle == 1 || (r->cycle && r->S > CISUP_MOST_NEURONS / r->cycle))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--cycle %" PRId64 ": two parts or more, with c S below 2^31",
                          r->cycle);
    if (r->sample && r->algebra)
        return CISUP_FAIL(err, CISUP_EINVAL, "--sample and --algebra exclude each other");
    if (r->T.count > 1) return index_list_single(&r->T, "circuits", err);
    if (r->neurons > CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EINVAL, "--neurons %" PRId64 ": at most %" PRId32,
                          r->neurons, CISUP_MOST_NEURONS);
    return CISUP_OK;
}

static int execute(const check_request *r, int operands) {
    cisup_error err = {0};
    findings f = {.bad_circuit = -1,
                  .lambda = r->lambda,
                  .cycle = r->cycle,
                  .parts = {.bad_circuit = -1}};
    int code;
    if (request_check(r, operands, &err) != CISUP_OK) return fail_with(&err);
    if (has_plan(r))
        code = check_plan(r, &f, &err);
    else if (r->scheme != NO_SCHEME && r->cycle)
        code = check_cycle(r, &f, &err);
    else if (r->scheme != NO_SCHEME)
        code = check_computed(r, &f, &err);
    else
        code = report(r, &f, check_file(r, &f, &err), &err);
    cisup_release(f.load);
    cisup_release(f.bins);
    cisup_release(f.shared);
    return code;
}

#define OPTIONS_OF check_request
static const option_row table[] = {
    OPTION_GROUP(ALLOCATION),
    OPTION(
        S, "redundancy", 'S', SIZE, "S",
        "neurons every circuit must have (those of the first circuit; computed: 6, pairs "
        "2, sts 3)"),
    OPTION(
        neurons, "neurons", 'N', SIZE, "N",
        "neurons of a file that is no matrix (as many as the largest one says); a matrix "
        "must have as many rows"),
    OPTION(lambda, "lambda", 0, SIZE, "n",
           "neurons that any two circuits may share, of designs and coverings (1)"),
    OPTION(one_based, "one-based", 0, FLAG, NULL,
           "FILE counts circuits and neurons from 1, as Matrix Market always does"),
    OPTION(transposed, "transposed", 0, FLAG, NULL,
           "FILE is a matrix of circuits x neurons"),
    OPTION(lenient, "lenient", 0, FLAG, NULL,
           "accept Matrix Market files of other habits"),
    OPTION_GROUP(MEASUREMENT),
    OPTION(
        memory, "memory", 0, BYTES, "SIZE",
        "bytes to use for everything, 500M or 2G (half of what is there for a file, 500M "
        "for pairs)"),
    OPTION(threads, "threads", 0, THREADS, "N", "threads (all)"),
    OPTION_GROUP(ALLOCATION),
    CHOICE(scheme, NULL, "scheme", cisup_scheme_find, "td|pairs|sts|affine|projective",
           "no FILE: check the circuits of td, pairs, sts, affine or projective as they "
           "are computed; with --algebra also best and design"),
    OPTION(cycle, "cycle", 0, SIZE, "c",
           "the rows are those of a cycle of c allocations; -S is of each, -N of all"),
    OPTION(D, "width", 'D', SIZE, "D", "computed: width of the network (1000)"),
    OPTION(d, "circuit-width", 'd', SIZE, "d", "computed: width of a circuit (4)"),
    OPTION(T, "circuits", 'T', LIST_OR_MAX, "n|max", "computed: circuits (max)"),
    OPTION_GROUP(MEASUREMENT),
    OPTION(sample, "sample", 0, SIZE, "K",
           "computed: compare K random circuits with all others instead of all pairs"),
    OPTION(algebra, "algebra", 0, FLAG, NULL,
           "computed: verify the hypotheses of the theorem behind it, instead; of best, "
           "design and sts those of every step of the plan"),
    OPTION(seed, "seed", 0, SEED, "N", "seed of the sample (1)"),
    OPTION_GROUP(OUTPUT),
    OPTION(json, "json", 0, FLAG, NULL, "one JSON object a line"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "only the exit code"),
    OPTIONS_END,
};

int cmd_check(int argc, char **argv) {
    check_request r = {.scheme = NO_SCHEME, .seed = unset_seed};
    const char *operand[OPERANDS_MOST] = {0};
    const int operands =
        options_parse("cisup check", "[FILE]", about, table, &r, argc, argv, operand);
    r.path = operand[0];
    const int code = execute(&r, operands);
    cisup_release(r.T.value);
    return code;
}
