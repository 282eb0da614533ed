/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix Market files that are cut, damaged or refused, by us or by the system. */
#include "common/mtxfiles.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

static const cisup_mtx_field fields[] = {CISUP_MTX_PATTERN, CISUP_MTX_INTEGER,
                                         CISUP_MTX_REAL};

static cisup_csc sample(cisup_index k) {
    cisup_rng rng = check_rng(k);
    cisup_csc a = random_csc(&rng, 12, 11, 0.3);
    for (cisup_index m = 0; m < a.p[a.ncol]; m++)
        if (k % 3 == 2) a.x[m] = cisup_rng_normal(&rng);
    return a;
}

static void a_file_cut_anywhere_is_refused(void **state) {
    (void)state;
    for (int k = 0; k < 6; k++) {
        const char *name = k < 3 ? "a.mtx" : "a.mtx.gz";
        cisup_csc a = sample(k), b;
        write_as(name, &a, fields[k % 3]);
        size_t length;
        char *text = scratch_get(name, &length);
        for (size_t cut = 0; cut < length; cut++) {
            cisup_error err;
            scratch_put(name, text, cut);
            const cisup_status status = read_mtx(name, 0, &b, &err);
            if (status != CISUP_EFORMAT)
                fail_msg("cut at %zu of %zu: %d, %s", cut, length, (int)status, err.text);
            /* Leniently a cut may leave a valid file, but never a broken matrix. */
            if (read_mtx(name, 1, &b, &err) == CISUP_OK) cisup_csc_free(&b);
        }
        free(text);
        cisup_csc_free(&a);
        scratch_drop(name);
    }
}

static void a_file_with_a_wrong_byte_never_gives_a_broken_matrix(void **state) {
    (void)state;
    const char wrong[] = {'\0', '\n', '\r', ' ', '-',       '.',
                          '0',  '9',  'e',  '%', (char)0xff};
    for (int k = 0; k < 3; k++) {
        cisup_csc a = sample(k), b;
        cisup_error err;
        write_as("a.mtx", &a, fields[k]);
        size_t length;
        char *text = scratch_get("a.mtx", &length);
        for (size_t at = 0; at < length; at++) {
            const char right = text[at];
            text[at] = wrong[at % COUNT(wrong)];
            scratch_put("a.mtx", text, length);
            for (int lenient = 0; lenient < 2; lenient++)
                if (read_mtx("a.mtx", lenient, &b, &err) == CISUP_OK) cisup_csc_free(&b);
            text[at] = right;
        }
        free(text);
        cisup_csc_free(&a);
        scratch_drop("a.mtx");
    }
}

/* gzip guards its data by a checksum: the same matrix (the time in the header and the
 * padding before the checksum mean nothing) or none. */
static void damaged_gzip_data_are_refused(void **state) {
    (void)state;
    cisup_csc a = sample(2), b;
    cisup_error err;
    write_as("a.mtx.gz", &a, CISUP_MTX_REAL);
    size_t length;
    char *text = scratch_get("a.mtx.gz", &length);
    for (size_t at = 0; at < length; at++) {
        text[at] ^= 0x10;
        scratch_put("a.mtx.gz", text, length);
        const cisup_status status = read_mtx("a.mtx.gz", 0, &b, &err);
        if (status == CISUP_OK) {
            assert_true(same_csc(&a, &b));
            cisup_csc_free(&b);
        }
        text[at] ^= 0x10;
    }
    free(text);
    cisup_csc_free(&a);
    scratch_drop("a.mtx.gz");
}

/* Members one after the other are one file; anything else behind them is a fault. */
static void what_follows_gzip_data_is_seen(void **state) {
    (void)state;
    const char *const tail[] = {"x", "\x1f", "\x1f\x8b", "\n1 1\n"};
    cisup_csc a = sample(1), b;
    cisup_error err;
    write_as("a.mtx.gz", &a, CISUP_MTX_INTEGER);
    size_t length;
    char *text = scratch_get("a.mtx.gz", &length);
    text = realloc(text, 2 * length + 8);
    assert_non_null(text);
    for (size_t k = 0; k < COUNT(tail); k++) {
        memcpy(text + length, tail[k], strlen(tail[k]));
        scratch_put("a.mtx.gz", text, length + strlen(tail[k]));
        assert_int_equal(read_mtx("a.mtx.gz", 1, &b, &err), CISUP_EFORMAT);
        const char *name = strstr(err.text, "a.mtx.gz");
        assert_non_null(name);
        assert_null(strstr(name + 1, "a.mtx.gz"));
        assert_non_null(strstr(err.text, "gzip data"));
    }
    memcpy(text + length, text, length); /* its banner now stands below the entries */
    scratch_put("a.mtx.gz", text, 2 * length);
    assert_int_equal(read_mtx("a.mtx.gz", 0, &b, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "a comment below the sizes"));
    free(text);
    cisup_csc_free(&a);
    scratch_drop("a.mtx.gz");
}

