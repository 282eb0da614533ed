/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line by line through one buffer. Functions report a fault without its place:
 * cisup_mtx_each puts the file and the line it was at before the text. */
#include <cisup/sparse/mtx.h>

#include <cisup/core/base/csvfile.h>
#include <cisup/core/base/failure.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>
#include <cisup/sparse/matrix/mtx_each.h>
#include <cisup/sparse/matrix/packed.h>

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { buffer_bytes = 1 << 18, most_comments = 16000000 };
static const cisup_index limit = INT64_C(1) << 62; /* rows, columns, entries */

/* A text file, read by lines. */
typedef struct {
    cisup_packed *file;
    char *text; /* [buffer_bytes + 1]; text[at..end) is not yet read */
    size_t at, end;
    char *stop;           /* where the present line ends; *stop = 0 */
    cisup_index line;     /* its number, from 1 */
    cisup_index comments; /* bytes of what was skipped above the sizes */
    cisup_mtx_read_options options;
} source;

typedef enum { GENERAL, SYMMETRIC, SKEW } symmetry;

typedef struct {
    cisup_mtx_field field;
    symmetry symmetry;
    cisup_index nrow, ncol, nnz;
    cisup_index line; /* of the sizes */
} header;

/* Reads on behind text[at..end), which moves to the front; *got = 0 at the end. */
static cisup_status refill(source *s, size_t *got, cisup_error *err) {
    s->end -= s->at;
    memmove(s->text, s->text + s->at, s->end);
    s->at = 0;
    const cisup_status status =
        cisup_packed_read(s->file, s->text + s->end, buffer_bytes - s->end, got, err);
    if (status == CISUP_OK) s->end += *got;
    return status;
}

/* The next line without its end, 0-terminated; *line = NULL at the end of the file. */
static cisup_status next_line(source *s, char **line, cisup_error *err) {
    char *newline;
    s->line++;
    while (!(newline = memchr(s->text + s->at, '\n', s->end - s->at))) {
        if (s->at == 0 && s->end == buffer_bytes)
            return CISUP_FAIL(err, CISUP_EFORMAT, "the line is longer than %d bytes",
                              (int)buffer_bytes);
        size_t got;
        const cisup_status status = refill(s, &got, err);
        if (status != CISUP_OK) return status;
        if (got == 0) break;
    }
    *line = newline || s->at < s->end ? s->text + s->at : NULL;
    s->stop = newline ? newline : s->text + s->end;
    s->at = newline ? (size_t)(newline - s->text) + 1 : s->end;
    if (!*line) return CISUP_OK;
    const int has_cr = s->stop > *line && s->stop[-1] == '\r';
    if (has_cr && !s->options.lenient)
        return CISUP_FAIL(err, CISUP_EFORMAT, "the line ends in CR LF (--lenient)");
    if (!newline && !s->options.lenient)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "the file ends inside this line (--lenient)");
    s->stop -= has_cr;
    *s->stop = '\0';
    return CISUP_OK;
}

static void skip_blanks(const char **at) {
    while (**at == ' ' || **at == '\t') ++*at;
}

static int ends_token(char c) {
    return c == ' ' || c == '\t' || c == '\0';
}

/* A copy of the token at `at` fit for a message. */
typedef struct {
    char text[44];
} excerpt;

static excerpt token(const char *at) {
    excerpt e = {{0}};
    size_t k = 0;
    for (; k < 40 && !ends_token(at[k]); k++)
        e.text[k] = isprint((unsigned char)at[k]) ? at[k] : '?';
    if (!ends_token(at[k])) memcpy(e.text + k, "...", 3);
    return e;
}

/* A whole number of absolute value below 2^62 at *at, which moves behind it. */
static int parse_index(const char **at, cisup_index *out) {
    skip_blanks(at);
    const char *c = *at;
    const int negative = *c == '-';
    c += *c == '-' || *c == '+';
    const char *first = c;
    cisup_index n = 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        if (n > limit / 10) return 0;
        n = 10 * n + (*c - '0');
    }
    if (c == first || n >= limit || !ends_token(*c)) return 0;
    *at = c;
    *out = negative ? -n : n;
    return 1;
}

