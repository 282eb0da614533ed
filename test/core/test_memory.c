/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/memory.h>

static void an_overflowing_size_is_refused(void **state) {
    (void)state;
    void *memory = &memory;
    cisup_error err = {0};
    assert_int_equal(cisup_new(&memory, INT64_MAX, 24, &err), CISUP_ENOMEM);
    assert_null(memory);
    assert_int_equal(cisup_new(&memory, -1, 8, &err), CISUP_ENOMEM);
}

static void a_request_that_cannot_fit_says_how_much_it_needs(void **state) {
    (void)state;
    void *memory;
    cisup_error err = {0};
    assert_int_equal(cisup_new(&memory, INT64_C(1) << 50, 1, &err), CISUP_ENOMEM);
    assert_non_null(strstr(err.text, "1.1 PB"));
}

static void memory_is_zeroed_and_counted(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    int *block;
    CHECK_OK(cisup_new(&block, 7, sizeof *block, &error_));
    for (int k = 0; k < 7; k++) assert_int_equal(block[k], 0);
    assert_int_equal(cisup_memory_live(), before + 1);
    cisup_release(block);
    assert_int_equal(cisup_memory_live(), before);
}

static void growing_keeps_the_contents(void **state) {
    (void)state;
    const int64_t before = cisup_memory_live();
    cisup_index *a = NULL, room = 0;
    for (cisup_index n = 0; n < 1000; n++) {
        CHECK_OK(cisup_grow(&a, &room, n + 1, sizeof *a, &error_));
        a[n] = n * n;
    }
    for (cisup_index n = 0; n < 1000; n++) assert_int_equal(a[n], n * n);
    assert_int_equal(cisup_memory_live(), before + 1);
    cisup_release(a);
}

static void sizes_are_written_in_words(void **state) {
    (void)state;
    char text[16];
    cisup_bytes_text(999, text);
    assert_string_equal(text, "999 B");
    cisup_bytes_text(2385, text);
    assert_string_equal(text, "2.4 kB");
    cisup_bytes_text(999.7e6, text);
    assert_string_equal(text, "1.0 GB");
    cisup_bytes_text(2.385e40, text);
    assert_string_equal(text, "2.39e+22 EB");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overflowing_size_is_refused),
        cmocka_unit_test(a_request_that_cannot_fit_says_how_much_it_needs),
        cmocka_unit_test(memory_is_zeroed_and_counted),
        cmocka_unit_test(growing_keeps_the_contents),
        cmocka_unit_test(sizes_are_written_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
