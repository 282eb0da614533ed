/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Magic, version, length of what follows, the part, a checksum of all before it. Numbers
 * are 8 bytes, the lowest first; counts are written in groups of 7 bits, the lowest
 * first, the high bit of a byte saying that another follows. Of tallies only bins that
 * are not empty are written. docs/formats.md has the order. */
#include <cisup/analysis/experiment/experiment_parts.h>

#include <cisup/analysis/experiment/experiment_cost.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

static const char magic[8] = {'c', 'i', 's', 'u', 'p', '-', 'p', '\n'};
enum { version = 4, word = 8, header = 3 * word, count_most = 10 };

/* FNV-1a, 64 bits: a change of any one byte changes it. */
static uint64_t checksum(const unsigned char *at, cisup_index count) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (cisup_index k = 0; k < count; k++) h = (h ^ at[k]) * UINT64_C(0x100000001b3);
    return h;
}

static double worst_square(const cisup_tally *tally) {
    double worst = 0.0;
    for (int k = 0; k < CISUP_LANES_MOST; k++)
        if (tally->worst[k] > worst) worst = tally->worst[k];
    return worst;
}

/* --- writing ------------------------------------------------------------------- */

typedef struct {
    unsigned char *at; /* [count] */
    cisup_index count, room;
    cisup_status status; /* the first failure; then nothing is added */
    cisup_error *err;
} writer;

static void put_bytes(writer *w, const void *bytes, cisup_index count) {
    if (w->status != CISUP_OK) return;
    w->status = cisup_grow(&w->at, &w->room, w->count + count, 1, w->err);
    if (w->status != CISUP_OK) return;
    memcpy(w->at + w->count, bytes, (size_t)count);
    w->count += count;
}

static void put_word(writer *w, uint64_t value) {
    unsigned char byte[word];
    for (int k = 0; k < word; k++) byte[k] = (unsigned char)(value >> (8 * k) & 0xff);
    put_bytes(w, byte, word);
}

static void put_number(writer *w, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_word(w, bits);
}

static void put_count(writer *w, uint64_t value) {
    unsigned char byte[count_most];
    int count = 0;
    for (; value >= 0x80; value >>= 7) byte[count++] = (unsigned char)(value | 0x80);
    byte[count++] = (unsigned char)value;
    put_bytes(w, byte, count);
}

static void put_tally(writer *w, const cisup_tally *tally) {
    uint64_t filled = 0;
    int last = 0;
    for (int bin = 0; tally && bin <= CISUP_HISTOGRAM_LAST; bin++)
        filled += tally->squares.count[bin] > 0;
    put_number(w, tally ? worst_square(tally) : 0.0);
    put_count(w, filled);
    for (int bin = 0; filled && bin <= CISUP_HISTOGRAM_LAST; bin++) {
        if (tally->squares.count[bin] == 0) continue;
        put_count(w, (uint64_t)(bin - last));
        put_count(w, tally->squares.count[bin]);
        last = bin;
    }
}

static void put_open(writer *w, const cisup_open_count *open) {
    put_count(w, open ? (uint64_t)open->open : 0);
    put_count(w, open ? (uint64_t)open->wrong : 0);
    put_count(w, open ? (uint64_t)open->outside : 0);
    put_count(w, open ? (uint64_t)open->lost : 0);
}

static void put_network(writer *w, const cisup_part *part, const cisup_part_of_z *of,
                        cisup_index network) {
    for (cisup_index k = 0; k < part->columns; k++)
        put_number(w, of->mean[k * part->networks + network]);
    for (cisup_index k = 0; k < part->worst; k++) {
        const cisup_ranked *r = &of->ranked[network * part->worst + k];
        put_count(w, (uint64_t)r->circuit);
        put_number(w, r->mse);
        put_number(w, r->mse_active);
        put_number(w, r->mse_inactive);
        put_count(w, (uint64_t)r->active);
    }
}

static void put_of_z(writer *w, const cisup_part *part, const cisup_part_of_z *of) {
    put_count(w, (uint64_t)of->engine);
    put_number(w, of->share);
    put_number(w, of->residual);
    for (cisup_index network = 0; network < part->networks; network++)
        if (part->has[network]) put_network(w, part, of, network);
    for (cisup_index cell = 0; cell < cisup_cell(part->L + 1, 0, 0); cell++)
        put_tally(w, of->tally ? &of->tally[cell] : NULL);
    for (cisup_index k = 0; k < part->L * part->d; k++)
        put_open(w, of->open ? &of->open[k] : NULL);
}

