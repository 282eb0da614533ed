/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files in every order and with next to no memory give the rows that were written. */
#include "common/check.h"
#include "common/row_files.h"
#include "common/scratch.h"

#include <cisup/core/overlap.h>
#include <cisup/sparse/row_file.h>

#include <zlib.h>

/* Writes the slots in the order given: place[k] is the k-th to be written. */
static void write_file(format form, const cisup_allocation *a, const cisup_index *place) {
    const cisup_index entries = a->T * a->S;
    gzFile file = gzopen(scratch_path(name_of[form]), form == MTX_GZ ? "wb" : "wbT");
    assert_non_null(file);
    if (form == CSV)
        gzprintf(file, "circuit,neuron\n");
    else
        gzprintf(file, "%%%%MatrixMarket matrix coordinate pattern general\n%d %d %d\n",
                 (int)a->N, (int)a->T, (int)entries);
    for (cisup_index k = 0; k < entries; k++) {
        const int t = (int)(place[k] / a->S), n = a->slot[place[k]];
        if (form == CSV)
            gzprintf(file, "%d,%d\n", t, n);
        else
            gzprintf(file, "%d %d\n", n + 1, t + 1);
    }
    assert_int_equal(gzclose(file), Z_OK);
}

/* Orders: as written, circuits in order but not their neurons, anything. */
static void any_order_and_memory_give_the_same_rows(void **state) {
    (void)state;
    int spilled = 0;
    for (cisup_index k = 0; k < 60; k++) {
        cisup_rng rng = check_rng(k);
        const cisup_index S = check_between(&rng, 1, 8);
        cisup_allocation a = random_rows(&rng, check_between(&rng, 20, 90), S,
                                         check_between(&rng, 1, k % 2 ? 900 : 20));
        cisup_index *place;
        CHECK_OK(cisup_new(&place, a.T * S, sizeof *place, &error_));
        cisup_rng_permutation(&rng, a.T * S, place);
        for (cisup_index j = 0; k % 3 < 2 && j < a.T * S; j++)
            place[j] = k % 3 ? j / S * S + S - 1 - j % S : j;
        for (format form = CSV; form < FORMATS; form++) {
            const double memory[] = {0.0, 1.0, 1000.0, 40000.0, 200000.0};
            write_file(form, &a, place);
            for (int m = 0; m < 5; m++) {
                const cisup_row_file_options o = {.memory = memory[m]};
                cisup_row_file f;
                CHECK_OK(
                    cisup_row_file_open(scratch_path(name_of[form]), &o, &f, &error_));
                check_rows(&f, &a);
                spilled += f.has_spilled;
                cisup_row_file_close(&f);
            }
        }
        cisup_release(place);
        cisup_allocation_free(&a);
    }
    assert_in_range(spilled, 100, 800); /* both ways are well represented */
}

/* A fault in a file of 3000 entries, of which 1024 wait at a time, is found whether it
 * comes in the first pass or sends the reader back. */
static void faults_are_found_with_little_memory(void **state) {
    (void)state;
    static const struct {
        const char *last, *want;
    } fault[] = {
        {"0,0\n", "a.csv:3002: circuit 0 has neuron 0 already in line 2"},
        {"999,2\n", "a.csv:3002: circuit 999 has neuron 2 already in line 3001"},
        {"1001,5\n", "a.csv: circuit 1000 has no line"},
        {"5,x\n", "a.csv:3002: neuron: \"x\" is not an integer"},
        {"1000,5\n", NULL},
        {"7,5\n", NULL},
    };
    const cisup_row_file_options o = {.memory = 1.0};
    for (size_t j = 0; j < sizeof fault / sizeof fault[0]; j++) {
        FILE *file = fopen(scratch_path("a.csv"), "w");
        assert_non_null(file);
        fputs("circuit,neuron\n", file);
        for (int k = 0; k < 3000; k++) fprintf(file, "%d,%d\n", k / 3, k % 3);
        fputs(fault[j].last, file);
        assert_int_equal(fclose(file), 0);
        cisup_error err = {0};
        cisup_row_file f;
        const cisup_status status =
            cisup_row_file_open(scratch_path("a.csv"), &o, &f, &err);
        if (fault[j].want) {
            assert_int_equal(status, CISUP_EFORMAT);
            if (!strstr(err.text, fault[j].want))
                fail_msg("%s is missing in: %s", fault[j].want, err.text);
        } else { /* no fault of the file: one circuit has another number */
            check_ok(status, &err, "open", __FILE__, __LINE__);
            assert_int_equal(f.bad_circuit, j == 4 ? 1000 : 7);
            assert_int_equal(f.bad_count, j == 4 ? 1 : 4);
        }
        cisup_row_file_close(&f);
    }
}

