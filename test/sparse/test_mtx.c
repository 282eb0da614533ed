/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/mtxfiles.h"

#include <cisup/sparse/matrix/mtx_each.h>

#include <float.h>
#include <omp.h>

#define BANNER "%%MatrixMarket matrix coordinate "

static const cisup_mtx_field fields[] = {CISUP_MTX_PATTERN, CISUP_MTX_INTEGER,
                                         CISUP_MTX_REAL};

/* The entries a file of the field keeps: no zeros, and 1 in a pattern. */
static void keep_what_is_written(cisup_csc *a, cisup_mtx_field field) {
    cisup_index end = 0, first = 0;
    for (cisup_index j = 0; j < a->ncol; j++) {
        for (cisup_index k = first; k < a->p[j + 1]; k++) {
            if (a->x[k] == 0.0) continue;
            a->i[end] = a->i[k];
            a->x[end++] = field == CISUP_MTX_PATTERN ? 1.0 : a->x[k];
        }
        first = a->p[j + 1];
        a->p[j + 1] = end;
    }
}

/* Values that stress the digits. */
static double any_real(cisup_rng *rng) {
    const double hard[] = {
        0.1,     1.0 / 3.0,   -0.0, DBL_MIN, 4.9e-324, 9.9e307,
        -1e-300, 0x1p53,      1e15, 1e17,    123456.0, -999999999999999.0,
        2.385,   DBL_MAX / 2, 1e22, -7.0,    0.5,      1e-5};
    const uint64_t k = cisup_rng_below(rng, 2 * COUNT(hard));
    return k < COUNT(hard) ? hard[k] : cisup_rng_normal(rng);
}

static void a_small_file_has_these_bytes(void **state) {
    (void)state;
    cisup_index p[] = {0, 2, 2, 3, 4}, i[] = {0, 2, 1, 2};
    double x[] = {2.385, -7.0, 1e17, 0.0};
    const cisup_csc a = {3, 4, p, i, x};
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.metadata = "{\"D\":1000}\n{}";
    CHECK_OK(cisup_mtx_write(scratch_path("a.mtx"), &a, &o, &error_));
    size_t length;
    char *text = scratch_get("a.mtx", &length);
    assert_string_equal(text,
                        BANNER "real general\n% cisup {\"D\":1000}\n% cisup {}\n3 4 3\n"
                               "1 1 2.3849999999999998\n3 1 -7\n2 3 1e+17\n");
    free(text);
    write_as("a.mtx", &a, CISUP_MTX_PATTERN);
    text = scratch_get("a.mtx", &length);
    assert_string_equal(text, BANNER "pattern general\n3 4 3\n1 1\n3 1\n2 3\n");
    free(text);
    x[0] = -0x1p53;
    x[2] = 12.0;
    write_as("a.mtx", &a, CISUP_MTX_INTEGER);
    text = scratch_get("a.mtx", &length);
    assert_string_equal(text, BANNER "integer general\n3 4 3\n1 1 -9007199254740992\n"
                                     "3 1 -7\n2 3 12\n");
    free(text);
    scratch_drop("a.mtx");
}

static void what_was_written_is_read_back_bit_for_bit(void **state) {
    (void)state;
    cisup_rng rng = check_rng(1);
    const char *const names[] = {"a.mtx", "a.mtx.gz"};
    for (int round = 0; round < 120; round++) {
        const cisup_mtx_field field = fields[round % 3];
        cisup_csc b, a = random_csc(&rng, check_between(&rng, 0, 31),
                                    check_between(&rng, 0, 31), 0.3);
        if (field == CISUP_MTX_REAL)
            for (cisup_index k = 0; k < a.p[a.ncol]; k++) a.x[k] = any_real(&rng);
        for (size_t k = 0; k < COUNT(names); k++) {
            write_as(names[k], &a, field);
            CHECK_OK(read_mtx(names[k], round & 1, &b, &error_));
            if (k == 0) keep_what_is_written(&a, field);
            assert_true(same_csc(&a, &b));
            cisup_csc_free(&b);
        }
        cisup_csc_free(&a);
    }
    size_t length;
    char *text = scratch_get("a.mtx.gz", &length);
    assert_memory_equal(text, "\x1f\x8b", 2);
    free(text);
    scratch_drop("a.mtx");
    scratch_drop("a.mtx.gz");
}

