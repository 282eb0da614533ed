/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The beginning of a file tells its format; then the reader of that format goes through
 * the same open file, so that pipes need no second look. */
#include "row_source.h"

#include "block_text.h"

#include <cisup/core/base/csvfile.h>
#include <cisup/core/memory.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/matrix/mtx_each.h>

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* --- formats ------------------------------------------------------------------- */

/* Where the reader of a format begins. */
typedef struct {
    size_t bytes;
    cisup_index lines;
} start;

static bool has_end(const char *path, const char *end) {
    const size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static bool is_csv_name(const char *path) {
    return has_end(path, ".csv") || has_end(path, ".csv.gz");
}

/* Names of columns: words between commas. */
static bool is_header(const char *line, size_t length) {
    if (!memchr(line, ',', length)) return false;
    for (size_t k = 0; k < length; k++)
        if (!isalpha((unsigned char)line[k]) && !strchr("_,\"\r", line[k])) return false;
    return true;
}

static bool is_banner(const char *line, size_t length) {
    const size_t marks = length > 1 && line[1] == '%' ? 2 : 1;
    static const char word[] = "MatrixMarket";
    return length >= marks + strlen(word) && line[0] == '%' &&
           strncasecmp(line + marks, word, strlen(word)) == 0;
}

/* The format by the first line that is no comment and no heading; *from is there. A name
 * in .mtx or .mtx.gz has the last word, one in .csv for headers. */
static cisup_row_format recognise(cisup_row_source *s, const char *text, size_t length,
                                  start *from) {
    const bool is_csv = is_csv_name(s->path);
    if (has_end(s->path, ".mtx") || has_end(s->path, ".mtx.gz"))
        return CISUP_ROWS_MATRIX_MARKET;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) from->bytes = 3;
    while (from->bytes < length) {
        const char *line = text + from->bytes;
        const char *end = memchr(line, '\n', length - from->bytes);
        const size_t whole = end ? (size_t)(end - line) : length - from->bytes;
        size_t blank = 0;
        while (blank < whole && strchr(" \t\r", line[blank])) blank++;
        const char *first = line + blank;
        const size_t rest = whole - blank;
        if (rest && is_banner(first, rest)) return CISUP_ROWS_MATRIX_MARKET;
        if (rest && strchr("[({", *first)) return CISUP_ROWS_LIST;
        const bool is_word = rest && (isalpha((unsigned char)*first) || *first == '"');
        if (is_word && (is_csv || is_header(first, rest))) return CISUP_ROWS_CSV;
        const bool is_heading = is_word || (rest && memchr(first, '(', rest));
        if (rest && *first && !is_heading && *first != '#' && *first != '%') break;
        s->headings += is_heading;
        from->bytes += whole + (end != NULL);
        from->lines += end != NULL;
    }
    return is_csv && from->bytes == length ? CISUP_ROWS_CSV : CISUP_ROWS_BLOCKS;
}

/* --- CSV and blocks ------------------------------------------------------------ */

static cisup_status within(const cisup_row_source *s, cisup_seat x, cisup_error *err) {
    const cisup_index base = s->base, most = s->options.neurons;
    if (x.circuit < 0 || x.neuron < 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s 0 in a file that counts from 1",
                          x.neuron < 0 ? "neuron" : "circuit");
    if (x.neuron >= CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EFORMAT, "neuron %" PRId64 " is above %" PRId64,
                          x.neuron + base, CISUP_MOST_NEURONS - 1 + base);
    if (most && x.neuron >= most)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "neuron %" PRId64 " is not within [%" PRId64 ", %" PRId64 ")",
                          x.neuron + base, base, most + base);
    return CISUP_OK;
}

static cisup_status add_line(void *context, const char *const *field, cisup_error *err) {
    cisup_row_source *s = context;
    cisup_seat x = {.line = cisup_csv_line(field)};
    cisup_status status;
    CISUP_TRY(cisup_parse_index(field[0], "circuit", &x.circuit, err));
    CISUP_TRY(cisup_parse_index(field[1], "neuron", &x.neuron, err));
    if (x.circuit < 0 || x.neuron < 0 || x.neuron > CISUP_MOST_NEURONS)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "'%s,%s' has a negative index or a neuron above %" PRId32,
                          field[0], field[1], CISUP_MOST_NEURONS - 1);
    x.circuit -= s->base;
    x.neuron -= s->base;
    CISUP_TRY(within(s, x, err));
    CISUP_TRY(s->seat(s->context, x, err));
done:
    return status;
}

