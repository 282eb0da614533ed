/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/files/safetensors.h>

#include <cisup/core/base/draft.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that has lost its name already. */
static cisup_status open_nameless(const char *beside, FILE **file, cisup_error *err) {
    char *draft = NULL;
    int descriptor = -1;
    const cisup_status status = cisup_draft_file(&draft, beside, &descriptor, err);
    if (status != CISUP_OK) return status;
    *file = fopen(draft, "w+b"); /* a draft is not open for reading */
    const cisup_status opened =
        *file ? CISUP_OK : cisup_io_error(err, "cannot write beside", beside);
    (void)close(descriptor);
    (void)unlink(draft);
    cisup_draft_release(&draft);
    return opened;
}

cisup_status cisup_safetensors_open(cisup_safetensors *s, const char *path,
                                    cisup_overwrite overwrite, cisup_error *err) {
    *s = (cisup_safetensors){0};
    cisup_status status;
    CISUP_TRY(cisup_outfile_open(&s->file, path, overwrite, err));
    CISUP_TRY(open_nameless(s->file.path, &s->data, err));
    s->head = open_memstream(&s->text, &s->length);
    if (!s->head) status = CISUP_FAIL(err, CISUP_ENOMEM, "no memory for %s", path);
done:
    if (status != CISUP_OK) cisup_safetensors_discard(s);
    return status;
}

static void write_bytes(void *context, const unsigned char *bytes, size_t count) {
    (void)fwrite(bytes, 1, count, context);
}

cisup_status cisup_safetensors_add(cisup_safetensors *s, const cisup_array *a,
                                   cisup_error *err) {
    cisup_index bytes;
    const cisup_status status = cisup_array_bytes(a, &bytes, err);
    if (status != CISUP_OK) return status;
    assert(a->type != CISUP_ARRAY_TEXT && !strpbrk(a->name, "\"\\"));
    fprintf(s->head, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[", a->name,
            a->type == CISUP_ARRAY_DOUBLE ? "F64" : "I64");
    for (int k = 0; k < a->rank; k++)
        fprintf(s->head, "%s%" PRId64, k ? "," : "", a->size[k]);
    fprintf(s->head, "],\"data_offsets\":[%" PRId64 ",%" PRId64 "]}", s->at,
            s->at + bytes);
    s->at += bytes;
    cisup_array_each(a, bytes, write_bytes, s->data);
    return CISUP_OK;
}

static void write_head(const cisup_safetensors *s, const char *metadata) {
    static const char open[] = "{\"__metadata__\":";
    const size_t used = strlen(open) + strlen(metadata) + s->length + 1;
    const size_t whole = (used + 7) / 8 * 8;
    unsigned char size[8];
    cisup_array_put(size, whole, 8);
    (void)fwrite(size, 1, sizeof size, s->file.stream);
    fprintf(s->file.stream, "%s%s%s}%*s", open, metadata, s->text, (int)(whole - used),
            "");
}

/* errno says why not. */
static int copy_data(const cisup_safetensors *s) {
    char buffer[16384];
    if (fflush(s->data) != 0 || ferror(s->data)) return 0;
    rewind(s->data);
    for (size_t count; (count = fread(buffer, 1, sizeof buffer, s->data)) > 0;)
        (void)fwrite(buffer, 1, count, s->file.stream);
    return !ferror(s->data);
}

cisup_status cisup_safetensors_commit(cisup_safetensors *s, const char *metadata,
                                      cisup_error *err) {
    cisup_status status = CISUP_OK;
    errno = 0;
    if (fflush(s->head) != 0 || ferror(s->head)) {
        status =
            CISUP_FAIL(err, CISUP_ENOMEM, "no memory for the header of %s", s->file.path);
    } else {
        write_head(s, metadata);
        if (!copy_data(s))
            status = CISUP_FAIL(err, CISUP_EIO, "cannot write all of %s: %s",
                                s->file.path, errno ? strerror(errno) : "lost data");
    }
    if (status == CISUP_OK) status = cisup_outfile_commit(&s->file, err);
    cisup_safetensors_discard(s);
    return status;
}

void cisup_safetensors_discard(cisup_safetensors *s) {
    cisup_outfile_discard(&s->file);
    if (s->data) (void)fclose(s->data);
    if (s->head) (void)fclose(s->head);
    free(s->text);
    *s = (cisup_safetensors){0};
}
