/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block_text.h"

#include <cisup/core/memory.h>
#include <cisup/sparse/matrix/mtx_each.h>

#include <string.h>

enum { buffer_bytes = 1 << 16, word_bytes = 40 };

typedef struct {
    const cisup_block_text *how;
    cisup_packed *file;
    char *text; /* [buffer_bytes]; text[at..end) is not yet read */
    size_t at, end;
    cisup_index line;
    cisup_index blocks, members; /* complete blocks; numbers of the one that is open */
    int commas;                  /* since the last number or bracket */
    int depth, block_depth;      /* open brackets; those around a number, 0: not known */
    char word[word_bytes + 4];   /* the present one, or its beginning and "..." */
} reader;

enum { END = -1 };

/* The next character without taking it. */
static cisup_status peek(reader *r, int *c, cisup_error *err) {
    if (r->at == r->end) {
        r->at = 0;
        const cisup_status status =
            cisup_packed_read(r->file, r->text, buffer_bytes, &r->end, err);
        if (status != CISUP_OK) return status;
    }
    *c = r->end > 0 ? (unsigned char)r->text[r->at] : END;
    return CISUP_OK;
}

static bool is_opening(int c) {
    return c == '[' || c == '(' || c == '{';
}

static bool is_closing(int c) {
    return c == ']' || c == ')' || c == '}';
}

static bool ends_word(const reader *r, int c) {
    return c == END || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' ||
           c == '#' || c == '%' || (r->how->is_list && (is_opening(c) || is_closing(c)));
}

static cisup_status read_word(reader *r, cisup_error *err) {
    size_t length = 0;
    for (;; r->at++) {
        int c;
        const cisup_status status = peek(r, &c, err);
        if (status != CISUP_OK) return status;
        if (ends_word(r, c)) break;
        if (length < word_bytes) r->word[length] = (char)(c ? c : '?');
        length++;
    }
    const size_t kept = length < word_bytes ? length : word_bytes;
    memcpy(r->word + kept, length > kept ? "..." : "", length > kept ? 4 : 1);
    return CISUP_OK;
}

/* A number's place: inside a block, behind a comma at most. */
static cisup_status place_check(reader *r, cisup_error *err) {
    if (r->how->is_list && r->block_depth == 0) r->block_depth = r->depth;
    if (r->how->is_list && (r->depth == 0 || r->depth != r->block_depth))
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s is not inside the brackets of a block",
                          r->word);
    if (r->commas > (r->members > 0))
        return CISUP_FAIL(err, CISUP_EFORMAT, "a comma without a number before %s",
                          r->word);
    return CISUP_OK;
}

static cisup_status take_word(reader *r, cisup_error *err) {
    cisup_index n = 0;
    cisup_status status;
    CISUP_TRY(read_word(r, err));
    if (r->word[strspn(r->word, "0123456789")])
        return CISUP_FAIL(err, CISUP_EFORMAT, "\"%s\" is not a whole number from 0 on",
                          r->word);
    for (const char *c = r->word; *c && n <= INT32_MAX; c++) n = 10 * n + (*c - '0');
    if (n > INT32_MAX)
        return CISUP_FAIL(err, CISUP_EFORMAT, "%s is above %" PRId32, r->word, INT32_MAX);
    CISUP_TRY(place_check(r, err));
    r->commas = 0;
    r->members++;
    CISUP_TRY(r->how->number(r->how->context, r->blocks, n, r->line, err));
done:
    return status;
}

static void end_block(reader *r) {
    r->blocks++;
    r->members = r->commas = 0;
}

static cisup_status open_bracket(reader *r, cisup_error *err) {
    r->commas = 0;
    r->depth++;
    if (r->depth > 2 || r->members > 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "a bracket inside a block");
    if (r->depth == 1 && r->block_depth == 2)
        return CISUP_FAIL(err, CISUP_EFORMAT, "something follows the list of blocks");
    return CISUP_OK;
}

static cisup_status close_bracket(reader *r, cisup_error *err) {
    if (r->depth == 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "a bracket closes that was not opened");
    if (r->block_depth == 0 && r->depth == 2) r->block_depth = 2; /* [[]] */
    if (r->depth == r->block_depth) end_block(r);
    r->commas = 0;
    r->depth--;
    return CISUP_OK;
}

static cisup_status skip_comment(reader *r, cisup_error *err) {
    for (int c = 0;; r->at++) {
        const cisup_status status = peek(r, &c, err);
        if (status != CISUP_OK || c == END || c == '\n') return status;
    }
}

static cisup_status take(reader *r, int c, cisup_error *err) {
    if (!ends_word(r, c)) return take_word(r, err);
    if (c == '#' || c == '%') return skip_comment(r, err);
    r->at++;
    if (c == '\n' && !r->how->is_list && r->members > 0) end_block(r);
    if (c == '\n' && !r->how->is_list) r->commas = 0;
    r->line += c == '\n';
    r->commas += c == ',';
    if (is_opening(c)) return open_bracket(r, err);
    if (is_closing(c)) return close_bracket(r, err);
    return CISUP_OK;
}

static cisup_status read_all(reader *r, cisup_error *err) {
    int c;
    cisup_status status;
    CISUP_TRY(cisup_new(&r->text, buffer_bytes, 1, err));
    for (;;) {
        CISUP_TRY(peek(r, &c, err));
        if (c == END) break;
        CISUP_TRY(take(r, c, err));
    }
    if (r->depth > 0) return CISUP_FAIL(err, CISUP_EFORMAT, "a bracket is not closed");
    if (r->members > 0) end_block(r); /* the last line may lack its end */
done:
    return status;
}

cisup_status cisup_block_text_read(cisup_packed *file, const cisup_block_text *how,
                                   cisup_index *blocks, cisup_error *err) {
    reader r = {.how = how, .file = file, .line = how->lines + 1};
    const cisup_status status = read_all(&r, err);
    cisup_release(r.text);
    *blocks = r.blocks;
    return cisup_mtx_at(status, how->path, r.line, err);
}
