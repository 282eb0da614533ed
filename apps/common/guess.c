/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guess.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = sizeof((guess *)0)->best - 1 };

guess guess_start(const char *word) {
    return (guess){.word = word, .distance = INT_MAX};
}

static int least(int a, int b) {
    return a < b ? a : b;
}

/* Edits from a to b, at most LONGEST letters each; optimal string alignment: two letters
 * that were exchanged are not edited again. O(length^2). */
static int distance(const char *a, const char *b) {
    const int m = (int)strlen(a), n = (int)strlen(b);
    int d[LONGEST + 1][LONGEST + 1];
    for (int i = 0; i <= m; i++) d[i][0] = i;
    for (int j = 0; j <= n; j++) d[0][j] = j;
    for (int i = 1; i <= m; i++)
        for (int j = 1; j <= n; j++) {
            const int other = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(other, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[m][n];
}

void guess_offer(guess *g, const char *word) {
    const size_t length = strlen(g->word);
    if (length > LONGEST || strlen(word) > LONGEST) return;
    const int begins = length >= 3 && strncmp(word, g->word, length) == 0;
    const int edits = begins ? 1 : distance(g->word, word);
    if (edits >= g->distance) return;
    g->distance = edits;
    (void)snprintf(g->best, sizeof g->best, "%s", word);
}

const char *guess_text(guess *g, const char *prefix) {
    g->text[0] = 0;
    if (g->best[0] && 3 * g->distance <= (int)strlen(g->word))
        (void)snprintf(g->text, sizeof g->text, "; did you mean '%s%s'?", prefix,
                       g->best);
    return g->text;
}
