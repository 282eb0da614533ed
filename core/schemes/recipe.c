/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/computed/implicit.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes/schemes_parts.h>

#include <stdio.h>
#include <string.h>

static cisup_status text_of_td(cisup_implicit *m, cisup_status status, char **text,
                               cisup_error *err) {
    if (status == CISUP_OK) status = cisup_implicit_text(m, text, err);
    cisup_implicit_free(m);
    return status;
}

/* "search(...)" around a plan that local search has added circuits to. */
static cisup_status mark_searched(char **text, cisup_error *err) {
    char *marked;
    const cisup_index bytes = (cisup_index)strlen(*text) + 16;
    const cisup_status status = cisup_new(&marked, bytes, 1, err);
    if (status != CISUP_OK) return status;
    (void)snprintf(marked, (size_t)bytes, "search(%s)", *text);
    cisup_release(*text);
    *text = marked;
    return CISUP_OK;
}

cisup_status cisup_allocation_recipe(cisup_index N, cisup_index S, cisup_index T,
                                     cisup_scheme which, char **text, cisup_error *err) {
    cisup_implicit m = {0};
    cisup_packing_plan plan = {0};
    cisup_status status = CISUP_OK;
    *text = NULL;
    if (S < 2 || which < CISUP_SCHEME_TD) return CISUP_OK;
    if (which == CISUP_SCHEME_TD)
        return text_of_td(&m, cisup_implicit_init_for(&m, N, S, T, err), text, err);
    if (which == CISUP_SCHEME_BEST) {
        status = cisup_implicit_init(&m, N, S, CISUP_GROUPS_APART, err);
        if (status != CISUP_OK || T <= m.T_max) return text_of_td(&m, status, text, err);
        cisup_implicit_free(&m);
    }
    CISUP_TRY(cisup_allocation_plan(N, S, which, &plan, err));
    CISUP_TRY(cisup_packing_plan_text(&plan, text, err));
    if (T > plan.blocks) CISUP_TRY(mark_searched(text, err));
done:
    cisup_packing_plan_free(&plan);
    if (status != CISUP_OK) cisup_release(*text);
    if (status != CISUP_OK) *text = NULL;
    return status;
}