static void comments_are_not_endless(void **state) {
    (void)state;
    const size_t length = 17000000;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, '%', length);
    const char start[] = "%%MatrixMarket matrix coordinate real general\n";
    memcpy(text, start, strlen(start));
    for (size_t k = 100; k < length; k += 100) text[k] = '\n';
    cisup_csc a;
    cisup_error err;
    scratch_put("a.mtx", text, length);
    assert_int_equal(read_mtx("a.mtx", 1, &a, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "more than 16 MB of comments"));
    free(text);
    scratch_drop("a.mtx");
}

static void a_line_may_be_long_but_not_endless(void **state) {
    (void)state;
    const size_t length = 300000, fits = 200000;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, 'x', length);
    const char start[] = "%%MatrixMarket matrix coordinate real general\n%";
    memcpy(text, start, strlen(start));
    memcpy(text + fits, "\n0 0 0\n", 7);
    cisup_csc a;
    cisup_error err;
    scratch_put("a.mtx", text, fits + 7);
    CHECK_OK(read_mtx("a.mtx", 0, &a, &error_));
    cisup_csc_free(&a);
    memset(text + fits, 'x', length - fits);
    scratch_put("a.mtx", text, length);
    assert_int_equal(read_mtx("a.mtx", 1, &a, &err), CISUP_EFORMAT);
    assert_non_null(strstr(err.text, "a.mtx:2: the line is longer than 262144 bytes"));
    free(text);
    scratch_drop("a.mtx");
}

static void unreadable_files_are_io_errors(void **state) {
    (void)state;
    cisup_csc a;
    cisup_error err;
    assert_int_equal(read_mtx("none.mtx", 0, &a, &err), CISUP_EIO);
    assert_non_null(strstr(err.text, "none.mtx: cannot read: No such file"));
    assert_int_equal(read_mtx(".", 0, &a, &err), CISUP_EIO);
    assert_non_null(strstr(err.text, "cannot read: Is a directory"));
}

static void check_refused(const cisup_csc *a, const cisup_mtx_write_options *o,
                          const char *says) {
    cisup_error err = {0};
    assert_int_equal(cisup_mtx_write(scratch_path("a.mtx"), a, o, &err), CISUP_EINVAL);
    if (!strstr(err.text, says)) fail_msg("\"%s\" should say \"%s\"", err.text, says);
    assert_int_not_equal(access(scratch_path("a.mtx"), F_OK), 0);
}

static void entries_that_cannot_be_written_are_named(void **state) {
    (void)state;
    cisup_index p[] = {0, 1, 2}, i[] = {3, 4};
    double x[] = {1.0, 0.0};
    const cisup_csc a = {7, 2, p, i, x};
    const double bad[] = {NAN, -INFINITY, 1e308, 2.385, 0x1p53 + 2};
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    for (size_t k = 0; k < COUNT(bad); k++) {
        x[1] = bad[k];
        o.field = k < 3 ? fields[k] : CISUP_MTX_INTEGER;
        check_refused(&a, &o, "row 4, column 1 (from 0) is ");
        check_refused(&a, &o, k < 3 ? "below 1e308" : "not a whole number");
    }
}

