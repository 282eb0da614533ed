/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_WORDS_H
#define CISUP_CORE_WORDS_H

/* The position of a word in a list of `count` words, or -1. */
int cisup_word_find(const char *const *list, int count, const char *word);

/* The same for an array. */
#define CISUP_WORD_FIND(array, word)                                                     \
    cisup_word_find((array), (int)(sizeof(array) / sizeof *(array)), (word))

#endif
