/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SCREEN_H
#define CISUP_APPS_SCREEN_H

#include "common/terminal.h"
#include "report.h"

/* What a person sees of a run: sizes, errors relative to the signal layer by layer, the
 * verdict, and the commands that show more; at most 30 lines of TEXT_COLUMNS columns for
 * one z without --terms and --worst. Longer networks show some of their layers, narrower
 * terminals fewer columns.
 *
 *   words   the command line without "cisup propagate", for the commands to go on with */
void screen_text(const finished_run *run, const terminal *t, int count,
                 const char *const *words);

/* What screen_table prints a row for, at most SCREEN_LAYERS of 1..L, ascending, with the
 * first and the last and the layer `look` if it is not 0. Returns how many. */
enum { SCREEN_LAYERS = 10 };
int screen_layers(cisup_index L, cisup_index look, cisup_index layer[SCREEN_LAYERS]);

/* The table of one z. */
void screen_table(const finished_run *run, const cisup_result *r, const terminal *t);

/* Parts of the errors and worst circuits, where they were asked for. */
void screen_terms(const finished_run *run, const cisup_result *r);
void screen_worst(const finished_run *run, const cisup_result *r);

#endif
