/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include "program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

progress_bar progress_start(int is_quiet) {
    const char *terminal = getenv("TERM");
    const int can = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    return (progress_bar){
        .is_shown = can && !is_quiet, .is_quiet = is_quiet, .started = seconds_now()};
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

/* What the rest of `of` parts will take when `done` have taken the time since then. */
static double time_left(double started, double done, double of) {
    const double each = (seconds_now() - started) / (done > 0.0 ? done : 1.0);
    return of > done ? each * (of - done) : 0.0;
}

static void draw_network(const progress_bar *bar, double done, double of) {
    char text[128];
    (void)snprintf(text, sizeof text, "network %.0f of %.0f, %.0f s left", floor(done),
                   of, time_left(bar->started, done, of));
    draw(text);
}

static void draw_cell(const progress_cells *c, double done, double of) {
    const double finished = (double)c->finished + done / of;
    char text[160];
    (void)snprintf(text, sizeof text,
                   "cell %" PRId64 " of %" PRId64 ", network %.0f of %.0f, %.0f s left",
                   c->cell, c->of, floor(done), of,
                   time_left(c->started, finished, (double)c->open));
    draw(text);
}

int progress_step(void *context, double done, double of) {
    progress_bar *bar = context;
    double *drawn = bar->cells ? &bar->cells->drawn : &bar->drawn;
    if (bar->is_shown && seconds_now() - *drawn > 0.1) {
        if (bar->cells)
            draw_cell(bar->cells, done, of);
        else
            draw_network(bar, done, of);
        *drawn = seconds_now();
    }
    return signal_received() != 0 && done >= 1.0;
}

/* T between 610 and 760, from 610, below 760, or nothing. */
static void write_bracket(char text[64], const cisup_capacity_result *known) {
    text[0] = 0;
    if (known->within && known->above)
        (void)snprintf(text, 64, "T between %" PRId64 " and %" PRId64 ", ", known->within,
                       known->above);
    else if (known->within)
        (void)snprintf(text, 64, "T from %" PRId64 " on, ", known->within);
    else if (known->above)
        (void)snprintf(text, 64, "T below %" PRId64 ", ", known->above);
}

void progress_search(progress_bar *bar, const char *name,
                     const cisup_capacity_result *known, cisup_index T,
                     cisup_index networks) {
    const double now = seconds_now();
    const double pause = bar->is_shown ? 0.1 : 30.0;
    if (bar->drawn == 0.0 && !bar->is_shown) bar->drawn = now; /* the first 30 s */
    if (bar->is_quiet || now - bar->drawn <= pause) return;
    char text[256], bracket[64];
    write_bracket(bracket, known);
    (void)snprintf(text, sizeof text, "%s: %sat %" PRId64 ", network %" PRId64 ", %.0f s",
                   name, bracket, T, networks, now - bar->started);
    if (bar->is_shown)
        draw(text);
    else
        fprintf(stderr, "%s\n", text);
    bar->drawn = now;
}

void progress_end(progress_bar *bar) {
    if (bar->is_shown && !bar->cells) fprintf(stderr, "\r\033[K");
}
