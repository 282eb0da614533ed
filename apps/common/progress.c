/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

progress_bar progress_start(int is_quiet) {
    const char *terminal = getenv("TERM");
    const int can = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    return (progress_bar){.is_shown = can && !is_quiet, .started = seconds_now()};
}

/* Draws the line anew, cut to the terminal: a longer one would leave its beginning
 * behind with every step. */
static void draw(const char *text) {
    struct winsize size;
    int columns = 80;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    fprintf(stderr, "\r%.*s\033[K", columns - 1, text);
}

int progress_step(void *context, cisup_index done, cisup_index of) {
    progress_bar *bar = context;
    const double now = seconds_now();
    if (bar->is_shown && now - bar->drawn > 0.1) {
        const double left =
            (now - bar->started) * (double)(of - done) / (double)(done > 0 ? done : 1);
        char text[128];
        (void)snprintf(text, sizeof text,
                       "network %" PRId64 " of %" PRId64 ", %.0f s left", done, of, left);
        draw(text);
        bar->drawn = now;
    }
    return signal_received() != 0;
}

void progress_search(progress_bar *bar, cisup_index T, cisup_index networks) {
    const double now = seconds_now();
    if (!bar->is_shown || now - bar->drawn <= 0.1) return;
    char text[128];
    (void)snprintf(text, sizeof text, "T = %" PRId64 ", up to network %" PRId64, T,
                   networks);
    draw(text);
    bar->drawn = now;
}

void progress_end(progress_bar *bar) {
    if (bar->is_shown) fprintf(stderr, "\r\033[K");
}
