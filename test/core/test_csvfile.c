/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/base/csvfile.h>

#include <locale.h>
#include <unistd.h>

/* All rows as text, "line:field|field;" each. */
typedef struct {
    char text[4096];
    cisup_index rows, columns;
} record;

static cisup_status record_row(void *context, const char *const *field,
                               cisup_error *err) {
    const cisup_index line = cisup_csv_line(field);
    record *r = context;
    if (strcmp(field[0], "stop") == 0)
        return CISUP_FAIL(err, CISUP_ESHAPE, "told to stop");
    size_t used = strlen(r->text);
    const size_t room = sizeof r->text;
    used += (size_t)snprintf(r->text + used, room - used, "%lld:", (long long)line);
    for (cisup_index k = 0; k < r->columns; k++)
        used += (size_t)snprintf(r->text + used, room - used, "%s%s", field[k],
                                 k + 1 < r->columns ? "|" : ";");
    assert_true(used < room);
    r->rows++;
    return CISUP_OK;
}

static const char path[] = "test_csvfile.tmp";

static void write_file(const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Reads text as a file with the columns a,b and compares the rows. */
static void check_rows(const char *text, const char *want) {
    record r = {.columns = 2};
    write_file(text, strlen(text));
    CHECK_OK(cisup_csv_read(path, "a,b", record_row, &r, &error_));
    assert_string_equal(r.text, want);
}

static void rows_come_with_their_lines(void **state) {
    (void)state;
    check_rows("a,b\n1,2\n3,4\n", "2:1|2;3:3|4;");
    check_rows("a,b\n1,2", "2:1|2;");
    check_rows("a,b\n", "");
    check_rows("a,b", "");
    check_rows("a,b\n,\n", "2:|;");
    check_rows("a,b\n\"\",x\n", "2:|x;");
}

static void blank_lines_and_carriage_returns_keep_the_count(void **state) {
    (void)state;
    check_rows("a,b\r\n1,2\r\n3,4\r\n", "2:1|2;3:3|4;");
    check_rows("\n\na,b\n\n1,2\n  \n\n3,4\n\n", "5:1|2;8:3|4;");
    check_rows("\r\na,b\r\n\r\n1,2\r\n\r\n3,\r\n", "4:1|2;6:3|;");
    check_rows("a,b\n1,2\r", "2:1|2;");
}

static void quotes_protect_commas_quotes_and_line_ends(void **state) {
    (void)state;
    check_rows("a,b\n\"1,5\",\"say \"\"no\"\"\"\n", "2:1,5|say \"no\";");
    check_rows("a,b\n\"1\n\n2\",x\n3,4\n", "2:1\n\n2|x;5:3|4;");
    check_rows("\"a\",\"b\"\r\n\"1\",\"2\"\r\n3,\"4\"", "2:1|2;3:3|4;");
    check_rows("a,b\n\" 1 \",2\n", "2: 1 |2;");
}

static void blanks_and_a_byte_order_mark_are_skipped(void **state) {
    (void)state;
    check_rows("\xEF\xBB\xBF"
               "a, b\n 1 ,\t2\t\n",
               "2:1|2;");
}

/* Moves a file of every kind of row over the border between two chunks, one byte at a
 * time: a chunk holds 65536 bytes. */
static void a_chunk_border_anywhere_changes_nothing(void **state) {
    (void)state;
    static const char head[] = "a,b\n";
    static const char tail[] = "\n1,2\r\n\"x\"\"y\",\"1\n2\"\r\n\r\n 3 ,\"4\" \n5,6";
    static const char want[] = "4:1|2;5:x\"y|1\n2;8:3|4;9:5|6;";
    enum { chunk = 65536, most = chunk + sizeof tail + 2 };
    char *text = malloc(most);
    assert_non_null(text);
    for (size_t blanks = chunk - sizeof head - sizeof tail; blanks < chunk + 2;
         blanks++) {
        const size_t begin = sizeof head - 1, end = begin + blanks;
        memset(text, ' ', most);
        memcpy(text, head, begin);
        text[end - 1] = '\n';
        if (end + sizeof tail > most) break;
        memcpy(text + end, tail, sizeof tail);
        check_rows(text, want);
    }
    free(text);
}

/* A long file: every row arrives once and in order, however chunks cut it. */
static cisup_status count_row(void *context, const char *const *field, cisup_error *err) {
    cisup_index *rows = context;
    cisup_index a = -1, b = -1;
    cisup_status status;
    CISUP_TRY(cisup_parse_index(field[0], "a", &a, err));
    CISUP_TRY(cisup_parse_index(field[1], "b", &b, err));
    assert_int_equal(a, *rows);
    assert_int_equal(b, a * a);
    assert_int_equal(cisup_csv_line(field), a + 2);
    (*rows)++;
done:
    return status;
}

static cisup_status count_rows(void *context) {
    (void)context;
    cisup_index rows = 0;
    return cisup_csv_read(path, "a,b", count_row, &rows, NULL);
}

static void a_long_file_arrives_whole(void **state) {
    (void)state;
    const cisup_index many = 50000;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    (void)fprintf(file, "a,b\n");
    for (cisup_index k = 0; k < many; k++)
        (void)fprintf(file, "%lld,\"%lld\"\n", (long long)k, (long long)(k * k));
    assert_int_equal(fclose(file), 0);
    cisup_index rows = 0;
    CHECK_OK(cisup_csv_read(path, "a,b", count_row, &rows, &error_));
    assert_int_equal(rows, many);
    assert_int_equal(check_every_allocation(count_rows, NULL), 4); /* as for one row */
}

static void a_long_field_is_kept_whole(void **state) {
    (void)state;
    enum { length = 200001 };
    char *text = malloc(length + 16);
    assert_non_null(text);
    memcpy(text, "a,b\nstop", 8);
    memset(text + 8, 'x', length);
    memcpy(text + 8 + length, ",2", 3);
    write_file(text, 8 + length + 2);
    /* Not "stop", so the row is recorded: 4096 bytes do not hold it. */
    cisup_error err = {0};
    cisup_index rows = 0;
    assert_int_equal(cisup_csv_read(path, "a,b", count_row, &rows, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "test_csvfile.tmp:2: a: \"stopxxxx"));
    assert_true(strlen(err.text) < 120);
    free(text);
}

static void a_row_is_not_endless(void **state) {
    (void)state;
    enum { length = 300000 };
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, '\n', length); /* a quoted field may hold lines */
    memcpy(text, "a,b\n\"", 5);
    write_file(text, length);
    cisup_error err = {0};
    cisup_index rows = 0;
    assert_int_equal(cisup_csv_read(path, "a,b", count_row, &rows, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "tmp:2: the row is longer than 262144 bytes"));
    free(text);
}

