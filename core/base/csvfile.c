/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libcsv does not say where in the file it is. It is therefore fed at most one line
 * at a time, and only the line feed ends a row for it: then a row ends where a piece
 * ends, and lines are counted here. A carriage return counts as a blank. */
#include <cisup/core/base/csvfile.h>

#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <csv.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { chunk_bytes = 65536, most_row_bytes = 1 << 18 };

/* What a row function receives is `field`; the line stands in front of it. */
typedef struct {
    cisup_index line;
    const char *field[]; /* [columns] */
} row_view;

typedef struct {
    const char *path, *header;
    cisup_csv_row *row;
    void *context;
    cisup_error *err;
    struct csv_parser parser;

    cisup_index columns, fields; /* wanted; seen in this row */
    row_view *view;
    cisup_index *start;     /* [columns], where the fields begin in text */
    char *text;             /* of the first `columns` fields, 0-terminated each */
    cisup_index used, room; /* of text */

    cisup_index line, row_line; /* the line being read; where the row began */
    size_t row_bytes;           /* of the row so far */
    bool has_header, row_ended;
    cisup_status status; /* of the callbacks */
} reader;

cisup_status cisup_csv_at(cisup_status status, const char *path, cisup_index line,
                          cisup_error *err) {
    if (status == CISUP_OK) return status;
    const size_t most = 170, length = strlen(path);
    char place[200];
    if (strcmp(path, "-") == 0)
        (void)snprintf(place, sizeof place, "standard input:%" PRId64, line);
    else
        (void)snprintf(place, sizeof place, "%s%s:%" PRId64, length > most ? "..." : "",
                       length > most ? path + length - most : path, line);
    cisup_error_prefix(err, place);
    return status;
}

cisup_index cisup_csv_line(const char *const *field) {
    const char *view = (const char *)field - offsetof(row_view, field);
    return ((const row_view *)(const void *)view)->line;
}

static cisup_status keep_field(reader *r, const char *text, size_t length) {
    const cisup_index needed = r->used + (cisup_index)length + 1;
    const cisup_status status = cisup_grow(&r->text, &r->room, needed, 1, r->err);
    if (status != CISUP_OK) return status;
    memcpy(r->text + r->used, text, length);
    r->text[needed - 1] = '\0';
    r->start[r->fields] = r->used;
    r->used = needed;
    return CISUP_OK;
}

static void on_field(void *text, size_t length, void *context) {
    reader *r = context;
    if (r->status == CISUP_OK && r->fields < r->columns)
        r->status = keep_field(r, text, length);
    r->fields++;
}

static cisup_status header_check(const reader *r) {
    const char *want = r->header, *const *field = r->view->field;
    bool fits = r->fields == r->columns;
    for (cisup_index k = 0; k < r->columns && fits; k++) {
        const size_t length = strcspn(want, ",");
        fits = strlen(field[k]) == length && memcmp(field[k], want, length) == 0;
        want += length + 1;
    }
    if (fits) return CISUP_OK;
    return CISUP_FAIL(r->err, CISUP_EFORMAT, "the header is not %s", r->header);
}

static cisup_status take_row(reader *r) {
    const cisup_index kept = r->fields < r->columns ? r->fields : r->columns;
    for (cisup_index k = 0; k < kept; k++) r->view->field[k] = r->text + r->start[k];
    if (!r->has_header) {
        r->has_header = true;
        return header_check(r);
    }
    if (r->fields != r->columns)
        return CISUP_FAIL(r->err, CISUP_EFORMAT, "%" PRId64 " fields; %s are %" PRId64,
                          r->fields, r->header, r->columns);
    r->view->line = r->row_line;
    return r->row(r->context, r->view->field, r->err);
}

/* Called for blank lines, too: then there are no fields. */
static void on_row(int end, void *context) {
    (void)end;
    reader *r = context;
    if (r->status == CISUP_OK && r->fields > 0) r->status = take_row(r);
    r->row_ended = true;
    r->fields = 0;
    r->used = 0;
}

/* What made libcsv stop. */
static cisup_status parser_error(reader *r) {
    if (csv_error(&r->parser) == CSV_EPARSE)
        return CISUP_FAIL(r->err, CISUP_EFORMAT, "a quote out of place");
    return CISUP_FAIL(r->err, CISUP_ENOMEM, "could not take memory for a field");
}

/* text: a line or a part of one. */
static cisup_status feed_piece(reader *r, const char *text, size_t length) {
    if (memchr(text, '\0', length))
        return cisup_csv_at(CISUP_FAIL(r->err, CISUP_EFORMAT, "a NUL byte"), r->path,
                            r->line, r->err);
    r->row_bytes += length;
    if (r->row_bytes > most_row_bytes)
        return cisup_csv_at(CISUP_FAIL(r->err, CISUP_EFORMAT,
                                       "the row is longer than %d bytes", most_row_bytes),
                            r->path, r->row_line, r->err);
    if (csv_parse(&r->parser, text, length, on_field, on_row, r) < length)
        return cisup_csv_at(parser_error(r), r->path, r->line, r->err);
    return cisup_csv_at(r->status, r->path, r->row_line, r->err);
}

static cisup_status feed(reader *r, const char *text, size_t length) {
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        const size_t piece = end ? (size_t)(end - text) + 1 : length;
        const cisup_status status = feed_piece(r, text, piece);
        if (status != CISUP_OK) return status;
        if (end) r->line++;
        if (r->row_ended) r->row_line = r->line;
        if (r->row_ended) r->row_bytes = 0;
        r->row_ended = false;
        text += piece;
        length -= piece;
    }
    return CISUP_OK;
}

