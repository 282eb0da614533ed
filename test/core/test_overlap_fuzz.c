/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thousands of small allocations, sound, damaged and nonsensical, checked with keys of
 * both kinds, several threads and next to no memory, against a table of all pairs. */
#include "common/check.h"

#include <cisup/core/overlap.h>
#include <cisup/core/overlap/overlap_memory.h>
#include <cisup/core/schemes.h>

#include <malloc.h>

enum { most_N = 70, most_S = 24, most_T = 40, cases = 6000, wide_N = 1 << 16 };

/* What the table of all pairs says. */
typedef struct {
    cisup_index bad_circuit; /* -1: all rows are in order */
    int32_t bad_neuron;
    cisup_index circuits[2], neurons[2], max_overlap, load[most_N];
    cisup_index stretch; /* neurons are multiples of it */
} truth;

/* Says whether the rows are in order, and if not, what is to be named. */
static int rows_are_sound(const cisup_allocation *a, truth *want) {
    for (cisup_index k = 0; k < a->T * a->S; k++) {
        const int at_start = k % a->S == 0;
        if (a->slot[k] >= 0 && a->slot[k] < a->N &&
            (at_start || a->slot[k] > a->slot[k - 1]))
            continue;
        want->bad_circuit = k / a->S;
        want->bad_neuron = a->slot[k];
        return 0;
    }
    return 1;
}

static void look_at_all_pairs(const cisup_allocation *a, truth *want) {
    static int holds[most_T][most_N];
    memset(holds, 0, sizeof holds);
    for (cisup_index k = 0; k < a->T * a->S; k++) holds[k / a->S][a->slot[k]] = 1;
    for (cisup_index n = a->N - 1; n >= 0; n--) {
        for (cisup_index t = 0; t < a->T; t++) want->load[n] += holds[t][n];
        for (cisup_index m = a->N - 1; m > n; m--) {
            cisup_index by[2] = {-1, -1};
            for (cisup_index t = a->T - 1; t >= 0; t--)
                if (holds[t][n] && holds[t][m]) {
                    by[1] = by[0];
                    by[0] = t;
                }
            if (by[1] < 0) continue;
            memcpy(want->circuits, by, sizeof by);
            want->neurons[0] = n;
            want->neurons[1] = m;
        }
    }
    for (cisup_index t = 0; t < a->T; t++)
        for (cisup_index u = 0; u < t; u++) {
            cisup_index both = 0;
            for (cisup_index n = 0; n < a->N; n++) both += holds[t][n] && holds[u][n];
            if (both > want->max_overlap) want->max_overlap = both;
        }
}

/* --- cases --------------------------------------------------------------------- */

static void random_row(const cisup_allocation *a, cisup_index t, cisup_rng *rng) {
    cisup_index row[most_S];
    cisup_rng_subset(rng, a->N, a->S, row);
    for (cisup_index k = 0; k < a->S; k++) a->slot[t * a->S + k] = (int32_t)row[k];
}

static int32_t *any_slot(const cisup_allocation *a, cisup_rng *rng) {
    return a->slot + cisup_rng_below(rng, (uint64_t)(a->T * a->S));
}

/* One of the ways in which rows go wrong; most are no fault of their own. */
static void damage(const cisup_allocation *a, cisup_rng *rng) {
    static const int32_t wrong[] = {-1, -2, INT32_MIN, INT32_MAX, 0};
    const cisup_index S = a->S, t = check_between(rng, 0, a->T - 1);
    const cisup_index u = check_between(rng, 0, a->T - 1);
    int32_t *slot = any_slot(a, rng);
    switch (cisup_rng_below(rng, 7)) {
    case 0: /* an index that is none */
        *slot = wrong[cisup_rng_below(rng, 5)];
        break;
    case 1:
        *slot = (int32_t)(a->N + check_between(rng, -1, 1));
        break;
    case 2: /* a neuron twice, or out of order */
        *slot = *any_slot(a, rng);
        break;
    case 3: { /* unsorted */
        const int32_t first = a->slot[t * S];
        a->slot[t * S] = a->slot[t * S + S - 1];
        a->slot[t * S + S - 1] = first;
        break;
    }
    case 4: /* a copied circuit */
        memmove(a->slot + u * S, a->slot + t * S, (size_t)S * sizeof *a->slot);
        break;
    default:
        random_row(a, t, rng);
    }
}