static cisup_status index_read(const char **at, const char *what, cisup_index *out,
                               cisup_error *err) {
    if (parse_index(at, out)) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT, "%s is \"%s\", not a whole number below 2^62",
                      what, token(*at).text);
}

static cisup_status real_read(const char **at, double *out, cisup_error *err) {
    skip_blanks(at);
    const size_t length = strspn(*at, "+-.0123456789eE"); /* no hexadecimal, no D */
    char *end = NULL;
    if (length > 0 && ends_token((*at)[length])) *out = strtod(*at, &end);
    if (!end || end != *at + length)
        return CISUP_FAIL(err, CISUP_EFORMAT, "the value is \"%s\", not a number",
                          token(*at).text);
    if (!isfinite(*out))
        return CISUP_FAIL(err, CISUP_EFORMAT, "the value %s is not finite in double",
                          token(*at).text);
    if (cisup_is_lost(*at, *out))
        return CISUP_FAIL(err, CISUP_EFORMAT, "the value %s would be 0 in double",
                          token(*at).text);
    *at = end;
    return CISUP_OK;
}

static cisup_status integer_read(const char **at, double *out, cisup_error *err) {
    cisup_index n;
    const cisup_status status = index_read(at, "the integer value", &n, err);
    if (status != CISUP_OK) return status;
    *out = (double)n;
    if (n >= -(INT64_C(1) << 53) && n <= INT64_C(1) << 53) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT,
                      "the integer %" PRId64 " is above 2^53 and would be rounded", n);
}

static cisup_status line_end(const source *s, const char *at, cisup_error *err) {
    skip_blanks(&at);
    if (at == s->stop) return CISUP_OK;
    if (!*at) return CISUP_FAIL(err, CISUP_EFORMAT, "there is a zero byte on this line");
    return CISUP_FAIL(err, CISUP_EFORMAT, "\"%s\" is too much on this line",
                      token(at).text);
}

/* Skips what may stand between the lines that matter. Strictly that is comments above
 * the sizes; *line = NULL at the end of the file. */
static cisup_status content_line(source *s, int above_sizes, char **line,
                                 cisup_error *err) {
    for (;;) {
        const cisup_status status = next_line(s, line, err);
        if (status != CISUP_OK || !*line) return status;
        const char *first = *line;
        skip_blanks(&first);
        const int is_comment = *(s->options.lenient ? first : *line) == '%';
        const int is_blank = first == s->stop;
        if (!is_comment && !is_blank) return CISUP_OK;
        s->comments += above_sizes ? s->stop - *line + 1 : 0;
        if (s->comments > most_comments)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "more than %d MB of comments above the sizes",
                              most_comments / 1000000);
        if (s->options.lenient || (is_comment && above_sizes)) continue;
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s (--lenient skips it)",
                          is_blank ? "a blank line" : "a comment below the sizes");
    }
}

/* Whether the next word on the line is this one; then *at moves behind it. */
static int takes_word(const char **at, const char *word, int lenient) {
    skip_blanks(at);
    const size_t length = strlen(word);
    const int differs =
        lenient ? strncasecmp(*at, word, length) : strncmp(*at, word, length);
    if (differs || !ends_token((*at)[length])) return 0;
    *at += length;
    return 1;
}

static cisup_status symmetry_read(const char **at, int lenient, header *h,
                                  cisup_error *err) {
    h->symmetry = GENERAL;
    if (takes_word(at, "general", lenient)) return CISUP_OK;
    if (takes_word(at, "symmetric", lenient))
        h->symmetry = SYMMETRIC;
    else if (h->field != CISUP_MTX_PATTERN && takes_word(at, "skew-symmetric", lenient))
        h->symmetry = SKEW;
    else
        return CISUP_FAIL(err, CISUP_EFORMAT, "the symmetry \"%s\" is not \"general\"",
                          token(*at).text);
    if (lenient) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT, "the matrix is %s (--lenient expands it)",
                      h->symmetry == SKEW ? "skew-symmetric" : "symmetric");
}

