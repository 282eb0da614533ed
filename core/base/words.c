/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/base/words.h>

#include <string.h>

int cisup_word_find(const char *const *list, int count, const char *word) {
    for (int k = 0; k < count; k++)
        if (strcmp(word, list[k]) == 0) return k;
    return -1;
}