/* Several times the size of the buffers on both sides, lines across their ends. */
static void long_files_are_read_back(void **state) {
    (void)state;
    cisup_rng rng = check_rng(2);
    cisup_csc b, a = random_csc(&rng, 307, 311, 0.9);
    for (cisup_index k = 0; k < a.p[a.ncol]; k++) a.x[k] = cisup_rng_normal(&rng);
    const char *const names[] = {"a.mtx", "a.mtx.gz"};
    for (size_t k = 0; k < COUNT(names); k++) {
        write_as(names[k], &a, CISUP_MTX_REAL);
        CHECK_OK(read_mtx(names[k], 0, &b, &error_));
        assert_true(same_csc(&a, &b));
        cisup_csc_free(&b);
        scratch_drop(names[k]);
    }
    cisup_csc_free(&a);
}

/* Pieces of 16,384 entries go to the threads; columns and rows of zeros cross their
 * ends. What one thread writes is right by the test above. */
static void any_number_of_threads_writes_the_same_bytes(void **state) {
    (void)state;
    enum { room = 1 << 22 };
    cisup_rng rng = check_rng(3);
    cisup_csc a = random_csc(&rng, 907, 311, 0.9);
    for (cisup_index k = 0; k < a.p[a.ncol]; k++)
        a.x[k] = cisup_rng_below(&rng, 3) ? cisup_rng_normal(&rng) : 0.0;
    for (cisup_index k = a.p[20]; k < a.p[60]; k++) a.x[k] = 0.0;
    const int threads = omp_get_max_threads();
    char *first = calloc(2, room), *text = first + room;
    size_t bytes = 0;
    for (int team = 1; team <= 5; team += 2) {
        omp_set_num_threads(team);
        write_as("a.mtx", &a, CISUP_MTX_REAL);
        FILE *file = fopen(scratch_path("a.mtx"), "rb");
        const size_t length = fread(team == 1 ? first : text, 1, room, file);
        (void)fclose(file);
        if (team == 1) bytes = length;
        assert_true(length > 0 && length < room);
        assert_true(length == bytes);
        if (team > 1) assert_memory_equal(first, text, bytes);
        scratch_drop("a.mtx");
    }
    omp_set_num_threads(threads);
    free(first);
    cisup_csc_free(&a);
}

/* Rows above 2^32, and a count that no file of that length can have. */
static void sizes_beyond_32_bits_cost_nothing(void **state) {
    (void)state;
    const char text[] = BANNER "real general\n4611686018427387903 2 2\n"
                               "4611686018427387903 2 2.385\n4294967297 2 1\n";
    scratch_put("a.mtx", text, strlen(text));
    cisup_csc a;
    CHECK_OK(read_mtx("a.mtx", 0, &a, &error_));
    assert_int_equal(a.i[0], INT64_C(4294967296));
    assert_int_equal(a.i[1], INT64_C(4611686018427387902));
    cisup_csc_free(&a);
    const char many[] =
        BANNER "real general\n1000000000000000 7 1000000000000000\n1 1 2.385\n";
    scratch_put("a.mtx", many, strlen(many));
    const int64_t peak = cisup_memory_peak();
    cisup_error err;
    assert_int_equal(read_mtx("a.mtx", 0, &a, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "a.mtx:4: fewer than the 1000000000000000 entries"));
    assert_true(cisup_memory_peak() - peak < 10000000);
    const char wide[] = BANNER "real general\n1 4611686018427387903 0\n";
    scratch_put("a.mtx", wide, strlen(wide));
    assert_int_equal(read_mtx("a.mtx", 0, &a, &err), CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "a.mtx: could not take a block of 37 EB"));
    scratch_drop("a.mtx");
}

typedef struct {
    const char *text;
    size_t length;
    int line;
    const char *says;
} fault;

#define FAULT(text, line, says)                                                          \
    { text, sizeof(text) - 1, line, says }
#define REAL BANNER "real general\n"
#define SIZED REAL "2 3 2\n"

