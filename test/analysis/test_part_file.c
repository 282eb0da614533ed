/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of parts of experiments: damaged, forged, one after the other, without memory. */
#include "common/check.h"
#include "common/reports.h"
#include "common/watched.h"

#include <cisup/analysis/experiment_part.h>

#include <unistd.h>

static void tiny_make(small_experiment *s) {
    small_make(s, KIND_LIST);
    s->x.L = 1;
    s->x.z_count = 1;
    s->x.networks = 2;
    s->x.inputs = 1;
    s->x.worst = 1;
    s->x.threads = 1;
}

static size_t written(const cisup_part *part, unsigned char *bytes, size_t room) {
    FILE *file = tmpfile();
    CHECK_OK(cisup_part_write(part, file, &error_));
    rewind(file);
    const size_t count = fread(bytes, 1, room, file);
    assert_true(count > 0 && count < room);
    (void)fclose(file);
    return count;
}

static cisup_status read_bytes(const cisup_experiment *x, const unsigned char *bytes,
                               size_t count, cisup_part *part) {
    FILE *file = fmemopen((void *)bytes, count ? count : 1, "rb");
    if (count == 0) (void)fgetc(file);
    const cisup_status status = cisup_part_read(x, file, part, NULL);
    (void)fclose(file);
    return status;
}

static void every_changed_byte_is_noticed(void **state) {
    (void)state;
    static unsigned char bytes[1 << 16];
    small_experiment s;
    tiny_make(&s);
    cisup_part part = part_of(&s.x, 0, 1), back;
    const size_t count = written(&part, bytes, sizeof bytes);
    assert_int_equal(read_bytes(&s.x, bytes, count, &back), CISUP_OK);
    cisup_part_free(&back);
    const int64_t live = cisup_memory_live();
    for (size_t k = 0; k < count; k++) {
        const unsigned char was = bytes[k], change[] = {0x01, 0x80, 0xff, 0x10};
        for (int c = 0; c < 4; c++) {
            bytes[k] = was ^ change[c];
            assert_int_equal(read_bytes(&s.x, bytes, count, &back), CISUP_EFORMAT);
            assert_null(back.of);
        }
        bytes[k] = was;
        assert_int_equal(read_bytes(&s.x, bytes, k, &back), CISUP_EFORMAT);
    }
    assert_int_equal(cisup_memory_live(), live);
    cisup_part_free(&part);
    small_free(&s);
}

/* Files whose checksum was made to fit hold other numbers at worst. */
static void forged_bytes_do_no_harm(void **state) {
    (void)state;
    static unsigned char bytes[1 << 16];
    cisup_rng rng = check_rng(1);
    small_experiment s;
    tiny_make(&s);
    cisup_part part = part_of(&s.x, 0, 1), back;
    const size_t count = written(&part, bytes, sizeof bytes);
    static unsigned char forged[1 << 16];
    for (int trial = 0; trial < 20000; trial++) {
        memcpy(forged, bytes, count);
        const cisup_index changes = check_between(&rng, 1, 4);
        for (cisup_index c = 0; c < changes; c++)
            forged[check_between(&rng, trial % 2 ? 24 : 280, (cisup_index)count - 9)] =
                (unsigned char)check_between(&rng, 0, 255);
        const uint64_t sum = watched_hash(0, forged, count - 8);
        for (int k = 0; k < 8; k++)
            forged[count - 8 + (size_t)k] = (unsigned char)(sum >> (8 * k));
        const cisup_status status = read_bytes(&s.x, forged, count, &back);
        assert_true(status == CISUP_OK || status == CISUP_EFORMAT);
        cisup_report report = {0};
        if (status == CISUP_OK &&
            cisup_part_report(&s.x, &back, &report, NULL) == CISUP_OK)
            cisup_report_free(&report);
        cisup_part_free(&back);
    }
    cisup_part_free(&part);
    small_free(&s);
}

static void parts_follow_each_other_in_a_stream(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_WORST);
    FILE *file = tmpfile();
    cisup_part part[2];
    for (int k = 0; k < 2; k++) {
        part[k] = part_of(&s.x, k, 2);
        CHECK_OK(cisup_part_write(&part[k], file, &error_));
        cisup_part_free(&part[k]);
    }
    rewind(file);
    for (int k = 0; k < 2; k++) {
        CHECK_OK(cisup_part_read(&s.x, file, &part[k], &error_));
        assert_true(part[k].has[k] && !part[k].has[1 - k]);
        cisup_part_free(&part[k]);
    }
    assert_int_equal(cisup_part_read(&s.x, file, &part[0], NULL), CISUP_EFORMAT);
    (void)fclose(file);
    small_free(&s);
}

static void failures_of_files_are_told(void **state) {
    (void)state;
    small_experiment s;
    small_make(&s, KIND_LIST);
    cisup_part part = part_of(&s.x, 0, 1), back;
    FILE *full = fopen("/dev/full", "wb"), *folder = fopen("/", "rb");
    if (full) assert_int_equal(cisup_part_write(&part, full, NULL), CISUP_EIO);
    if (folder) assert_int_equal(cisup_part_read(&s.x, folder, &back, NULL), CISUP_EIO);
    if (full) (void)fclose(full);
    if (folder) (void)fclose(folder);
    cisup_part_free(&part);
    small_free(&s);
}

static cisup_status all_of_it(void *context) {
    const cisup_experiment *x = context;
    cisup_part part = {0}, more = {0}, back = {0};
    cisup_report report = {0};
    FILE *file = tmpfile();
    cisup_status status;
    CISUP_TRY(cisup_experiment_part(x, 1, 2, &part, NULL));
    CISUP_TRY(cisup_experiment_part(x, 0, 2, &more, NULL));
    CISUP_TRY(cisup_part_write(&more, file, NULL));
    rewind(file);
    CISUP_TRY(cisup_part_read(x, file, &back, NULL));
    CISUP_TRY(cisup_part_merge(&part, &back, NULL));
    CISUP_TRY(cisup_part_report(x, &part, &report, NULL));
done:
    (void)fclose(file);
    cisup_report_free(&report);
    cisup_part_free(&part);
    cisup_part_free(&more);
    cisup_part_free(&back);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    small_experiment s;
    tiny_make(&s);
    s.x.L = 2;
    assert_true(check_every_allocation(all_of_it, &s.x) > 50);
    s.x.worst = 0;
    s.x.engine = CISUP_ENGINE_AUTO;
    assert_true(check_every_allocation(all_of_it, &s.x) > 50);
    small_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(forged_bytes_do_no_harm),
        cmocka_unit_test(parts_follow_each_other_in_a_stream),
        cmocka_unit_test(failures_of_files_are_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
