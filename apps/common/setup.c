/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setup.h"

#include "beside.h"

#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/circuits_csv.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

setup setup_defaults(void) {
    const cisup_weight_options weights = cisup_weight_defaults();
    return (setup){.allocation = allocation_choice_defaults(),
                   .family = CISUP_ROTATION4,
                   .margin = 1.0,
                   .weights = (int)weights.scheme,
                   .kappa = (int)weights.kappa,
                   .engine = CISUP_PASS_AUTO,
                   .correction = weights.correction,
                   .center = weights.center,
                   .preset = -1,
                   .seed = 1};
}

void setup_free(setup *s) {
    cisup_release(s->D.value);
    cisup_release(s->T.value);
    cisup_release(s->S.value);
    cisup_release(s->z.value);
    cisup_circuits_free(&s->own);
    *s = (setup){0};
}

enum { preset_published };

int setup_preset_find(const char *word) {
    return strcmp(word, "published") == 0 ? preset_published : -1;
}

enum { PUBLISHED_D = 1000, PUBLISHED_T = 557, PUBLISHED_S = 6, PUBLISHED_L = 5 };

static int is_only(const index_list *list, cisup_index value) {
    return !list->count || (list->count == 1 && list->value[0] == value);
}

/* Whether the sizes are those of the published network, given or not, and neither
 * circuits nor allocation are chosen: saying a default changes nothing. */
static int is_published(const setup *s) {
    const cisup_index width = cisup_family_width((cisup_family)s->family);
    return is_only(&s->D, PUBLISHED_D) && is_only(&s->T, PUBLISHED_T) &&
           is_only(&s->S, PUBLISHED_S) && (!s->d || s->d == (width ? width : 4)) &&
           (!s->L || s->L == PUBLISHED_L) && !s->circuits_path &&
           s->allocation.scheme < 0;
}

int setup_kappa_find(const char *word) {
    if (strcmp(word, "single") == 0) return CISUP_KAPPA_SINGLE;
    return strcmp(word, "rows") == 0 ? (int)CISUP_KAPPA_ROWS : -1;
}

const char *setup_kappa_name(int kappa) {
    return kappa == CISUP_KAPPA_ROWS ? "rows" : "single";
}

cisup_family_options setup_family(const setup *s) {
    cisup_family_options o = cisup_family_defaults();
    o.family = (cisup_family)s->family;
    o.margin = s->margin;
    o.fresh = s->fresh;
    o.seed = s->seed;
    return o;
}

cisup_allocation_options setup_allocation(const setup *s) {
    cisup_allocation_options o = allocation_choice_options(&s->allocation);
    o.seed = s->seed;
    return o;
}

cisup_network_options setup_network(const setup *s) {
    cisup_network_options o = cisup_network_defaults();
    o.weights.scheme = (cisup_weight_scheme)s->weights;
    o.weights.kappa = (cisup_kappa_kind)s->kappa;
    o.weights.correction = s->correction;
    o.weights.center = s->center;
    if (s->engine == CISUP_PASS_ASSEMBLED) o.engine = CISUP_ENGINE_ASSEMBLED;
    o.keep_order = s->keep_order;
    o.seed = s->seed;
    return o;
}

static cisup_status read_files(setup *s, const cisup_circuits_csv_options *o,
                               cisup_error *err) {
    char *circuits = NULL, *inputs = NULL;
    cisup_status status;
    CISUP_TRY(beside(s->folder, s->circuits_path, &circuits, err));
    CISUP_TRY(cisup_circuits_read_csv(&s->own, circuits, o, err));
    if (!s->inputs_path) goto done;
    CISUP_TRY(beside(s->folder, s->inputs_path, &inputs, err));
    CISUP_TRY(cisup_circuits_read_inputs(&s->own, inputs, err));
done:
    free(circuits);
    free(inputs);
    return status;
}

/* Takes the circuits and inputs that the user brought. */
static cisup_status read_own(setup *s, cisup_error *err) {
    if (s->T.count > 1 || index_list_is_max(&s->T))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuits: with --circuit-file it takes a single number");
    const cisup_circuits_csv_options o = {.T = s->T.count ? s->T.value[0] : 0,
                                          .L = s->L,
                                          .gate = s->gate,
                                          .margin = s->margin};
    cisup_status status;
    CISUP_TRY(read_files(s, &o, err));
    if (s->d && s->d != s->own.d)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-width %" PRId64 ": the circuits of %s have width "
                          "%" PRId64,
                          s->d, s->circuits_path, s->own.d);
    s->d = s->own.d;
    s->L = s->own.L;
    CISUP_TRY(index_list_set(&s->T, s->own.T, err));
    if (!s->z.count) CISUP_TRY(index_list_set(&s->z, 1, err));