static cisup_status finish(reader *r) {
    const cisup_status status = feed(r, "\n", 1); /* the last line may lack its end */
    if (status != CISUP_OK) return status;
    if (csv_fini(&r->parser, on_field, on_row, r) != 0)
        return cisup_csv_at(CISUP_FAIL(r->err, CISUP_EFORMAT, "a quote is not closed"),
                            r->path, r->row_line, r->err);
    if (!r->has_header)
        return cisup_csv_at(
            CISUP_FAIL(r->err, CISUP_EFORMAT, "no header; it must be %s", r->header),
            r->path, 1, r->err);
    return CISUP_OK;
}

/* The length of a byte order mark at the beginning of a file. */
static size_t mark_length(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static cisup_status read_source(reader *r, const cisup_csv_source *source) {
    char *chunk = NULL;
    size_t got;
    cisup_status status;
    CISUP_TRY(cisup_new(&chunk, chunk_bytes, 1, r->err));
    for (bool first = true;; first = false) {
        CISUP_TRY(source->read(source->from, chunk, chunk_bytes, &got, r->err));
        if (got == 0) break;
        const size_t skipped = first ? mark_length(chunk, got) : 0;
        CISUP_TRY(feed(r, chunk + skipped, got - skipped));
    }
    status = finish(r);
done:
    cisup_release(chunk);
    return status;
}

static int is_blank(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static int is_line_end(unsigned char c) {
    return c == '\n';
}

static void parser_init(struct csv_parser *parser) {
    /* Fails for a NULL parser alone. REPALL_NL: blank lines call on_row. */
    (void)csv_init(parser,
                   CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL);
    csv_set_space_func(parser, is_blank);
    csv_set_term_func(parser, is_line_end);
    csv_set_blk_size(parser, 4096);
}

static cisup_index columns_of(const char *header) {
    cisup_index columns = 1;
    for (; *header; header++) columns += *header == ',';
    return columns;
}

cisup_status cisup_csv_read_from(const cisup_csv_source *source, const char *path,
                                 const char *header, cisup_csv_row *row, void *context,
                                 cisup_error *err) {
    reader r = {.path = path, .header = header, .row = row, .context = context};
    r.err = err;
    r.line = r.row_line = source->lines + 1;
    r.columns = columns_of(header);
    parser_init(&r.parser);
    cisup_status status;
    const size_t view_size = sizeof *r.view + (size_t)r.columns * sizeof(char *);
    CISUP_TRY(cisup_new(&r.view, 1, view_size, err));
    CISUP_TRY(cisup_new(&r.start, r.columns, sizeof *r.start, err));
    CISUP_TRY(read_source(&r, source));
done:
    csv_free(&r.parser);
    cisup_release(r.view);
    cisup_release(r.start);
    cisup_release(r.text);
    return status;
}

typedef struct {
    FILE *stream;
    const char *path;
} stream_source;

static cisup_status read_stream(void *from, char *to, size_t room, size_t *got,
                                cisup_error *err) {
    const stream_source *s = from;
    *got = fread(to, 1, room, s->stream);
    if (*got > 0 || !ferror(s->stream)) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EIO, "cannot read %s: %s", s->path, strerror(errno));
}

cisup_status cisup_csv_read(const char *path, const char *header, cisup_csv_row *row,
                            void *context, cisup_error *err) {
    const bool is_stdin = strcmp(path, "-") == 0;
    stream_source s = {is_stdin ? stdin : fopen(path, "rb"), path};
    if (!s.stream)
        return CISUP_FAIL(err, CISUP_EIO, "cannot open %s: %s", path, strerror(errno));
    const cisup_csv_source source = {&s, 0, read_stream};
    const cisup_status status =
        cisup_csv_read_from(&source, path, header, row, context, err);
    if (!is_stdin) (void)fclose(s.stream);
    return status;
}

/* The beginning of a field with control characters replaced, for a message. */
static const char *readable(const char *text, char out[48]) {
    size_t k = 0;
    for (; text[k] && k < 40; k++) {
        out[k] = text[k];
        if ((unsigned char)text[k] < ' ' || text[k] == 0x7f) out[k] = '?';
    }
    memcpy(out + k, text[k] ? "..." : "", text[k] ? 4 : 1);
    return out;
}

cisup_status cisup_parse_index(const char *text, const char *name, cisup_index *out,
                               cisup_error *err) {
    char shown[48];
    const char *digits = text + (text[0] == '-');
    if (!digits[0] || digits[strspn(digits, "0123456789")])
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: \"%s\" is not an integer", name,
                          readable(text, shown));
    errno = 0;
    const long long value = strtoll(text, NULL, 10);
    if (errno == ERANGE)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: %s does not fit in 64 bits", name,
                          readable(text, shown));
    *out = value;
    return CISUP_OK;
}

/* strtod with the decimal point '.', whatever locale the program has set. */
static double to_double(const char *text, char **end) {
    const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(plain);
    const double value = strtod(text, end);
    (void)uselocale(before);
    if (plain) freelocale(plain);
    return value;
}

bool cisup_is_lost(const char *text, double value) {
    if (value != 0.0) return false;
    const char *first = text + strcspn(text, "123456789eE \t");
    return *first >= '1' && *first <= '9';
}

cisup_status cisup_parse_number(const char *text, const char *name, double *out,
                                cisup_error *err) {
    char *end, shown[48];
    const double value = to_double(text, &end);
    /* strtod would also take blanks, "inf", "nan" and hexadecimal numbers. */
    if (end == text || *end || text[strspn(text, "0123456789+-.eE")] || !isfinite(value))
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: \"%s\" is not a finite number", name,
                          readable(text, shown));
    if (cisup_is_lost(text, value))
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s: %s would be 0 in double", name,
                          readable(text, shown));
    *out = value;
    return CISUP_OK;
}