/* The file fails with EFORMAT and this text behind the path. */
static void check_malformed(const char *text, size_t length, const char *want) {
    record r = {.columns = 2};
    cisup_error err = {0};
    char all[200];
    (void)snprintf(all, sizeof all, "%s%s", path, want);
    write_file(text, length);
    const int64_t before = cisup_memory_live();
    assert_int_equal(cisup_csv_read(path, "a,b", record_row, &r, &err), CISUP_EFORMAT);
    assert_string_equal(err.text, all);
    assert_int_equal(cisup_memory_live(), before);
    assert_int_equal(cisup_csv_read(path, "a,b", record_row, &r, NULL), CISUP_EFORMAT);
}

#define MALFORMED(text, want) check_malformed(text, sizeof(text) - 1, want)

static void malformed_files_are_refused_with_their_line(void **state) {
    (void)state;
    MALFORMED("", ":1: no header; it must be a,b");
    MALFORMED("\n\n", ":1: no header; it must be a,b");
    MALFORMED("a\n1\n", ":1: the header is not a,b");
    MALFORMED("\na,c\n", ":2: the header is not a,b");
    MALFORMED("a,b,c\n", ":1: the header is not a,b");
    MALFORMED("a,bb\n", ":1: the header is not a,b");
    MALFORMED("\"a,b\",\n", ":1: the header is not a,b");
    MALFORMED("1,2\n", ":1: the header is not a,b");
    MALFORMED("a,b\n\n1\n", ":3: 1 fields; a,b are 2");
    MALFORMED("a,b\n1,2,\n", ":2: 3 fields; a,b are 2");
    MALFORMED("a,b\n1,2\n1,2,3,4\n", ":3: 4 fields; a,b are 2");
    MALFORMED("a,b\n1,2\"\n", ":2: a quote out of place");
    MALFORMED("a,b\n1,2\n\"1\"x,2\n", ":3: a quote out of place");
    MALFORMED("a,b\r\n\r\n1,2\r\n1\"\",2\r\n", ":4: a quote out of place");
    MALFORMED("a,b\n1,2\n1,\"2\n3,4\n", ":3: a quote is not closed");
    MALFORMED("a,b\n1,\"", ":2: a quote is not closed");
    MALFORMED("\"a,b\n", ":1: a quote is not closed");
    MALFORMED("a,b\n1,2\n\0,4\n", ":3: a NUL byte");
    MALFORMED("\0", ":1: a NUL byte");
    MALFORMED("a,b\r1,2\r3,4\r", ":1: the header is not a,b");
}

