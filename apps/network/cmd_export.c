/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/emit.h"
#include "common/options.h"
#include "common/program.h"
#include "common/setup.h"
#include "export_files.h"
#include "export_layers.h"
#include "export_network.h"
#include "export_published.h"

#include <cisup/analysis/experiment/pilot.h>
#include <cisup/core/base/storage.h>
#include <cisup/core/cycles/cycle_parts.h>
#include <cisup/core/memory.h>
#include <cisup/core/schemes.h>
#include <cisup/sparse/layer/weights_make.h>
#include <cisup/sparse/network/carried_width.h>
#include <cisup/sparse/network/mask_code.h>

#include <string.h>

static const char about[] =
    "Write the matrices of one network as Matrix Market files (or --as others) into a "
    "directory: the "
    "allocation, and for every layer l the embedding E<l>, the unembedding U<l>, the "
    "biases B<l>, the circuits' weights w<l> (block-diagonal) and their common part "
    "wbar<l>, and from layer 2 on W<l>. The network's weights are W<l> + W<l>_left "
    "W<l>_right; manifest.json says which files there are. Of a network that carries "
    "masks: its layers W<l>, biases b<l>, read-outs U<l> and what each neuron is. "
    "network.json is the network with a few samples, for cisup run.\v"
    "cisup export -D 1000 -T 557 -o matrices\n"
    "cisup export -D 60 -S 2 -T 30 -L 3 --construction masks -o network";

typedef enum { FORM_BLOCK, FORM_FULL } form_kind;

typedef struct {
    setup setup;
    const char *output;
    form_kind form;
    export_format as;
    cisup_overwrite overwrite;
    int gzip, quiet, dry_run, json;
    cisup_index network, active, samples;
} request;

typedef struct {
    const request *r;
    const cisup_network *net;
    const cisup_network_options *options;
    cisup_shape shape; /* z: active circuits of the samples */
    export_files out;
} export_job;

/* Of network.json, from above; 0: it is left out. */
static double numbers_written(const request *r, const cisup_shape *s, double *numbers) {
    const cisup_circuits *own = &r->setup.own;
    const cisup_index layers = own->w ? own->layers : r->setup.family.fresh ? s->L : 1;
    *numbers = export_network_numbers(s, layers, setup_network(&r->setup).carrying.cycle,
                                      r->samples);
    return *numbers <= NETWORK_NUMBERS_MOST ? *numbers : 0.0;
}

/* network.json, and what the manifest says of it. */
static cisup_status put_network(export_job *x, cisup_record *r, cisup_error *err) {
    const request *q = x->r;
    const network_case of = {x->net, x->options,
                             q->setup.own.w ? "own"
                                            : cisup_family_name(q->setup.family.family),
                             x->shape.z, q->samples};
    double numbers;
    const int is_written = numbers_written(q, &x->shape, &numbers) > 0.0;
    char reason[100] = "";
    if (!is_written)
        (void)snprintf(reason, sizeof reason,
                       "%.0f numbers; at most %d are written as JSON", numbers,
                       NETWORK_NUMBERS_MOST);
    RECORD_ADD(r, "run_file: file z samples reason",
               V(is_written ? "network.json" : (const char *)NULL), V(of.z),
               V(of.samples), V(is_written ? NULL : cisup_record_keep(r, reason)));
    if (!is_written && !q->quiet)
        fprintf(stderr, "network.json is left out: %s\n", reason);
    if (!is_written) return CISUP_OK;
    const cisup_status status =
        cisup_memory_require(100.0 * numbers, "network.json", err);
    return status == CISUP_OK ? export_network(&x->out, &of, err) : status;
}

static cisup_status write_all(export_job *x, cisup_error *err) {
    cisup_record r = {0};
    cisup_status status;
    RECORD_ADD(&r, "schema version", V("cisup.export/1"), V(CISUP_VERSION));
    setup_record(&x->r->setup, &x->shape, &r);
    RECORD_ADD(&r, "N network", V(x->shape.N), V(x->r->network));
    CISUP_TRY(outdir_open(&x->out.dir, x->r->output, x->r->overwrite, err));
    CISUP_TRY(put_network(x, &r, err));
    CISUP_TRY(x->net->cycle ? export_layers(&x->out, x->net, &r, err)
                            : export_published(&x->out, x->net, &x->shape,
                                               x->r->form == FORM_FULL, &r, err));
    CISUP_TRY(outdir_commit(&x->out.dir, err));
done:
    outdir_discard(&x->out.dir);
    return status;
}

