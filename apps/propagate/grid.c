/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"

#include "common/emit.h"
#include "common/program.h"

#include <cisup/analysis/measure/modes.h>
#include <cisup/core/memory.h>

#include <string.h>

static const char *construction_name(const propagation *p) {
    return p->setup.construction.masks ? "masks" : "published";
}

static int is_left_out(cisup_status status) {
    return status == CISUP_EINVAL || status == CISUP_EINFEASIBLE;
}

/* --- the variants ------------------------------------------------------------------ */

/* Parameters that are not completed yet own nothing but their lists. */
static cisup_status copy_parsed(propagation *to, const propagation *from,
                                cisup_error *err) {
    cisup_status status;
    *to = *from;
    to->setup.D = to->setup.T = to->setup.S = to->setup.z = (index_list){0};
    CISUP_TRY(index_list_copy(&to->setup.D, &from->setup.D, err));
    CISUP_TRY(index_list_copy(&to->setup.T, &from->setup.T, err));
    CISUP_TRY(index_list_copy(&to->setup.S, &from->setup.S, err));
    CISUP_TRY(index_list_copy(&to->setup.z, &from->setup.z, err));
done:
    return status;
}

/* Takes a construction, without the options that only the other one has. */
static void take_construction(setup *s, int masks) {
    const setup plain = setup_defaults();
    s->construction.masks = masks;
    if (masks) {
        s->allocation.scheme = plain.allocation.scheme;
        s->allocation.even_out = plain.allocation.even_out;
        s->weights = plain.weights;
        s->preset = plain.preset;
    } else {
        s->construction = plain.construction;
    }
}

static cisup_status make_variant(grid *g, const propagation *parsed, int masks, int mode,
                                 cisup_error *err) {
    const int k = g->variants++;
    propagation *p = &g->variant[k];
    cisup_status status = copy_parsed(p, parsed, err);
    if (status != CISUP_OK) return status;
    if (g->constructions.count > 1) take_construction(&p->setup, masks);
    p->setup.construction.masks = masks;
    p->mode = (cisup_mode)mode;
    status = propagation_complete(p, &g->failed[k]);
    if (status == CISUP_OK || is_left_out(status)) return CISUP_OK;
    if (err) *err = g->failed[k];
    return status;
}

static int is_stdin(const char *path) {
    return path && !strcmp(path, "-");
}

cisup_status grid_make(grid *g, const propagation *parsed, cisup_error *err) {
    choice_list *c = &g->constructions, *m = &g->modes;
    const setup *s = &parsed->setup;
    cisup_status status = CISUP_OK;
    if (!c->count) *c = (choice_list){1, {s->construction.masks}};
    if (!m->count) *m = (choice_list){1, {(int)parsed->mode}};
    if (c->count * m->count > 1 &&
        (is_stdin(s->circuits_path) || is_stdin(s->inputs_path)))
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--circuit-file and --input-file on standard input go with one "
                          "mode and one construction");
    for (int i = 0; i < c->count; i++)
        for (int j = 0; j < m->count; j++)
            CISUP_TRY(make_variant(g, parsed, c->value[i], m->value[j], err));
done:
    return status;
}

void grid_free(grid *g) {
    for (int k = 0; k < g->variants; k++) propagation_free(&g->variant[k]);
    *g = (grid){0};
}

/* --- the places -------------------------------------------------------------------- */

static void drop_largest(index_list *from, index_list *to) {
    cisup_index at = 0;
    for (cisup_index k = 1; k < from->count; k++)
        if (from->value[k] >= from->value[at]) at = k;
    const cisup_index z = from->value[at], behind = --from->count - at;
    memmove(from->value + at, from->value + at + 1, (size_t)behind * sizeof *from->value);
    memmove(to->value + 1, to->value, (size_t)to->count++ * sizeof *to->value);
    to->value[0] = z;
}

static cisup_status try_shape(grid_place *x, cisup_error *why) {
    return propagation_shape(x->run, x->D, x->T, x->S, &x->shape, why);
}

/* Whether the smallest z runs alone. */
static int can_run_some(grid_place *x) {
    index_list *z = &x->run->setup.z, all = *z;
    cisup_index least = z->value[0];
    for (cisup_index k = 1; k < all.count; k++)
        if (all.value[k] < least) least = all.value[k];
    *z = (index_list){&least, 1};
    const cisup_status status = try_shape(x, NULL);
    *z = all;
    return status == CISUP_OK;
}

