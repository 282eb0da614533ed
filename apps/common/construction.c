/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "construction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_OF construction
const option_row construction_details[] = {
    OPTION_GROUP(MASKS),
    PARAMETER(cycle, "cycle", "cycle", 0, SIZE, "c",
              "of masks: allocations that the layers take turns with (2; of capacity and "
              "frontier the best of 2, 3, 4)"),
    PARAMETER(
        offset_text, "offset", "offset", 0, TEXT, "safe|pilot|NUMBER",
        "of masks: o of signed layers, safe beyond every sum, pilot beyond those of "
        "a few samples (rotations 1, else safe)"),
    PARAMETER(strength_text, "strength", "strength", 0, TEXT, "safe|pilot|NUMBER",
              "of masks: B that closes neurons (safe)"),
    CHOICE(linear, "linear", "linear", NULL, "none|output|all",
           "of masks and own circuits: layers without ReLU (none)"),
    PARAMETER(codes, "mask_codes", "mask-codes", 0, FLAG, NULL,
              "of masks: handed on as codes, in fewer neurons"),
    OPTIONS_END,
};

const option_row construction_options[] = {
    OPTION_GROUP(NETWORK),
    CHOICE(masks, "construction", "construction", NULL, CONSTRUCTION_WORDS,
           CONSTRUCTION_HELP),
    OPTION_MORE(construction_details),
    OPTIONS_END,
};

construction construction_defaults(void) {
    return (construction){.offset = (double)NAN, .strength = (double)NAN};
}

int construction_has_pilot(const construction *c) {
    return c->masks &&
           (!strcmp(c->offset_from, "pilot") || !strcmp(c->strength_from, "pilot"));
}

/* "safe" and "pilot" are NaN. What was not given is `other`. */
static cisup_status understand(const char **text, const char *other, const char *name,
                               const char **from, double *out, cisup_error *err) {
    char *end;
    *from = *text ? "given" : "default";
    if (!*text) *text = other;
    *out = (double)NAN;
    if (!strcmp(*text, "safe") || !strcmp(*text, "pilot")) {
        *from = *text;
        return CISUP_OK;
    }
    *out = strtod(*text, &end);
    if (end == *text || *end || !(*out >= 0.0) || isinf(*out))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--%s %.40s: neither safe nor pilot nor a number from 0", name,
                          *text);
    return CISUP_OK;
}

cisup_status construction_complete(construction *c, int is_rotation, cisup_error *err) {
    const char *idle = c->cycle           ? "cycle"
                       : c->offset_text   ? "offset"
                       : c->strength_text ? "strength"
                       : c->linear        ? "linear"
                       : c->codes         ? "mask-codes"
                                          : NULL;
    if (!c->masks && idle)
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: needs --construction masks", idle);
    if (!c->masks) return CISUP_OK;
    if (!c->cycle) c->cycle = 2;
    if (c->cycle < 2 || c->cycle > CISUP_CYCLE_MOST)
        return CISUP_FAIL(err, CISUP_EINVAL, "--cycle %" PRId64 ": 2 to %d", c->cycle,
                          CISUP_CYCLE_MOST);
    const cisup_status status = understand(&c->offset_text, is_rotation ? "1" : "safe",
                                           "offset", &c->offset_from, &c->offset, err);
    if (status != CISUP_OK) return status;
    return understand(&c->strength_text, "safe", "strength", &c->strength_from,
                      &c->strength, err);
}
