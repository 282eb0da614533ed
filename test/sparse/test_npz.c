/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays in .npz files, taken apart byte by byte; NumPy reads them in test/interop. */
#include "common/outfiles.h"
#include "common/scratch.h"

#include <cisup/sparse/files/npz.h>

#include <zlib.h>

enum { MANY = 5000 }; /* more than one chunk, and no multiple of it */

typedef struct {
    double x[MANY];
    cisup_index i[MANY];
} numbers;

static numbers *some_numbers(void) {
    numbers *n = malloc(sizeof *n);
    assert_non_null(n);
    cisup_rng rng = check_rng(1);
    for (int k = 0; k < MANY; k++) {
        n->x[k] = cisup_rng_normal(&rng);
        n->i[k] = (cisup_index)cisup_rng_next(&rng);
    }
    return n;
}

enum { ARRAYS = 7 };

static void fill(cisup_array a[ARRAYS], const numbers *n) {
    a[0] = (cisup_array){"x", CISUP_ARRAY_DOUBLE, 1, {MANY}, n->x};
    a[1] = (cisup_array){"index", CISUP_ARRAY_INDEX, 2, {59, 83}, n->i};
    a[2] = (cisup_array){"of_four_sizes", CISUP_ARRAY_DOUBLE, 4, {3, 1, 5, 7}, n->x};
    a[3] = (cisup_array){"number", CISUP_ARRAY_DOUBLE, 0, {0}, n->x + 17};
    a[4] = (cisup_array){"none", CISUP_ARRAY_INDEX, 3, {4, 0, 2}, NULL};
    a[5] = (cisup_array){"text", CISUP_ARRAY_TEXT, 0, {0}, "{\"a\": 1}"};
    a[6] = (cisup_array){"", CISUP_ARRAY_TEXT, 0, {0}, ""};
}

static cisup_status write_all(void *context) {
    const numbers *n = context;
    cisup_array a[ARRAYS];
    cisup_npz z = {0};
    cisup_status status;
    fill(a, n);
    CISUP_TRY(cisup_npz_open(&z, scratch_path("a.npz"), CISUP_REPLACE_EXISTING, NULL));
    for (int k = 0; k < ARRAYS; k++) CISUP_TRY(cisup_npz_add(&z, &a[k], NULL));
    CISUP_TRY(cisup_npz_commit(&z, NULL));
done:
    cisup_npz_discard(&z);
    return status;
}

static uint64_t number_at(const unsigned char *at, int bytes) {
    uint64_t value = 0;
    for (int k = bytes; k-- > 0;) value = value << 8 | at[k];
    return value;
}

/* One file of the archive: its header, name and data are those of an array. */
static const unsigned char *check_file(const unsigned char *start,
                                       const unsigned char *at, const cisup_array *a,
                                       const char *head) {
    char name[40];
    cisup_index bytes;
    const size_t name_bytes = number_at(at + 26, 2), extra = number_at(at + 28, 2);
    const size_t size = number_at(at + 18, 4);
    const unsigned char *npy = at + 30 + name_bytes + extra;
    (void)snprintf(name, sizeof name, "%s.npy", a->name);
    assert_int_equal(number_at(at, 4), 0x04034b50);
    assert_int_equal(number_at(at + 8, 2), 0); /* stored */
    assert_int_equal(number_at(at + 22, 4), size);
    assert_int_equal(name_bytes, strlen(name));
    assert_memory_equal(at + 30, name, name_bytes);
    if (extra) assert_int_equal(number_at(npy - extra + 2, 2), extra - 4);
    assert_int_equal(number_at(at + 14, 4), crc32(0, npy, (uInt)size));
    assert_int_equal((npy - start) % 64, 0);
    assert_memory_equal(npy, "\x93NUMPY\x01\x00", 8);
    const size_t whole = 10 + number_at(npy + 8, 2);
    assert_int_equal(whole % 64, 0);
    assert_int_equal(npy[whole - 1], '\n');
    assert_memory_equal(npy + 10, head, strlen(head));
    CHECK_OK(cisup_array_bytes(a, &bytes, &error_));
    assert_int_equal(size, (cisup_index)whole + bytes);
    for (cisup_index k = 0; k + 8 <= bytes && a->type != CISUP_ARRAY_TEXT; k += 8) {
        uint64_t number;
        memcpy(&number, (const char *)a->data + k, 8);
        assert_true(number_at(npy + whole + k, 8) == number);
    }
    if (a->type == CISUP_ARRAY_TEXT)
        assert_memory_equal(npy + whole, a->data, (size_t)bytes);
    return npy + size;
}

