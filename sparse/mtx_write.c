/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two passes: the first refuses what cannot be written and counts what will be, so
 * that the size line is known and a bad entry leaves no file. The second formats into
 * a buffer of our own; printf for each index would take most of the time. */
#include <cisup/sparse/mtx.h>

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    buffer_bytes = 1 << 16,
    line_bytes = 1024, /* every line fits; header lines are below 1000 bytes */
    most_metadata = 991
};

/* A buffer in front of a file, a gzip stream on that file, or standard output. */
typedef struct {
    const char *path;
    cisup_outfile file; /* closed for standard output */
    gzFile gzip;        /* NULL: not compressed */
    size_t used;
    char text[buffer_bytes];
} sink;

static int ends_in_gz(const char *path) {
    const size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static cisup_status cannot_write(const sink *s, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EIO, "cannot write %.300s: %s", s->path,
                      errno ? strerror(errno) : "unknown reason");
}

/* The gzip stream gets a descriptor of its own, so that the draft logic of the file
 * stays in charge of the name. */
static cisup_status sink_open(sink *s, const char *path, cisup_overwrite overwrite,
                              cisup_error *err) {
    s->path = strcmp(path, "-") == 0 ? "standard output" : path;
    if (s->path != path) return CISUP_OK;
    const cisup_status status = cisup_outfile_open(&s->file, path, overwrite, err);
    if (status != CISUP_OK || !ends_in_gz(path)) return status;
    errno = 0;
    const int descriptor = dup(fileno(s->file.stream));
    if (descriptor < 0) return cannot_write(s, err);
    /* Level 1: a quarter of the time of level 6 for 7 to 28 % more bytes. */
    s->gzip = gzdopen(descriptor, "wb1");
    if (s->gzip) return CISUP_OK;
    (void)close(descriptor);
    return CISUP_FAIL(err, CISUP_ENOMEM, "no memory to compress %.300s", path);
}

static cisup_status sink_flush(sink *s, cisup_error *err) {
    const size_t used = s->used;
    s->used = 0;
    errno = 0;
    if (used == 0) return CISUP_OK;
    size_t written;
    if (s->gzip)
        written = (size_t)gzwrite(s->gzip, s->text, (unsigned)used);
    else
        written = fwrite(s->text, 1, used, s->file.stream ? s->file.stream : stdout);
    return written == used ? CISUP_OK : cannot_write(s, err);
}

/* Makes sure that one more line fits. */
static inline cisup_status sink_reserve(sink *s, cisup_error *err) {
    return buffer_bytes - s->used >= line_bytes ? CISUP_OK : sink_flush(s, err);
}

static cisup_status sink_finish(sink *s, cisup_error *err) {
    const cisup_status status = sink_flush(s, err);
    if (status != CISUP_OK) return status;
    if (s->gzip) {
        const int closed = gzclose_w(s->gzip);
        s->gzip = NULL;
        if (closed != Z_OK) return cannot_write(s, err);
    }
    if (s->file.stream) return cisup_outfile_commit(&s->file, err);
    return fflush(stdout) == 0 ? CISUP_OK : cannot_write(s, err);
}

static void sink_discard(sink *s) {
    if (s->gzip) (void)gzclose_w(s->gzip);
    cisup_outfile_discard(&s->file);
}

/* n >= 0 in decimal; returns the end. out: at least 19 bytes. */
static char *put_index(char *out, cisup_index n) {
    char digits[20];
    int k = 20;
    do {
        digits[--k] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    memcpy(out, digits + k, (size_t)(20 - k));
    return out + (20 - k);
}

/* As "%.17g" does, which needs printf only beyond whole numbers of 15 digits. */
static char *put_number(char *out, double x) {
    if (fabs(x) < 1e15 && x == nearbyint(x)) {
        if (x < 0) *out++ = '-';
        return put_index(out, (cisup_index)fabs(x));
    }
    return out + snprintf(out, 32, "%.17g", x);
}

static cisup_status header_write(sink *s, const cisup_csc *a,
                                 const cisup_mtx_write_options *o, cisup_index nnz,
                                 cisup_error *err) {
    static const char *const name[] = {
        [CISUP_MTX_PATTERN] = "pattern",
        [CISUP_MTX_INTEGER] = "integer",
        [CISUP_MTX_REAL] = "real",
    };
    char *out = s->text;
    out += snprintf(out, line_bytes, "%%%%MatrixMarket matrix coordinate %s general\n",
                    name[o->field]);
    if (o->metadata) out += snprintf(out, line_bytes, "%% cisup %s\n", o->metadata);
    out += snprintf(out, line_bytes, "%" PRId64 " %" PRId64 " %" PRId64 "\n", a->nrow,
                    a->ncol, nnz);
    s->used = (size_t)(out - s->text);
    return sink_reserve(s, err);
}

/* Column j: "i j\n" or "i j x\n" for each entry that is not 0. */
static cisup_status column_write(sink *s, const cisup_csc *a, cisup_index j,
                                 cisup_mtx_field field, cisup_error *err) {
    char column[24] = " ";
    char *column_end = put_index(column + 1, j + 1);
    *column_end++ = field == CISUP_MTX_PATTERN ? '\n' : ' ';
    const size_t column_bytes = (size_t)(column_end - column);
    for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
        if (a->x[k] == 0.0) continue;
        const cisup_status status = sink_reserve(s, err);
        if (status != CISUP_OK) return status;
        char *out = put_index(s->text + s->used, a->i[k] + 1);
        memcpy(out, column, column_bytes);
        out += column_bytes;
        if (field != CISUP_MTX_PATTERN) {
            out = put_number(out, a->x[k]);
            *out++ = '\n';
        }
        s->used = (size_t)(out - s->text);
    }
    return CISUP_OK;
}