static void a_status_of_the_row_function_stops_the_reading(void **state) {
    (void)state;
    static const char text[] = "a,b\n1,2\n\nstop,4\n5,6\n";
    record r = {.columns = 2};
    cisup_error err = {0};
    write_file(text, sizeof text - 1);
    assert_int_equal(cisup_csv_read(path, "a,b", record_row, &r, &err), CISUP_ESHAPE);
    assert_string_equal(err.text, "test_csvfile.tmp:4: told to stop");
    assert_int_equal(r.rows, 1);
}

static void what_cannot_be_read_is_eio(void **state) {
    (void)state;
    record r = {.columns = 2};
    cisup_error err = {0};
    assert_int_equal(cisup_csv_read("no/such/file", "a,b", record_row, &r, &err),
                     CISUP_EIO);
    assert_string_equal(err.text, "cannot open no/such/file: No such file or directory");
    assert_int_equal(cisup_csv_read(".", "a,b", record_row, &r, &err), CISUP_EIO);
    assert_string_equal(err.text, "cannot read .: Is a directory");
}

static void a_long_path_leaves_room_for_line_and_text(void **state) {
    (void)state;
    char text[300];
    memset(text, 'd', sizeof text);
    memcpy(text + sizeof text - 10, "/file.csv", 10);
    cisup_error err = {.text = "told to stop"};
    assert_int_equal(cisup_csv_at(CISUP_EFORMAT, text, 12345, &err), CISUP_EFORMAT);
    assert_memory_equal(err.text, "...ddd", 6);
    assert_non_null(strstr(err.text, "dd/file.csv:12345: told to stop"));
    cisup_error none = {.text = "x"};
    assert_int_equal(cisup_csv_at(CISUP_OK, text, 1, &none), CISUP_OK);
    assert_string_equal(none.text, "x");
}

static void a_dash_reads_standard_input(void **state) {
    (void)state;
    static const char text[] = "a,b\n1,2\n7\n";
    write_file(text, sizeof text - 1);
    const int kept = dup(STDIN_FILENO);
    assert_non_null(freopen(path, "rb", stdin));
    record r = {.columns = 2};
    cisup_error err = {0};
    const cisup_status status = cisup_csv_read("-", "a,b", record_row, &r, &err);
    if (kept >= 0) {
        (void)dup2(kept, STDIN_FILENO);
        (void)close(kept);
    }
    assert_int_equal(status, CISUP_EFORMAT);
    assert_string_equal(r.text, "2:1|2;");
    assert_string_equal(err.text, "standard input:3: 1 fields; a,b are 2");
}

static cisup_status read_once(void *context) {
    (void)context;
    record r = {.columns = 2};
    return cisup_csv_read(path, "a,b", record_row, &r, NULL);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const char text[] =
        "a,b\n1,2\n\"a field longer than the first buffer for the text\",4\n";
    write_file(text, sizeof text - 1);
    assert_true(check_every_allocation(read_once, NULL) >= 4);
}

