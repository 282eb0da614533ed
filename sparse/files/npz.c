/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/sparse/files/npz.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum {
    NAME_MOST = 200,
    NAME_ROOM = NAME_MOST + 5, /* .npy and a NUL */
    MEMBERS_MOST = 0xFFFE,
    ALIGNMENT = 64,
    LOCAL = 30, /* bytes of the fixed parts */
    CENTRAL = 46,
    END = 22,
    VERSION = 20,      /* of the format that a reader must know: 2.0 */
    FIRST_DAY = 0x21,  /* 1 January 1980 */
    PADDING = 0xD935,  /* the kind of an extra field that is there for alignment */
    HEADER_ROOM = 256, /* of an .npy: 4 sizes of 20 digits fit */
};

/* What the directory at the end says of an array. */
typedef struct cisup_npz_member {
    char name[NAME_ROOM];
    cisup_index at, bytes;
    uint32_t crc;
} member;

cisup_status cisup_npz_open(cisup_npz *z, const char *path, cisup_overwrite overwrite,
                            cisup_error *err) {
    *z = (cisup_npz){0};
    return cisup_outfile_open(&z->file, path, overwrite, err);
}

/* The head of an .npy: magic, length, then a dictionary in the words of Python. Returns
 * its bytes, a multiple of ALIGNMENT. */
static int npy_head(const cisup_array *a, char out[HEADER_ROOM]) {
    char type[32], shape[4 * 24] = "";
    int used = 0;
    (void)snprintf(type, sizeof type,
                   a->type == CISUP_ARRAY_DOUBLE  ? "<f8"
                   : a->type == CISUP_ARRAY_INDEX ? "<i8"
                                                  : "|S%zu",
                   a->type == CISUP_ARRAY_TEXT ? strlen(a->data) : (size_t)0);
    for (int k = 0; k < a->rank; k++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%" PRId64 "%s",
                         a->size[k],
                         a->rank == 1      ? ","
                         : k + 1 < a->rank ? ", "
                                           : "");
    used = 10 + snprintf(out + 10, HEADER_ROOM - 10,
                         "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type,
                         shape);
    const int whole = (used / ALIGNMENT + 1) * ALIGNMENT;
    memset(out + used, ' ', (size_t)(whole - used));
    out[whole - 1] = '\n';
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    cisup_array_put((unsigned char *)out + 8, (uint64_t)whole - 10, 2);
    return whole;
}

static void add_crc(void *context, const unsigned char *bytes, size_t count) {
    uLong *crc = context;
    *crc = crc32_z(*crc, bytes, count);
}

static void write_bytes(void *context, const unsigned char *bytes, size_t count) {
    (void)fwrite(bytes, 1, count, context);
}

/* What both headers of a file have from the version on: [26] bytes. */
static void put_common(unsigned char *out, const member *m, int extra) {
    memset(out, 0, 26);
    cisup_array_put(out, VERSION, 2); /* then flags, method and time: 0 */
    cisup_array_put(out + 8, FIRST_DAY, 2);
    cisup_array_put(out + 10, m->crc, 4);
    cisup_array_put(out + 14, (uint64_t)m->bytes, 4);
    cisup_array_put(out + 18, (uint64_t)m->bytes, 4);
    cisup_array_put(out + 22, strlen(m->name), 2);
    cisup_array_put(out + 24, (uint64_t)extra, 2);
}

/* Header, name and as much of an extra field as the alignment takes. */
static int local_head(const member *m, unsigned char out[LOCAL + NAME_ROOM + 68]) {
    const int name = (int)strlen(m->name);
    int extra = (ALIGNMENT - (int)((m->at + LOCAL + name) % ALIGNMENT)) % ALIGNMENT;
    if (extra > 0 && extra < 4) extra += ALIGNMENT;
    memcpy(out, "PK\x03\x04", 4);
    put_common(out + 4, m, extra);
    memcpy(out + LOCAL, m->name, (size_t)name);
    memset(out + LOCAL + name, 0, (size_t)extra);
    if (extra) {
        cisup_array_put(out + LOCAL + name, PADDING, 2);
        cisup_array_put(out + LOCAL + name + 2, (uint64_t)extra - 4, 2);
    }
    return LOCAL + name + extra;
}