static cisup_status single(const index_list *list, const char *name, cisup_error *err) {
    if (list->count == 1) return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL, "--%s: %" PRId64 " values; export takes one",
                      name, list->count);
}

/* Lines of at most 44 characters: two indices and a number of 17 digits. */
static double plan_bytes(const cisup_shape *s, const cisup_carrying *how) {
    const double T = (double)s->T, S = (double)s->S, d = (double)s->d, D = (double)s->D;
    const double layer = 2.0 * T * S * d + T * d * d + 2.0 * D * d + 2.0 * D;
    const double weights = (T * S * S + 2.0 * D) * d * d;
    const double L = (double)s->L, masks = (double)how->cycle;
    const double weight =
        how->codes ? 1.0 + cisup_mask_code_weight_bound(cisup_carried_points(s->N, s->S),
                                                        how->active)
                   : 1.0;
    if (how->cycle) /* W and U as they are, biases, labels, what masks close and keep */
        return 44.0 *
               (L * (T * S * S * d * (d + 1.0) + T * S * (2.0 * d + masks * weight) +
                     4.0 * (d + masks) * weight * (double)s->N));
    return 44.0 * (3.0 * T * S + L * (layer + T) + (L - 1.0) * weights);
}

static cisup_status print_plan(const request *r, const cisup_shape *s, cisup_error *err) {
    cisup_network_options o = setup_network(&r->setup);
    o.carrying.active = r->setup.construction.active;
    double numbers;
    const double bytes =
        plan_bytes(s, &o.carrying) + 25.0 * numbers_written(r, s, &numbers);
    if (r->json)
        return emit(RECORD_OF("record N bytes", V("dry-run"), V(s->N), V(bytes)), err);
    char size[16];
    cisup_bytes_text(bytes, size);
    printf("would write at most %s of text into %s\n", size, r->output);
    return CISUP_OK;
}

/* As many circuits as are active in the samples: 3, or all, unless said. */
static cisup_status find_active(const request *r, cisup_shape *shape, cisup_error *err) {
    const cisup_index T = shape->T;
    if (r->active > T)
        return CISUP_FAIL(err, CISUP_EINVAL,
                          "--active %" PRId64 ": there are %" PRId64 " circuits",
                          r->active, T);
    shape->z = r->active ? r->active : T < 3 ? T : 3;
    return CISUP_OK;
}

static cisup_status form_check(const request *r, cisup_error *err) {
    if (r->gzip && r->as != EXPORT_MTX)
        return CISUP_FAIL(err, CISUP_EINVAL, "--gzip: only with --as mtx");
    if (r->form == FORM_BLOCK || !setup_network(&r->setup).carrying.cycle)
        return CISUP_OK;
    return CISUP_FAIL(err, CISUP_EINVAL,
                      "--form full: no effect on a network that carries masks");
}

/* Offset and strength of a pilot run. */
static cisup_status run_pilot(const setup *s, const cisup_allocation *base,
                              const cisup_cycle *cycle, cisup_network_options *options,
                              cisup_error *err) {
    const construction *c = &s->construction;
    cisup_experiment x = cisup_experiment_defaults();
    cisup_pilot pilot;
    if (!construction_has_pilot(c)) return CISUP_OK;
    x.base = base;
    x.cycle = cycle;
    x.circuits = s->own.w ? &s->own : NULL;
    x.family = setup_family(s);
    x.d = s->d;
    x.L = s->L;
    x.network = *options;
    x.z = &c->active;
    x.z_count = 1;
    const cisup_status status = cisup_pilot_run(&x, &pilot, err);
    if (status != CISUP_OK) return status;
    if (!strcmp(c->offset_from, "pilot")) options->carrying.offset = pilot.offset;
    if (!strcmp(c->strength_from, "pilot")) options->carrying.strength = pilot.strength;
    return CISUP_OK;
}

static void say_done(const request *r, size_t matrices) {
    char chosen[SETUP_CHOICES];
    setup_choices(&r->setup, chosen);
    if (!r->quiet) fprintf(stderr, "wrote %zu matrices (%s)\n", matrices, chosen);
}