/* Progressions or a random packing, in random order, or random rows. */
static cisup_allocation draw(cisup_rng *rng) {
    const cisup_index S = check_between(rng, 2, most_S);
    const cisup_index N = check_between(rng, S + S / 2, most_N);
    cisup_index T = check_between(rng, 1, most_T), order[most_T], most;
    const cisup_allocation_options o = {.scheme = (cisup_scheme)cisup_rng_below(rng, 4),
                                        .seed = cisup_rng_next(rng)};
    const int is_sound = cisup_rng_below(rng, 4) > 0;
    cisup_allocation valid = {0}, a;
    CHECK_OK(cisup_allocation_capacity(N, S, &o, &most, &error_));
    if (is_sound && T > most) T = most;
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    cisup_rng_permutation(rng, T, order);
    if (is_sound) CHECK_OK(cisup_allocation_make(&valid, N, S, T, &o, &error_));
    for (cisup_index t = 0; t < T; t++)
        if (is_sound)
            memcpy(a.slot + t * S, cisup_allocation_row(&valid, order[t]),
                   (size_t)S * sizeof *a.slot);
        else
            random_row(&a, t, rng);
    for (cisup_index k = check_between(rng, -2, 2); k > 0; k--) damage(&a, rng);
    cisup_allocation_free(&valid);
    return a;
}

/* The same with every neuron `stretch` times as far up: the overlaps are the same. */
static void stretch_neurons(cisup_allocation *a, truth *want, cisup_index stretch) {
    for (cisup_index k = 0; k < a->T * a->S; k++)
        if (a->slot[k] > 0 && a->slot[k] <= a->N + 1)
            a->slot[k] = (int32_t)(a->slot[k] * stretch);
    if (want->bad_neuron > 0 && want->bad_neuron <= a->N + 1)
        want->bad_neuron = (int32_t)(want->bad_neuron * stretch);
    for (int k = 0; k < 2; k++)
        if (want->neurons[k] > 0) want->neurons[k] *= stretch;
    want->stretch = stretch;
    a->N *= stretch;
}

/* --- comparing ----------------------------------------------------------------- */

static void check_one(const cisup_rows *rows, const cisup_overlap_options *o,
                      const truth *want) {
    cisup_overlap_report got;
    cisup_error err = {0};
    memset(&got, 0x5a, sizeof got);
    const cisup_status status = cisup_overlap_check_rows(rows, o, &got, &err);
    if (want->bad_circuit >= 0) {
        char text[60];
        (void)snprintf(text, sizeof text, "circuit %" PRId64 ": neuron %" PRId32 " ",
                       want->bad_circuit, want->bad_neuron);
        assert_int_equal(status, CISUP_EFORMAT);
        if (!strstr(err.text, text)) fail_msg("%s is missing in: %s", text, err.text);
        assert_false(got.holds);
        return;
    }
    check_ok(status, &err, "the check", __FILE__, __LINE__);
    assert_int_equal(got.holds, want->circuits[0] < 0);
    assert_memory_equal(got.witness_circuits, want->circuits, sizeof want->circuits);
    assert_memory_equal(got.witness_neurons, want->neurons, sizeof want->neurons);
    if (got.max_overlap_exact)
        assert_int_equal(got.max_overlap, want->max_overlap);
    else /* a search that was cut off, see core/overlap.h */
        assert_in_range(got.max_overlap, 2, want->max_overlap);
    for (cisup_index n = 0; n < rows->N; n++)
        if (o->load[n] != (n % want->stretch ? 0 : want->load[n / want->stretch]))
            fail_msg("neuron %" PRId64 " has load %" PRId64, n, o->load[n]);
}