/* Of the directory with one more file, and of the end. */
static cisup_index directory_bytes(const cisup_npz *z) {
    return END + (z->members + 1) * (CENTRAL + NAME_ROOM);
}

static cisup_status check(const cisup_npz *z, const cisup_array *a, cisup_index bytes,
                          cisup_error *err) {
    if (strlen(a->name) > NAME_MOST)
        return CISUP_FAIL(err, CISUP_EINVAL, "a name of %zu characters; at most %d",
                          strlen(a->name), NAME_MOST);
    const double whole =
        (double)z->at + (double)bytes + (double)directory_bytes(z) + 1000.0;
    if (z->members < MEMBERS_MOST && whole <= (double)CISUP_NPZ_MOST_BYTES)
        return CISUP_OK;
    char size[16];
    cisup_bytes_text(whole, size);
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "%s: %s in %" PRId64 " arrays, and an .npz has at most 4.29 GB in "
                      "%d",
                      z->file.path, size, z->members + 1, MEMBERS_MOST);
}

cisup_status cisup_npz_add(cisup_npz *z, const cisup_array *a, cisup_error *err) {
    unsigned char head[LOCAL + NAME_ROOM + 68];
    char npy[HEADER_ROOM];
    cisup_index bytes;
    cisup_status status;
    CISUP_TRY(cisup_array_bytes(a, &bytes, err));
    CISUP_TRY(check(z, a, bytes, err));
    CISUP_TRY(cisup_grow(&z->member, &z->room, z->members + 1, sizeof *z->member, err));
    const int npy_bytes = npy_head(a, npy);
    uLong crc = crc32_z(0, (const unsigned char *)npy, (size_t)npy_bytes);
    cisup_array_each(a, bytes, add_crc, &crc);
    member *m = &z->member[z->members++];
    *m = (member){.at = z->at, .bytes = npy_bytes + bytes, .crc = (uint32_t)crc};
    (void)snprintf(m->name, sizeof m->name, "%s.npy", a->name);
    const int head_bytes = local_head(m, head);
    write_bytes(z->file.stream, head, (size_t)head_bytes);
    write_bytes(z->file.stream, (const unsigned char *)npy, (size_t)npy_bytes);
    cisup_array_each(a, bytes, write_bytes, z->file.stream);
    z->at += head_bytes + m->bytes;
done:
    return status;
}

/* The directory, which names every file again, and where it is. */
static void write_end(cisup_npz *z) {
    const cisup_index start = z->at;
    for (cisup_index k = 0; k < z->members; k++) {
        const member *m = &z->member[k];
        unsigned char head[CENTRAL] = "PK\x01\x02";
        cisup_array_put(head + 4, VERSION, 2);
        put_common(head + 6, m, 0);
        cisup_array_put(head + 42, (uint64_t)m->at, 4);
        write_bytes(z->file.stream, head, CENTRAL);
        (void)fputs(m->name, z->file.stream);
        z->at += CENTRAL + (cisup_index)strlen(m->name);
    }
    unsigned char end[END] = "PK\x05\x06";
    cisup_array_put(end + 8, (uint64_t)z->members, 2);
    cisup_array_put(end + 10, (uint64_t)z->members, 2);
    cisup_array_put(end + 12, (uint64_t)(z->at - start), 4);
    cisup_array_put(end + 16, (uint64_t)start, 4);
    write_bytes(z->file.stream, end, END);
}

cisup_status cisup_npz_commit(cisup_npz *z, cisup_error *err) {
    write_end(z);
    const cisup_status status = cisup_outfile_commit(&z->file, err);
    cisup_npz_discard(z);
    return status;
}

void cisup_npz_discard(cisup_npz *z) {
    cisup_outfile_discard(&z->file);
    cisup_release(z->member);
    *z = (cisup_npz){0};
}
