/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SETUP_H
#define CISUP_APPS_SETUP_H

#include "allocation_options.h"
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
    cisup_index d, L; /* 0: not given */
    allocation_choice allocation;
    int family, fresh;
    double margin;
    const char *circuits_path, *inputs_path;
    const char *folder; /* that files are relative to (beside.h); NULL: the current one */
    int gate;
    int preset; /* -1: none */
    int weights, kappa, engine, keep_order;
    double correction, center;
    uint64_t seed;
    cisup_circuits own; /* read from circuits_path; empty for a family */
} setup;

setup setup_defaults(void);
void setup_free(setup *s);

/* "published": the network of [ROT], D=1000 d=4 T=557 S=6 L=5, rotation4, capped,
 * scheme ref. -1 otherwise. */
int setup_preset_find(const char *word);

int setup_kappa_find(const char *word);
const char *setup_kappa_name(int kappa);

/* Everything but T. */
#define SETUP_NETWORK_OPTIONS(s)                                                           \
    {"preset",                                                                             \
     0,                                                                                    \
     OPTION_CHOICE,                                                                        \
     &(s).preset,                                                                          \
     "published",                                                                          \
     "sizes and scheme where none are given: the published network, -D 1000 -d 4 -T "      \
     "557 "                                                                                \
     "-S 6 -L 5 --scheme ref; in force when neither a size nor a scheme is given",         \
     setup_preset_find},                                                                   \
        {"width", 'D', OPTION_LIST, &(s).D, "D", "width of the network (1000)", NULL},     \
        {"circuit-width",                                                                  \
         'd',                                                                              \
         OPTION_SIZE,                                                                      \
         &(s).d,                                                                           \
         "d",                                                                              \
         "width of a circuit (the family's, else 4)",                                      \
         NULL},                                                                            \
        {"redundancy", 'S', OPTION_LIST, &(s).S, "S", "neurons per circuit neuron (6)",    \
         NULL},                                                                            \
        {"layers", 'L', OPTION_SIZE, &(s).L, "L", "layers (5)", NULL},                     \
        ALLOCATION_OPTIONS((s).allocation, "allocation scheme (best)"),                    \
        {"keep-order", 0,                                                                  \
         OPTION_FLAG,  &(s).keep_order,                                                    \
         NULL,         "no reshuffling: every layer embeds circuits alike",                \
         NULL},                                                                            \
        {"family",                                                                         \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(s).family,                                                                      \
         "rotation3|rotation4|step2|random-relu|identity|gate",                            \
         "circuits (rotation4)",                                                           \
         cisup_family_find},                                                               \
        {"margin",    0,   OPTION_NUMBER,                                                  \
         &(s).margin, "b", "margin b of rotations and gates (1)",                          \
         NULL},                                                                            \
        {"fresh", 0, OPTION_FLAG, &(s).fresh, NULL, "new circuit weights in every layer",  \
         NULL},                                                                            \
        {"circuit-file",                                                                   \
         0,                                                                                \
         OPTION_TEXT,                                                                      \
         &(s).circuits_path,                                                               \
         "FILE",                                                                           \
         "circuits from CSV: circuit,layer,i,j,value",                                     \
         NULL},                                                                            \
        {"gate", 0, OPTION_FLAG, &(s).gate, NULL, "put a gate around own circuits", NULL}, \
        {"input-file", 0,                                                                  \
         OPTION_TEXT,  &(s).inputs_path,                                                   \
         "FILE",       "inputs of own circuits from CSV: circuit,input,i,value",           \
         NULL},                                                                            \
        {"weights",                                                                        \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(s).weights,                                                                     \
         "plain|balanced|split|capped",                                                    \
         "weight scheme (capped)",                                                         \
         cisup_weight_scheme_find},                                                        \
        {"kappa",         0,                                                               \
         OPTION_CHOICE,   &(s).kappa,                                                      \
         "single|rows",   "one kappa for capped weights, or one a row (single)",           \
         setup_kappa_find},                                                                \
        {"w-correction",                                                                   \
         0,                                                                                \
         OPTION_NUMBER,                                                                    \
         &(s).correction,                                                                  \
         "f",                                                                              \
         "factor f_w on kappa (1)",                                                        \
         NULL},                                                                            \
        {"center",    0,   OPTION_NUMBER,                                                  \
         &(s).center, "c", "c of balanced and split weights (from P_even)",                \
         NULL},                                                                            \
        {"engine",                                                                         \
         0,                                                                                \
         OPTION_CHOICE,                                                                    \
         &(s).engine,                                                                      \
         "auto|batched|sparse|assembled",                                                  \
         "how samples pass: all circuits, open neurons, stored weights (auto)",            \
         cisup_pass_find},                                                                 \
    {                                                                                      \
        "seed", 0, OPTION_SEED, &(s).seed, "N", "seed of everything random (1)", NULL      \
    }

#define SETUP_OPTIONS(s)                                                                 \
    {"circuits", 'T', OPTION_LIST_OR_MAX, &(s).T, "T|max", "circuits (557)", NULL},      \
        SETUP_NETWORK_OPTIONS(s)

/* Fills what was not given from the preset, the family or the file of circuits, which is
 * read here (own.w then is not NULL); sizes still missing are those of the published
 * network, the scheme is best. Call once after the options are parsed; setup_free frees.
 * Errors: EINVAL naming the option; those of reading circuits. */
CISUP_MUST_CHECK cisup_status setup_complete(setup *s, cisup_error *err);

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

#endif
