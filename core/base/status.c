/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/status.h>

#include <cisup/core/base/failure.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The length of the well-formed UTF-8 character here that is no control character, or 0.
 * U+0080 to U+009F, the controls of C1, and surrogates are refused by the second byte. */
static size_t character(const unsigned char *c) {
    if (*c < 0x80) return *c >= ' ' && *c != 0x7f;
    const size_t length = *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : 2;
    const unsigned char least = *c == 0xc2   ? 0xa0
                                : *c == 0xe0 ? 0xa0
                                : *c == 0xf0 ? 0x90
                                             : 0x80;
    const unsigned char most = *c == 0xed ? 0x9f : *c == 0xf4 ? 0x8f : 0xbf;
    if (*c < 0xc2 || *c > 0xf4 || c[1] < least || c[1] > most) return 0;
    for (size_t k = 2; k < length; k++)
        if ((c[k] & 0xc0) != 0x80) return 0;
    return length;
}

void cisup_text_harmless(char *text) {
    while (*text) {
        const size_t length = character((const unsigned char *)text);
        if (length == 0) *text = '?';
        text += length ? length : 1;
    }
}

cisup_status cisup_fail(cisup_error *err, cisup_status code, const char *function,
                        int line, const char *format, ...) {
    if (!err) return code;
    err->code = code;
    err->function = function;
    err->line = line;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    cisup_text_harmless(err->text);
    return code;
}

cisup_status cisup_outcome_first(const cisup_outcome *part, cisup_index parts,
                                 cisup_error *err) {
    for (cisup_index k = 0; k < parts; k++) {
        if (part[k].status == CISUP_OK) continue;
        if (err) *err = part[k].err;
        return part[k].status;
    }
    return CISUP_OK;
}

void cisup_error_prefix(cisup_error *err, const char *prefix) {
    if (!err) return;
    char text[sizeof err->text];
    memcpy(text, err->text, sizeof text);
    (void)snprintf(err->text, sizeof err->text, "%.200s: %.270s", prefix, text);
    cisup_text_harmless(err->text);
}

const char *cisup_status_text(cisup_status code) {
    switch (code) {
    case CISUP_OK:
        return "ok";
    case CISUP_EINVAL:
        return "invalid argument";
    case CISUP_ESHAPE:
        return "shapes do not fit";
    case CISUP_EINFEASIBLE:
        return "infeasible";
    case CISUP_EINVARIANT:
        return "property violated";
    case CISUP_EFORMAT:
        return "malformed input";
    case CISUP_EIO:
        return "input/output error";
    case CISUP_ENOMEM:
        return "out of memory";
    case CISUP_ESTOPPED:
        return "stopped";
    }
    return "unknown status";
}