static const fault strict_faults[] = {
    FAULT("", 1, "\"\" does not begin with %%MatrixMarket"),
    FAULT("1 1 1\n1 1 2.5\n", 1, "\"1\" does not begin with %%MatrixMarket"),
    FAULT("% c\n" SIZED, 1, "\"%\" does not begin with"),
    FAULT(" " SIZED, 1, "a blank stands before %%MatrixMarket (--lenient"),
    FAULT("\t%%Matrix\n", 1, "\"%%Matrix\" does not begin with"),
    FAULT("\xEF\xBB\xBF" SIZED, 1, "a byte order mark stands before"),
    FAULT("%MatrixMarket matrix coordinate real general\n0 0 0\n", 1, "does not begin"),
    FAULT("\x1f\x01\x80zz\n", 1, "\"???zz\" does not begin"),
    FAULT("%%matrixmarket matrix coordinate real general\n0 0 0\n", 1, "%%matrixmarket"),
    FAULT("%%MatrixMarketing matrix coordinate real general\n", 1, "%%MatrixMarketing"),
    FAULT("%%MatrixMarket vector coordinate real general\n", 1, "\"vector\" is not"),
    FAULT("%%MatrixMarket matrix array real general\n", 1, "format \"array\""),
    FAULT(BANNER "complex general\n", 1, "field \"complex\""),
    FAULT(BANNER "Real general\n", 1, "field \"Real\""),
    FAULT(BANNER "real symmetric\n", 1, "is symmetric (--lenient"),
    FAULT(BANNER "real skew-symmetric\n", 1, "is skew-symmetric (--lenient"),
    FAULT(BANNER "real hermitian\n", 1, "symmetry \"hermitian\""),
    FAULT(BANNER "pattern skew-symmetric\n", 1, "symmetry \"skew-symmetric\""),
    FAULT(BANNER "real\n", 1, "symmetry \"\""),
    FAULT(BANNER "real general x\n", 1, "\"x\" is too much"),
    FAULT(BANNER "real general\r\n", 1, "CR LF"),
    FAULT(BANNER "real general", 1, "ends inside this line"),
    FAULT(REAL, 2, "sizes is missing"),
    FAULT(REAL "% only\n", 3, "sizes is missing"),
    FAULT(REAL "\n2 3 2\n", 2, "a blank line"),
    FAULT(REAL "2 3\n", 2, "number of entries is \"\""),
    FAULT(REAL "2 3 2 1\n", 2, "\"1\" is too much"),
    FAULT(REAL "2.0 3 2\n", 2, "number of rows is \"2.0\""),
    FAULT(REAL "-2 3 2\n", 2, "negative sizes: -2 3 2"),
    FAULT(REAL "2 -3 2\n", 2, "negative sizes: 2 -3 2"),
    FAULT(REAL "2 3 -2\n", 2, "negative sizes: 2 3 -2"),
    FAULT(REAL "2 4611686018427387904 1\n", 2, "columns is \"4611686018427387904\""),
    FAULT(REAL "2 3 99999999999999999999\n", 2, "entries is \"99999999999999999999\""),
    FAULT(REAL "% c\n2 3 2\n1 1 1\n% d\n2 1 1\n", 5, "a comment below the sizes"),
    FAULT(SIZED "1 1 1\n \t\n2 1 1\n", 4, "a blank line"),
    FAULT(SIZED "1 1 1\n2 1 1\n\n", 5, "a blank line"),
    FAULT(SIZED "1 1 1\n", 4, "fewer than the 2 entries that line 2 states"),
    FAULT(SIZED "1 1 1\n2 1 1\n2 2 1\n", 5, "more than the 2 entries that line 2"),
    FAULT(SIZED "0 1 1\n", 3, "row 0 is outside 1..2"),
    FAULT(SIZED "1 0 1\n", 3, "column 0 is outside 1..3"),
    FAULT(SIZED "3 1 1\n", 3, "row 3 is outside 1..2"),
    FAULT(SIZED "1 4 1\n", 3, "column 4 is outside 1..3"),
    FAULT(SIZED "1 -1 1\n", 3, "column -1 is outside 1..3"),
    FAULT(SIZED "18446744073709551617 1 1\n", 3, "the row is \"18446744073709551617\""),
    FAULT(SIZED "1 1.5 1\n", 3, "the column is \"1.5\""),
    FAULT(SIZED "a 1 1\n", 3, "the row is \"a\""),
    FAULT(SIZED "2 1 1\n2 1 3\n", 4, "row 2, column 1 is given twice"),
    FAULT(REAL "% c\n2 3 3\n2 1 1\n1 1 1\n2 1 1\n", 6, "row 2, column 1 is given twice"),
    FAULT(SIZED "1 1 abc\n", 3, "\"abc\", not a number"),
    FAULT(SIZED "1 1\n", 3, "\"\", not a number"),
    FAULT(SIZED "1 1 1.5D+02\n", 3, "\"1.5D+02\", not"),
    FAULT(SIZED "1 1 0x1p3\n", 3, "\"0x1p3\", not"),
    FAULT(SIZED "1 1 1,5\n", 3, "\"1,5\", not"),
    FAULT(SIZED "1 1 1.5e\n", 3, "\"1.5e\", not"),
    FAULT(SIZED "1 1 .\n", 3, "\".\", not"),
    FAULT(SIZED "1 1 1-2\n", 3, "\"1-2\", not"),
    FAULT(SIZED "1 1 nan\n", 3, "\"nan\", not"),
    FAULT(SIZED "1 1 -inf\n", 3, "\"-inf\", not"),
    FAULT(SIZED "1 1 1e309\n", 3, "value 1e309 is not finite"),
    FAULT(SIZED "1 1 -1e-400\n", 3, "value -1e-400 would be 0 in double"),
    FAULT(SIZED "1 1 0 7\n", 3, "\"7\" is too much"),
    FAULT(REAL "2 3 7\n", 2, "7 entries in 2 rows and 3 columns"),
    FAULT(SIZED "1 1 2 3\n", 3, "\"3\" is too much"),
    FAULT(SIZED "1 1 2\0 3\n", 3, "a zero byte on this line"),
    FAULT(SIZED "1 1 2\n2 1 2.38", 4, "ends inside this line"),
    FAULT(SIZED "1 1 2\r\n", 3, "CR LF"),
    FAULT(BANNER "pattern general\n2 3 2\n1 1 1.0\n", 3, "\"1.0\" is too much"),
    FAULT(BANNER "integer general\n2 3 2\n1 1 1.5\n", 3, "integer value is \"1.5\""),
    FAULT(BANNER "integer general\n2 3 2\n1 1 9007199254740993\n", 3, "above 2^53"),
};

