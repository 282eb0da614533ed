/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capacity_point.h"

#include <cisup/core/memory.h>

#include <cisup/analysis/measure/measure.h>
#include <cisup/core/schemes.h>

#include <string.h>

/* S that are tried unless some are given: of the published construction from 2 on, since
 * circuits that share no neuron are no superposition. */
enum { PUBLISHED_FIRST_S = 2, MASKS_FIRST_S = 1, LAST_S = 8 };

/* A setup that is not completed: it holds no circuits. */
static cisup_status copy_setup(const setup *from, setup *to, cisup_error *err) {
    cisup_status status;
    *to = *from;
    to->D = to->T = to->S = to->z = (index_list){0};
    CISUP_TRY(index_list_copy(&to->D, &from->D, err));
    CISUP_TRY(index_list_copy(&to->T, &from->T, err));
    CISUP_TRY(index_list_copy(&to->S, &from->S, err));
    CISUP_TRY(index_list_copy(&to->z, &from->z, err));
done:
    return status;
}

/* The cycles of masks: the one asked for, or all of these. */
static cisup_status list_cycles(capacity_kind *k, cisup_index given, cisup_error *err) {
    enum { FEWEST = 2, MOST = 4 };
    const cisup_index most = k->setup.L < MOST ? k->setup.L : MOST; /* more are alike */
    const cisup_index first = given ? given : FEWEST;
    const cisup_index last = given ? given : most > FEWEST ? most : FEWEST;
    const cisup_status status = cisup_new(&k->choice, MOST, sizeof *k->choice, err);
    if (status != CISUP_OK) return status;
    for (cisup_index c = first; c <= last; c++)
        k->choice[k->choices++] = (capacity_choice){CISUP_SCHEME_TD, c};
    return status;
}

/* --schemes best,ref, or the one scheme of the setup. */
static cisup_status list_schemes(capacity_kind *k, const char *words, cisup_error *err) {
    const cisup_allocation_options *o = &k->setup.allocation;
    cisup_index most = 1;
    char *copy = NULL;
    cisup_status status;
    for (const char *c = words; c && *c; c++) most += *c == ',';
    CISUP_TRY(cisup_new(&k->choice, most, sizeof *k->choice, err));
    k->choice[0].scheme = o->scheme;
    k->choices = 1;
    if (!words) goto done;
    CISUP_TRY(cisup_new(&copy, (cisup_index)strlen(words) + 1, 1, err));
    memcpy(copy, words, strlen(words));
    char *rest = copy;
    for (k->choices = 0; rest; k->choices++) {
        const char *word = strsep(&rest, ",");
        const int scheme = cisup_scheme_find(word);
        cisup_allocation_options choice = *o;
        if (scheme < 0) {
            status = CISUP_FAIL(err, CISUP_EINVAL, "--schemes '%s': no scheme", word);
            goto done;
        }
        choice.scheme = (cisup_scheme)scheme;
        k->choice[k->choices].scheme = choice.scheme;
        CISUP_TRY(allocation_complete(&choice, choice.scheme, err));
    }
done:
    cisup_release(copy);
    return status;
}

/* What the circuits have, from one of them. */
static cisup_status choose_quantity(capacity_kind *k, int asked, cisup_error *err) {
    const setup *s = &k->setup;
    const cisup_family_options family = setup_family(s);
    cisup_circuits one = {0};
    cisup_status status = CISUP_OK;
    if (!s->own.w) CISUP_TRY(cisup_circuits_make(&one, 1, s->d, s->L, &family, err));
    const cisup_circuits *kind = s->own.w ? &s->own : &one;
    k->quantity = asked >= 0                              ? asked
                  : cisup_quantity_exists(kind, CISUP_X)  ? CISUP_X
                  : cisup_quantity_exists(kind, CISUP_ON) ? CISUP_ON
                                                          : CISUP_READOUT;
    if (!cisup_quantity_exists(kind, (cisup_quantity)k->quantity))
        status = CISUP_FAIL(err, CISUP_EINVAL, "--quantity %s: the circuits have none",
                            cisup_quantity_name((cisup_quantity)k->quantity));
done:
    cisup_circuits_free(&one);
    return status;
}

