/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/circuits.h>

#include <cisup/core/base/storage.h>
#include <cisup/core/circuits/circuits_parts.h>
#include <cisup/core/memory.h>

#include <math.h>
#include <string.h>

static cisup_status inputs_check(const cisup_circuits *c, cisup_index n,
                                 const cisup_index *start, const double *rows,
                                 cisup_error *err) {
    const cisup_index width = c->d - cisup_circuits_first(c);
    if (width < 1)
        return CISUP_FAIL(err, CISUP_ESHAPE, "the circuits have no data neuron");
    if (n < 1 || start[0] != 0)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "inputs of %" PRId64 " circuits, from row %" PRId64, n,
                          n < 1 ? 0 : start[0]);
    for (cisup_index t = 0; t < n; t++) {
        if (start[t + 1] <= start[t])
            return CISUP_FAIL(err, CISUP_EINVAL,
                              "circuit %" PRId64 " has no input: rows %" PRId64
                              " to %" PRId64,
                              t, start[t], start[t + 1]);
        for (cisup_index k = start[t] * width; k < start[t + 1] * width; k++)
            if (!isfinite(rows[k]))
                return CISUP_FAIL(err, CISUP_EINVAL,
                                  "circuit %" PRId64 ", input %" PRId64 ": %g", t,
                                  k / width - start[t], rows[k]);
    }
    return CISUP_OK;
}

cisup_status cisup_circuits_set_inputs(cisup_circuits *c, cisup_index n,
                                       const cisup_index *start, const double *rows,
                                       cisup_error *err) {
    const cisup_index width = c->d - cisup_circuits_first(c);
    cisup_index *own = NULL, cells = 0;
    double *input = NULL;
    cisup_status status;
    CISUP_TRY(inputs_check(c, n, start, rows, err));
    CISUP_TRY(cisup_new(&own, c->T + 1, sizeof *own, err));
    for (cisup_index t = 0; t < c->T; t++)
        if (__builtin_add_overflow(own[t], start[t % n + 1] - start[t % n],
                                   &own[t + 1])) {
            status = CISUP_FAIL(err, CISUP_ENOMEM, "over 2^63 inputs");
            goto done;
        }
    if (!cisup_multiply_sizes(own[c->T], width, &cells)) cells = INT64_MAX;
    CISUP_TRY(cisup_new(&input, cells, sizeof *input, err));
    for (cisup_index t = 0; t < c->T; t++)
        memcpy(input + own[t] * width, rows + start[t % n] * width,
               (size_t)((own[t + 1] - own[t]) * width) * sizeof *input);
    cisup_release(c->input_start);
    cisup_release(c->input);
    c->input_start = own;
    c->input = input;
    return CISUP_OK;
done:
    cisup_release(own);
    return status;
}
