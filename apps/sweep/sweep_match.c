/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep_match.h"

#include "parameters.h"

#include <string.h>

static cisup_status describe_cell(void *context, cisup_index k, char **parameters,
                                  uint64_t *seed, cisup_error *err) {
    json_t *cell = sweep_spec_cell(context, k);
    propagation p = propagation_defaults();
    cisup_status status;
    if (!cell) return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a cell");
    CISUP_TRY(parameters_set(&p, cell, err));
    *seed = p.setup.seed;
    *parameters = json_dumps(cell, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (!*parameters) status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for a cell");
done:
    propagation_free(&p);
    json_decref(cell);
    return status;
}

static cisup_status describe(const sweep_spec *spec, journal_subject *now,
                             cisup_error *err) {
    json_t *files;
    *now = (journal_subject){0};
    const cisup_status status = sweep_spec_files(spec, &files, err);
    if (status != CISUP_OK) return status;
    *now = (journal_subject){.version = strdup(CISUP_VERSION),
                             .spec = sweep_spec_text(spec),
                             .files = json_dumps(files, JSON_COMPACT | JSON_SORT_KEYS)};
    json_decref(files);
    if (now->version && now->spec && now->files) return CISUP_OK;
    journal_subject_free(now);
    return CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the spec");
}

/* What was begun goes on only where the same results come out. */
static cisup_status check_subject(const char *path, const journal_subject *then,
                                  const journal_subject *now, cisup_error *err) {
    if (strcmp(then->version, now->version) != 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "%s was begun by version %s, this is version %s", path,
                          then->version, now->version);
    if (strcmp(then->files, now->files) != 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "files of the sweep have changed since %s was begun: %s then, "
                          "%s now",
                          path, then->files, now->files);
    return CISUP_OK;
}

cisup_status sweep_match(sweep_spec *spec, journal *j, const sweep_match_options *o,
                         cisup_error *err) {
    sweep_spec begun = {0};
    journal_subject then = {0}, now = {0};
    cisup_status status = CISUP_OK;
    if (!j->is_filled) {
        if (!spec->root || o->only_reads)
            return CISUP_FAIL(err, CISUP_EFORMAT,
                              j->is_begun
                                  ? "%s has no cells; a copy of a journal in use, or of "
                                    "one whose process was killed, needs its -wal file, "
                                    "too"
                                  : "%s is empty",
                              o->journal_path);
        if (!o->is_checked) CISUP_TRY(sweep_spec_check(spec, o->spec_path, err));
        CISUP_TRY(describe(spec, &now, err));
        CISUP_TRY(journal_fill(j, &now, spec->cells, describe_cell, spec, err));
        journal_subject_free(&now);
    }
    CISUP_TRY(journal_subject_read(j, &then, err));
    CISUP_TRY(sweep_spec_parse(&begun, then.spec, o->journal_path, err));
    if (spec->root) CISUP_TRY(sweep_spec_same(&begun, spec, o->journal_path, err));
    if (spec->root) sweep_spec_move(&begun, spec);
    CISUP_TRY(journal_check(j, begun.cells, err));
    if (!o->only_reads) CISUP_TRY(describe(&begun, &now, err));
    if (!o->only_reads) CISUP_TRY(check_subject(o->journal_path, &then, &now, err));
    sweep_spec_free(spec);
    *spec = begun;
    begun = (sweep_spec){0};
done:
    sweep_spec_free(&begun);
    journal_subject_free(&then);
    journal_subject_free(&now);
    return status;
}
