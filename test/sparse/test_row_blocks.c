/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows from blocks of every form, from what was written by ourselves, from lists and
 * transposed matrices. */
#include "common/check.h"
#include "common/row_files.h"
#include "common/scratch.h"

#include <cisup/sparse/allocation_file.h>
#include <cisup/sparse/row_file.h>

typedef struct {
    const char *text, *want;
} faulty;

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_every_form_give_the_same_rows),
        cmocka_unit_test(files_are_read_back),
        cmocka_unit_test(faulty_blocks_are_refused_with_their_place),
        cmocka_unit_test(uneven_rows_are_held),
        cmocka_unit_test(a_transposed_matrix_gives_the_rows),
        cmocka_unit_test(lists_survive_every_allocation_failure),
    };
    return cmocka_run_group_tests(tests, scratch_make, drop_files);
}
