/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep_spec.h"

#include "common/beside.h"
#include "common/json_file.h"
#include "parameters.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/memory.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void sweep_spec_free(sweep_spec *s) {
    json_decref(s->root);
    free(s->folder);
    *s = (sweep_spec){0};
}

void sweep_spec_move(sweep_spec *to, sweep_spec *from) {
    free(to->folder);
    to->folder = from->folder;
    from->folder = NULL;
}

/* What parameter_set says, with the place in front; index -1: no list. */
static cisup_status try_value(propagation *p, const char *section, const char *name,
                              cisup_index index, const json_t *value, cisup_error *err) {
    const cisup_status status = parameter_set(p, name, value, err);
    if (status == CISUP_OK) return status;
    char place[100];
    if (index < 0)
        (void)snprintf(place, sizeof place, "%s.%.60s", section, name);
    else
        (void)snprintf(place, sizeof place, "%s.%.60s[%" PRId64 "]", section, name,
                       index);
    cisup_error_prefix(err, place);
    return status;
}

/* A value of a list as parameter_text has it. */
typedef struct {
    char *text;
    size_t place;
} written;

static int by_text(const void *left, const void *right) {
    const written *x = left, *y = right;
    const int order = strcmp(x->text, y->text);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* The first value that was there before, and where; `list` is sorted. */
static cisup_status check_different(const char *name, written *list, size_t count,
                                    cisup_error *err) {
    size_t again = count, before = 0;
    qsort(list, count, sizeof *list, by_text);
    for (size_t k = 1, first = 0; k < count; k++) {
        if (strcmp(list[k].text, list[first].text) != 0) {
            first = k;
        } else if (list[k].place < again) {
            again = list[k].place;
            before = list[first].place;
        }
    }
    if (again == count) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EFORMAT, "grid.%.60s[%zu]: the same as [%zu]", name,
                      again, before);
}

static cisup_status check_repeats(const char *name, const json_t *list,
                                  cisup_error *err) {
    const size_t count = json_array_size(list);
    written *all = NULL;
    cisup_status status;
    CISUP_TRY(cisup_new(&all, (cisup_index)count, sizeof *all, err));
    for (size_t k = 0; k < count; k++) {
        all[k] = (written){parameter_text(name, json_array_get(list, k)), k};
        if (all[k].text) continue;
        status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a value");
        goto done;
    }
    status = check_different(name, all, count, err);
done:
    for (size_t k = 0; all && k < count; k++) free(all[k].text);
    cisup_release(all);
    return status;
}

static cisup_status check_axis(const sweep_spec *s, propagation *p, const char *name,
                               const json_t *list, cisup_error *err) {
    if (json_object_get(s->fixed, name))
        return CISUP_FAIL(err, CISUP_EFORMAT, "grid.%.60s: is in fixed, too", name);
    const size_t count = json_array_size(list); /* 0 of anything else */
    if (count == 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "grid.%.60s: must be a list of values",
                          name);
    for (size_t k = 0; k < count; k++) {
        const json_t *value = json_array_get(list, k);
        const cisup_status status =
            try_value(p, "grid", name, (cisup_index)k, value, err);
        if (status != CISUP_OK) return status;
    }
    return check_repeats(name, list, err);
}

static cisup_status check_sections(const sweep_spec *s, cisup_error *err) {
    const char *name;
    json_t *value;
    json_object_foreach(s->root, name, value) {
        if (strcmp(name, "fixed") != 0 && strcmp(name, "grid") != 0)
            return CISUP_FAIL(err, CISUP_EFORMAT, "%.60s: neither fixed nor grid", name);
        if (!json_is_object(value))
            return CISUP_FAIL(err, CISUP_EFORMAT, "%s: must be an object", name);
    }
    if (json_object_size(s->grid) == 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "grid: missing or empty");
    return CISUP_OK;
}

/* What has no list has no cells, and is refused with its name later. */
static cisup_status count_cells(sweep_spec *s, cisup_error *err) {
    const char *name;
    json_t *list;
    s->cells = 1;
    json_object_foreach((json_t *)s->grid, name, list) {
        const cisup_index count = (cisup_index)json_array_size(list);
        s->cells *= count > 0 ? count : 1;
        if (s->cells > SWEEP_CELLS_MOST)
            return CISUP_FAIL(err, CISUP_EFORMAT, "grid: more than %d cells",
                              SWEEP_CELLS_MOST);
    }
    return CISUP_OK;
}