/* The first word of the file. */
static cisup_status banner_begin(const char **at, int lenient, cisup_error *err) {
    const char *line = *at, *found = line;
    if (strncmp(found, "\xEF\xBB\xBF", 3) == 0) found += 3;
    skip_blanks(&found);
    const char *word = found;
    if (!takes_word(&found, "%%MatrixMarket", lenient) &&
        !(lenient && takes_word(&found, "%MatrixMarket", lenient)))
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "\"%s\" does not begin with %%%%MatrixMarket",
                          token(word).text);
    if (word > line && !lenient)
        return CISUP_FAIL(
            err, CISUP_EFORMAT, "%s stands before %%%%MatrixMarket (--lenient skips it)",
            isblank((unsigned char)*line) ? "a blank" : "a byte order mark");
    *at = found;
    return CISUP_OK;
}

static cisup_status banner_read(source *s, header *h, cisup_error *err) {
    char *line;
    cisup_status status;
    CISUP_TRY(next_line(s, &line, err));
    const char *at = line ? line : "";
    CISUP_TRY(banner_begin(&at, s->options.lenient, err));
    if (!takes_word(&at, "matrix", s->options.lenient))
        return CISUP_FAIL(err, CISUP_EFORMAT, "\"%s\" is not \"matrix\"", token(at).text);
    if (!takes_word(&at, "coordinate", s->options.lenient))
        return CISUP_FAIL(err, CISUP_EFORMAT, "the format \"%s\" is not \"coordinate\"",
                          token(at).text);
    if (takes_word(&at, "pattern", s->options.lenient))
        h->field = CISUP_MTX_PATTERN;
    else if (takes_word(&at, "integer", s->options.lenient))
        h->field = CISUP_MTX_INTEGER;
    else if (takes_word(&at, "real", s->options.lenient))
        h->field = CISUP_MTX_REAL;
    else
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "the field \"%s\" is not pattern, integer or real",
                          token(at).text);
    CISUP_TRY(symmetry_read(&at, s->options.lenient, h, err));
    CISUP_TRY(line_end(s, at, err));
done:
    return status;
}

/* Strictly every place has one entry at most. */
static cisup_status count_check(const source *s, const header *h, cisup_error *err) {
    cisup_index places;
    if (s->options.lenient || !cisup_multiply_sizes(h->nrow, h->ncol, &places) ||
        h->nnz <= places)
        return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT,
                      "%" PRId64 " entries in %" PRId64 " rows and %" PRId64
                      " columns: some would be given twice",
                      h->nnz, h->nrow, h->ncol);
}

static cisup_status sizes_read(source *s, header *h, cisup_error *err) {
    char *line;
    cisup_status status;
    CISUP_TRY(content_line(s, 1, &line, err));
    if (!line)
        return CISUP_FAIL(err, CISUP_EFORMAT, "the line with the sizes is missing");
    const char *at = line;
    CISUP_TRY(index_read(&at, "the number of rows", &h->nrow, err));
    CISUP_TRY(index_read(&at, "the number of columns", &h->ncol, err));
    CISUP_TRY(index_read(&at, "the number of entries", &h->nnz, err));
    CISUP_TRY(line_end(s, at, err));
    if (h->nrow < 0 || h->ncol < 0 || h->nnz < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "negative sizes: %" PRId64 " %" PRId64 " %" PRId64, h->nrow,
                          h->ncol, h->nnz);
    if (h->symmetry != GENERAL && h->nrow != h->ncol)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "a symmetric matrix of %" PRId64 " x %" PRId64, h->nrow,
                          h->ncol);
    CISUP_TRY(count_check(s, h, err));
    const cisup_index most = h->symmetry == GENERAL ? h->nnz : 2 * h->nnz;
    const char *lines = s->options.full_columns && h->ncol > most ? "column"
                        : s->options.full_rows && h->nrow > most  ? "row"
                                                                  : NULL;
    if (lines)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "%" PRId64 " %ss with %" PRId64 " entries: some %s has none",
                          *lines == 'c' ? h->ncol : h->nrow, lines, h->nnz, lines);
    h->line = s->line;