static void spilled_rows_give_the_same_report(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1000);
    cisup_allocation a = random_rows(&rng, 200, 4, 700);
    cisup_index place[2800];
    for (cisup_index k = 0; k < 2800; k++) place[k] = k;
    write_file(MTX, &a, place);
    cisup_overlap_report want, got;
    CHECK_OK(cisup_overlap_check(&a, &want, &error_));
    const cisup_row_file_options o = {.memory = 3000.0};
    cisup_row_file f;
    CHECK_OK(cisup_row_file_open(scratch_path("a.mtx"), &o, &f, &error_));
    assert_true(f.has_spilled);
    const cisup_rows rows = cisup_row_file_rows(&f);
    for (int threads = 1; threads <= 2; threads++) {
        const cisup_overlap_options p = {.memory = 1e6, .threads = threads};
        CHECK_OK(cisup_overlap_check_rows(&rows, &p, &got, &error_));
        assert_false(got.holds);
        assert_memory_equal(got.witness_circuits, want.witness_circuits, 16);
        assert_memory_equal(got.witness_neurons, want.witness_neurons, 16);
        assert_int_equal(got.max_overlap, want.max_overlap);
    }
    cisup_row_file_close(&f);
    cisup_allocation_free(&a);
}

static cisup_status open_only(void *context) {
    const cisup_row_file_options o = {.memory = *(double *)context};
    cisup_row_file f;
    const cisup_status status = cisup_row_file_open(scratch_path("a.csv"), &o, &f, NULL);
    if (status != CISUP_OK) assert_null(f.slot);
    cisup_row_file_close(&f);
    return status;
}

static void opening_survives_every_allocation_failure(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1001);
    cisup_allocation a = random_rows(&rng, 50, 3, 700);
    cisup_index place[2100];
    cisup_rng_permutation(&rng, 2100, place);
    write_file(CSV, &a, place);
    double memory[] = {1e6, 1.0};
    assert_true(check_every_allocation(open_only, &memory[0]) > 3);
    assert_true(check_every_allocation(open_only, &memory[1]) > 3);
    cisup_allocation_free(&a);
}

/* One circuit of many neurons, or a file that lenient reading holds whole: refused before
 * the memory is taken. NULL options are the defaults. */
static void memory_is_for_everything(void **state) {
    (void)state;
    enum { N = 300000 };
    static cisup_index place[N];
    cisup_allocation a;
    CHECK_OK(cisup_allocation_init(&a, N, N, 1, &error_));
    for (cisup_index k = 0; k < N; k++) a.slot[k] = (int32_t)(place[k] = k);
    const char *const says[] = {"circuit 0 has more than", "more entries than fit"};
    for (int lenient = 0; lenient < 2; lenient++) {
        const format form = lenient ? MTX : CSV;
        const cisup_row_file_options o = {.memory = 1e5, .lenient = lenient};
        const int64_t peak = cisup_memory_peak();
        cisup_row_file f;
        cisup_error err;
        write_file(form, &a, place);
        assert_int_equal(cisup_row_file_open(scratch_path(name_of[form]), &o, &f, &err),
                         CISUP_ENOMEM);
        assert_non_null(strstr(err.text, says[lenient]));
        assert_true(cisup_memory_peak() - peak < 2000000);
        CHECK_OK(cisup_row_file_open(scratch_path(name_of[form]), NULL, &f, &error_));
        check_rows(&f, &a);
        cisup_row_file_close(&f);
    }
    cisup_allocation_free(&a);
}

/* Circuit t of 1 + t mod 3 neurons, in falling order: neurons of their own fill them up,
 * in memory and in the temporary file. */
static void unequal_circuits_are_filled_up(void **state) {
    (void)state;
    enum { T = 3000 };
    FILE *file = fopen(scratch_path("a.csv"), "wb");
    assert_non_null(file);
    (void)fprintf(file, "circuit,neuron\n");
    for (int t = T - 1; t >= 0; t--)
        for (int k = t % 3; k >= 0; k--)
            (void)fprintf(file, "%d,%d\n", t, 10 * k + t % 10);
    (void)fclose(file);
    const double memory[] = {1.0, 1e7};
    for (int m = 0; m < 2; m++) {
        cisup_row_file_options o = {.memory = memory[m]};
        cisup_row_file f;
        CHECK_OK(cisup_row_file_open(scratch_path("a.csv"), &o, &f, &error_));
        assert_true(f.can_reopen && f.bad_circuit == 1 && f.most_count == 3 && f.N == 30);
        cisup_row_file_close(&f);
        o = (cisup_row_file_options){
            .memory = memory[m], .neurons = 30, .S = 3, .padded = 1};
        CHECK_OK(cisup_row_file_open(scratch_path("a.csv"), &o, &f, &error_));
        assert_true(f.bad_circuit == -1 && f.added == T && f.has_spilled == (m == 0));
        const cisup_rows rows = cisup_row_file_rows(&f);
        assert_int_equal(rows.N, 30 + T);
        int32_t slot[3 * T], filler = 30;
        CHECK_OK(rows.fill(rows.from, 0, T, slot, &error_));
        for (int t = 0; t < T; t++)
            for (int k = 0; k < 3; k++)
                assert_int_equal(slot[3 * t + k],
                                 k <= t % 3 ? 10 * k + t % 10 : filler++);
        cisup_row_file_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_and_memory_give_the_same_rows),
        cmocka_unit_test(faults_are_found_with_little_memory),
        cmocka_unit_test(spilled_rows_give_the_same_report),
        cmocka_unit_test(unequal_circuits_are_filled_up),
        cmocka_unit_test(memory_is_for_everything),
        cmocka_unit_test(opening_survives_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, scratch_make, drop_files);
}
