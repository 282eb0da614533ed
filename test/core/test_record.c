/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/core/base/record_make.h>
#include <cisup/core/record.h>

#define V CISUP_VALUE

static void adds_fields_by_name(void **state) {
    (void)state;
    cisup_record r = {0};
    const char *nothing = NULL;
    cisup_record_add(
        &r, "a b c d e",
        CISUP_VALUES(V((cisup_index)7), V(0.5), V(1), V("text"), V(nothing)));
    cisup_record_add(&r, "part: a x", CISUP_VALUES(V((cisup_index)8), V(2.0)));
    cisup_record_add(&r, "", CISUP_VALUES(cisup_value_if(0, V(1.0))));
    assert_int_equal(r.fields, 8);
    assert_int_equal(cisup_record_find(&r, "a")->value.index, 7);
    assert_true(cisup_record_find(&r, "b")->value.number == 0.5);
    assert_int_equal(cisup_record_find(&r, "c")->kind, CISUP_FIELD_TRUTH);
    assert_string_equal(cisup_record_find(&r, "d")->value.text, "text");
    assert_int_equal(cisup_record_find(&r, "e")->kind, CISUP_FIELD_NONE);
    assert_int_equal(cisup_record_find(&r, "part.a")->value.index, 8);
    assert_string_equal(cisup_record_find(&r, "x")->name, "part.x");
    assert_null(r.field[7].name);
    assert_int_equal(r.field[7].kind, CISUP_FIELD_NONE);
    assert_null(cisup_record_find(&r, "y"));
    cisup_record_add(&r, "a", CISUP_VALUES(V((cisup_index)9)));
    assert_int_equal(cisup_record_find(&r, "a")->value.index, 9); /* the last one */
}

static void lists_call_for_their_items(void **state) {
    (void)state;
    const cisup_index x[] = {3, 1, 4};
    const cisup_field list = cisup_value_indices(x, 3);
    assert_int_equal(list.kind, CISUP_FIELD_LIST);
    assert_int_equal(list.value.list.count, 3);
    for (cisup_index k = 0; k < 3; k++) {
        cisup_record item = {0};
        list.value.list.item(list.value.list.of, k, &item);
        assert_int_equal(item.fields, 1);
        assert_null(item.field[0].name);
        assert_int_equal(item.field[0].value.index, x[k]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_fields_by_name),
        cmocka_unit_test(lists_call_for_their_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
