/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first part of bulk_kernel.h: loops over lines that know nothing of measurements. */

typedef REAL vec __attribute__((vector_size(VECTOR_BYTES)));
typedef BITS mask __attribute__((vector_size(VECTOR_BYTES)));

ALWAYS vec TYPED(get)(const REAL *x) {
    vec v;
    memcpy(&v, x, sizeof v);
    return v;
}

ALWAYS void TYPED(put)(REAL *x, vec v) {
    memcpy(x, &v, sizeof v);
}

ALWAYS mask TYPED(get_mask)(const BITS *x) {
    mask v;
    memcpy(&v, x, sizeof v);
    return v;
}

ALWAYS void TYPED(put_mask)(BITS *x, mask v) {
    memcpy(x, &v, sizeof v);
}

/* x where the mask is set, else 0. */
ALWAYS vec TYPED(only)(vec x, mask where) {
    return (vec)((mask)x & where);
}

/* The larger numbers; `than` where one is NaN. */
ALWAYS vec TYPED(larger)(vec x, vec than) {
    const mask is_larger = x > than;
    return (vec)(((mask)x & is_larger) | ((mask)than & ~is_larger));
}

/* y_i = share * (sum over the neurons of a circuit), i < count; part p. */
ALWAYS void TYPED(read_some)(const REAL *a, seat in, REAL share, int p, int count,
                             REAL *y) {
    vec sum[4];
    for (int g = 0; g < count; g++) sum[g] = TYPED(get)(AT(a, in.place[0] + g, p));
    for (cisup_index k = 1; k < in.S; k++) {
        const REAL *from = AT(a, in.place[k], p);
        for (int g = 0; g < count; g++) sum[g] += TYPED(get)(AT(from, g, 0));
    }
    for (int g = 0; g < count; g++) TYPED(put)(AT(y, g, p), sum[g] * share);
}

ALWAYS void TYPED(read)(const REAL *a, seat in, REAL share, REAL *y) {
    for (int p = 0; p < PIECES; p++) {
        cisup_index i = 0;
        for (; i + 4 <= in.d; i += 4)
            TYPED(read_some)(AT(a, i, 0), in, share, p, 4, AT(y, i, 0));
        for (; i < in.d; i++) TYPED(read_some)(AT(a, i, 0), in, share, p, 1, AT(y, i, 0));
    }
}

/* The rows i < count of v x, for part p of the lines. */
ALWAYS void TYPED(map_some)(const REAL *v, const REAL *x, cisup_index d, int p, int count,
                            vec *out) {
    for (int g = 0; g < count; g++) out[g] = v[g * d] * TYPED(get)(AT(x, 0, p));
    for (cisup_index j = 1; j < d; j++) {
        const vec in = TYPED(get)(AT(x, j, p));
        for (int g = 0; g < count; g++) out[g] += v[g * d + j] * in;
    }
}

/* out = v x: [d] lines. */
ALWAYS void TYPED(map)(const REAL *v, const REAL *x, cisup_index d, REAL *out) {
    for (int p = 0; p < PIECES; p++) {
        vec y[4];
        cisup_index i = 0;
        for (; i + 4 <= d; i += 4) {
            TYPED(map_some)(v + i * d, x, d, p, 4, y);
            for (int g = 0; g < 4; g++) TYPED(put)(AT(out, i + g, p), y[g]);
        }
        for (; i < d; i++) {
            TYPED(map_some)(v + i * d, x, d, p, 1, y);
            TYPED(put)(AT(out, i, p), y[0]);
        }
    }
}

/* Adds to each neuron what a block of circuits sent to it, the first block to 0: rows
 * i < count of it; part p. */
ALWAYS void TYPED(deliver_some)(const cisup_bulk_mail *mail, cisup_index block,
                                const REAL *sent, int p, int count, REAL *y) {
    const int32_t *sender = mail->sender + block * CISUP_BULK_BLOCK * mail->S;
    for (cisup_index run = mail->first[block]; run < mail->first[block + 1]; run++) {
        REAL *at = AT(y, mail->line[run], p);
        const int32_t *end = sender + mail->length[run];
        vec sum[4];
        for (int g = 0; g < count; g++)
            sum[g] = block > 0 ? TYPED(get)(AT(at, g, 0)) : (vec){0};
        for (; sender < end; sender++) {
            const REAL *from = AT(sent, *sender, p);
            for (int g = 0; g < count; g++) sum[g] += TYPED(get)(AT(from, g, 0));
        }
        for (int g = 0; g < count; g++) TYPED(put)(AT(at, g, 0), sum[g]);
    }
}

/* y = what the circuits of the first block sent, or y += what those of another did. */
ALWAYS void TYPED(deliver)(const cisup_bulk_mail *mail, cisup_index block,
                           const REAL *sent, cisup_index d, REAL *y) {
    for (int p = 0; p < PIECES; p++) {
        cisup_index i = 0;
        for (; i + 4 <= d; i += 4)
            TYPED(deliver_some)(mail, block, AT(sent, i, 0), p, 4, AT(y, i, 0));
        for (; i < d; i++)
            TYPED(deliver_some)(mail, block, AT(sent, i, 0), p, 1, AT(y, i, 0));
    }
}

/* y += v x for d lines. */
ALWAYS void TYPED(map_add)(const REAL *v, const REAL *x, cisup_index d, REAL *y) {
    for (int p = 0; p < PIECES; p++)
        for (cisup_index i = 0; i < d; i++) {
            vec out[1];
            TYPED(map_some)(v + i * d, x, d, p, 1, out);
            TYPED(put)(AT(y, i, p), TYPED(get)(AT(y, i, p)) + out[0]);
        }
}

/* Adds lines of sums to those in double precision and begins anew. */
static void TYPED(pour)(REAL *from, cisup_index lines, double *to) {
    for (cisup_index k = 0; k < lines * LANES; k++) {
        to[k] += (double)from[k];
        from[k] = 0;
    }
}
