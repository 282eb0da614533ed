/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_GUESS_H
#define CISUP_APPS_GUESS_H

/* Which of some words was meant by one that is none of them. A plain value. */
typedef struct {
    const char *word; /* that was given; borrowed */
    char best[32];    /* the nearest one so far */
    int distance;
    char text[64]; /* of guess_text */
} guess;

guess guess_start(const char *word);

/* One of the words. The first of those that are as near stays. */
void guess_offer(guess *g, const char *word);

/* "; did you mean 'PREFIXbest'?", or "" if none is near: at most one edit in three
 * letters of what was given, where an edit is a letter too many, too few, another one, or
 * two exchanged; a word that begins with three letters of what was given, and more, is
 * one edit away. Lives as long as g. */
const char *guess_text(guess *g, const char *prefix);

#endif