/* Leaves the largest z of the run's out until the others can run. */
static cisup_status settle(grid_place *x, cisup_error *why) {
    index_list *z = &x->run->setup.z;
    cisup_status status = try_shape(x, why);
    if (!is_left_out(status)) return status;
    x->why = why;
    const int some = z->count > 1 && can_run_some(x);
    do {
        drop_largest(z, &x->left);
        if (some) status = try_shape(x, NULL);
    } while (status != CISUP_OK && z->count);
    return CISUP_OK;
}

/* What grid_each goes on with. */
typedef struct {
    grid_visit *visit;
    void *context;
    int has_run;
} walk;

static cisup_status visit_place(walk *w, propagation *p, grid_place x, cisup_error *err) {
    index_list *z = &p->setup.z, all = *z, some = {0};
    cisup_error why = {0};
    cisup_status status;
    x.run = p;
    CISUP_TRY(index_list_copy(&some, &all, err));
    CISUP_TRY(cisup_new(&x.left.value, all.count, sizeof *x.left.value, err));
    *z = some;
    status = settle(&x, &why);
    if (status != CISUP_OK && err) *err = why;
    x.z = some = *z;
    if (status == CISUP_OK) status = w->visit(w->context, &x, err);
    w->has_run |= some.count > 0;
done:
    *z = all;
    cisup_release(some.value);
    cisup_release(x.left.value);
    return status;
}

static cisup_status visit_variant(grid *g, int k, walk *w, cisup_error *err) {
    propagation *p = &g->variant[k];
    const setup *s = &p->setup;
    cisup_status status = CISUP_OK;
    if (g->failed[k].text[0])
        return w->visit(w->context,
                        &(grid_place){.run = p,
                                      .left = {s->z.value, s->z.count},
                                      .why = &g->failed[k]},
                        err);
    for (cisup_index i = 0; i < s->D.count; i++)
        for (cisup_index j = 0; j < s->S.count; j++)
            for (cisup_index n = 0; n < s->T.count; n++) {
                if (w->has_run && signal_received()) return CISUP_OK;
                const grid_place x = {
                    .D = s->D.value[i], .S = s->S.value[j], .T = s->T.value[n]};
                CISUP_TRY(visit_place(w, p, x, err));
            }
done:
    return status;
}

cisup_status grid_each(grid *g, grid_visit *visit, void *context, cisup_error *err) {
    walk w = {visit, context, 0};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < g->variants; k++) CISUP_TRY(visit_variant(g, k, &w, err));
done:
    return status;
}

/* What grid_check finds. */
typedef struct {
    cisup_index running;
    cisup_error first; /* of the places that cannot run */
} findings;

static cisup_status find(void *context, const grid_place *x, cisup_error *err) {
    findings *f = context;
    (void)err;
    if (x->z.count)
        f->running++;
    else if (!f->first.text[0])
        f->first = *x->why;
    return CISUP_OK;
}

cisup_status grid_check(grid *g, cisup_error *err) {
    findings f = {0};
    const cisup_status status = grid_each(g, find, &f, err);
    if (status != CISUP_OK) return status;
    g->running = f.running;
    if (f.running) return CISUP_OK;
    if (err) *err = f.first;
    return f.first.code;
}

/* --- what is left out -------------------------------------------------------------- */

void grid_say_left(const grid_place *x) {
    char T[24] = "max";
    if (x->T != INDEX_MAX_WORD) (void)snprintf(T, sizeof T, "%" PRId64, x->T);
    fprintf(stderr, "left out: %s, %s", construction_name(x->run),
            cisup_mode_name(x->run->mode));
    if (x->D) fprintf(stderr, ", D=%" PRId64 " S=%" PRId64 " T=%s", x->D, x->S, T);
    for (cisup_index k = 0; x->z.count && k < x->left.count; k++)
        fprintf(stderr, "%s%" PRId64, k ? "," : " z=", x->left.value[k]);
    fprintf(stderr, ": %s\n", x->why->text);
}

cisup_status grid_emit_left(const grid_place *x, cisup_error *err) {
    const cisup_field T = x->T == INDEX_MAX_WORD ? V("max") : V(x->T);
    return emit(RECORD_OF("record construction mode D S T z reason", V("infeasible"),
                          V(construction_name(x->run)), V(cisup_mode_name(x->run->mode)),
                          V_IF(x->D > 0, x->D), V_IF(x->D > 0, x->S),
                          cisup_value_if(x->D > 0, T),
                          cisup_value_if(x->left.count > 0,
                                         V_INDICES(x->left.value, x->left.count)),
                          V((const char *)x->why->text)),
                err);
}