static void options_outside_their_range_are_refused(void **state) {
    (void)state;
    cisup_csc a = sample(0);
    check_refused(&a, &(cisup_mtx_write_options){0}, "field number 0");
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.field = (cisup_mtx_field)4;
    check_refused(&a, &o, "field number 4");
    o = cisup_mtx_write_defaults();
    const char *const bad[][2] = {
        {"", "not a JSON object"},
        {"{", "not a JSON object"},
        {"[1]", "not a JSON object"},
        {"{\"a\":1}\n", "not a JSON object"},
        {"{\t}", "byte 1 of the metadata is 0x09"},
        {"{\n}", "metadata is not a JSON object"},
        {"{}\n{}\n{}", "more than two lines of metadata"},
        {"{\"\xc3\xa4\":1}", "byte 2 of the metadata is 0xc3"},
    };
    for (size_t k = 0; k < COUNT(bad); k++) {
        o.metadata = bad[k][0];
        check_refused(&a, &o, bad[k][1]);
    }
    char text[993];
    memset(text, ' ', sizeof text);
    text[0] = '{';
    text[991] = '}';
    text[992] = '\0';
    o.metadata = text;
    check_refused(&a, &o, "metadata of 992 bytes; at most 991 fit");
    text[990] = '}';
    text[991] = '\0';
    CHECK_OK(cisup_mtx_write(scratch_path("a.mtx"), &a, &o, &error_));
    cisup_csc b;
    CHECK_OK(read_mtx("a.mtx", 0, &b, &error_));
    cisup_csc_free(&a);
    cisup_csc_free(&b);
    scratch_drop("a.mtx");
}

static void an_existing_file_is_kept_unless_told_otherwise(void **state) {
    (void)state;
    cisup_csc a = sample(0), b;
    cisup_error err = {0};
    scratch_put("a.mtx", "precious", 8);
    assert_int_equal(cisup_mtx_write(scratch_path("a.mtx"), &a, NULL, &err), CISUP_EIO);
    size_t length;
    char *text = scratch_get("a.mtx", &length);
    assert_string_equal(text, "precious");
    free(text);
    write_as("a.mtx", &a, CISUP_MTX_REAL);
    CHECK_OK(read_mtx("a.mtx", 0, &b, &error_));
    assert_true(same_csc(&a, &b));
    assert_int_equal(cisup_mtx_write(scratch_path("no/a.mtx"), &a, NULL, &err),
                     CISUP_EIO);
    cisup_csc_free(&a);
    cisup_csc_free(&b);
    scratch_drop("a.mtx");
}

/* The scratch folder's removal proves that no draft is left. */
static void a_full_disk_leaves_nothing_behind(void **state) {
    (void)state;
    struct rlimit before, tight;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 1000;
    void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
    cisup_rng rng = check_rng(9);
    for (int k = 0; k < 4; k++) {
        /* Small ones fail when the file is closed, large ones before. */
        cisup_csc a = random_csc(&rng, k < 2 ? 29 : 307, k < 2 ? 31 : 311, 0.9);
        const char *name = k % 2 ? "a.mtx" : "a.mtx.gz";
        cisup_error err = {0};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        const cisup_status status = cisup_mtx_write(scratch_path(name), &a, NULL, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, CISUP_EIO);
        if (!strstr(err.text, "File too large")) fail_msg("%s", err.text);
        assert_int_not_equal(access(scratch_path(name), F_OK), 0);
        cisup_csc_free(&a);
    }
    (void)signal(SIGXFSZ, handler);
}

/* Standard input or output, replaced by a file while it is open. */
static int replace_descriptor(int descriptor, const char *path, int flags) {
    (void)fflush(stdout);
    const int saved = dup(descriptor), other = open(path, flags, 0666);
    assert_true(saved >= 0 && other >= 0);
    assert_int_equal(dup2(other, descriptor), descriptor);
    (void)close(other);
    return saved;
}

static void restore_descriptor(int descriptor, int saved) {
    (void)fflush(stdout);
    (void)dup2(saved, descriptor);
    (void)close(saved);
}