static const fault lenient_faults[] = {
    FAULT("MatrixMarket matrix coordinate real general\n0 0 0\n", 1, "does not begin"),
    FAULT(BANNER "real symmetric\n2 3 0\n", 2, "symmetric matrix of 2 x 3"),
    FAULT(BANNER "real skew-symmetric\n2 2 1\n2 2 1\n", 3, "row 2 is on the diagonal"),
    FAULT(SIZED "\n1 1 1\n% c\n0 1 1\n", 6, "row 0 is outside"),
    FAULT(SIZED "1 1 1\n2 1 1\n2 2 1\n", 5, "more than"),
    FAULT(SIZED "1 1 1\n2 1", 4, "\"\", not a number"),
    FAULT(SIZED "1 1 1e308\n1 1 1e308\n", 5, "add up to more than"),
};

static void check_fault(const fault *f, int lenient) {
    cisup_csc a;
    cisup_error err;
    char place[40];
    (void)snprintf(place, sizeof place, "/fault.mtx:%d: ", f->line);
    scratch_put("fault.mtx", f->text, f->length);
    const cisup_status status = read_mtx("fault.mtx", lenient, &a, &err);
    if (status != CISUP_EFORMAT || !strstr(err.text, place) || !strstr(err.text, f->says))
        fail_msg("status %d, \"%s\" should say \"%s\" for\n%s", (int)status, err.text,
                 f->says, f->text);
}

static void every_fault_is_named_with_its_line(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(strict_faults); k++) check_fault(&strict_faults[k], 0);
    for (size_t k = 0; k < COUNT(lenient_faults); k++) check_fault(&lenient_faults[k], 1);
    scratch_drop("fault.mtx");
}