/* Rows that come from elsewhere, as from a file. */
static cisup_status copy_rows(const void *from, cisup_index first, cisup_index count,
                              int32_t *out, cisup_error *err) {
    (void)err;
    const cisup_allocation *a = from;
    assert_true(first >= 0 && count > 0 && first + count <= a->T);
    memcpy(out, a->slot + first * a->S, (size_t)(count * a->S) * sizeof *out);
    return CISUP_OK;
}

static void every_check_agrees_with_the_table(void **state) {
    (void)state;
    /* 0: the default; else bytes beyond the least. */
    static const double memory[] = {0.0, 1.0, 30.0, 150.0, 1000.0, 5000.0};
    int sound = 0, holding = 0;
    for (cisup_index k = 0; k < cases; k++) {
        cisup_rng rng = check_rng(k);
        cisup_allocation a = draw(&rng);
        truth want = {
            .bad_circuit = -1, .circuits = {-1, -1}, .neurons = {-1, -1}, .stretch = 1};
        if (rows_are_sound(&a, &want)) {
            look_at_all_pairs(&a, &want);
            sound++;
            holding += want.circuits[0] < 0;
        }
        /* Now and then so many neurons that keys have 32 bits, or buckets few keys. */
        if (k % 20 == 0) stretch_neurons(&a, &want, wide_N / a.N + 1);
        if (k % 20 == 10) stretch_neurons(&a, &want, 100);
        const cisup_rows stored = cisup_rows_stored(&a);
        const cisup_rows streamed = {a.N, a.S, a.T, copy_rows, &a, NULL};
        static cisup_index load[wide_N + most_N];
        /* Starting threads takes longer than all else. */
        for (int threads = 1; threads <= (k % 2 == 0 ? 3 : 1); threads++) {
            cisup_overlap_options o = {.threads = threads, .load = load};
            o.memory = memory[cisup_rng_below(&rng, 6)];
            if (o.memory > 0.0) o.memory += cisup_overlap_memory(&stored);
            check_one(cisup_rng_below(&rng, 2) ? &stored : &streamed, &o, &want);
            o.memory =
                cisup_overlap_memory(&stored) + memory[1 + cisup_rng_below(&rng, 5)];
            check_one(&streamed, &o, &want);
        }
        cisup_allocation_free(&a);
    }
    assert_in_range(sound, cases / 2, cases - cases / 10); /* all kinds are there */
    assert_in_range(holding, cases / 5, cases - cases / 5);
}

/* --- failures ------------------------------------------------------------------ */

static cisup_status check_streamed(void *context) {
    const cisup_allocation *a = context;
    const cisup_rows rows = {a->N, a->S, a->T, copy_rows, a, NULL};
    const cisup_overlap_options o = {.memory = 1e6, .threads = 2};
    cisup_overlap_report report;
    const cisup_status status = cisup_overlap_check_rows(&rows, &o, &report, NULL);
    assert_false(report.holds); /* it does not, and a failure never says so */
    return status;
}

static void the_check_survives_every_allocation_failure(void **state) {
    (void)state;
    cisup_rng rng = check_rng(100000);
    cisup_allocation a;
    for (cisup_index T = 20; T <= 60; T += 40) { /* wide and narrow keys */
        CHECK_OK(cisup_allocation_init(&a, 30, 5, T, &error_));
        for (cisup_index t = 0; t < a.T; t++) random_row(&a, t, &rng);
        assert_true(check_every_allocation(check_streamed, &a) > 20);
        cisup_allocation_free(&a);
    }
}

