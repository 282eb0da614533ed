/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Guesses at what was meant, broken lines, and options by groups. */
#include "common/check.h"

#include "common/guess.h"
#include "common/help.h"
#include "common/program.h"
#include "common/wrap.h"

#include <stdio.h>

int fail_with(const cisup_error *err) { /* of the program's main file */
    fail_msg("%s", err->text);
    return EXIT_INTERNAL;
}

static const char *meant(const char *word, const char *first, const char *second) {
    static guess g;
    g = guess_start(word);
    guess_offer(&g, first);
    guess_offer(&g, second);
    return guess_text(&g, "");
}

/* One edit of each kind, the exchange as one. */
static void a_word_near_by_is_guessed(void **state) {
    (void)state;
    static const char *const near[] = {"theroy", "theor", "theoryy",
                                       "tseory", "the",   "heory"};
    for (size_t k = 0; k < sizeof near / sizeof *near; k++)
        assert_string_equal(meant(near[k], "sweep", "theory"),
                            "; did you mean 'theory'?");
}

static void nothing_is_guessed_far_away(void **state) {
    (void)state;
    static const char *const far[] = {
        "",
        "th",
        "xyzzy",
        "capacity",
        "theoretical",
        "a word of more than thirty-one letters which fits in no table"};
    for (size_t k = 0; k < sizeof far / sizeof *far; k++)
        assert_string_equal(meant(far[k], "sweep", "theory"), "");
    assert_string_equal(meant("abcdef", "abxyef", "abxyef"), "; did you mean 'abxyef'?");
    assert_string_equal(meant("abcdef", "axxxef", "axxxef"), ""); /* 3 edits in 6 */
}

static void the_nearest_is_guessed_and_the_first_of_equals(void **state) {
    (void)state;
    assert_string_equal(meant("scheme", "schema", "schemes"), "; did you mean 'schema'?");
    assert_string_equal(meant("abcdef", "abxyef", "abxdef"), "; did you mean 'abxdef'?");
}

/* What is printed, in a file that is read again. */
static FILE *page;

static void rewind_page(void) {
    page = tmpfile();
    assert_non_null(page);
}

/* Every word once and in order, in lines that are full and not longer. */
static void lines_break_at_blanks(void **state) {
    (void)state;
    char text[4000] = "", line[256], seen[4000] = "";
    for (int k = 0; k < 400; k++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s",
                       k ? " " : "", 1 + k % 7, k % 3 ? "abcdefg" : "wxyzuvw");
    rewind_page();
    wrap(page, text, 5, 40);
    rewind(page);
    for (int k = 0; fgets(line, sizeof line, page); k++) {
        const size_t length = strcspn(line, "\n");
        line[length] = 0;
        assert_true((int)length + (k ? 0 : 40) <= TEXT_COLUMNS);
        if (k && !feof(page)) assert_true(strspn(line, " ") == 5);
        (void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s",
                       k ? " " : "", line + (k ? 5 : 0));
    }
    (void)fclose(page);
    assert_string_equal(seen, text);
}

static void letters_beyond_ascii_take_one_column(void **state) {
    (void)state;
    assert_int_equal(wrap_columns("\xc3\xa4\xe2\x89\xa4x", 6), 3);
}

typedef struct {
    int a, b, c;
} sizes;

#define OPTIONS_OF sizes
static const option_row inner[] = {
    OPTION(a, "inherits", 0, FLAG, NULL, "of the group around it"),
    OPTION_GROUP(OUTPUT),
    OPTION(b, "own", 'o', FLAG, NULL, "of a group of its table"),
    OPTIONS_END,
};
static const option_row outer[] = {
    OPTION_GROUP(NETWORK),
    OPTION_MORE(inner),
    OPTION(c, "stays", 0, FLAG, NULL, "of the group before the table in it"),
    OPTIONS_END,
};

static void groups_are_those_of_their_table(void **state) {
    (void)state;
    char text[2000] = "";
    sizes s;
    rewind_page();
    options_help(page, "cisup x", "FILE", "Does it.\vcisup x y", outer, &s);
    rewind(page);
    assert_true(fread(text, 1, sizeof text - 1, page) > 0);
    (void)fclose(page);
    assert_non_null(strstr(text, "Usage: cisup x [OPTION...] FILE\nDoes it.\n"));
    assert_non_null(
        strstr(text, "Network\n      --inherits              of the group around it\n"
                     "      --stays                 of the group before the table in it\n"
                     "\nOutput\n  -o, --own                   of a group of its table\n"
                     "\nExamples\n  cisup x y\n"));
    assert_int_equal(option_at(outer, &s, 1).group, GROUP_OUTPUT);
    assert_null(option_at(outer, &s, 3).row);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_near_by_is_guessed),
        cmocka_unit_test(nothing_is_guessed_far_away),
        cmocka_unit_test(the_nearest_is_guessed_and_the_first_of_equals),
        cmocka_unit_test(lines_break_at_blanks),
        cmocka_unit_test(letters_beyond_ascii_take_one_column),
        cmocka_unit_test(groups_are_those_of_their_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