/* S: those given, or a range. */
static cisup_status choose_S(capacity_kind *k, cisup_error *err) {
    index_list *S = &k->setup.S;
    const cisup_index first =
        k->setup.construction.masks ? MASKS_FIRST_S : PUBLISHED_FIRST_S;
    k->is_S_open = !S->count;
    if (S->count) return CISUP_OK;
    const cisup_status status =
        cisup_new(&S->value, LAST_S - first + 1, sizeof *S->value, err);
    if (status != CISUP_OK) return status;
    for (cisup_index value = first; value <= LAST_S; value++)
        S->value[S->count++] = value;
    return status;
}

static void kind_free(capacity_kind *k) {
    setup_free(&k->setup);
    cisup_release(k->choice);
    *k = (capacity_kind){0};
}

enum { PUBLISHED, MASKS, CODES };

static cisup_status kind_make(capacity_kind *k, const capacity_request *r, int which,
                              cisup_error *err) {
    static const char *const names[] = {"published", "masks", "codes"};
    const int masks = which != PUBLISHED;
    *k = (capacity_kind){.name = names[which],
                         .is_scheme_open =
                             !r->scheme_words && r->setup.allocation.scheme == NO_SCHEME};
    const cisup_index cycle = r->setup.construction.cycle;
    cisup_status status;
    CISUP_TRY(copy_setup(&r->setup, &k->setup, err));
    k->setup.construction.masks = masks;
    if (which == CODES) k->setup.construction.codes = 1;
    /* What goes with which scheme is asked of each. */
    const cisup_allocation_options given = k->setup.allocation;
    if (r->scheme_words) k->setup.allocation = allocation_defaults();
    CISUP_TRY(choose_S(k, err));
    CISUP_TRY(setup_complete(&k->setup, err));
    if (construction_has_pilot(&k->setup.construction))
        CISUP_TRY(CISUP_FAIL(err, CISUP_EINVAL,
                             "--offset pilot, --strength pilot: one of many T's; give "
                             "numbers"));
    if (r->scheme_words) {
        const cisup_scheme scheme = k->setup.allocation.scheme;
        k->setup.allocation = given;
        k->setup.allocation.scheme = scheme;
    }
    if (masks && r->scheme_words)
        status = CISUP_FAIL(err, CISUP_EINVAL,
                            "--schemes: no effect with --construction masks");
    if (status != CISUP_OK) goto done;
    CISUP_TRY(masks ? list_cycles(k, cycle, err) : list_schemes(k, r->scheme_words, err));
    CISUP_TRY(choose_quantity(k, r->quantity, err));
done:
    if (status != CISUP_OK) kind_free(k);
    return status;
}

/* Masks come first: they have most at most sizes, and the others are given up early. */
cisup_status capacity_kinds_make(capacity_request *r, cisup_error *err) {
    const construction *given = &r->setup.construction;
    cisup_status status = CISUP_OK;
    cisup_error refused;
    if (given->masks >= 0) {
        const int which = !given->masks ? PUBLISHED : given->codes ? CODES : MASKS;
        CISUP_TRY(kind_make(&r->kind[0], r, which, err));
        r->kinds = 1;
        goto done;
    }
    if (r->setup.circuits_path && strcmp(r->setup.circuits_path, "-") == 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-file -: standard input can be read once; name the "
                          "--construction");
    /* An option of one construction leaves the other out. */
    for (int which = CODES; which >= PUBLISHED; which--) {
        if (which == MASKS && given->codes) continue;
        status = kind_make(&r->kind[r->kinds], r, which, &refused);
        if (status == CISUP_OK)
            r->kinds++;
        else if (status != CISUP_EINVAL)
            break;
    }
    if (status == CISUP_EINVAL && r->kinds) status = CISUP_OK;
    if (status != CISUP_OK && err) *err = refused;
done:
    return status;
}