done:
    return status;
}

static cisup_status place_check(const header *h, cisup_index i, cisup_index j,
                                cisup_error *err) {
    if (i < 1 || i > h->nrow)
        return CISUP_FAIL(err, CISUP_EFORMAT, "row %" PRId64 " is outside 1..%" PRId64, i,
                          h->nrow);
    if (j < 1 || j > h->ncol)
        return CISUP_FAIL(err, CISUP_EFORMAT, "column %" PRId64 " is outside 1..%" PRId64,
                          j, h->ncol);
    return CISUP_OK;
}

static cisup_status entry_read(source *s, const header *h, const char *at,
                               const cisup_mtx_visitor *v, cisup_error *err) {
    cisup_index i, j;
    double x = 1.0;
    cisup_status status;
    CISUP_TRY(index_read(&at, "the row", &i, err));
    CISUP_TRY(index_read(&at, "the column", &j, err));
    CISUP_TRY(place_check(h, i, j, err));
    if (h->field == CISUP_MTX_REAL) CISUP_TRY(real_read(&at, &x, err));
    if (h->field == CISUP_MTX_INTEGER) CISUP_TRY(integer_read(&at, &x, err));
    if (i == j && x != 0.0 && h->symmetry == SKEW)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "row %" PRId64 " is on the diagonal of a skew-symmetric matrix",
                          i);
    CISUP_TRY(line_end(s, at, err));
    CISUP_TRY(v->entry(v->context, (cisup_entry){i - 1, j - 1, x}, s->line, err));
    if (h->symmetry == GENERAL || i == j) return CISUP_OK;
    if (h->symmetry == SKEW) x = -x;
    CISUP_TRY(v->entry(v->context, (cisup_entry){j - 1, i - 1, x}, s->line, err));
done:
    return status;
}

static cisup_status entries_read(source *s, const header *h, const cisup_mtx_visitor *v,
                                 cisup_error *err) {
    for (cisup_index k = 0;; k++) {
        char *line;
        cisup_status status = content_line(s, 0, &line, err);
        if (status != CISUP_OK) return status;
        if (!line && k == h->nnz) return CISUP_OK;
        if (!line || k == h->nnz)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              "%s than the %" PRId64 " entries that line %" PRId64
                              " states",
                              line ? "more" : "fewer", h->nnz, h->line);
        status = entry_read(s, h, line, v, err);
        if (status != CISUP_OK) return status;
    }
}

static cisup_status read_all(source *s, const cisup_mtx_visitor *v, cisup_error *err) {
    header h = {0};
    cisup_status status;
    CISUP_TRY(cisup_new(&s->text, buffer_bytes + 1, 1, err));
    CISUP_TRY(banner_read(s, &h, err));
    CISUP_TRY(sizes_read(s, &h, err));
    CISUP_TRY(v->sizes(v->context, h.nrow, h.ncol, err));
    CISUP_TRY(entries_read(s, &h, v, err));
done:
    cisup_release(s->text);
    return status;
}

cisup_mtx_read_options cisup_mtx_read_defaults(void) {
    return (cisup_mtx_read_options){.lenient = 0};
}

cisup_status cisup_mtx_at(cisup_status status, const char *path, cisup_index line,
                          cisup_error *err) {
    char place[200];
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (status == CISUP_EFORMAT)
        (void)snprintf(place, sizeof place, "%.175s:%" PRId64, name, line);
    else
        (void)snprintf(place, sizeof place, "%.175s", name);
    if (status != CISUP_OK) cisup_error_prefix(err, place);
    return status;
}

cisup_status cisup_mtx_each_in(cisup_packed *file, const char *path,
                               const cisup_mtx_read_options *options,
                               const cisup_mtx_visitor *visitor, cisup_error *err) {
    source s = {.file = file, .options = options ? *options : cisup_mtx_read_defaults()};
    /* A decimal comma would read another number; no global state is touched. */
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(plain);
    const cisup_status status = read_all(&s, visitor, err);
    (void)uselocale(before);
    if (plain) freelocale(plain);
    return cisup_mtx_at(status, path, s.line, err);
}
