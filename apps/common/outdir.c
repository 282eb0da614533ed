/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* renameat2 */
#include "outdir.h"

#include <cisup/core/base/draft.h>
#include <cisup/core/memory.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outdir_name {
    outdir_name *next;
    char path[];
};

/* For a signal handler: names in front of it are complete and stay. */
static outdir_name *volatile open_names;

void outdir_remove_files(void) {
    for (const outdir_name *n = open_names; n; n = n->next) (void)unlink(n->path);
}

/* --- what may be replaced ------------------------------------------------------- */

/* What an export says of itself; NULL if there is none. */
static json_t *read_manifest(const char *path) {
    char name[4096];
    if (snprintf(name, sizeof name, "%s/manifest.json", path) >= (int)sizeof name)
        return NULL;
    json_t *manifest = json_load_file(name, 0, NULL);
    const char *schema = json_string_value(json_object_get(manifest, "schema"));
    if (schema && strncmp(schema, "cisup.export/", 13) == 0) return manifest;
    json_decref(manifest);
    return NULL;
}

static int is_exported(const json_t *manifest, const char *name) {
    static const char *const always[] = {".",
                                         "..",
                                         "manifest.json",
                                         "allocation.csv",
                                         "permutations.csv",
                                         "neurons.csv",
                                         "network.json"};
    const json_t *files = json_object_get(manifest, "files");
    for (int k = 0; k < (manifest ? 7 : 2); k++)
        if (strcmp(name, always[k]) == 0) return 1;
    for (size_t k = 0; k < json_array_size(files); k++) {
        const json_t *file = json_object_get(json_array_get(files, k), "file");
        if (json_is_string(file) && strcmp(name, json_string_value(file)) == 0) return 1;
    }
    return 0;
}

/* A user's own file in a directory must not go with it. */
static cisup_status check_contents(const char *path, cisup_error *err) {
    DIR *list = opendir(path);
    cisup_status status = CISUP_OK;
    if (!list) return cisup_io_error(err, "cannot replace", path);
    json_t *manifest = read_manifest(path);
    for (const struct dirent *entry; status == CISUP_OK && (entry = readdir(list));)
        if (!is_exported(manifest, entry->d_name))
            status = CISUP_FAIL(err, CISUP_EIO,
                                "%s is not replaced: %s in it is not listed by a "
                                "manifest of cisup export",
                                path, entry->d_name);
    json_decref(manifest);
    (void)closedir(list);
    return status;
}

/* Deletes an old export that has the name of the draft by now. */
static cisup_status delete_old(const outdir *dir, cisup_error *err) {
    DIR *list = opendir(dir->draft);
    char name[4096];
    if (!list) return cisup_io_error(err, "cannot delete the old files in", dir->draft);
    json_t *manifest = read_manifest(dir->draft);
    for (const struct dirent *entry; (entry = readdir(list));)
        if (is_exported(manifest, entry->d_name) &&
            snprintf(name, sizeof name, "%s/%s", dir->draft, entry->d_name) <
                (int)sizeof name)
            (void)unlink(name);
    json_decref(manifest);
    (void)closedir(list);
    if (rmdir(dir->draft) == 0) return CISUP_OK;
    return cisup_io_error(err, "the new files are in place, but some old ones stay in",
                          dir->draft);
}

/* --- from the draft to the directory -------------------------------------------- */

/* Without trailing slashes; path itself must be one name for rename. */
static cisup_status find_target(outdir *dir, const char *path, cisup_error *err) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    char *name;
    cisup_status status;
    CISUP_TRY(cisup_new(&name, (cisup_index)length + 1, 1, err));
    memcpy(name, path, length);
    status = cisup_outfile_target(name, &dir->path, err);
    cisup_release(name);
done:
    return status;
}

