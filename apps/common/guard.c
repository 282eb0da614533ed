/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guard.h"

#include <cisup/core/base/outfile.h>
#include <cisup/core/memory.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What a name leads to. */
typedef struct {
    int is_there, has_folder;
    struct stat file, folder;
    char *target, *name; /* owned; its last part */
} identity;

int is_stdout(const char *path) {
    return path && strcmp(path, "-") == 0;
}

static int is_none(const char *path) {
    return !path || is_stdout(path);
}

static cisup_status identify(const char *path, identity *id, cisup_error *err) {
    *id = (identity){0};
    const cisup_status status = cisup_outfile_target(path, &id->target, err);
    if (status != CISUP_OK) return status;
    char *slash = strrchr(id->target, '/');
    id->name = slash ? slash + 1 : id->target;
    id->is_there = stat(id->target, &id->file) == 0;
    if (!slash) {
        id->has_folder = stat(".", &id->folder) == 0;
    } else {
        const char first = *id->name;
        *id->name = 0; /* the folder, with its slash */
        id->has_folder = stat(id->target, &id->folder) == 0;
        *id->name = first;
    }
    return CISUP_OK;
}

static int is_same_inode(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int is_same(const identity *a, const identity *b) {
    if (a->is_there && b->is_there)
        return S_ISREG(a->file.st_mode) && is_same_inode(&a->file, &b->file);
    return !a->is_there && !b->is_there && a->has_folder && b->has_folder &&
           is_same_inode(&a->folder, &b->folder) && strcmp(a->name, b->name) == 0;
}

/* suffix: behind what the other name leads to; relation: "is", for the message. */
static cisup_status check_pair(const guarded_file *output, const guarded_file *other,
                               const char *suffix, const char *relation,
                               cisup_error *err) {
    identity a = {0}, b = {0};
    char *beside = NULL, *target = NULL;
    cisup_status status = CISUP_OK;
    if (is_none(output->path) || is_none(other->path)) return CISUP_OK;
    CISUP_TRY(identify(output->path, &a, err));
    CISUP_TRY(cisup_outfile_target(other->path, &target, err));
    const size_t room = strlen(target) + strlen(suffix) + 1;
    CISUP_TRY(cisup_new(&beside, (cisup_index)room, 1, err));
    (void)snprintf(beside, room, "%s%s", target, suffix);
    CISUP_TRY(identify(beside, &b, err));
    if (is_same(&a, &b))
        status = CISUP_FAIL(err, CISUP_EINVAL, "%s %s: %s %s", output->role, output->path,
                            relation, other->role);
done:
    cisup_release(a.target);
    cisup_release(b.target);
    cisup_release(beside);
    cisup_release(target);
    return status;
}

cisup_status guard_outputs(const guarded_file *outputs, int output_count,
                           const guarded_file *inputs, int input_count,
                           cisup_error *err) {
    cisup_status status = CISUP_OK;
    for (int k = 0; k < output_count; k++) {
        for (int j = 0; j < input_count; j++)
            CISUP_TRY(check_pair(&outputs[k], &inputs[j], "", "is", err));
        for (int j = 0; j < k; j++)
            CISUP_TRY(check_pair(&outputs[k], &outputs[j], "", "is the file of", err));
    }
done:
    return status;
}

cisup_status guard_journal(const guarded_file *output, const char *journal,
                           cisup_error *err) {
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    const guarded_file file = {"the journal", journal};
    cisup_status status = CISUP_OK;
    for (int k = 0; k < 3; k++)
        CISUP_TRY(check_pair(output, &file, ends[k], "is a part of", err));
done:
    return status;
}

cisup_status guard_stdout(int json, const char *csv_path, cisup_error *err) {
    if (!json || !is_stdout(csv_path)) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "--json and --csv - exclude each other: each takes the standard "
                      "output");
}