static void put_part(writer *w, const cisup_part *part) {
    const cisup_index later = part->L - 1;
    cisup_index last = 0;
    for (int k = 0; k < CISUP_PART_KEYS; k++) put_word(w, part->key[k]);
    put_number(w, part->kappa_error);
    put_number(w, part->build_s);
    put_number(w, part->run_s);
    put_count(w, (uint64_t)cisup_part_count(part));
    for (cisup_index network = 0; network < part->networks; network++) {
        if (!part->has[network]) continue;
        put_count(w, (uint64_t)(network - last));
        last = network;
        for (cisup_index k = 0; k < later; k++)
            put_number(w, part->kappa[network * later + k]);
    }
    for (cisup_index k = 0; k < part->z_count; k++) put_of_z(w, part, &part->of[k]);
}

cisup_status cisup_part_write(const cisup_part *part, FILE *to, cisup_error *err) {
    writer w = {.err = err};
    put_bytes(&w, magic, sizeof magic);
    put_word(&w, version);
    put_word(&w, 0);
    put_part(&w, part);
    const uint64_t length = (uint64_t)(w.count - header);
    for (int k = 0; k < word && w.status == CISUP_OK; k++)
        w.at[2 * word + k] = (unsigned char)(length >> (8 * k) & 0xff);
    if (w.status == CISUP_OK) put_word(&w, checksum(w.at, w.count));
    if (w.status == CISUP_OK &&
        (fwrite(w.at, 1, (size_t)w.count, to) != (size_t)w.count || fflush(to) != 0))
        w.status = CISUP_FAIL(err, CISUP_EIO, "cannot write a part of an experiment");
    cisup_release(w.at);
    return w.status;
}

/* --- reading ------------------------------------------------------------------- */

/* What was read; `is_bad` once it was not what a part looks like. */
typedef struct {
    const unsigned char *at, *end;
    bool is_bad;
} reader;

static uint64_t get_word(reader *r) {
    uint64_t value = 0;
    if (r->end - r->at < word) {
        r->is_bad = true;
        return 0;
    }
    for (int k = 0; k < word; k++) value |= (uint64_t)r->at[k] << (8 * k);
    r->at += word;
    return value;
}

static double get_number(reader *r) {
    const uint64_t bits = get_word(r);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A count of at most `most`. */
static uint64_t get_count(reader *r, uint64_t most) {
    uint64_t value = 0;
    for (int k = 0; k < count_most && r->at < r->end; k++) {
        const unsigned char byte = *r->at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * k);
        if (byte & 0x80) continue;
        if (value > most || (k == count_most - 1 && byte > 1)) break;
        return value;
    }
    r->is_bad = true;
    return 0;
}

static void get_tally(reader *r, cisup_tally *tally) {
    tally->worst[0] = get_number(r);
    const uint64_t filled = get_count(r, CISUP_HISTOGRAM_LAST + 1);
    uint64_t bin = 0;
    if (!(tally->worst[0] >= 0.0)) r->is_bad = true;
    for (uint64_t k = 0; k < filled && !r->is_bad; k++) {
        const uint64_t gap = get_count(r, CISUP_HISTOGRAM_LAST - bin);
        bin += gap;
        if (k > 0 && gap == 0) r->is_bad = true;
        tally->squares.count[bin] = get_count(r, UINT64_MAX);
    }
}

static void get_open(reader *r, cisup_open_count *open) {
    open->open = (int64_t)get_count(r, INT64_MAX);
    open->wrong = (int64_t)get_count(r, INT64_MAX);
    open->outside = (int64_t)get_count(r, INT64_MAX);
    open->lost = (int64_t)get_count(r, INT64_MAX);
}

static void get_network(reader *r, const cisup_experiment *x, const cisup_part *part,
                        cisup_part_of_z *of, cisup_index network) {
    for (cisup_index k = 0; k < part->columns; k++)
        of->mean[k * part->networks + network] = get_number(r);
    for (cisup_index k = 0; k < part->worst; k++) {
        cisup_ranked *one = &of->ranked[network * part->worst + k];
        one->network = network;
        one->circuit = (cisup_index)get_count(r, (uint64_t)(x->base->T - 1));
        one->mse = get_number(r);
        one->mse_active = get_number(r);
        one->mse_inactive = get_number(r);
        one->active = (cisup_index)get_count(r, (uint64_t)x->inputs);
    }
}

static void get_of_z(reader *r, const cisup_experiment *x, const cisup_part *part,
                     cisup_part_of_z *of) {
    of->engine = (cisup_engine)get_count(r, CISUP_ENGINE_REDUCED);
    of->share = get_number(r);
    of->residual = get_number(r);
    for (cisup_index network = 0; network < part->networks; network++)
        if (part->has[network]) get_network(r, x, part, of, network);
    for (cisup_index cell = 0; cell < cisup_cell(part->L + 1, 0, 0); cell++)
        get_tally(r, &of->tally[cell]);
    for (cisup_index k = 0; k < part->L * part->d; k++) get_open(r, &of->open[k]);
    if (of->engine == CISUP_ENGINE_AUTO && cisup_part_count(part)) r->is_bad = true;
}

