/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "origin.h"

#include <cisup/core/memory.h>
#include <cisup/core/schemes/schemes_parts.h>
#include <cisup/core/version.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { line_bytes = 992 }; /* of metadata (sparse/mtx.h), its NUL included */

static void put(char *text, const char *format, ...) CISUP_PRINTF(2, 3);

/* Appends to a text of line_bytes at most. */
static void put(char *text, const char *format, ...) {
    const size_t used = strlen(text);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text + used, line_bytes - used, format, values);
    va_end(values);
}

/* Options that decide about circuits, and nothing else. */
static void put_command(char *text, const origin *o) {
    const cisup_allocation_options *a = o->options;
    put(text, "cisup allocate -D %" PRId64 " -d %" PRId64 " -S %" PRId64 " -T %" PRId64,
        o->D, o->d, o->S, o->T);
    if (o->cycle) {
        put(text, " --cycle %" PRId64, o->cycle);
        return;
    }
    put(text, " --scheme %s", cisup_scheme_name(o->scheme));
    if (a->hop == CISUP_HOP_S_LESS_1) put(text, " --hop S-1");
    if (a->reflect) put(text, " --reflect");
    if (a->even_out != CISUP_EVEN_OUT_AUTO)
        put(text, " --even-out %s", a->even_out == CISUP_EVEN_OUT_YES ? "yes" : "no");
    if (a->effort > 0.0) put(text, " --effort %.17g", a->effort);
    if (a->effort > 0.0 || o->scheme == CISUP_SCHEME_RANDOM)
        put(text, " --seed %llu", (unsigned long long)a->seed);
}

static void put_sizes(char *text, const origin *o) {
    put(text, "{\"D\":%" PRId64 ",\"N\":%" PRId64 ",\"S\":%" PRId64 ",\"T\":%" PRId64,
        o->D, o->N, o->S, o->T);
    put(text, ",\"command\":\"");
    put_command(text, o);
    put(text, "\"");
    if (o->cycle) put(text, ",\"cycle\":%" PRId64, o->cycle);
    put(text, ",\"d\":%" PRId64 ",\"scheme\":\"%s\",\"version\":\"%s\"}", o->d,
        o->cycle ? "cycle" : cisup_scheme_name(o->scheme), cisup_version());
}

cisup_status origin_text(const origin *o, char **text, cisup_error *err) {
    char *recipe = NULL;
    cisup_status status = CISUP_OK;
    *text = NULL;
    if (!o->cycle)
        CISUP_TRY(cisup_allocation_recipe(o->N, o->S, o->T, o->scheme, &recipe, err));
    CISUP_TRY(cisup_new(text, 2 * line_bytes, 1, err));
    put_sizes(*text, o);
    const char *plan = o->cycle ? o->recipe : recipe;
    if (plan && strlen(plan) < line_bytes - 40) {
        char *line = *text + strlen(*text);
        *line++ = '\n';
        put(line, "{\"evened_out\":%s,\"plan\":\"%s\"}", o->is_evened ? "true" : "false",
            plan);
    }
done:
    cisup_release(recipe);
    return status;
}
