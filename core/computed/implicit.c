/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside a level the points are numbered group by group, then the left-over points,
 * the shared one last. So a group's points keep their order one level up, and a row
 * comes out sorted: only its last point can be a shared one and is translated level by
 * level; the others are shifted by the sum of the groups' offsets. */
#include <cisup/core/computed/implicit.h>

#include <cisup/core/base/numbers.h>
#include <cisup/core/memory.h>

#include <stdio.h>

/* --- levels -------------------------------------------------------------------- */

/* Where the last level's circuit j owns its first point: j S - j(j-1)/2. */
static cisup_index first_owned(cisup_index S, cisup_index j) {
    return j * S - j * (j - 1) / 2;
}

static cisup_index most_last_blocks(cisup_index n, cisup_index S) {
    cisup_index b = 0;
    while (b <= S && first_owned(S, b + 1) <= n) b++;
    return b;
}

static cisup_index level_circuits(const cisup_implicit *m, int l) {
    const cisup_implicit_level *v = &m->level[l];
    if (l == m->depth) return v->copies * m->last_blocks;
    return v->copies * v->lines.q * v->lines.q;
}

/* Gives level l its lines, once n, first and copies are known, and starts the next. */
static cisup_status level_split(cisup_implicit *m, cisup_index q, cisup_groups groups,
                                cisup_error *err) {
    cisup_implicit_level *v = &m->level[m->depth];
    const cisup_status status = cisup_lines_init(&v->lines, q, m->S, err);
    if (status != CISUP_OK) return status;
    v->d = v->n - m->S * q;
    v->shared = groups == CISUP_GROUPS_SHARE_POINT && v->d > 0;
    v->joining = v->d - v->shared < q ? v->d - v->shared : q;
    v->step = cisup_golden_step(q);
    v[1].n = q + v->shared;
    v[1].first = v->first + v->copies * q * q;
    v[1].copies = v->copies * m->S;
    m->depth++;
    return CISUP_OK;
}

cisup_status cisup_implicit_init(cisup_implicit *m, cisup_index N, cisup_index S,
                                 cisup_groups groups, cisup_error *err) {
    *m = (cisup_implicit){0};
    if (S < 2 || N < S || N > INT32_MAX)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "N = %" PRId64 ", S = %" PRId64
                          "; an implicit allocation needs 2 <= S <= N < 2^31",
                          N, S);
    m->N = N;
    m->S = S;
    m->level[0].n = N;
    m->level[0].copies = 1;
    cisup_status status = CISUP_OK;
    cisup_index q;
    while ((q = cisup_lines_largest(m->level[m->depth].n / S, S)) > 0)
        CISUP_TRY(level_split(m, q, groups, err));
    m->last_blocks = most_last_blocks(m->level[m->depth].n, S);
    m->T_max = m->level[m->depth].first + level_circuits(m, m->depth);
done:
    if (status != CISUP_OK) cisup_implicit_free(m);
    return status;
}

static cisup_status too_many(const cisup_implicit *m, cisup_index T, cisup_error *err) {
    return CISUP_FAIL(err, CISUP_EINFEASIBLE,
                      "T = %" PRId64 " circuits; lines place %" PRId64 " for N = %" PRId64
                      ", S = %" PRId64 ", and no allocation more than %" PRId64,
                      T, m->T_max, m->N, m->S, cisup_packing_bound(m->N, m->S));
}

cisup_status cisup_implicit_init_for(cisup_implicit *m, cisup_index N, cisup_index S,
                                     cisup_index T, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(cisup_implicit_init(m, N, S, CISUP_GROUPS_APART, err));
    if (T > m->T_max) {
        cisup_implicit_free(m);
        CISUP_TRY(cisup_implicit_init(m, N, S, CISUP_GROUPS_SHARE_POINT, err));
    }
    if (T < 1) status = CISUP_FAIL(err, CISUP_EINVAL, "T = %" PRId64 " circuits", T);
    if (T > m->T_max) status = too_many(m, T, err);
done:
    if (status != CISUP_OK) cisup_implicit_free(m);
    return status;
}

void cisup_implicit_free(cisup_implicit *m) {
    for (int l = 0; l < CISUP_MOST_LEVELS; l++) cisup_lines_free(&m->level[l].lines);
    *m = (cisup_implicit){0};
}