static cisup_status check_values(sweep_spec *s, cisup_error *err) {
    propagation p = propagation_defaults();
    const char *name;
    json_t *value;
    cisup_status status;
    CISUP_TRY(check_sections(s, err));
    CISUP_TRY(count_cells(s, err));
    json_object_foreach((json_t *)s->fixed, name, value)
        CISUP_TRY(try_value(&p, "fixed", name, -1, value, err));
    json_object_foreach((json_t *)s->grid, name, value)
        CISUP_TRY(check_axis(s, &p, name, value, err));
done:
    propagation_free(&p);
    return status;
}

/* Takes root over; `name` is the file, whose folder counts. */
static cisup_status adopt(sweep_spec *s, json_t *root, const char *name,
                          cisup_error *err) {
    *s = (sweep_spec){.root = root,
                      .fixed = json_object_get(root, "fixed"),
                      .grid = json_object_get(root, "grid")};
    cisup_status status =
        json_is_object(root) ? check_values(s, err)
                             : CISUP_FAIL(err, CISUP_EFORMAT, "a sweep is a JSON object");
    if (status == CISUP_OK) status = beside_folder(name, &s->folder, err);
    if (status == CISUP_OK) return status;
    cisup_error_prefix(err, name);
    sweep_spec_free(s);
    return status;
}

cisup_status sweep_spec_read(sweep_spec *s, const char *path, cisup_error *err) {
    json_t *root;
    *s = (sweep_spec){0};
    const cisup_status status = json_file_read(path, &root, err);
    return status == CISUP_OK ? adopt(s, root, path, err) : status;
}

cisup_status sweep_spec_parse(sweep_spec *s, const char *text, const char *name,
                              cisup_error *err) {
    json_error_t error;
    *s = (sweep_spec){0};
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root) return CISUP_FAIL(err, CISUP_EFORMAT, "%s: %s", name, error.text);
    return adopt(s, root, name, err);
}

char *sweep_spec_text(const sweep_spec *s) {
    return json_dumps(s->root, JSON_COMPACT | JSON_REAL_PRECISION(17));
}

/* Sets the values of the grid's point k in `cell`. */
static int set_point(const sweep_spec *s, cisup_index k, json_t *cell) {
    const char *name;
    json_t *list;
    cisup_index stride = s->cells;
    json_object_foreach((json_t *)s->grid, name, list) {
        const cisup_index count = (cisup_index)json_array_size(list);
        stride /= count;
        json_t *value = json_array_get(list, (size_t)(k / stride % count));
        if (json_object_set_new(cell, name, json_deep_copy(value)) != 0) return -1;
    }
    return 0;
}

json_t *sweep_spec_cell(const sweep_spec *s, cisup_index k) {
    json_t *cell = s->fixed ? json_deep_copy(s->fixed) : json_object();
    if (cell && set_point(s, k, cell) == 0) return cell;
    json_decref(cell);
    return NULL;
}

static cisup_status check_cell(const char *folder, const json_t *cell, cisup_error *err) {
    propagation p = propagation_defaults();
    cisup_status status;
    p.setup.folder = folder;
    CISUP_TRY(parameters_set(&p, cell, err));
    CISUP_TRY(propagation_complete(&p, err));
    status = propagation_each(&p, NULL, NULL, err);
done:
    propagation_free(&p);
    if (status == CISUP_EINVAL) err->code = status = CISUP_EFORMAT;
    return status == CISUP_EINFEASIBLE ? CISUP_OK : status;
}

cisup_status sweep_spec_check(const sweep_spec *s, const char *name, cisup_error *err) {
    for (cisup_index k = 0; k < s->cells; k++) {
        json_t *cell = sweep_spec_cell(s, k);
        if (!cell) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a cell");
        cisup_status status = check_cell(s->folder, cell, err);
        if (status != CISUP_OK) {
            char *text = json_dumps(cell, JSON_COMPACT), place[300];
            (void)snprintf(place, sizeof place, "%.60s: cell %" PRId64 " %.120s", name, k,
                           text ? text : "");
            free(text);
            cisup_error_prefix(err, place);
        }
        json_decref(cell);
        if (status != CISUP_OK) return status;
    }
    return CISUP_OK;
}

