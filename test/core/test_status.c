/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/status.h>

#include <string.h>

static void harmless(const char *given, const char *expected) {
    char text[64];
    (void)strcpy(text, given);
    cisup_text_harmless(text);
    assert_string_equal(text, expected);
}

static void control_characters_become_question_marks(void **state) {
    (void)state;
    harmless("", "");
    harmless("plain ~ text", "plain ~ text");
    harmless("\033[31mred\007", "?[31mred?");
    harmless("a\nb\tc\177\001", "a?b?c??");
    harmless("\233"
             "31m\200\237",
             "?31m??"); /* C1 as bytes */
    harmless("\302\233"
             "31m \302\200",
             "??31m ??"); /* C1 as UTF-8 */
}

static void characters_stay(void **state) {
    (void)state;
    harmless("\302\240\303\277", "\302\240\303\277");                 /* U+00A0, U+00FF */
    harmless("\337\277\340\240\200", "\337\277\340\240\200");         /* U+07FF, U+0800 */
    harmless("\355\237\277\356\200\200", "\355\237\277\356\200\200"); /* U+D7FF, U+E000 */
    harmless("\360\220\200\200", "\360\220\200\200");                 /* U+10000 */
    harmless("\364\217\277\277", "\364\217\277\277");                 /* U+10FFFF */
    harmless("\302\2401", "\302\2401");
}

static void what_is_no_utf8_does_not(void **state) {
    (void)state;
    harmless("\303", "?");
    harmless("\303x", "?x");
    harmless("\342\202", "??");
    harmless("\360\237\230x", "???x");
    harmless("\300\233", "??");                /* overlong */
    harmless("\340\202\233", "???");           /* overlong C1 */
    harmless("\360\200\202\233", "????");      /* overlong C1 */
    harmless("\355\240\200", "???");           /* a surrogate */
    harmless("\364\220\200\200\365", "?????"); /* above U+10FFFF */
}

static void errors_are_harmless(void **state) {
    (void)state;
    cisup_error err;
    assert_int_equal(CISUP_FAIL(&err, CISUP_EFORMAT, "'%s' %d", "\033x", 7),
                     CISUP_EFORMAT);
    assert_string_equal(err.text, "'?x' 7");
    cisup_error_prefix(&err, "a\233");
    assert_string_equal(err.text, "a?: '?x' 7");
    assert_int_equal(err.code, CISUP_EFORMAT);
    char longest[1000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    (void)CISUP_FAIL(&err, CISUP_EIO, "%s", longest);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(CISUP_FAIL(NULL, CISUP_EIO, "nobody listens"), CISUP_EIO);
    cisup_error_prefix(NULL, "nor here");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_become_question_marks),
        cmocka_unit_test(characters_stay),
        cmocka_unit_test(what_is_no_utf8_does_not),
        cmocka_unit_test(errors_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
