/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files in every order and with next to no memory give the rows that were written. */
#include "common/check.h"
#include "common/scratch.h"

#include <cisup/core/overlap.h>
#include <cisup/sparse/allocation_file.h>
#include <cisup/sparse/row_file.h>

#include <zlib.h>

typedef enum { CSV, MTX, MTX_GZ, FORMATS } format;
static const char *const name_of[FORMATS] = {"a.csv", "a.mtx", "a.mtx.gz"};

typedef struct {
    const char *text, *want;
} faulty;

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

static cisup_allocation random_rows(cisup_rng *rng, cisup_index N, cisup_index S,
                                    cisup_index T) {
    cisup_allocation a;
    cisup_index row[64];
    CHECK_OK(cisup_allocation_init(&a, N, S, T, &error_));
    for (cisup_index t = 0; t < T; t++) {
        cisup_rng_subset(rng, N, S, row);
        for (cisup_index k = 0; k < S; k++) a.slot[t * S + k] = (int32_t)row[k];
    }
    a.slot[S - 1] = (int32_t)(N - 1); /* CSV takes N from the largest */
    return a;
}

static void check_rows(const cisup_row_file *f, const cisup_allocation *a) {
    assert_int_equal(f->N, a->N);
    assert_int_equal(f->S, a->S);
    assert_int_equal(f->T, a->T);
    assert_int_equal(f->bad_circuit, -1);
    const cisup_rows rows = cisup_row_file_rows(f);
    int32_t *all;
    CHECK_OK(cisup_new(&all, a->T * a->S, sizeof *all, &error_));
    const cisup_index half = a->T / 2;
    if (half > 0) CHECK_OK(rows.fill(rows.from, 0, half, all, &error_));
    CHECK_OK(rows.fill(rows.from, half, a->T - half, all + half * a->S, &error_));
    assert_memory_equal(all, a->slot, (size_t)(a->T * a->S) * sizeof *all);
    cisup_release(all);
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

static void put(const char *text) {
    scratch_put("a.txt", text, strlen(text));
}

static void put_some(FILE *file, cisup_rng *rng, const char *const *choice, int count) {
    fputs(choice[cisup_rng_below(rng, (uint64_t)count)], file);
}

/* Rows as people write them: lines or a list, with blanks, commas, comments, headings and
 * brackets of all kinds, from `base`. */
static void write_blocks(const cisup_allocation *a, cisup_rng *rng, int is_list,
                         int base) {
    static const char *const open[] = {"[", "( ", "{"}, *const close[] = {"]", " )", "}"},
                             *const between[] = {" ", "\t", ",", " ,  "},
                             *const apart[] = {",", " ", ",\n", " # [1 2\n", "\r\n,"},
                             *const end[] = {"\n", "\r\n", " \n\n", " # 7\n", ",\n"};
    FILE *file = fopen(scratch_path("a.txt"), "w");
    assert_non_null(file);
    fputs("\xEF\xBB\xBF# 1 2 3\n\n7 <= C(7,3,2) <= 7\nMethod: by hand, 1 2\nBlocks\n",
          file);
    const int is_nested = is_list && cisup_rng_below(rng, 2);
    if (is_nested) put_some(file, rng, open, 3);
    for (cisup_index t = 0; t < a->T; t++) {
        if (is_list) put_some(file, rng, open, 3);
        for (cisup_index k = 0; k < a->S; k++) {
            if (k > 0) put_some(file, rng, between, 4);
            fprintf(file, "%d", (int)a->slot[t * a->S + k] + base);
        }
        if (is_list) put_some(file, rng, close, 3);
        if (is_list && t + 1 < a->T) put_some(file, rng, apart, 5);
        if (!is_list && t + 1 < a->T) put_some(file, rng, end, 5);
    }
    if (is_nested) put_some(file, rng, close, 3);
    assert_int_equal(fclose(file), 0);
}

static void blocks_of_every_form_give_the_same_rows(void **state) {
    (void)state;
    for (cisup_index k = 0; k < 80; k++) {
        cisup_rng rng = check_rng(2000 + k);
        const int is_list = (int)(k % 2), base = (int)(k / 2 % 2);
        cisup_allocation a =
            random_rows(&rng, check_between(&rng, 20, 90), check_between(&rng, 1, 8),
                        check_between(&rng, 1, k % 3 ? 900 : 20));
        write_blocks(&a, &rng, is_list, base);
        const double memory[] = {0.0, 1.0, 1000.0, 40000.0};
        for (int m = 0; m < 4; m++) {
            const cisup_row_file_options o = {.memory = memory[m], .one_based = base};
            cisup_row_file f;
            CHECK_OK(cisup_row_file_open(scratch_path("a.txt"), &o, &f, &error_));
            check_rows(&f, &a);
            assert_int_equal(f.format, is_list ? CISUP_ROWS_LIST : CISUP_ROWS_BLOCKS);
            assert_int_equal(f.base, base);
            assert_int_equal(f.headings, 3);
            cisup_row_file_close(&f);
        }
        cisup_allocation_free(&a);
    }
    scratch_drop("a.txt");
}

/* What is written is read back, under every name, with its comments. */
static void files_are_read_back(void **state) {
    (void)state;
    static const char *const name[] = {"b.mtx", "b.mtx.gz", "b.csv", "b.blocks"};
    static const cisup_row_format want[] = {CISUP_ROWS_MATRIX_MARKET,
                                            CISUP_ROWS_MATRIX_MARKET, CISUP_ROWS_CSV,
                                            CISUP_ROWS_BLOCKS};
    cisup_rng rng = check_rng(3000);
    cisup_allocation a = random_rows(&rng, 40, 3, 30);
    for (int k = 0; k < 4; k++) {
        cisup_row_file f;
        CHECK_OK(cisup_allocation_file_write(scratch_path(name[k]), &a,
                                             "{\"a\":1}\n{\"b\":\"circuit\"}",
                                             CISUP_KEEP_EXISTING, &error_));
        CHECK_OK(cisup_row_file_open(scratch_path(name[k]), NULL, &f, &error_));
        check_rows(&f, &a);
        assert_int_equal(f.format, want[k]);
        cisup_row_file_close(&f);
        assert_int_equal(cisup_allocation_file_write(scratch_path(name[k]), &a, "{}\n",
                                                     CISUP_REPLACE_EXISTING, NULL),
                         CISUP_EINVAL);
        scratch_drop(name[k]);
    }
    cisup_allocation_free(&a);
}

static void faulty_blocks_are_refused_with_their_place(void **state) {
    (void)state;
    static const faulty fault[] = {
        {"0 1 2\n3 x 5\n", "a.txt:2: \"x\" is not a whole number"},
        {"0 1\n-1 2\n", "a.txt:2: \"-1\" is not"},
        {"0 1.5\n", "a.txt:1: \"1.5\" is not"},
        {"0 1\n2 [3]\n", "a.txt:2: \"[3]\" is not"},
        {"0 2147483648\n", "a.txt:1: 2147483648 is above 2147483647"},
        {"0 99999999999999999999999999999999999999999999\n",
         "9999...\" is not a whole number"},
        {"0 2147483647\n", "a.txt:1: neuron 2147483647 is above 2147483646"},
        {"0,1\n2,,3\n", "a.txt:2: a comma without a number before 3"},
        {",1\n", "a.txt:1: a comma without a number before 1"},
        {"[[0, 1],\n[,2]]", "a.txt:2: a comma without a number before 2"},
        {"[[0, 1],\n[2, 3]", "a.txt:2: a bracket is not closed"},
        {"[0, 1]]", "a.txt:1: a bracket closes that was not opened"},
        {"[[[0, 1]]]", "a.txt:1: a bracket inside a block"},
        {"[[0, [1]]]", "a.txt:1: a bracket inside a block"},
        {"[[0, 1]]\n[2, 3]", "a.txt:2: something follows the list of blocks"},
        {"[[0, 1]] 2", "a.txt:1: 2 is not inside the brackets"},
        {"[[0, 1], 2]", "a.txt:1: 2 is not inside the brackets"},
        {"[0, 1], [[2]]", "a.txt:1: 2 is not inside the brackets"},
        {"[]", "a.txt: no circuits"},
        {"[[], []]", "a.txt: no circuits"},
        {"Nothing but words\n", "a.txt: no circuits"},
        {"", "a.txt: no circuits"},
        {"0 1 2\n3\n4 5\n4\n", NULL},
        {"0 1\n2 3 2\n", "a.txt:2: circuit 1 has neuron 2 already in line 2"},
        {"circuit,neuron\n1,1\n", "circuit 0 has no line (--one-based?)"},
    };
    for (size_t k = 0; k < sizeof fault / sizeof *fault; k++) {
        cisup_error err = {0};
        cisup_row_file f;
        put(fault[k].text);
        const cisup_status status =
            cisup_row_file_open(scratch_path("a.txt"), NULL, &f, &err);
        if (!fault[k].want) {
            check_ok(status, &err, "open", __FILE__, __LINE__);
            assert_true(f.bad_circuit == 1 && f.bad_count == 1 && f.least_count == 1);
        } else {
            if (status != CISUP_EFORMAT || !strstr(err.text, fault[k].want))
                fail_msg("%s is missing in: %s", fault[k].want, err.text);
        }
        cisup_row_file_close(&f);
    }
    put("0 1\n1 2\n");
    const cisup_row_file_options bad[] = {{.one_based = 1}, {.transposed = 1}};
    const char *const want[] = {"a.txt:1: neuron 0 in a file that counts from 1",
                                "only a matrix can be transposed"};
    for (int k = 0; k < 2; k++) {
        cisup_error err = {0};
        cisup_row_file f;
        assert_int_equal(cisup_row_file_open(scratch_path("a.txt"), &bad[k], &f, &err),
                         k ? CISUP_EINVAL : CISUP_EFORMAT);
        if (!strstr(err.text, want[k])) fail_msg("%s", err.text);
    }
    scratch_drop("a.txt");
}

/* Circuits of all sizes, the empty one included, in one reading: rows as wide as the
 * largest, filled up; none if memory is short. */
static void uneven_rows_are_held(void **state) {
    (void)state;
    put("[[4, 2], [], [0, 1, 7], [5]]");
    const int32_t want[] = {2, 4, 8, 9, 10, 11, 0, 1, 7, 5, 12, 13};
    cisup_row_file f;
    CHECK_OK(cisup_row_file_open(scratch_path("a.txt"), NULL, &f, &error_));
    assert_true(f.bad_circuit == 1 && f.bad_count == 0 && f.S == 2 && f.T == 4);
    assert_true(f.has_rows && f.width == 3 && f.N == 8 && f.added == 6);
    assert_true(f.least_count == 0 && f.most_count == 3 && f.least_neuron == 0);
    const cisup_rows rows = cisup_row_file_rows(&f);
    int32_t slot[12];
    CHECK_OK(rows.fill(rows.from, 0, 4, slot, &error_));
    assert_memory_equal(slot, want, sizeof want);
    cisup_row_file_close(&f);
    const cisup_row_file_options little = {.memory = 120.0};
    CHECK_OK(cisup_row_file_open(scratch_path("a.txt"), &little, &f, &error_));
    assert_true(f.bad_circuit == 1 && !f.has_rows && f.most_count == 3 && !f.slot);
    cisup_row_file_close(&f);
    scratch_drop("a.txt");
}

/* A matrix and its transpose are the same file but for the sizes and the order. */
static void a_transposed_matrix_gives_the_rows(void **state) {
    (void)state;
    cisup_rng rng = check_rng(4000);
    cisup_allocation a = random_rows(&rng, 30, 4, 50);
    FILE *file = fopen(scratch_path("a.mtx"), "w");
    assert_non_null(file);
    fprintf(file, "%%%%MatrixMarket matrix coordinate integer general\n50 30 200\n");
    for (cisup_index n = 0; n < a.N; n++)
        for (cisup_index k = 0; k < 200; k++)
            if (a.slot[k] == n) fprintf(file, "%d %d 1\n", (int)(k / 4 + 1), (int)n + 1);
    assert_int_equal(fclose(file), 0);
    for (int lenient = 0; lenient < 2; lenient++) {
        const cisup_row_file_options o = {.transposed = 1, .lenient = lenient};
        cisup_row_file f;
        CHECK_OK(cisup_row_file_open(scratch_path("a.mtx"), &o, &f, &error_));
        check_rows(&f, &a);
        cisup_row_file_close(&f);
    }
    /* more circuits than entries are refused before memory is taken for them */
    const char huge[] = "%%MatrixMarket matrix coordinate pattern general\n"
                        "4000000000000 3 1\n1 1\n";
    const cisup_row_file_options o = {.transposed = 1};
    cisup_row_file f;
    cisup_error err = {0};
    scratch_put("a.mtx", huge, strlen(huge));
    assert_int_equal(cisup_row_file_open(scratch_path("a.mtx"), &o, &f, &err),
                     CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "4000000000000 rows with 1 entries"));
    cisup_allocation_free(&a);
}

