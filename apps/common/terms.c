/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terms.h"

#include "wrap.h"

/* Words and what they mean; a meaning of NULL begins a part. */
typedef struct {
    const char *word, *meaning;
} term;

static const term terms[] = {
    {"Networks", NULL},
    {"circuit", "One of T small networks of width d that the large network computes."},
};
enum { TERMS = sizeof terms / sizeof terms[0] };

void terms_text(FILE *to) {
    fprintf(to, "# Words of cisup's output\n");
    for (int k = 0; k < TERMS; k++) {
        if (!terms[k].meaning)
            fprintf(to, "\n## %s\n\n", terms[k].word);
        else
            wrap(to, terms[k].meaning, 2, fprintf(to, "- **%s**: ", terms[k].word));
    }
}
