/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
