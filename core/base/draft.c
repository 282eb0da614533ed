/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/draft.h>

#include <cisup/core/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LISTED = 256, ATTEMPTS = 100, NAME_ROOM = 24 };

/* Drafts beyond that many at once are not listed. */
static _Atomic(char *) listed[LISTED];
static atomic_bool were_removed;

static void list(char *draft) {
    for (int k = 0; k < LISTED; k++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&listed[k], &none, draft)) return;
    }
}

/* Whether it was listed. */
static bool unlist(char *draft) {
    for (int k = 0; draft && k < LISTED; k++) {
        char *held = draft;
        if (atomic_compare_exchange_strong(&listed[k], &held, NULL)) return true;
    }
    return false;
}

void cisup_draft_release(char **draft) {
    const bool were = atomic_load(&were_removed);
    if (unlist(*draft) || !were) cisup_release(*draft); /* else a handler may read it */
    *draft = NULL;
}

/* Folders go when the files in them have gone: in the second round. */
void cisup_drafts_remove(void) {
    atomic_store(&were_removed, true);
    for (int k = 0; k < 2 * LISTED; k++) {
        _Atomic(char *) *const place = &listed[k % LISTED];
        char *const name = atomic_exchange(place, NULL);
        if (name && unlink(name) != 0 && rmdir(name) != 0) atomic_store(place, name);
    }
}

/* Names that a process of the same number has left, as in containers, must not matter. */
static uint64_t random_number(void) {
    uint64_t x;
    if (getrandom(&x, sizeof x, GRND_NONBLOCK) == (ssize_t)sizeof x) return x;
    static atomic_uint count;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    x = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 20;
    return (x + atomic_fetch_add(&count, 1)) * UINT64_C(0x9e3779b97f4a7c15);
}

/* *descriptor < 0 after the call: a failure with errno. descriptor NULL: a folder. */
static int make(const char *name, int *descriptor) {
    if (!descriptor) return mkdir(name, 0777);
    *descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return *descriptor < 0 ? -1 : 0;
}

static cisup_status new_draft(char **draft, const char *path, int *descriptor,
                              cisup_error *err) {
    const size_t room = strlen(path) + NAME_ROOM;
    const cisup_status status = cisup_new(draft, (cisup_index)room, 1, err);
    if (status != CISUP_OK) return status;
    int reason = EEXIST;
    for (int k = 0; k < ATTEMPTS && reason == EEXIST; k++) {
        (void)snprintf(*draft, room, "%s.%08" PRIx32 ".tmp", path,
                       (uint32_t)(random_number() >> 32));
        list(*draft); /* first: a signal may come as soon as it is there */
        if (make(*draft, descriptor) == 0) return CISUP_OK;
        reason = errno;
        unlist(*draft); /* not ours to remove */
    }
    cisup_draft_release(draft);
    return CISUP_FAIL(err, CISUP_EIO, "cannot %s %s: %s",
                      descriptor ? "write" : "make a directory beside", path,
                      strerror(reason));
}

cisup_status cisup_draft_file(char **draft, const char *path, int *descriptor,
                              cisup_error *err) {
    return new_draft(draft, path, descriptor, err);
}

cisup_status cisup_draft_folder(char **draft, const char *path, cisup_error *err) {
    return new_draft(draft, path, NULL, err);
}

int cisup_draft_place(const char *draft, const char *path) {
    if (link(draft, path) == 0) {
        (void)unlink(draft);
        return 0;
    }
    if (errno == EEXIST) return -1;
    /* A file system without links: an empty file takes the name first. */
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return -1;
    (void)close(descriptor);
    if (rename(draft, path) == 0) return 0;
    const int reason = errno;
    (void)unlink(path);
    errno = reason;
    return -1;
}