static cisup_status execute(request *r, cisup_error *err) {
    setup *s = &r->setup;
    cisup_allocation base = {0};
    cisup_cycle cycle = {0};
    cisup_circuits drawn = {0};
    cisup_network net = {0};
    export_job x = {.r = r,
                    .net = &net,
                    .out = {.as = r->as, .gzip = r->gzip, .files = json_array()}};
    cisup_status status;
    CISUP_TRY(setup_complete(s, err));
    CISUP_TRY(single(&s->D, "width", err));
    CISUP_TRY(single(&s->T, "circuits", err));
    CISUP_TRY(single(&s->S, "redundancy", err));
    CISUP_TRY(index_list_set(&s->z, 1, err));
    s->construction.active = r->active ? r->active : 3;
    CISUP_TRY(setup_shape(s, s->D.value[0], s->T.value[0], s->S.value[0], &x.shape, err));
    CISUP_TRY(find_active(r, &x.shape, err));
    CISUP_TRY(form_check(r, err));
    s->construction.active = x.shape.z;
    if (r->dry_run) {
        status = print_plan(r, &x.shape, err);
        goto done;
    }
    const cisup_allocation_options how = setup_allocation(s);
    cisup_family_options family = setup_family(s);
    cisup_network_options options = setup_network(s);
    family.network = options.network = r->network;
    options.carrying.active = s->construction.active;
    x.options = &options;
    if (s->construction.masks) {
        CISUP_TRY(setup_cycle(s, &x.shape, &cycle, err));
        CISUP_TRY(cisup_cycle_store(&cycle, &base, err));
    } else {
        CISUP_TRY(
            cisup_allocation_make(&base, x.shape.N, x.shape.S, x.shape.T, &how, err));
    }
    CISUP_TRY(run_pilot(s, &base, &cycle, &options, err));
    if (!s->own.w)
        CISUP_TRY(cisup_circuits_make(&drawn, x.shape.T, s->d, s->L, &family, err));
    CISUP_TRY(
        cisup_network_make(&net, &base, s->own.w ? &s->own : &drawn, &options, err));
    CISUP_TRY(write_all(&x, err));
    say_done(r, json_array_size(x.out.files));
done:
    export_files_free(&x.out);
    cisup_network_free(&net);
    cisup_circuits_free(&drawn);
    cisup_cycle_free(&cycle);
    cisup_allocation_free(&base);
    return status;
}

#define OPTIONS_OF request
static const option_row table[] = {
    OPTION_GROUP(NETWORK),
    OPTION_TABLE(setup, setup_options),
    OPTION_GROUP(MEASUREMENT),
    CHOICE(setup.weights.assemble, NULL, "assemble", cisup_assembling_find,
           "auto|products|direct",
           "stored weights by sparse products, neuron by neuron, or by size (auto)"),
    OPTION_GROUP(OUTPUT),
    OPTION(output, "output", 'o', TEXT, "DIR", "where to (required)"),
    CHOICE(form, NULL, "form", NULL, "block|full",
           "E and U of one block, N x T, or of all, D x T d (block)"),
    OPTION(network, "network", 0, INDEX, "k", "which network of the seed (0)"),
    OPTION(active, "active", 'z', SIZE, "z",
           "active circuits of the samples in network.json; with masks safe offsets and "
           "strengths, and codes, are for as many (3)"),
    OPTION(samples, "samples", 'M', SIZE, "M", "samples in network.json (1)"),
    CHOICE(as, NULL, "as", NULL, "mtx|npz|safetensors",
           "matrices as Matrix Market or SciPy's .npz, a file each, or all in "
           "network.safetensors (mtx)"),
    OPTION(gzip, "gzip", 0, FLAG, NULL, "compress: .mtx.gz"),
    OPTION(json, "json", 0, FLAG, NULL, "of a dry run"),
    OPTION(quiet, "quiet", 'q', FLAG, NULL, "print nothing that succeeds"),
    OPTION(overwrite, "force", 0, FLAG, NULL, "replace existing files"),
    OPTION(dry_run, "dry-run", 0, FLAG, NULL, "print sizes and stop"),
    OPTIONS_END,
};

int cmd_export(int argc, char **argv) {
    request r = {.setup = setup_defaults(), .samples = 1};
    options_parse("cisup export", "-o DIR", about, table, &r, argc, argv, NULL);
    cisup_error err = {0};
    cisup_status status =
        r.output ? execute(&r, &err)
                 : CISUP_FAIL(&err, CISUP_EINVAL, "export needs --output DIR");
    setup_free(&r.setup);
    return status == CISUP_OK ? EXIT_HOLDS : fail_with(&err);
}
