/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Damaged journals of sweeps, looked at by --status and --export. The letter p: groups
 * of three bytes, a position (big-endian, modulo the length) and what stands there now,
 * in a sound journal. t: two bytes, where that is cut off. s: SQL that is let loose on
 * it. Anything else is the file itself. */
#include "command.h"

#include <sqlite3.h>

enum { MOST_STEPS = 2000000 };

static uint8_t *sound; /* the journal */
static size_t sound_size;

static fuzz_printed sweep(const char *path, const char *what, const char *more) {
    const char *words[] = {"sweep", "--journal", path, what, more, NULL};
    return fuzz_command(cmd_sweep, words);
}

static void read_sound(const char *path) {
    FILE *file = fopen(path, "rb");
    const size_t room = 1 << 20;
    FUZZ_CHECK(file && (sound = malloc(room)), "%s", path);
    sound_size = fread(sound, 1, room, file);
    FUZZ_CHECK(sound_size > 0 && sound_size < room, "%zu bytes", sound_size);
    (void)fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    static const char spec[] =
        "{\"fixed\":{\"D\":16,\"L\":2,\"S\":2,\"T\":3,\"networks\":2,\"samples\":2,"
        "\"z\":1},\"grid\":{\"seed\":[1,2],\"weights\":[\"plain\",\"capped\"]}}";
    char from[300], path[300];
    (void)argc, (void)argv;
    fuzz_begin();
    fuzz_file(from, "sound.json", spec, sizeof spec - 1);
    const char *words[] = {"sweep", from, "-q", NULL};
    fuzz_printed p = fuzz_command(cmd_sweep, words);
    FUZZ_CHECK(p.code == EXIT_HOLDS, "%s", p.err);
    fuzz_printed_free(&p);
    p = sweep(fuzz_path(path, "sound.sqlite"), "--export", NULL);
    FUZZ_CHECK(p.code == EXIT_HOLDS, "%s", p.err);
    fuzz_printed_free(&p);
    read_sound(path);
    return 0;
}

static void damage(char path[300], const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(sound_size);
    FUZZ_CHECK(copy, "no memory");
    memcpy(copy, sound, sound_size);
    for (; size >= 3; data += 3, size -= 3)
        copy[(size_t)(data[0] << 8 | data[1]) % sound_size] = data[2];
    fuzz_file(path, "damaged.sqlite", copy, sound_size);
    free(copy);
}

static int is_over(void *context) {
    (void)context;
    return 1;
}

/* Files can neither be attached nor, what needs the same, vacuumed into. */
static void change(char path[300], const uint8_t *data, size_t size) {
    sqlite3 *db;
    char *sql = strndup((const char *)data, size);
    fuzz_file(path, "damaged.sqlite", sound, sound_size);
    FUZZ_CHECK(sql && sqlite3_open(path, &db) == SQLITE_OK, "%s", path);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
    sqlite3_progress_handler(db, MOST_STEPS, is_over, NULL);
    (void)sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)sqlite3_close(db);
    free(sql);
}

static void put(char path[300], const uint8_t *data, size_t size) {
    const char letter = size ? (char)data[0] : 0;
    if (letter == 'p')
        damage(path, data + 1, size - 1);
    else if (letter == 's')
        change(path, data + 1, size - 1);
    else if (letter == 't' && size >= 3)
        fuzz_file(path, "damaged.sqlite", sound,
                  (size_t)(data[1] << 8 | data[2]) % sound_size);
    else
        fuzz_file(path, "damaged.sqlite", data, size);
}

static int look(const char *path, const char *what, const char *more) {
    fuzz_printed p = sweep(path, what, more);
    FUZZ_CHECK(p.code == EXIT_HOLDS || p.code == EXIT_VIOLATED || p.code == EXIT_INPUT ||
                   p.code == EXIT_SYSTEM,
               "exit code %d: %s", p.code, p.err);
    if (more && strcmp(more, "--json") == 0) fuzz_check_json_lines(p.out);
    fuzz_check_text(p.out);
    fuzz_printed_free(&p);
    return p.code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const beside[] = {"damaged.sqlite-wal", "damaged.sqlite-shm",
                                         "damaged.sqlite-journal"};
    char path[300], other[300];
    for (int k = 0; k < 3; k++) (void)unlink(fuzz_path(other, beside[k]));
    put(path, data, size);
    (void)look(path, "--status", "--json");
    (void)look(path, "--export", "--json");
    (void)look(path, "--export", "--csv=-");
    fuzz_end();
    return 0;
}
