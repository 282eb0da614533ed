/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/allocation_file.h>

#include <cisup/core/base/outfile.h>
#include <cisup/sparse/embedding.h>
#include <cisup/sparse/layer/embed.h>
#include <cisup/sparse/matrix/mtx_each.h>
#include <cisup/sparse/mtx.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* A line for every circuit and neuron, or for every circuit. */
static void write_lines(FILE *stream, const cisup_allocation *a, bool is_csv) {
    if (is_csv) fputs("circuit,neuron\n", stream);
    for (cisup_index t = 0; t < a->T && !ferror(stream); t++)
        for (cisup_index k = 0; k < a->S; k++) {
            if (is_csv) fprintf(stream, "%" PRId64 ",", t);
            fprintf(stream, "%" PRId32 "%c", cisup_allocation_row(a, t)[k],
                    is_csv || k + 1 == a->S ? '\n' : ' ');
        }
}

/* The metadata as comments, "#" in front of every line, then the circuits. */
static cisup_status write_text(FILE *stream, const char *path, const cisup_allocation *a,
                               const char *metadata, cisup_error *err) {
    const size_t length = strlen(path);
    errno = 0;
    const char *line = metadata;
    size_t bytes;
    for (const char *next; (next = cisup_mtx_metadata_line(line, &bytes)); line = next)
        fprintf(stream, "# cisup %.*s\n", (int)bytes, line);
    write_lines(stream, a, length < 7 || strcmp(path + length - 7, ".blocks") != 0);
    if (fflush(stream) == 0 && !ferror(stream)) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EIO, "cannot write %.300s: %s", path,
                      errno ? strerror(errno) : "unknown reason");
}

static cisup_status write_mtx(const char *path, const cisup_allocation *a,
                              const char *metadata, cisup_overwrite overwrite,
                              cisup_error *err) {
    cisup_mtx_write_options options = cisup_mtx_write_defaults();
    options.field = CISUP_MTX_PATTERN;
    options.metadata = metadata;
    options.overwrite = overwrite;
    cisup_csc e;
    cisup_status status = cisup_embedding_slots(a, NULL, &e, err);
    if (status == CISUP_OK) status = cisup_mtx_write(path, &e, &options, err);
    cisup_csc_free(&e);
    return status;
}

cisup_status cisup_allocation_file_write(const char *path, const cisup_allocation *a,
                                         const char *metadata, cisup_overwrite overwrite,
                                         cisup_error *err) {
    if (cisup_mtx_is_name(path)) return write_mtx(path, a, metadata, overwrite, err);
    cisup_outfile file = {0};
    cisup_status status;
    CISUP_TRY(cisup_mtx_metadata_check(metadata, err));
    CISUP_TRY(cisup_outfile_open(&file, path, overwrite, err));
    CISUP_TRY(write_text(file.stream, path, a, metadata, err));
    CISUP_TRY(cisup_outfile_commit(&file, err));
done:
    cisup_outfile_discard(&file);
    return status;
}
