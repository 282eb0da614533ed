/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_WATCHER_H
#define CISUP_CORE_WATCHER_H

/* Someone who watches long work and may end it. Options of long functions take a pointer
 * to one; NULL, and ask = NULL, is nobody. A plain value: start from {0}.
 *
 *   done   how much is done, from 0 to `of`, never less than the time before; the first
 *          question has 0, the last of a job that was not ended `of`
 *   of     > 0; what it counts is up to the function, and progress is not even. 0: it
 *          cannot be told how much there is to do
 *
 * A result other than 0 ends the work: the function frees what it has made and returns
 * ESTOPPED, unless its header says that it returns what is there. It is not asked again.
 *
 * ask is called by the thread that called the function, by no other, and need not be
 * reentrant. What is made does not depend on whether anybody watches. */
typedef struct {
    int (*ask)(void *context, double done, double of);
    void *context;
    double
        pause; /* seconds between two questions, at least, the first and the last apart;
                  0 (default): 0.01; negative: none, whenever there is occasion */
} cisup_watcher;

#endif
