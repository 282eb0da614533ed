/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SETUP_H
#define CISUP_APPS_SETUP_H

#include "allocation_options.h"
#include "construction.h"
#include "options.h"

#include <cisup/analysis/pass/engine.h>
#include <cisup/core/circuits.h>
#include <cisup/core/schemes.h>
#include <cisup/core/shape.h>
#include <cisup/sparse/network.h>

/* The parameters of the commands that build networks. Lists are for propagate; other
 * commands take one value of each. */
typedef struct {
    index_list D, T, S, z;
    cisup_index d, L;                    /* 0: not given */
    cisup_allocation_options allocation; /* NO_SCHEME until setup_complete */
    cisup_family_options family;
    cisup_weight_options weights;
    const char *circuits_path, *inputs_path;
    const char *folder; /* that files are relative to (beside.h); NULL: the current one */
    int gate;
    int preset;        /* -1: none */
    const char *named; /* option that ends the preset, by setup_complete; or NULL */
    int is_search;     /* for T: a number of layers is a size as any other */
    construction construction;
    cisup_engine engine;
    int reshuffle;
    uint64_t seed;      /* of everything; those of allocation and family are not used */
    cisup_circuits own; /* read from circuits_path; empty for a family */
} setup;

setup setup_defaults(void);
void setup_free(setup *s);

/* Rows of setup, T first. Preset "published" is the network of [ROT], D=1000 d=4 T=557
 * S=6 L=5, rotation4, capped, scheme ref. */
extern const option_row setup_options[], setup_details[]; /* without the construction */

/* Adds the parameters of a network as "params", with the sizes of `shape`; a T of 0 is
 * left out. */
void setup_record(const setup *s, const cisup_shape *shape, cisup_record *r);

/* Fills what was not given from the preset, the family or the file of circuits, which is
 * read here (own.w then is not NULL); sizes still missing are those of the published
 * network, the scheme is best. Call once after the options are parsed; setup_free frees.
 * Errors: EINVAL naming the option; those of reading circuits. */
CISUP_MUST_CHECK cisup_status setup_complete(setup *s, cisup_error *err);

/* Which preset and scheme are in force: "preset published, scheme ref"; where none is, by
 * the first option that ends it: a size other than its own, circuits, a scheme or a
 * construction. After setup_complete. */
enum { SETUP_CHOICES = 100 };
void setup_choices(const setup *s, char text[SETUP_CHOICES]);

/* The shape of one point of the grid D x T x S, validated, with the largest z of the
 * list; T = INDEX_MAX_WORD becomes the capacity of the scheme. Errors: EINVAL;
 * EINFEASIBLE when T circuits do not fit (of scheme random only the run knows); ENOMEM.
 */
CISUP_MUST_CHECK cisup_status setup_shape(const setup *s, cisup_index D, cisup_index T,
                                          cisup_index S, cisup_shape *shape,
                                          cisup_error *err);

/* The options that setup holds, as the library takes them. */
cisup_network_options setup_network(const setup *s);
cisup_family_options setup_family(const setup *s);
cisup_allocation_options setup_allocation(const setup *s);

/* The cycle of a network that carries masks, its T circuits. Errors: those of
 * cisup_cycle_make. */
CISUP_MUST_CHECK cisup_status setup_cycle(const setup *s, const cisup_shape *shape,
                                          cisup_cycle *cycle, cisup_error *err);

#endif