/* Counts the entries to write in column j; refuses those that cannot be written. */
static cisup_status column_count(const cisup_csc *a, cisup_index j, cisup_mtx_field field,
                                 cisup_index *nnz, cisup_error *err) {
    for (cisup_index k = a->p[j]; k < a->p[j + 1]; k++) {
        const double x = a->x[k];
        *nnz += x != 0.0;
        const char *fault = NULL;
        if (!(fabs(x) < 1e308))
            fault = "is not below 1e308 in absolute value";
        else if (field == CISUP_MTX_INTEGER && (x != nearbyint(x) || fabs(x) > 0x1p53))
            fault = "is not a whole number of at most 2^53";
        if (fault)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "the entry in row %" PRId64 ", column %" PRId64
                              " (from 0) is %.17g, which %s",
                              a->i[k], j, x, fault);
    }
    return CISUP_OK;
}

static cisup_status options_check(const cisup_mtx_write_options *o, cisup_error *err) {
    if (o->field < CISUP_MTX_PATTERN || o->field > CISUP_MTX_REAL)
        return CISUP_FAIL(err, CISUP_EINVAL, "there is no field number %d",
                          (int)o->field);
    if (!o->metadata) return CISUP_OK;
    const size_t length = strlen(o->metadata);
    if (length > most_metadata)
        return CISUP_FAIL(err, CISUP_EINVAL, "metadata of %zu bytes; at most %d fit",
                          length, (int)most_metadata);
    if (length < 2 || o->metadata[0] != '{' || o->metadata[length - 1] != '}')
        return CISUP_FAIL(err, CISUP_EINVAL, "metadata is not a JSON object: %.60s",
                          o->metadata);
    for (size_t k = 0; k < length; k++)
        if (o->metadata[k] < ' ' || o->metadata[k] > '~')
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "byte %zu of the metadata is 0x%02x, not printable ASCII",
                              k, (unsigned)(unsigned char)o->metadata[k]);
    return CISUP_OK;
}

static cisup_status write_all(const char *path, const cisup_csc *a,
                              const cisup_mtx_write_options *o, cisup_error *err) {
    sink out;
    out.file = (cisup_outfile){0};
    out.gzip = NULL;
    out.used = 0;
    cisup_index nnz = 0;
    cisup_status status;
    for (cisup_index j = 0; j < a->ncol; j++)
        CISUP_TRY(column_count(a, j, o->field, &nnz, err));
    CISUP_TRY(sink_open(&out, path, o->overwrite, err));
    CISUP_TRY(header_write(&out, a, o, nnz, err));
    for (cisup_index j = 0; j < a->ncol; j++)
        CISUP_TRY(column_write(&out, a, j, o->field, err));
    CISUP_TRY(sink_finish(&out, err));
done:
    sink_discard(&out);
    return status;
}

cisup_mtx_write_options cisup_mtx_write_defaults(void) {
    return (cisup_mtx_write_options){
        .field = CISUP_MTX_REAL, .metadata = NULL, .overwrite = CISUP_KEEP_EXISTING};
}

cisup_status cisup_mtx_write(const char *path, const cisup_csc *a,
                             const cisup_mtx_write_options *options, cisup_error *err) {
    assert(cisup_csc_check(a, NULL) == CISUP_OK);
    const cisup_mtx_write_options o = options ? *options : cisup_mtx_write_defaults();
    cisup_status status = options_check(&o, err);
    if (status != CISUP_OK) return status;
    /* A decimal comma would make another file; no global state is touched. */
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(plain);
    status = write_all(path, a, &o, err);
    (void)uselocale(before);
    if (plain) freelocale(plain);
    return status;
}