static cisup_status fail_late(const void *from, cisup_index first, cisup_index count,
                              int32_t *out, cisup_error *err) {
    if (first + count > 15) return CISUP_FAIL(err, CISUP_EIO, "circuit 15 is lost");
    return copy_rows(from, first, count, out, err);
}

static void a_source_that_fails_ends_the_check(void **state) {
    (void)state;
    cisup_rng rng = check_rng(100001);
    cisup_allocation a;
    CHECK_OK(cisup_allocation_init(&a, 30, 5, 20, &error_));
    for (cisup_index t = 0; t < a.T; t++) random_row(&a, t, &rng);
    const cisup_rows rows = {a.N, a.S, a.T, fail_late, &a, NULL};
    for (int threads = 1; threads <= 3; threads++) {
        const cisup_overlap_options o = {.threads = threads};
        cisup_overlap_report report;
        cisup_error err = {0};
        assert_int_equal(cisup_overlap_check_rows(&rows, &o, &report, &err), CISUP_EIO);
        assert_string_equal(err.text, "circuit 15 is lost");
    }
    cisup_allocation_free(&a);
}

/* Circuits handed out so far; what is read twice fails the second time at its end. */
static cisup_index handed_out;

static cisup_status fail_at_second_reading(const void *from, cisup_index first,
                                           cisup_index count, int32_t *out,
                                           cisup_error *err) {
    const cisup_allocation *a = from;
    const cisup_index before = __atomic_fetch_add(&handed_out, count, __ATOMIC_RELAXED);
    if (before >= a->T && first + count == a->T)
        return CISUP_FAIL(err, CISUP_EIO, "the file has changed");
    return copy_rows(from, first, count, out, err);
}

/* The other threads must not mark keys that the one that fails has not written: memory
 * is filled with large numbers, which would be far outside of the marks. */
static void a_source_that_fails_when_read_again_marks_nothing(void **state) {
    (void)state;
    cisup_rng rng = check_rng(100002);
    const cisup_index N[] = {3000, 70000};
    (void)mallopt(M_PERTURB, 0x81);
    for (int k = 0; k < 2; k++) {
        cisup_allocation a;
        CHECK_OK(cisup_allocation_init(&a, N[k], 5, 40000, &error_));
        for (cisup_index t = 0; t < a.T; t++) random_row(&a, t, &rng);
        const cisup_rows rows = {a.N, a.S, a.T, fail_at_second_reading, &a, NULL};
        const cisup_overlap_options o = {.threads = 3};
        cisup_overlap_report report;
        handed_out = 0;
        assert_int_equal(cisup_overlap_check_rows(&rows, &o, &report, NULL), CISUP_EIO);
        cisup_allocation_free(&a);
    }
    (void)mallopt(M_PERTURB, 0);
}

static void sizes_and_options_out_of_range_are_refused(void **state) {
    (void)state;
    const cisup_rows good = {10, 3, 2, copy_rows, NULL, NULL};
    cisup_rows rows[] = {good, good, good, good, good};
    rows[0].S = 0;
    rows[1].N = 2;
    rows[2].T = 0;
    rows[3].N = INT64_C(1) << 31;
    rows[4].T = INT64_C(1) << 32;
    cisup_overlap_report report;
    for (int k = 0; k < 5; k++)
        assert_int_equal(cisup_overlap_check_rows(&rows[k], NULL, &report, NULL),
                         CISUP_EINVAL);
    const cisup_overlap_options wrong[] = {
        {.threads = -1}, {.memory = -1.0}, {.memory = (double)NAN}};
    for (int k = 0; k < 3; k++)
        assert_int_equal(cisup_overlap_check_rows(&good, &wrong[k], &report, NULL),
                         CISUP_EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_agrees_with_the_table),
        cmocka_unit_test(the_check_survives_every_allocation_failure),
        cmocka_unit_test(a_source_that_fails_ends_the_check),
        cmocka_unit_test(a_source_that_fails_when_read_again_marks_nothing),
        cmocka_unit_test(sizes_and_options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