cisup_status cisup_implicit_text(const cisup_implicit *m, char **text, cisup_error *err) {
    enum { of_level = 96 };
    const size_t room = (size_t)(m->depth + 2) * of_level;
    char *at;
    *text = NULL;
    const cisup_status status = cisup_new(text, (cisup_index)room, 1, err);
    if (status != CISUP_OK) return status;
    at = *text;
    for (int l = 0; l < m->depth; l++) {
        const cisup_implicit_level *v = &m->level[l];
        at += snprintf(at, of_level, "td(%" PRId64, v->lines.q);
        if (v->d > v->shared)
            at += snprintf(at, of_level, "; %" PRId64 " left over", v->d - v->shared);
        if (v->shared) at += snprintf(at, of_level, "; 1 shared");
        at += snprintf(at, of_level, "; groups ");
    }
    at += snprintf(at, of_level, "dual(%" PRId64 ")", m->last_blocks);
    for (int l = 0; l < m->depth; l++) *at++ = ')';
    return CISUP_OK;
}

/* --- circuit -> neurons -------------------------------------------------------- */

/* Which group's point a line gives up for the left-over point y. */
static cisup_index given_up(const cisup_implicit *m, cisup_index k, cisup_index y) {
    return (k + y) % m->S;
}

/* Line a of the k-th slope of a level, numbered within the level. */
static void line_row(const cisup_implicit *m, const cisup_implicit_level *v,
                     cisup_index k, cisup_index a, int32_t *row) {
    const cisup_index q = v->lines.q, b = k * v->step % q;
    cisup_lines_points(&v->lines, a, b, row);
    for (cisup_index i = 1; i < m->S; i++) row[i] += (int32_t)(i * q);
    if (v->joining == 0) return;
    const cisup_index y = cisup_lines_point(&v->lines, m->S, a, b);
    if (y >= v->joining) return;
    for (cisup_index i = given_up(m, k, y); i < m->S - 1; i++) row[i] = row[i + 1];
    row[m->S - 1] = (int32_t)(m->S * q + y);
}

/* Circuit j of the last level: one point from each earlier circuit, then its own. */
static void last_row(cisup_index S, cisup_index j, int32_t *row) {
    for (cisup_index i = 0; i < j; i++) row[i] = (int32_t)(first_owned(S, i) + j - 1 - i);
    for (cisup_index i = j; i < S; i++) row[i] = (int32_t)(first_owned(S, j) + i - j);
}

/* Numbers within one of level l's groups -> neurons. */
static void lift_row(const cisup_implicit *m, int l, cisup_index copy, int32_t *row) {
    cisup_index group[CISUP_MOST_LEVELS], shift = 0, last = row[m->S - 1];
    for (int j = 0; j < l; j++) {
        group[j] = copy % m->S;
        copy /= m->S;
        shift += group[j] * m->level[j].lines.q;
    }
    for (int j = l - 1; j >= 0; j--) {
        const cisup_implicit_level *v = &m->level[j];
        last = last == v->lines.q ? v->n - 1 : last + group[j] * v->lines.q;
    }
    for (cisup_index i = 0; i < m->S - 1; i++) row[i] += (int32_t)shift;
    row[m->S - 1] = (int32_t)last;
}

void cisup_implicit_row(const cisup_implicit *m, cisup_index t, int32_t *row) {
    int l = 0;
    while (l < m->depth && t >= m->level[l + 1].first) l++;
    const cisup_implicit_level *v = &m->level[l];
    const cisup_index rest = t - v->first, copy = l > 0 ? rest % v->copies : 0;
    const cisup_index number = l > 0 ? rest / v->copies : rest;
    if (l == m->depth)
        last_row(m->S, number, row);
    else
        line_row(m, v, number / v->lines.q, number % v->lines.q, row);
    if (l > 0) lift_row(m, l, copy, row);
}

cisup_status cisup_implicit_store(const cisup_implicit *m, cisup_index T,
                                  cisup_allocation *a, cisup_error *err) {
    *a = (cisup_allocation){0};
    if (T > m->T_max) return too_many(m, T, err);
    const cisup_status status = cisup_allocation_init(a, m->N, m->S, T, err);
    if (status != CISUP_OK) return status;
    for (cisup_index t = 0; t < T; t++) cisup_implicit_row(m, t, a->slot + t * m->S);
    return CISUP_OK;
}