static void every_array_is_in_the_file(void **state) {
    (void)state;
    static const char *const heads[ARRAYS] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (5000,), } ",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (59, 83), } ",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1, 5, 7), } ",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (), } ",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (4, 0, 2), } ",
        "{'descr': '|S8', 'fortran_order': False, 'shape': (), } ",
        "{'descr': '|S0', 'fortran_order': False, 'shape': (), } ",
    };
    numbers *n = some_numbers();
    cisup_array a[ARRAYS];
    size_t length;
    fill(a, n);
    assert_int_equal(write_all(n), CISUP_OK);
    unsigned char *file = (unsigned char *)scratch_get("a.npz", &length);
    const unsigned char *at = file, *starts[ARRAYS];
    for (int k = 0; k < ARRAYS; k++) {
        starts[k] = at;
        at = check_file(file, at, &a[k], heads[k]);
    }
    const unsigned char *directory = at; /* then of each file what its header said */
    for (int k = 0; k < ARRAYS; k++) {
        assert_int_equal(number_at(at, 4), 0x02014b50);
        assert_memory_equal(at + 6, starts[k] + 4, 24);
        assert_int_equal(number_at(at + 42, 4), starts[k] - file);
        assert_memory_equal(at + 46, starts[k] + 30, number_at(at + 28, 2));
        at += 46 + number_at(at + 28, 2);
    }
    assert_int_equal(number_at(at, 4), 0x06054b50);
    assert_int_equal(number_at(at + 8, 2), ARRAYS);
    assert_int_equal(number_at(at + 10, 2), ARRAYS);
    assert_int_equal(number_at(at + 12, 4), at - directory);
    assert_int_equal(number_at(at + 16, 4), directory - file);
    assert_int_equal(at + 22 - file, length);
    free(file);
    free(n);
    scratch_drop("a.npz");
}

static void the_same_arrays_give_the_same_bytes(void **state) {
    (void)state;
    numbers *n = some_numbers();
    size_t length, again;
    assert_int_equal(write_all(n), CISUP_OK);
    char *first = scratch_get("a.npz", &length);
    assert_int_equal(write_all(n), CISUP_OK);
    char *second = scratch_get("a.npz", &again);
    assert_int_equal(length, again);
    assert_memory_equal(first, second, length);
    free(first);
    free(second);
    free(n);
    scratch_drop("a.npz");
}

/* What is refused leaves the file as it was, so that it can go on. */
static void what_is_too_large_is_refused_with_its_size(void **state) {
    (void)state;
    const double x = 2.385;
    char name[202];
    memset(name, 'n', 201);
    name[201] = 0;
    const struct {
        cisup_array a;
        const char *text;
    } bad[] = {
        {{"x", CISUP_ARRAY_DOUBLE, 2, {1 << 20, 1 << 10}, &x}, "8.6 GB in 1 arrays"},
        {{"x", CISUP_ARRAY_DOUBLE, 1, {(1 << 29) - 1}, &x}, "4.3 GB in 1 arrays"},
        {{"x", CISUP_ARRAY_DOUBLE, 2, {INT64_MAX / 4, 2}, &x}, "array x"},
        {{"x", CISUP_ARRAY_INDEX, 1, {-1}, &x}, "array x: size 0 is -1"},
        {{name, CISUP_ARRAY_DOUBLE, 0, {0}, &x}, "a name of 201 characters; at most 200"},
    };
    cisup_npz z;
    CHECK_OK(cisup_npz_open(&z, scratch_path("a.npz"), CISUP_KEEP_EXISTING, &error_));
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        cisup_error err = {0};
        assert_int_equal(cisup_npz_add(&z, &bad[k].a, &err), CISUP_EINVAL);
        if (!strstr(err.text, bad[k].text)) print_message("%s\n", err.text);
        assert_non_null(strstr(err.text, bad[k].text));
    }
    assert_int_equal(z.members, 0);
    name[200] = 0;
    const cisup_array good = {name, CISUP_ARRAY_DOUBLE, 0, {0}, &x};
    CHECK_OK(cisup_npz_add(&z, &good, &error_));
    CHECK_OK(cisup_npz_commit(&z, &error_));
    size_t length;
    unsigned char *file = (unsigned char *)scratch_get("a.npz", &length);
    assert_int_equal(number_at(file + 26, 2), 204);
    free(file);
    cisup_error err = {0};
    assert_int_equal(cisup_npz_open(&z, scratch_path("a.npz"), CISUP_KEEP_EXISTING, &err),
                     CISUP_EIO);
    cisup_npz_discard(&z);
    scratch_drop("a.npz");
}

static void a_discarded_file_leaves_nothing(void **state) {
    (void)state;
    const double x = 2.385;
    const cisup_array a = {"x", CISUP_ARRAY_DOUBLE, 0, {0}, &x};
    const int64_t before = cisup_memory_live();
    cisup_npz z;
    CHECK_OK(cisup_npz_open(&z, scratch_path("a.npz"), CISUP_KEEP_EXISTING, &error_));
    CHECK_OK(cisup_npz_add(&z, &a, &error_));
    cisup_npz_discard(&z);
    cisup_npz_discard(&z);
    assert_int_equal(files_here(), 0);
    assert_int_equal(cisup_memory_live(), before);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    numbers *n = some_numbers();
    assert_true(check_every_allocation(write_all, n) > 0);
    free(n);
    scratch_drop("a.npz");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_array_is_in_the_file),
        cmocka_unit_test(the_same_arrays_give_the_same_bytes),
        cmocka_unit_test(what_is_too_large_is_refused_with_its_size),
        cmocka_unit_test(a_discarded_file_leaves_nothing),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