/* FNV-1a, 64 bits: notices a change, no protection against an adversary. */
static cisup_status hash_file(const char *path, uint64_t *out, cisup_error *err) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return CISUP_FAIL(err, CISUP_EIO, "cannot open %s: %s", path, strerror(errno));
    for (int c; (c = getc(stream)) != EOF;)
        hash = (hash ^ (uint64_t)c) * UINT64_C(0x100000001b3);
    const int not_read = ferror(stream);
    (void)fclose(stream);
    if (not_read) return CISUP_FAIL(err, CISUP_EIO, "cannot read %s", path);
    *out = hash;
    return CISUP_OK;
}

static cisup_status hash_named(const sweep_spec *s, const char *name, json_t *files,
                               cisup_error *err) {
    if (!name[strspn(name, "0123456789")]) return CISUP_OK; /* exclude has either */
    char *path, text[17];
    uint64_t hash = 0;
    cisup_status status = beside(s->folder, name, &path, err);
    if (status == CISUP_OK) status = hash_file(path, &hash, err);
    free(path);
    if (status != CISUP_OK) return status;
    (void)snprintf(text, sizeof text, "%016" PRIx64, hash);
    if (json_object_set_new(files, name, json_string(text)) != 0)
        return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the name of a file");
    return CISUP_OK;
}

cisup_status sweep_spec_files(const sweep_spec *s, json_t **files, cisup_error *err) {
    static const char *const names[] = {"circuit_file", "input_file", "exclude"};
    cisup_status status = CISUP_OK;
    *files = json_object();
    for (int k = 0; k < 3; k++) {
        const char *path = json_string_value(json_object_get(s->fixed, names[k]));
        const json_t *list = json_object_get(s->grid, names[k]);
        if (path) CISUP_TRY(hash_named(s, path, *files, err));
        for (size_t i = 0; i < json_array_size(list); i++)
            CISUP_TRY(
                hash_named(s, json_string_value(json_array_get(list, i)), *files, err));
    }
done:
    if (status == CISUP_OK) return status;
    json_decref(*files);
    *files = NULL;
    return status;
}

static cisup_status differs(const char *journal, const char *section, const char *name,
                            const json_t *then, const json_t *now, cisup_error *err) {
    char *a = then ? json_dumps(then, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    char *b = now ? json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    const cisup_status status =
        CISUP_FAIL(err, CISUP_EINVAL,
                   "%.150s is the journal of another sweep: %s.%.60s is %.80s there, "
                   "%.80s here",
                   journal, section, name, a ? a : "absent", b ? b : "absent");
    free(a);
    free(b);
    return status;
}

static cisup_status same_section(const sweep_spec *then, const sweep_spec *now,
                                 const char *section, const char *journal,
                                 cisup_error *err) {
    json_t *a = json_object_get(then->root, section);
    json_t *b = json_object_get(now->root, section);
    const char *name;
    json_t *value;
    json_object_foreach(a, name, value) {
        const json_t *other = json_object_get(b, name);
        if (!json_equal(value, other))
            return differs(journal, section, name, value, other, err);
    }
    json_object_foreach(b, name, value) {
        if (!json_object_get(a, name))
            return differs(journal, section, name, NULL, value, err);
    }
    return CISUP_OK;
}

cisup_status sweep_spec_same(const sweep_spec *then, const sweep_spec *now,
                             const char *journal, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(same_section(then, now, "fixed", journal, err));
    CISUP_TRY(same_section(then, now, "grid", journal, err));
    void *a = json_object_iter((json_t *)then->grid);
    void *b = json_object_iter((json_t *)now->grid);
    while (a && b) {
        const char *x = json_object_iter_key(a), *y = json_object_iter_key(b);
        if (strcmp(x, y) != 0)
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "%.150s is the journal of another sweep: grid.%.60s comes "
                              "before grid.%.60s there",
                              journal, x, y);
        a = json_object_iter_next((json_t *)then->grid, a);
        b = json_object_iter_next((json_t *)now->grid, b);
    }
done:
    return status;
}