static cisup_status open_text(void *context) {
    (void)context;
    cisup_row_file f;
    const cisup_status status =
        cisup_row_file_open(scratch_path("a.txt"), NULL, &f, NULL);
    cisup_row_file_close(&f);
    return status;
}

static void lists_survive_every_allocation_failure(void **state) {
    (void)state;
    put("[[4, 2], [], [0, 1, 7], [5]]");
    assert_true(check_every_allocation(open_text, NULL) > 5);
    scratch_drop("a.txt");
}

static int drop_files(void **state) {
    for (format form = CSV; form < FORMATS; form++) scratch_drop(name_of[form]);
    return scratch_remove(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_and_memory_give_the_same_rows),
        cmocka_unit_test(faults_are_found_with_little_memory),
        cmocka_unit_test(spilled_rows_give_the_same_report),
        cmocka_unit_test(unequal_circuits_are_filled_up),
        cmocka_unit_test(memory_is_for_everything),
        cmocka_unit_test(opening_survives_every_allocation_failure),
        cmocka_unit_test(blocks_of_every_form_give_the_same_rows),
        cmocka_unit_test(files_are_read_back),
        cmocka_unit_test(faulty_blocks_are_refused_with_their_place),
        cmocka_unit_test(uneven_rows_are_held),
        cmocka_unit_test(a_transposed_matrix_gives_the_rows),
        cmocka_unit_test(lists_survive_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, scratch_make, drop_files);
}