static void a_dash_means_the_standard_streams(void **state) {
    (void)state;
    cisup_csc a = sample(2), b;
    cisup_error err = {0}, full = {0};
    int saved =
        replace_descriptor(STDOUT_FILENO, scratch_path("a.mtx"), O_WRONLY | O_CREAT);
    const cisup_status wrote = cisup_mtx_write("-", &a, NULL, &err);
    restore_descriptor(STDOUT_FILENO, saved);
    assert_int_equal(wrote, CISUP_OK);
    for (int cut = 0; cut < 2; cut++) {
        saved = replace_descriptor(STDIN_FILENO, scratch_path("a.mtx"), O_RDONLY);
        const cisup_status read = cisup_mtx_read("-", NULL, &b, &err);
        restore_descriptor(STDIN_FILENO, saved);
        if (cut == 0) {
            assert_int_equal(read, CISUP_OK);
            assert_true(same_csc(&a, &b));
            cisup_csc_free(&b);
            assert_int_equal(truncate(scratch_path("a.mtx"), 60), 0);
        } else {
            assert_int_equal(read, CISUP_EFORMAT);
            assert_non_null(strstr(err.text, "standard input:"));
        }
    }
    saved = replace_descriptor(STDOUT_FILENO, "/dev/full", O_WRONLY);
    const cisup_status on_full = cisup_mtx_write("-", &a, NULL, &full);
    clearerr(stdout);
    restore_descriptor(STDOUT_FILENO, saved);
    assert_int_equal(on_full, CISUP_EIO);
    assert_string_equal(full.text,
                        "cannot write standard output: No space left on device");
    cisup_csc_free(&a);
    scratch_drop("a.mtx");
}

static cisup_status write_and_read(void *context) {
    const char *name = context;
    cisup_index p[] = {0, 2}, i[] = {0, 1};
    double x[] = {2.385, -7.0};
    const cisup_csc a = {2, 1, p, i, x};
    cisup_csc b = {0};
    cisup_mtx_write_options o = cisup_mtx_write_defaults();
    o.overwrite = CISUP_REPLACE_EXISTING;
    cisup_status status;
    CISUP_TRY(cisup_mtx_write(scratch_path(name), &a, &o, NULL));
    CISUP_TRY(cisup_mtx_read(scratch_path(name), NULL, &b, NULL));
    assert_true(same_csc(&a, &b));
done:
    cisup_csc_free(&b);
    return status;
}

/* Two for the names, two for the pieces, two for the buffers, one for the list, three for
 * the matrix. */
static void every_allocation_failure_is_survived(void **state) {
    (void)state;
    char plain[] = "a.mtx", packed[] = "a.mtx.gz";
    assert_int_equal(check_every_allocation(write_and_read, plain), 10);
    assert_int_equal(check_every_allocation(write_and_read, packed), 10);
    scratch_drop(plain);
    scratch_drop(packed);
}

static void a_decimal_comma_changes_nothing(void **state) {
    (void)state;
    const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "pt_BR.UTF-8"};
    const char *found = NULL;
    for (size_t k = 0; k < COUNT(names) && !found; k++)
        found = setlocale(LC_ALL, names[k]);
    if (!found) skip();
    cisup_csc a = sample(2), b;
    char comma[8];
    write_as("a.mtx", &a, CISUP_MTX_REAL);
    const cisup_status status = cisup_mtx_read(scratch_path("a.mtx"), NULL, &b, NULL);
    (void)snprintf(comma, sizeof comma, "%.1f", 2.5);
    (void)setlocale(LC_ALL, "C");
    assert_string_equal(comma, "2,5");
    assert_int_equal(status, CISUP_OK);
    assert_true(same_csc(&a, &b));
    cisup_csc_free(&b);
    CHECK_OK(read_mtx("a.mtx", 0, &b, &error_));
    assert_true(same_csc(&a, &b));
    cisup_csc_free(&a);
    cisup_csc_free(&b);
    scratch_drop("a.mtx");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_file_with_a_wrong_byte_never_gives_a_broken_matrix),
        cmocka_unit_test(damaged_gzip_data_are_refused),
        cmocka_unit_test(what_follows_gzip_data_is_seen),
        cmocka_unit_test(comments_are_not_endless),
        cmocka_unit_test(a_line_may_be_long_but_not_endless),
        cmocka_unit_test(unreadable_files_are_io_errors),
        cmocka_unit_test(entries_that_cannot_be_written_are_named),
        cmocka_unit_test(options_outside_their_range_are_refused),
        cmocka_unit_test(an_existing_file_is_kept_unless_told_otherwise),
        cmocka_unit_test(a_full_disk_leaves_nothing_behind),
        cmocka_unit_test(a_dash_means_the_standard_streams),
        cmocka_unit_test(every_allocation_failure_is_survived),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
