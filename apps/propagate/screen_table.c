/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include "common/wrap.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the table, which together take TEXT_COLUMNS. */
typedef enum {
    LAYER,
    ACTIVE,
    ACTIVE_RANGE,
    THEORY,
    INACTIVE,
    INACTIVE_RANGE,
    WRONG_ON,
    WRONG_DATA,
    COLUMNS
} column;

static const struct {
    int width;
    const char *over, *title;
    int columns; /* of a terminal that is wide enough to show it */
} head[COLUMNS] = {
    [LAYER] = {5, "", "layer", 0},
    [ACTIVE] = {9, "", "error", 0},
    [ACTIVE_RANGE] = {16, "active circuits", "95 % interval", 40},
    [THEORY] = {9, "", "theory ", 50},
    [INACTIVE] = {9, "", "error", 60},
    [INACTIVE_RANGE] = {16, "inactive circuits", "95 % interval", 80},
    [WRONG_ON] = {8, "", "on", 70},
    [WRONG_DATA] = {8, "wrongly open", "data", 70},
};

typedef struct {
    const terminal *t;
    const verdict *v;
    int is_shown[COLUMNS];
    int decimals;
} table;

typedef char cell[32];

/* Zero is 0, and what has no value blank; from 100 on two digits and a power: 2.1e4. */
static void number(double x, int decimals, cell out) {
    out[0] = 0;
    if (isnan(x)) return;
    if (x < 1e-10)
        (void)snprintf(out, sizeof(cell), "0");
    else if (isinf(x) || x < 100.0)
        (void)snprintf(out, sizeof(cell), "%.*f", decimals, x);
    else { /* 2.1e+04 without what a table has no room for */
        (void)snprintf(out, sizeof(cell), "%.1e", x);
        char *power = strchr(out, 'e') + 1;
        (void)snprintf(power, 8, "%d", atoi(power));
    }
}

/* Blank where there is no spread. */
static void range(const cisup_interval *i, int decimals, cell out) {
    cell low, high;
    out[0] = 0;
    number(i->low, decimals, low);
    number(i->high, decimals, high);
    if (*low && i->high >= 1e-10)
        (void)snprintf(out, sizeof(cell), "%.13s - %.13s", low, high);
}

static void share(double x, cell out) {
    if (isnan(x))
        out[0] = 0;
    else if (x > 0.0 && x < 0.0005)
        (void)snprintf(out, sizeof(cell), "<0.1 %%");
    else
        (void)snprintf(out, sizeof(cell), x > 0.0 ? "%.1f %%" : "0", 100.0 * x);
}

static void row_cells(const table *b, const verdict_layer *f, cisup_index l,
                      cell out[COLUMNS]) {
    (void)snprintf(out[LAYER], sizeof(cell), "%" PRId64, l);
    number(f->active.mean, b->decimals, out[ACTIVE]);
    range(&f->active, b->decimals, out[ACTIVE_RANGE]);
    number(f->theory, b->decimals, out[THEORY]);
    if (*out[THEORY]) strcat(out[THEORY], f->is_theory_in_range ? " " : "!");
    number(f->inactive.mean, b->decimals, out[INACTIVE]);
    range(&f->inactive, b->decimals, out[INACTIVE_RANGE]);
    share(f->wrong_on, out[WRONG_ON]);
    share(f->wrong_data, out[WRONG_DATA]);
}

static void put_row(const table *b, const char *const text[COLUMNS], text_kind whole,
                    text_kind active) {
    int room = 0; /* up to the end of the column; no blanks end a line */
    for (int c = 0; c < COLUMNS; c++) {
        const int columns = wrap_columns(text[c], strlen(text[c]));
        const text_kind kind = c == ACTIVE ? active : whole;
        if (!b->is_shown[c]) continue;
        room += head[c].width;
        if (!columns) continue;
        const int least = c != LAYER;
        printf("%*s%s%s%s", room - columns > least ? room - columns : least, "",
               terminal_begin(b->t, kind), text[c], terminal_end(b->t, kind));
        room = 0;
    }
    putchar('\n');
}

