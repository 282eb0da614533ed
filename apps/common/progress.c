/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

progress_bar progress_start(int is_quiet) {
    const char *terminal = getenv("TERM");
    const int can = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    return (progress_bar){.is_shown = can && !is_quiet, .started = seconds_now()};
}

int progress_step(void *context, cisup_index done, cisup_index of) {
    progress_bar *bar = context;
    const double now = seconds_now();
    if (bar->is_shown && now - bar->drawn > 0.1) {
        const double left =
            (now - bar->started) * (double)(of - done) / (double)(done > 0 ? done : 1);
        fprintf(stderr, "\rnetwork %" PRId64 " of %" PRId64 ", %.0f s left\033[K", done,
                of, left);
        bar->drawn = now;
    }
    return signal_received() != 0;
}

void progress_search(progress_bar *bar, cisup_index T, cisup_index networks) {
    const double now = seconds_now();
    if (!bar->is_shown || now - bar->drawn <= 0.1) return;
    fprintf(stderr, "\rT = %" PRId64 ", up to network %" PRId64 "\033[K", T, networks);
    bar->drawn = now;
}

void progress_end(progress_bar *bar) {
    if (bar->is_shown) fprintf(stderr, "\r\033[K");
}