/* What follows the keys. */
static void get_part(reader *r, const cisup_experiment *x, cisup_part *part) {
    const cisup_index K = part->networks, later = part->L - 1;
    part->kappa_error = get_number(r);
    part->build_s = get_number(r);
    part->run_s = get_number(r);
    const uint64_t count = get_count(r, (uint64_t)K);
    cisup_index network = 0;
    for (uint64_t n = 0; n < count && !r->is_bad; n++) {
        network += (cisup_index)get_count(r, (uint64_t)(K - 1 - network));
        if (part->has[network]) r->is_bad = true;
        part->has[network] = 1;
        for (cisup_index k = 0; k < later; k++)
            part->kappa[network * later + k] = get_number(r);
    }
    for (cisup_index k = 0; k < part->z_count && !r->is_bad; k++)
        get_of_z(r, x, part, &part->of[k]);
    if (r->at != r->end) r->is_bad = true;
}

/* Most bytes between the header and the checksum. */
static double most_bytes(const cisup_experiment *x) {
    const double L = (double)(x->circuits ? x->circuits->L : x->L);
    const double d = (double)(x->circuits ? x->circuits->d : x->d);
    const double K = (double)x->networks, numbers = (double)cisup_experiment_columns(x);
    const double tally = word + count_most * (1.0 + 2.0 * (CISUP_HISTOGRAM_LAST + 1));
    const double of_z =
        count_most + 2.0 * word + K * (word * numbers + 44.0 * (double)x->worst) +
        (double)cisup_cell((cisup_index)L + 1, 0, 0) * tally + 4.0 * count_most * L * d;
    return word * (CISUP_PART_KEYS + 3.0) + count_most +
           K * (count_most + word * (L - 1.0)) + (double)x->z_count * of_z;
}

/* The bytes of a part behind its header, checksum included, once they prove whole. */
static cisup_status get_bytes(const cisup_experiment *x, FILE *from, unsigned char **all,
                              cisup_index *count, cisup_error *err) {
    unsigned char head[header];
    const size_t got = fread(head, 1, sizeof head, from);
    reader r = {head, head + sizeof head, false};
    *all = NULL;
    if (ferror(from)) return CISUP_FAIL(err, CISUP_EIO, "cannot read a part");
    if (got < sizeof head || memcmp(head, magic, sizeof magic) != 0)
        return CISUP_FAIL(err, CISUP_EFORMAT, "not a part of an experiment");
    r.at += sizeof magic;
    const uint64_t is = get_word(&r), length = get_word(&r);
    if (is != version)
        return CISUP_FAIL(err, CISUP_EFORMAT,
                          "a part of version %" PRIu64 "; this program reads %d", is,
                          (int)version);
    if ((double)length > most_bytes(x) || length < word * (uint64_t)CISUP_PART_KEYS)
        return CISUP_FAIL(
            err, CISUP_EFORMAT,
            "a part of %" PRIu64 " bytes, which none of this experiment has", length);
    const cisup_index rest = (cisup_index)length + word;
    *count = header + rest;
    const cisup_status status = cisup_new(all, *count, 1, err);
    if (status != CISUP_OK) return status;
    memcpy(*all, head, sizeof head);
    if (fread(*all + header, 1, (size_t)rest, from) == (size_t)rest) {
        r = (reader){*all + *count - word, *all + *count, false};
        if (get_word(&r) == checksum(*all, *count - word)) return CISUP_OK;
        return CISUP_FAIL(err, CISUP_EFORMAT, "a damaged part: its checksum differs");
    }
    if (ferror(from)) return CISUP_FAIL(err, CISUP_EIO, "cannot read a part");
    return CISUP_FAIL(err, CISUP_EFORMAT, "a part that is cut off");
}

cisup_status cisup_part_read(const cisup_experiment *x, FILE *from, cisup_part *part,
                             cisup_error *err) {
    uint64_t key[CISUP_PART_KEYS];
    unsigned char *all = NULL;
    cisup_index count = 0;
    cisup_status status;
    *part = (cisup_part){0};
    CISUP_TRY(cisup_experiment_check(x, err));
    CISUP_TRY(get_bytes(x, from, &all, &count, err));
    reader r = {all + header, all + count - word, false};
    CISUP_TRY(cisup_part_key(x, key, err));
    CISUP_TRY(cisup_part_init(part, x, err));
    for (int k = 0; k < CISUP_PART_KEYS; k++) part->key[k] = get_word(&r);
    CISUP_TRY(cisup_part_key_check(part->key, key, err));
    for (cisup_index k = 0; k < part->z_count; k++)
        CISUP_TRY(cisup_part_start(part, &part->of[k], err));
    get_part(&r, x, part);
    if (r.is_bad) status = CISUP_FAIL(err, CISUP_EFORMAT, "a part that does not add up");
done:
    cisup_release(all);
    if (status != CISUP_OK) cisup_part_free(part);
    return status;
}