static void put_head(const table *b) {
    const char *over[COLUMNS], *title[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        over[c] = head[c].over;
        title[c] = head[c].title;
    }
    if (!b->is_shown[ACTIVE_RANGE]) over[ACTIVE] = "active";
    if (!b->is_shown[INACTIVE_RANGE]) over[INACTIVE] = "inactive";
    put_row(b, over, TEXT_BOLD, TEXT_BOLD);
    put_row(b, title, TEXT_BOLD, TEXT_BOLD);
}

static void put_layer(const table *b, const verdict_layer *f, cisup_index l) {
    cell made[COLUMNS];
    const char *text[COLUMNS];
    const verdict *v = b->v;
    const int is_beyond = f->active.mean >= 1.0 && v->signal_most > 0.0;
    const int is_above = v->above_theory && l >= v->above_theory;
    row_cells(b, f, l, made);
    for (int c = 0; c < COLUMNS; c++) text[c] = made[c];
    put_row(b, text, TEXT_PLAIN, is_beyond || is_above ? TEXT_RED : TEXT_PLAIN);
}

int screen_layers(cisup_index L, cisup_index look, cisup_index layer[SCREEN_LAYERS]) {
    int count = 0;
    if (L <= SCREEN_LAYERS) {
        for (cisup_index l = 1; l <= L; l++) layer[count++] = l;
        return count;
    }
    for (; count < SCREEN_LAYERS; count++) /* evenly, both ends among them */
        layer[count] =
            1 + (cisup_index)((double)count * (double)(L - 1) / (SCREEN_LAYERS - 1));
    for (int k = 1; look && k < SCREEN_LAYERS - 1; k++)
        if (layer[k] >= look || k == SCREEN_LAYERS - 2) {
            layer[k] = look < L && look > 1 ? look : layer[k];
            break;
        }
    return count;
}

/* Digits that leave three of the largest error. */
static int decimals_of(double largest) {
    const double size = largest > 0.0 && isfinite(largest) ? log10(largest) : 0.0;
    return size >= -1.0 ? 3 : size <= -4.0 ? 7 : 2 - (int)floor(size);
}

/* Which columns have something to show, and with how many digits. */
static void measure_table(table *b, const finished_run *run, const cisup_result *r) {
    double active = 0.0, inactive = 0.0; /* largest errors */
    for (int c = 0; c < COLUMNS; c++) b->is_shown[c] = c == LAYER;
    for (cisup_index l = 1; l <= b->v->L; l++) {
        const verdict_layer f = verdict_at(run, r, b->v, l);
        cell made[COLUMNS];
        row_cells(b, &f, l, made);
        for (int c = 0; c < COLUMNS; c++)
            if (*made[c] && b->t->columns >= head[c].columns) b->is_shown[c] = 1;
        active = fmax(active, f.active.mean);
        inactive = fmax(inactive, f.inactive.mean);
    }
    b->decimals = decimals_of(active >= 1e-10 ? active : inactive);
}

static void put_title(const table *b, cisup_index z) {
    const verdict *v = b->v;
    static const char *const names[] = {"the read-out", "the on-value", "x"};
    char signal[64] = "";
    if (v->signal_most > 1.001 * v->signal_least)
        (void)snprintf(signal, sizeof signal, ", relative to the signal (%.3g to %.3g)",
                       v->signal_least, v->signal_most);
    else if (v->signal_most > 0.0)
        (void)snprintf(signal, sizeof signal, ", relative to the signal (%.3g)",
                       v->signal_most);
    printf("\n%sz = %" PRId64 " active: rms error of %s%s%s\n",
           terminal_begin(b->t, TEXT_BOLD), z, names[v->quantity], signal,
           terminal_end(b->t, TEXT_BOLD));
}

void screen_table(const finished_run *run, const cisup_result *r, const terminal *t) {
    const verdict v = verdict_of(run, r);
    table b = {.t = t, .v = &v, .decimals = 3};
    cisup_index layer[SCREEN_LAYERS];
    measure_table(&b, run, r);
    put_title(&b, r->z);
    put_head(&b);
    const int count = screen_layers(v.L, v.look, layer);
    for (int k = 0; k < count; k++) {
        const verdict_layer f = verdict_at(run, r, &v, layer[k]);
        put_layer(&b, &f, layer[k]);
    }
    char text[VERDICT_ROOM];
    verdict_text(&v, text);
    putchar('\n');
    wrap_to(stdout, t->columns < TEXT_COLUMNS ? t->columns : TEXT_COLUMNS, text, 0, 0);
}