done:
    return status;
}

static cisup_status default_list(index_list *list, const cisup_index *values, int count,
                                 cisup_error *err) {
    if (list->count) return CISUP_OK;
    const cisup_status status = cisup_new(&list->value, count, sizeof *values, err);
    if (status != CISUP_OK) return status;
    memcpy(list->value, values, (size_t)count * sizeof *values);
    list->count = count;
    return CISUP_OK;
}

static cisup_status numbers_check(const setup *s, cisup_error *err) {
    if (!(s->margin > 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--margin %g: must be positive", s->margin);
    if (!(s->correction >= 0.0))
        return CISUP_FAIL(err, CISUP_EINVAL, "--w-correction %g: must not be negative",
                          s->correction);
    if (s->circuits_path && s->inputs_path && !strcmp(s->circuits_path, "-") &&
        !strcmp(s->inputs_path, "-"))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-file - and --input-file -: standard input can be "
                          "read once");
    if (!s->circuits_path && (s->gate || s->inputs_path))
        return CISUP_FAIL(err, CISUP_EINVAL, "--%s: needs --circuit-file",
                          s->gate ? "gate" : "input-file");
    return CISUP_OK;
}

/* Options that the others leave without effect. */
static cisup_status effects_check(const setup *s, cisup_error *err) {
    const setup plain = setup_defaults();
    const int is_own = s->circuits_path != NULL;
    const int is_capped = s->weights == CISUP_WEIGHTS_CAPPED;
    const int is_centred =
        s->weights == CISUP_WEIGHTS_BALANCED || s->weights == CISUP_WEIGHTS_SPLIT;
    const char *idle = is_own && s->family != plain.family               ? "family"
                       : is_own && s->fresh                              ? "fresh"
                       : !is_capped && s->kappa != plain.kappa           ? "kappa"
                       : !is_capped && s->correction != plain.correction ? "w-correction"
                       : !is_centred && !isnan(s->center)                ? "center"
                                                                         : NULL;
    if (!idle) return CISUP_OK;
    const int by_file = is_own && (!strcmp(idle, "family") || !strcmp(idle, "fresh"));
    return CISUP_FAIL(err, CISUP_EINVAL, "--%s: no effect with --%s", idle,
                      by_file                             ? "circuit-file"
                      : s->weights == CISUP_WEIGHTS_PLAIN ? "weights plain"
                      : is_capped                         ? "weights capped"
                                                          : "weights balanced or split");
}

cisup_status setup_complete(setup *s, cisup_error *err) {
    const cisup_index width = cisup_family_width((cisup_family)s->family);
    cisup_status status;
    if (is_published(s)) s->preset = preset_published;
    const cisup_scheme scheme =
        s->preset == preset_published ? CISUP_SCHEME_REF : CISUP_SCHEME_BEST;
    CISUP_TRY(allocation_choice_complete(&s->allocation, scheme, err));
    CISUP_TRY(numbers_check(s, err));
    CISUP_TRY(effects_check(s, err));
    if (s->circuits_path) CISUP_TRY(read_own(s, err));
    if (!s->d) s->d = width ? width : 4;
    if (!s->circuits_path && width && s->d != width)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-width %" PRId64 ": circuits %s have width %" PRId64,
                          s->d, cisup_family_name((cisup_family)s->family), width);
    if (!s->L) s->L = PUBLISHED_L;
    CISUP_TRY(default_list(&s->D, (const cisup_index[]){PUBLISHED_D}, 1, err));
    CISUP_TRY(default_list(&s->T, (const cisup_index[]){PUBLISHED_T}, 1, err));
    CISUP_TRY(default_list(&s->S, (const cisup_index[]){PUBLISHED_S}, 1, err));
    CISUP_TRY(default_list(&s->z, (const cisup_index[]){1, 2, 3}, 3, err));
done:
    return status;
}

cisup_status setup_shape(const setup *s, cisup_index D, cisup_index T, cisup_index S,
                         cisup_shape *shape, cisup_error *err) {
    const cisup_allocation_options options = setup_allocation(s);
    const int is_max = T == INDEX_MAX_WORD;
    *shape =
        (cisup_shape){.D = D, .d = s->d, .T = is_max ? 1 : T, .S = S, .z = 1, .L = s->L};
    cisup_status status;
    CISUP_TRY(cisup_shape_check(shape, err));
    shape->T = T;
    CISUP_TRY(allocation_fits(shape->N, S, &options, &shape->T, NULL, err));
    for (cisup_index k = 0; k < s->z.count; k++)
        if (s->z.value[k] > shape->z) shape->z = s->z.value[k];
    CISUP_TRY(cisup_shape_check(shape, err));
done:
    return status;
}