/* The same file but for one thing; entries column by column. */
static void lenient_reading_takes_what_others_write(void **state) {
    (void)state;
    const struct {
        const char *text;
        double want[4];
    } file[] = {
        {REAL "2 2 3\r\n1 1 1\r\n2 1 2\r\n2 2 3\r\n", {1, 2, 0, 3}},
        {REAL "%\n\n2 2 3\n\n1 1 1\n% c\n2 1 2\n \n2 2 3\n%\n\n", {1, 2, 0, 3}},
        {REAL "2 2 3\n1 1 1\n2 1 2\n2 2 3", {1, 2, 0, 3}},
        {"%%matrixmarket MATRIX Coordinate Real General\n2 2 1\n1 2 3\n", {0, 0, 3, 0}},
        {REAL "2 2 4\n2 2 1\n1 1 5\n2 2 0.5\n2 2 -4\n", {5, 0, 0, -2.5}},
        {BANNER "real symmetric\n2 2 2\n1 1 5\n2 1 2.385\n", {5, 2.385, 2.385, 0}},
        {BANNER "pattern symmetric\n2 2 2\n2 2\n1 2\n", {0, 1, 1, 1}},
        {BANNER "integer skew-symmetric\n2 2 1\n2 1 7\n", {0, 7, -7, 0}},
        {BANNER "real skew-symmetric\n2 2 3\n1 1 0\n2 2 0.0\n2 1 7\n", {0, 7, -7, 0}},
        {"\xEF\xBB\xBF" REAL "2 2 1\n1 2 3\n", {0, 0, 3, 0}},
        {REAL " % c\n2 2 1\n\t% c\n1 2 3\n", {0, 0, 3, 0}},
        {" \t" REAL "2 2 1\n1 2 3\n", {0, 0, 3, 0}},
        {"%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 3\n", {0, 0, 3, 0}},
        {REAL "2 2 5\n1 2 3\n1 2 0e-9999\n1 2 0\n1 2 4.9e-324\n1 2 0\n", {0, 0, 3, 0}},
    };
    for (size_t k = 0; k < COUNT(file); k++) {
        cisup_csc a;
        scratch_put("a.mtx", file[k].text, strlen(file[k].text));
        CHECK_OK(read_mtx("a.mtx", 1, &a, &error_));
        for (int m = 0; m < 4; m++)
            CHECK_NEAR(csc_at(&a, m % 2, m / 2), file[k].want[m], 0.0);
        cisup_csc_free(&a);
    }
    scratch_drop("a.mtx");
}

static void names_tell_matrix_market_from_csv(void **state) {
    (void)state;
    const char *const yes[] = {"a.mtx", "/b/a.csv.mtx.gz", ".mtx", "-"};
    const char *const no[] = {"", "a.csv", "mtx", "a.mtx.gz.csv", "a.gz", "--", "a.MTX"};
    for (int k = 0; k < 4; k++) assert_true(cisup_mtx_is_name(yes[k]));
    for (int k = 0; k < 7; k++) assert_false(cisup_mtx_is_name(no[k]));
}

static void strict_reading_takes_any_order_zeros_and_plus(void **state) {
    (void)state;
    const char text[] = BANNER "real general\n% a\n%\n+2  2\t4\n2 2 +.5\n"
                               " 1 2 0 \n2 1 -3.e0\n1 1 1E-2\n";
    const double want[] = {1e-2, -3.0, 0.0, 0.5};
    scratch_put("a.mtx", text, strlen(text));
    cisup_csc a;
    CHECK_OK(read_mtx("a.mtx", 0, &a, &error_));
    assert_int_equal(a.p[2], 4);
    for (int k = 0; k < 4; k++) CHECK_NEAR(a.x[k], want[k], 0.0);
    cisup_csc_free(&a);
    scratch_drop("a.mtx");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_has_these_bytes),
        cmocka_unit_test(what_was_written_is_read_back_bit_for_bit),
        cmocka_unit_test(long_files_are_read_back),
        cmocka_unit_test(any_number_of_threads_writes_the_same_bytes),
        cmocka_unit_test(sizes_beyond_32_bits_cost_nothing),
        cmocka_unit_test(every_fault_is_named_with_its_line),
        cmocka_unit_test(lenient_reading_takes_what_others_write),
        cmocka_unit_test(names_tell_matrix_market_from_csv),
        cmocka_unit_test(strict_reading_takes_any_order_zeros_and_plus),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