/* --- neuron -> circuits -------------------------------------------------------- */

cisup_implicit_walk cisup_implicit_through(const cisup_implicit *m, cisup_index T,
                                           cisup_index n) {
    cisup_implicit_walk c = {.m = m, .T = T};
    c.label[0] = n;
    return c;
}

/* The line of the k-th slope, b, through a level's point; -1 if it gives the point up
 * or the point is on no line. */
static cisup_index line_through(const cisup_implicit *m, const cisup_implicit_level *v,
                                cisup_index k, cisup_index b, cisup_index point) {
    const cisup_index q = v->lines.q, i = point / q;
    if (i >= m->S) {
        const cisup_index y = point - m->S * q;
        return y < v->joining ? cisup_lines_through(&v->lines, m->S, y, b) : -1;
    }
    const cisup_index a = cisup_lines_through(&v->lines, i, point - i * q, b);
    if (v->joining == 0) return a;
    const cisup_index y = cisup_lines_point(&v->lines, m->S, a, b);
    return y < v->joining && given_up(m, k, y) == i ? -1 : a;
}

/* The circuits of a level with lines, one a slope; -1 after the last. */
static cisup_index next_line(cisup_implicit_walk *c) {
    const cisup_implicit_level *v = &c->m->level[c->l];
    const cisup_index q = v->lines.q;
    while (c->k < q && v->first + c->k * q * v->copies < c->T) {
        const cisup_index k = c->k++, b = c->b;
        c->b = b + v->step < q ? b + v->step : b + v->step - q;
        const cisup_index a = line_through(c->m, v, k, b, c->label[c->l]);
        if (a < 0) continue;
        const cisup_index t = v->first + (k * q + a) * v->copies + c->copy;
        if (t < c->T) return t;
    }
    return -1;
}

/* Whether circuit j of the last level holds a point of it. */
static bool last_holds(const cisup_implicit *m, cisup_index j, cisup_index point) {
    cisup_index owner = 0;
    while (owner < m->last_blocks && first_owned(m->S, owner + 1) <= point) owner++;
    if (owner >= m->last_blocks || owner > j) return false;
    return owner == j || point - first_owned(m->S, owner) == j - 1 - owner;
}

static cisup_index next_of_last(cisup_implicit_walk *c) {
    const cisup_implicit_level *v = &c->m->level[c->l];
    while (c->k < c->m->last_blocks) {
        const cisup_index j = c->k++;
        const cisup_index t = v->first + j * v->copies + c->copy;
        if (t < c->T && last_holds(c->m, j, c->label[c->l])) return t;
    }
    return -1;
}

/* Enters the next level through the group of the point, or the first one of a shared
 * point; false if there is none or it has no circuits below T. */
static bool descend(cisup_implicit_walk *c) {
    if (c->l == c->m->depth) return false;
    const cisup_implicit_level *v = &c->m->level[c->l];
    const cisup_index q = v->lines.q, point = c->label[c->l];
    const bool is_shared = v->shared && point == v->n - 1;
    if ((point >= c->m->S * q && !is_shared) || v[1].first >= c->T) return false;
    c->group[c->l] = is_shared ? 0 : point / q;
    c->label[c->l + 1] = is_shared ? q : point % q;
    c->copy += c->group[c->l] * v->copies;
    c->l++;
    c->k = c->b = 0;
    return true;
}

/* Leaves levels until a shared point has another group to enter; false at the end. */
static bool next_group(cisup_implicit_walk *c) {
    while (c->l > 0) {
        const cisup_implicit_level *v = &c->m->level[c->l - 1];
        if (v->shared && c->label[c->l - 1] == v->n - 1 &&
            c->group[c->l - 1] + 1 < c->m->S) {
            c->group[c->l - 1]++;
            c->copy += v->copies;
            c->k = c->b = 0;
            return true;
        }
        c->copy -= c->group[--c->l] * v->copies;
    }
    return false;
}

cisup_index cisup_implicit_next(cisup_implicit_walk *c) {
    if (c->ended) return -1;
    do {
        const cisup_index t = c->l == c->m->depth ? next_of_last(c) : next_line(c);
        if (t >= 0) return t;
    } while (descend(c) || next_group(c));
    c->ended = true;
    return -1;
}
