/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two passes: the first refuses what cannot be written and counts what will be, so
 * that the size line is known and a bad entry leaves no file. The second formats pieces
 * of the entries into buffers of our own, a piece a thread, and writes these in order;
 * printf for each index would take most of the time. */
#include <cisup/sparse/mtx.h>

#include <cisup/core/base/outfile.h>
#include <cisup/core/base/start_threads.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/matrix/mtx_each.h>
#include <cisup/sparse/matrix/products.h>

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    header_bytes = 3 * 1024, /* its lines are below 1000 bytes */
    most_metadata = 991,
    piece_entries = 1 << 14,
    entry_bytes = 2 * 20 + 32 /* two indices and a number */
};

/* A file, a gzip stream on that file, or standard output. */
typedef struct {
    const char *path;
    cisup_outfile file; /* closed for standard output */
    gzFile gzip;        /* NULL: not compressed */
} sink;

static bool ends_with(const char *text, const char *end) {
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool ends_in_gz(const char *path) {
    return ends_with(path, ".gz") && path[3];
}

bool cisup_mtx_is_name(const char *path) {
    return ends_with(path, ".mtx") || ends_with(path, ".mtx.gz") || !strcmp(path, "-");
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

static cisup_status sink_write(sink *s, const char *text, size_t bytes,
                               cisup_error *err) {
    errno = 0;
    if (bytes == 0) return CISUP_OK;
    size_t written;
    if (s->gzip)
        written = (size_t)gzwrite(s->gzip, text, (unsigned)bytes);
    else
        written = fwrite(text, 1, bytes, s->file.stream ? s->file.stream : stdout);
    return written == bytes ? CISUP_OK : cannot_write(s, err);
}

static cisup_status sink_finish(sink *s, cisup_error *err) {
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
    char text[header_bytes], *out = text;
    out += snprintf(out, 100, "%%%%MatrixMarket matrix coordinate %s general\n",
                    name[o->field]);
    const char *line = o->metadata;
    size_t length;
    for (const char *next; (next = cisup_mtx_metadata_line(line, &length)); line = next)
        out += snprintf(out, 1024, "%% cisup %.*s\n", (int)length, line);
    out += snprintf(out, 100, "%" PRId64 " %" PRId64 " %" PRId64 "\n", a->nrow, a->ncol,
                    nnz);
    return sink_write(s, text, (size_t)(out - text), err);
}

/* The column of entry k, k < p[ncol]. */
static cisup_index column_of(const cisup_csc *a, cisup_index k) {
    cisup_index low = 0, high = a->ncol;
    while (high - low > 1) {
        const cisup_index middle = low + (high - low) / 2;
        if (a->p[middle] <= k)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Entries from..to-1 of column j: "i j\n" or "i j x\n" for each that is not 0. */
static char *put_entries(char *out, const cisup_csc *a, cisup_index j, cisup_index from,
                         cisup_index to, cisup_mtx_field field) {
    char column[24] = " ";
    char *column_end = put_index(column + 1, j + 1);
    *column_end++ = field == CISUP_MTX_PATTERN ? '\n' : ' ';
    const size_t column_bytes = (size_t)(column_end - column);
    for (cisup_index k = from; k < to; k++) {
        if (a->x[k] == 0.0) continue;
        out = put_index(out, a->i[k] + 1);
        memcpy(out, column, column_bytes);
        out += column_bytes;
        if (field != CISUP_MTX_PATTERN) {
            out = put_number(out, a->x[k]);
            *out++ = '\n';
        }
    }
    return out;
}

/* The piece of entries that begins with `from`; returns its bytes. A decimal comma would
 * make another file: each thread works in the locale `plain` for as long. */
static size_t put_piece(char *text, const cisup_csc *a, cisup_index from,
                        cisup_mtx_field field, locale_t plain) {
    const cisup_index all = a->p[a->ncol];
    if (from >= all) return 0;
    const locale_t before = uselocale(plain);
    const cisup_index end = from + piece_entries < all ? from + piece_entries : all;
    char *out = text;
    for (cisup_index j = column_of(a, from); from < end; j++) {
        const cisup_index to = a->p[j + 1] < end ? a->p[j + 1] : end;
        out = put_entries(out, a, j, from, to, field);
        from = to;
    }
    (void)uselocale(before);
    return (size_t)(out - text);
}

/* Some pieces a thread at a time: starting threads and waiting for the last costs less
 * than with one. */
static cisup_status entries_write(sink *s, const cisup_csc *a, cisup_mtx_field field,
                                  locale_t plain, cisup_error *err) {
    enum { piece_bytes = piece_entries * entry_bytes, pieces_a_thread = 4 };
    const cisup_index all = a->p[a->ncol];
    const cisup_index pieces = all / piece_entries + (all % piece_entries > 0);
    int threads;
    char *text = NULL;
    size_t *used = NULL;
    cisup_status status;
    CISUP_TRY(cisup_threads_take(0, pieces, &threads, err));
    const cisup_index room = (cisup_index)threads * pieces_a_thread;
    const cisup_index turn = pieces < room ? pieces : room;
    CISUP_TRY(cisup_new(&text, turn * piece_bytes, 1, err));
    CISUP_TRY(cisup_new(&used, turn, sizeof *used, err));
    for (cisup_index first = 0; first < pieces; first += turn) {
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (turn > 1)
        for (cisup_index k = 0; k < turn; k++)
            used[k] = put_piece(text + k * piece_bytes, a, (first + k) * piece_entries,
                                field, plain);
        for (cisup_index k = 0; k < turn; k++)
            CISUP_TRY(sink_write(s, text + k * piece_bytes, used[k], err));
    }
done:
    cisup_release(text);
    cisup_release(used);
    return status;
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

static cisup_status object_check(const char *line, size_t length, cisup_error *err) {
    if (length > most_metadata)
        return CISUP_FAIL(err, CISUP_EINVAL, "metadata of %zu bytes; at most %d fit",
                          length, (int)most_metadata);
    if (length < 2 || line[0] != '{' || line[length - 1] != '}')
        return CISUP_FAIL(err, CISUP_EINVAL, "metadata is not a JSON object: %.60s",
                          line);
    for (size_t k = 0; k < length; k++)
        if (line[k] < ' ' || line[k] > '~')
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "byte %zu of the metadata is 0x%02x, not printable ASCII",
                              k, (unsigned)(unsigned char)line[k]);
    return CISUP_OK;
}

const char *cisup_mtx_metadata_line(const char *metadata, size_t *length) {
    if (!metadata || !*metadata) return NULL;
    *length = strcspn(metadata, "\n");
    return metadata + *length + (metadata[*length] == '\n');
}

cisup_status cisup_mtx_metadata_check(const char *metadata, cisup_error *err) {
    const char *line = metadata;
    int lines = 0;
    size_t length = metadata ? strlen(metadata) : 1;
    if (length == 0 || (metadata && metadata[length - 1] == '\n'))
        return CISUP_FAIL(err, CISUP_EINVAL, "metadata is not a JSON object: %.60s",
                          metadata);
    for (const char *next; (next = cisup_mtx_metadata_line(line, &length)); line = next) {
        if (++lines > 2)
            return CISUP_FAIL(err, CISUP_EINVAL, "more than two lines of metadata");
        const cisup_status status = object_check(line, length, err);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

static cisup_status options_check(const cisup_mtx_write_options *o, cisup_error *err) {
    if (o->field < CISUP_MTX_PATTERN || o->field > CISUP_MTX_REAL)
        return CISUP_FAIL(err, CISUP_EINVAL, "there is no field number %d",
                          (int)o->field);
    return cisup_mtx_metadata_check(o->metadata, err);
}

static cisup_status write_all(const char *path, const cisup_csc *a,
                              const cisup_mtx_write_options *o, locale_t plain,
                              cisup_error *err) {
    sink out;
    out.file = (cisup_outfile){0};
    out.gzip = NULL;
    cisup_index nnz = 0;
    cisup_status status;
    for (cisup_index j = 0; j < a->ncol; j++)
        CISUP_TRY(column_count(a, j, o->field, &nnz, err));
    CISUP_TRY(sink_open(&out, path, o->overwrite, err));
    CISUP_TRY(header_write(&out, a, o, nnz, err));
    CISUP_TRY(entries_write(&out, a, o->field, plain, err));
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
    /* No global state is touched. */
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(plain);
    status = write_all(path, a, &o, plain, err);
    (void)uselocale(before);
    if (plain) freelocale(plain);
    return status;
}