cisup_status outdir_open(outdir *dir, const char *path, cisup_overwrite overwrite,
                         cisup_error *err) {
    *dir = (outdir){.overwrite = overwrite};
    struct stat there;
    if (overwrite == CISUP_KEEP_EXISTING && lstat(path, &there) == 0)
        return CISUP_FAIL(err, CISUP_EIO,
                          "%s exists already (--force replaces an older export)", path);
    cisup_status status;
    CISUP_TRY(find_target(dir, path, err));
    if (stat(dir->path, &there) == 0) CISUP_TRY(check_contents(dir->path, err));
    CISUP_TRY(cisup_draft_folder(&dir->draft, dir->path, err));
done:
    if (status != CISUP_OK) outdir_discard(dir);
    return status;
}

cisup_status outdir_file(outdir *dir, const char *name, const char **path,
                         cisup_error *err) {
    const size_t room = strlen(dir->draft) + strlen(name) + 2;
    outdir_name *entry;
    cisup_status status;
    CISUP_TRY(cisup_new(&entry, (cisup_index)(sizeof *entry + room), 1, err));
    (void)snprintf(entry->path, room, "%s/%s", dir->draft, name);
    entry->next = dir->names;
    dir->names = entry;
    open_names = entry;
    *path = entry->path;
done:
    return status;
}

/* Gives the draft a name that is free, also where the file system cannot do both in one
 * step: then an empty directory takes the name first. */
static int move_in(const outdir *dir) {
    if (renameat2(AT_FDCWD, dir->draft, AT_FDCWD, dir->path, RENAME_NOREPLACE) == 0)
        return 0;
    if ((errno != EINVAL && errno != ENOSYS) || mkdir(dir->path, 0777) != 0) return -1;
    return rename(dir->draft, dir->path);
}

/* The draft and the directory change names. */
static int exchange(const outdir *dir, cisup_error *err) {
    struct stat old;
    if (stat(dir->path, &old) == 0) (void)chmod(dir->draft, old.st_mode & (mode_t)0777);
    if (renameat2(AT_FDCWD, dir->draft, AT_FDCWD, dir->path, RENAME_EXCHANGE) == 0)
        return 0;
    char *aside = NULL;
    int failed = 1;
    if ((errno != EINVAL && errno != ENOSYS) ||
        cisup_draft_folder(&aside, dir->path, err) != CISUP_OK)
        return -1;
    if (rename(dir->path, aside) == 0) {
        failed = rename(dir->draft, dir->path) != 0;
        failed = rename(aside, failed ? dir->path : dir->draft) != 0 || failed;
    } else {
        (void)rmdir(aside);
    }
    cisup_draft_release(&aside);
    return failed ? -1 : 0;
}

static cisup_status replace(const outdir *dir, cisup_error *err) {
    cisup_status status;
    CISUP_TRY(check_contents(dir->path, err));
    if (exchange(dir, err) != 0) return cisup_io_error(err, "cannot replace", dir->path);
    CISUP_TRY(delete_old(dir, err));
done:
    return status;
}

static void forget(outdir *dir) {
    open_names = NULL;
    for (outdir_name *n = dir->names; n;) {
        outdir_name *const next = n->next;
        cisup_release(n);
        n = next;
    }
    cisup_release(dir->path);
    cisup_draft_release(&dir->draft);
    *dir = (outdir){0};
}

cisup_status outdir_commit(outdir *dir, cisup_error *err) {
    cisup_status status = CISUP_OK;
    if (move_in(dir) != 0) {
        if (errno != EEXIST) {
            status = cisup_io_error(err, "cannot create", dir->path);
        } else if (dir->overwrite == CISUP_REPLACE_EXISTING) {
            status = replace(dir, err);
        } else {
            status = CISUP_FAIL(err, CISUP_EIO,
                                "%s was made by someone else meanwhile and is kept; what "
                                "was to be written is in %s",
                                dir->path, dir->draft);
            forget(dir);
        }
    }
    outdir_discard(dir);
    return status;
}

void outdir_discard(outdir *dir) {
    for (const outdir_name *n = dir->names; n; n = n->next)
        (void)unlink(n->path); /* gone already if it was moved */
    if (dir->draft) (void)rmdir(dir->draft);
    forget(dir);
}