static void indices_are_whole_decimal_numbers(void **state) {
    (void)state;
    cisup_index value = 7;
    CHECK_OK(cisup_parse_index("0", "n", &value, &error_));
    assert_int_equal(value, 0);
    CHECK_OK(cisup_parse_index("-2385", "n", &value, &error_));
    assert_int_equal(value, -2385);
    CHECK_OK(cisup_parse_index("9223372036854775807", "n", &value, &error_));
    assert_int_equal(value, INT64_MAX);
    CHECK_OK(cisup_parse_index("007", "n", &value, &error_));
    assert_int_equal(value, 7);
    static const char *const bad[] = {"",    "-",   "+1",   " 1",  "1 ",   "1.5",
                                      "1e3", "0x7", "nine", "--1", "1\n2", "1,2"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        cisup_error err = {0};
        assert_int_equal(cisup_parse_index(bad[k], "n", &value, &err), CISUP_EFORMAT);
        assert_memory_equal(err.text, "n: \"", 4);
        assert_non_null(strstr(err.text, "\" is not an integer"));
        assert_null(strchr(err.text, '\n'));
    }
    cisup_error err = {0};
    assert_int_equal(cisup_parse_index("9223372036854775808", "n", &value, &err),
                     CISUP_EFORMAT);
    assert_string_equal(err.text, "n: 9223372036854775808 does not fit in 64 bits");
    assert_int_equal(value, 7);
}

static void numbers_are_finite_and_decimal(void **state) {
    (void)state;
    double x = 7.0;
    CHECK_OK(cisup_parse_number("2.385", "x", &x, &error_));
    assert_true(x == 2.385);
    CHECK_OK(cisup_parse_number("-.5e-3", "x", &x, &error_));
    assert_true(x == -0.5e-3);
    CHECK_OK(cisup_parse_number("+7.", "x", &x, &error_));
    assert_true(x == 7.0);
    CHECK_OK(cisup_parse_number("-0.00e-999", "x", &x, &error_));
    assert_true(x == 0.0);
    CHECK_OK(cisup_parse_number("4.9406564584124654e-324", "x", &x, &error_));
    assert_true(x > 0.0);
    cisup_error lost;
    assert_int_equal(cisup_parse_number("1e-999", "x", &x, &lost), CISUP_EFORMAT);
    assert_non_null(strstr(lost.text, "x: 1e-999 would be 0 in double"));
    CHECK_OK(cisup_parse_number("7", "x", &x, &error_));
    static const char *const bad[] = {"",    "nan", "NaN",   "inf",  "-Infinity", "1e999",
                                      "0x1", " 1",  "1 ",    "1,5",  "1e",        ".",
                                      "e5",  "1-2", "1.2.3", "five", "0x1p3",     "-"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        cisup_error err = {0};
        assert_int_equal(cisup_parse_number(bad[k], "x", &x, &err), CISUP_EFORMAT);
        assert_non_null(strstr(err.text, "is not a finite number"));
    }
    assert_true(x == 7.0);
}

/* Skipped where no such locale is installed. */
static void the_locale_does_not_move_the_decimal_point(void **state) {
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8")) skip();
    double x = 0.0;
    const cisup_status status = cisup_parse_number("2.385", "x", &x, NULL);
    assert_string_equal(localeconv()->decimal_point, ",");
    (void)setlocale(LC_NUMERIC, "C");
    assert_int_equal(status, CISUP_OK);
    assert_true(x == 2.385);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_with_their_lines),
        cmocka_unit_test(blank_lines_and_carriage_returns_keep_the_count),
        cmocka_unit_test(quotes_protect_commas_quotes_and_line_ends),
        cmocka_unit_test(blanks_and_a_byte_order_mark_are_skipped),
        cmocka_unit_test(a_chunk_border_anywhere_changes_nothing),
        cmocka_unit_test(a_long_file_arrives_whole),
        cmocka_unit_test(a_long_field_is_kept_whole),
        cmocka_unit_test(a_row_is_not_endless),
        cmocka_unit_test(malformed_files_are_refused_with_their_line),
        cmocka_unit_test(a_status_of_the_row_function_stops_the_reading),
        cmocka_unit_test(what_cannot_be_read_is_eio),
        cmocka_unit_test(a_long_path_leaves_room_for_line_and_text),
        cmocka_unit_test(a_dash_reads_standard_input),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(indices_are_whole_decimal_numbers),
        cmocka_unit_test(numbers_are_finite_and_decimal),
        cmocka_unit_test(the_locale_does_not_move_the_decimal_point),
    };
    return cmocka_run_group_tests(tests, NULL, remove_file);
}
