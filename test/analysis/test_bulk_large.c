/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of the batched pass on more lines than 32-bit offsets reach: 2^27 lines of 16
 * numbers, 2^28 of 8. Activations are a mapping of which nothing but the lines in use
 * ever becomes memory. */
#define VECTOR_BYTES 16
#define KERNELS large_kernels
#include <cisup/analysis/pass/bulk_types.h>

#include "common/check.h"

#include <sys/mman.h>

enum { S = 3, D = 5, LINES = (1 << 28) + 64 };

static void *mapped(void) {
    void *p = mmap(NULL, (size_t)LINES * CISUP_LINE_BYTES, PROT_READ | PROT_WRITE,
                   MAP_NORESERVE | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    return p;
}

/* First lines of three neurons below, across and above the edge; small ones to compare.
 */
static const int32_t edge[] = {1 << 27, 1 << 28};
static void seat_at(int32_t middle, int32_t *place) {
    place[0] = middle - 2 * D;
    place[1] = middle - D / 2;
    place[2] = middle + D;
}

/* For one type of number: what is read from the neurons there is what is read from the
 * small ones, and what is delivered to each arrives. */
#define AGREE(type, name)                                                                \
    static void fill_##name(type *lines, const int32_t *place) {                         \
        const cisup_index width = (cisup_index)(CISUP_LINE_BYTES / sizeof(type));        \
        for (cisup_index k = 0; k < S; k++)                                              \
            for (cisup_index i = 0; i < D * width; i++)                                  \
                lines[place[k] * width + i] = (type)(k * 100 + i);                       \
    }                                                                                    \
    static void deliver_at_##name(type *a, int32_t line) {                               \
        enum { width = (int)(CISUP_LINE_BYTES / sizeof(type)) };                         \
        int32_t length[] = {2}, sender[] = {0, D};                                       \
        cisup_index first[] = {0, 1};                                                    \
        const cisup_bulk_mail mail = {1, first, &line, length, sender};                  \
        const type *at = a + (cisup_index)line * width;                                  \
        type sent[2 * D * width];                                                        \
        for (int k = 0; k < 2 * D * width; k++) sent[k] = (type)k;                       \
        deliver_##name(&mail, 0, sent, D, a);                                            \
        for (int i = 0; i < D * width; i++)                                              \
            assert_true(at[i] == (type)(2 * i + D * width));                             \
    }                                                                                    \
    static void agree_##name(void) {                                                     \
        enum { width = (int)(CISUP_LINE_BYTES / sizeof(type)) };                         \
        type *a = mapped(), want[D * width], got[D * width];                             \
        int32_t place[S];                                                                \
        seat_at(100, place);                                                             \
        fill_##name(a, place);                                                           \
        read_##name(a, (seat){place, S, D}, 1, want);                                    \
        assert_true(want[1] == 303 && want[width] == 300 + 3 * width);                   \
        for (size_t k = 0; k < sizeof edge / sizeof *edge; k++) {                        \
            seat_at(edge[k], place);                                                     \
            fill_##name(a, place);                                                       \
            read_##name(a, (seat){place, S, D}, 1, got);                                 \
            assert_memory_equal(got, want, sizeof want);                                 \
            for (int m = 0; m < S; m++) deliver_at_##name(a, place[m]);                  \
        }                                                                                \
        assert_int_equal(munmap(a, (size_t)LINES *CISUP_LINE_BYTES), 0);                 \
    }
AGREE(double, double)
AGREE(float, single)

static void lines_beyond_32_bit_offsets_are_read(void **state) {
    (void)state;
    agree_double();
    agree_single();
}

/* Before any memory is taken. */
static void more_lines_than_have_numbers_are_refused(void **state) {
    (void)state;
    static const struct {
        cisup_index N, d;
    } row[] = {{INT32_MAX, 2}, {1 << 29, 4}, {(1 << 29) - 1, 5}, {10, 1 << 21}};
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const cisup_allocation base = {row[k].N, S, 1, NULL};
        const cisup_circuits circuits = {.T = 1, .d = row[k].d, .L = 1, .layers = 1};
        const cisup_network net = {.base = &base, .circuits = &circuits};
        cisup_bulk_plan plan;
        cisup_error err = {0};
        assert_int_equal(
            cisup_bulk_plan_make(&plan, &net, cisup_bulk_kernel_best(0), 1, &err),
            CISUP_EINVAL);
        assert_non_null(strstr(err.text, "N d of at most 2147483647"));
        assert_null(plan.place);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_beyond_32_bit_offsets_are_read),
        cmocka_unit_test(more_lines_than_have_numbers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