static cisup_status add_number(void *context, cisup_index block, cisup_index number,
                               cisup_index line, cisup_error *err) {
    cisup_row_source *s = context;
    const cisup_seat x = {block, number - s->base, line};
    const cisup_status status = within(s, x, err);
    return status == CISUP_OK ? s->seat(s->context, x, err) : status;
}

static cisup_status read_bytes(void *from, char *to, size_t room, size_t *got,
                               cisup_error *err) {
    return cisup_packed_read(from, to, room, got, err);
}

/* --- Matrix Market ------------------------------------------------------------- */

static cisup_status take_sizes(void *context, cisup_index nrow, cisup_index ncol,
                               cisup_error *err) {
    (void)err;
    cisup_row_source *s = context;
    s->nrow = s->options.transposed ? ncol : nrow;
    s->ncol = s->options.transposed ? nrow : ncol;
    return CISUP_OK;
}

static cisup_status add_entry(void *context, cisup_entry e, cisup_index line,
                              cisup_error *err) {
    cisup_row_source *s = context;
    const int is_other = e.x != 0.0 && e.x != 1.0;
    if (is_other && !s->options.lenient)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "the value %g is not 1 (--lenient takes any for a seat)", e.x);
    s->other_values += is_other;
    cisup_seat x = {e.j, e.i, e.x == 0.0 ? -line : line};
    if (s->options.transposed) x = (cisup_seat){e.i, e.j, x.line};
    return s->seat(s->context, x, err);
}

/* A lenient file is brought into columns first, where repeated entries are added up. */
static cisup_status read_lenient(cisup_row_source *s, cisup_packed *file,
                                 cisup_mtx_read_options o, cisup_error *err) {
    o.memory = s->options.memory;
    cisup_csc e;
    cisup_status status = cisup_mtx_read_in(file, s->path, &o, &e, err);
    if (status != CISUP_OK) return status;
    CISUP_TRY(take_sizes(s, e.nrow, e.ncol, err));
    for (cisup_index t = 0; t < e.ncol; t++)
        for (cisup_index k = e.p[t]; k < e.p[t + 1]; k++)
            CISUP_TRY(add_entry(s, (cisup_entry){e.i[k], t, e.x[k]}, k + 1, err));
done:
    cisup_csc_free(&e);
    return status;
}

static cisup_status read_matrix(cisup_row_source *s, cisup_packed *file,
                                cisup_error *err) {
    cisup_mtx_read_options o = cisup_mtx_read_defaults();
    const cisup_mtx_visitor visitor = {s, take_sizes, add_entry};
    o.lenient = s->options.lenient;
    o.full_columns = !s->options.transposed;
    o.full_rows = s->options.transposed;
    return o.lenient ? read_lenient(s, file, o, err)
                     : cisup_mtx_each_in(file, s->path, &o, &visitor, err);
}

/* --- all ----------------------------------------------------------------------- */

static cisup_status read_text(cisup_row_source *s, cisup_packed *file, start from,
                              cisup_error *err) {
    const cisup_csv_source csv = {file, from.lines, read_bytes};
    const cisup_block_text blocks = {s->path, from.lines, s->format == CISUP_ROWS_LIST, s,
                                     add_number};
    cisup_packed_skip(file, from.bytes);
    if (s->options.transposed)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%s: only a matrix can be transposed, no list of circuits",
                          s->path);
    return s->format == CISUP_ROWS_CSV
               ? cisup_csv_read_from(&csv, s->path, "circuit,neuron", add_line, s, err)
               : cisup_block_text_read(file, &blocks, &s->ncol, err);
}

cisup_status cisup_row_source_read(cisup_row_source *s, cisup_error *err) {
    cisup_packed file;
    const char *text;
    size_t length;
    start from = {0};
    cisup_status status = cisup_packed_open(&file, s->path, err);
    if (status != CISUP_OK) return cisup_mtx_at(status, s->path, 0, err);
    s->headings = s->other_values = 0;
    status = cisup_mtx_at(cisup_packed_look_ahead(&file, &text, &length, err), s->path, 1,
                          err);
    if (status != CISUP_OK) goto done;
    s->format = recognise(s, text, length, &from);
    s->base = s->options.one_based || s->format == CISUP_ROWS_MATRIX_MARKET;
    if (s->format == CISUP_ROWS_MATRIX_MARKET)
        CISUP_TRY(read_matrix(s, &file, err));
    else
        CISUP_TRY(read_text(s, &file, from, err));
done:
    cisup_packed_close(&file);
    return status;
}
