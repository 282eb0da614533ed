/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_STATUS_H
#define CISUP_CORE_STATUS_H

#include <cisup/core/api.h>

#include <inttypes.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything countable: circuits, neurons, entries, samples. */
typedef int64_t cisup_index;

/* What a fallible function returns. */
typedef enum {
    CISUP_OK = 0,
    CISUP_EINVAL,      /* an argument or option is outside its range */
    CISUP_ESHAPE,      /* two objects do not fit each other */
    CISUP_EINFEASIBLE, /* no answer exists: for example more circuits than fit */
    CISUP_EINVARIANT,  /* a property that was to be verified does not hold */
    CISUP_EFORMAT,     /* an input file is malformed */
    CISUP_EIO,         /* the operating system refused to read or write */
    CISUP_ENOMEM,      /* memory is exhausted, or would be */
    CISUP_ESTOPPED,    /* the caller asked for an end */
} cisup_status;

/* Where and why a call failed; `text` is one sentence with the offending values. */
typedef struct {
    cisup_status code;
    const char *function;
    int line;
    char text[480];
} cisup_error;

#define CISUP_MUST_CHECK __attribute__((warn_unused_result))
#define CISUP_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Fills *err (err may be NULL) and returns code; the text is made harmless. Called
 * through CISUP_FAIL. */
CISUP_API cisup_status cisup_fail(cisup_error *err, cisup_status code,
                                  const char *function, int line, const char *format, ...)
    CISUP_PRINTF(5, 6);

/* A word for a status: "invalid argument", "out of memory", ... */
CISUP_API const char *cisup_status_text(cisup_status code);

#define CISUP_FAIL(err, code, ...) cisup_fail(err, code, __func__, __LINE__, __VA_ARGS__)

/* Inside a function with a local `status` and a label `done`. */
#define CISUP_TRY(call)                                                                  \
    do {                                                                                 \
        status = (call);                                                                 \
        if (status != CISUP_OK) goto done;                                               \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
