/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tensors in .safetensors files; test/interop reads them by the format's rules. */
#include "common/outfiles.h"
#include "common/scratch.h"

#include <cisup/sparse/files/safetensors.h>

static const double x[] = {2.385, -0.0, 1e-300, 7.25, INFINITY, -1.5};
static const cisup_index t[] = {5, -3, INT64_MAX};

static cisup_status write_three(void *context) {
    const cisup_array a[] = {{"x", CISUP_ARRAY_DOUBLE, 2, {2, 3}, x},
                             {"a.size", CISUP_ARRAY_INDEX, 1, {3}, t},
                             {"none", CISUP_ARRAY_DOUBLE, 3, {2, 0, 5}, NULL},
                             {"one", CISUP_ARRAY_DOUBLE, 0, {0}, x + 3}};
    cisup_safetensors s = {0};
    cisup_status status;
    CISUP_TRY(
        cisup_safetensors_open(&s, scratch_path("a"), CISUP_REPLACE_EXISTING, NULL));
    for (int k = 0; k < 4; k++) CISUP_TRY(cisup_safetensors_add(&s, &a[k], NULL));
    CISUP_TRY(cisup_safetensors_commit(&s, context, NULL));
done:
    cisup_safetensors_discard(&s);
    return status;
}

/* Headers of every length modulo 8, by their metadata. */
static void a_file_is_length_header_numbers(void **state) {
    (void)state;
    for (int letters = 0; letters < 9; letters++) {
        char metadata[40], want[400];
        size_t length;
        (void)snprintf(metadata, sizeof metadata, "{\"a\":\"%.*s\"}", letters,
                       "bcdefghij");
        assert_int_equal(write_three(metadata), CISUP_OK);
        const int used = snprintf(
            want, sizeof want,
            "{\"__metadata__\":%s,\"x\":{\"dtype\":\"F64\",\"shape\":[2,3],"
            "\"data_offsets\":[0,48]},\"a.size\":{\"dtype\":\"I64\",\"shape\":[3],"
            "\"data_offsets\":[48,72]},\"none\":{\"dtype\":\"F64\",\"shape\":[2,0,5],"
            "\"data_offsets\":[72,72]},\"one\":{\"dtype\":\"F64\",\"shape\":[],"
            "\"data_offsets\":[72,80]}}",
            metadata);
        char *file = scratch_get("a", &length);
        uint64_t head;
        memcpy(&head, file, 8);
        assert_int_equal(head % 8, 0);
        assert_in_range(head, used, used + 7);
        assert_memory_equal(file + 8, want, (size_t)used);
        for (int k = used; k < (int)head; k++) assert_int_equal(file[8 + k], ' ');
        assert_int_equal(length, 8 + head + 80);
        assert_memory_equal(file + 8 + head, x, sizeof x);
        assert_memory_equal(file + 8 + head + 48, t, sizeof t);
        assert_memory_equal(file + 8 + head + 72, x + 3, 8);
        free(file);
        assert_int_equal(files_here(), 1);
        scratch_drop("a");
    }
}

static void what_is_too_large_is_refused(void **state) {
    (void)state;
    const cisup_array bad = {"b", CISUP_ARRAY_DOUBLE, 2, {INT64_MAX / 4, 2}, x};
    cisup_safetensors s;
    cisup_error err = {0};
    CHECK_OK(cisup_safetensors_open(&s, scratch_path("a"), CISUP_KEEP_EXISTING, &error_));
    assert_int_equal(cisup_safetensors_add(&s, &bad, &err), CISUP_EINVAL);
    assert_non_null(strstr(err.text, "array b"));
    assert_int_equal(s.at, 0);
    cisup_safetensors_discard(&s);
    cisup_safetensors_discard(&s);
    assert_int_equal(files_here(), 0);
}

static void an_existing_file_is_kept(void **state) {
    (void)state;
    cisup_safetensors s;
    cisup_error err = {0};
    scratch_put("a", "old", 3);
    assert_int_equal(
        cisup_safetensors_open(&s, scratch_path("a"), CISUP_KEEP_EXISTING, &err),
        CISUP_EIO);
    check_content("a", "old");
    assert_int_equal(files_here(), 1);
    scratch_drop("a");
}

/* A full disk shows at the commit, and takes nothing away. */
static void a_full_disk_is_an_error(void **state) {
    (void)state;
    cisup_safetensors s;
    cisup_error err = {0};
    const cisup_array a = {"x", CISUP_ARRAY_DOUBLE, 1, {6}, x};
    CHECK_OK(cisup_safetensors_open(&s, scratch_path("a"), CISUP_KEEP_EXISTING, &error_));
    CHECK_OK(cisup_safetensors_add(&s, &a, &error_));
    (void)fclose(s.data);
    s.data = fopen("/dev/full", "w+b");
    assert_non_null(s.data);
    CHECK_OK(cisup_safetensors_add(&s, &a, &error_));
    assert_int_equal(cisup_safetensors_commit(&s, "{}", &err), CISUP_EIO);
    assert_int_equal(files_here(), 0);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char metadata[] = "{}";
    assert_true(check_every_allocation(write_three, metadata) > 0);
    assert_int_equal(files_here(), 1);
    scratch_drop("a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_length_header_numbers),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(an_existing_file_is_kept),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
