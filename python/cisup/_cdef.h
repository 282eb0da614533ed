/* What Python calls of the library. The compiler holds every line against its headers. */
typedef int64_t cisup_index;

/* core/status.h, version.h, memory.h, watcher.h */
typedef enum {
    CISUP_OK, CISUP_EINVAL, CISUP_ESHAPE, CISUP_EINFEASIBLE, CISUP_EINVARIANT,
    CISUP_EFORMAT, CISUP_EIO, CISUP_ENOMEM, CISUP_ESTOPPED, ...
} cisup_status;
typedef struct {
    const char *function;
    int line;
    char text[480];
    ...;
} cisup_error;
const char *cisup_version(void);
int64_t cisup_memory_live(void);
void cisup_release(void *memory);
typedef struct {
    int (*ask)(void *context, double done, double of);
    void *context;
    ...;
} cisup_watcher;
extern "Python" int cisup_py_ask(void *context, double done, double of);

/* core/allocation.h, schemes.h, overlap.h, rows.h */
typedef struct { cisup_index N, S, T; int32_t *slot; ...; } cisup_allocation;
cisup_status cisup_allocation_init(cisup_allocation *a, cisup_index N, cisup_index S,
                                   cisup_index T, cisup_error *err);
void cisup_allocation_free(cisup_allocation *a);
void cisup_allocation_loads(const cisup_allocation *a, cisup_index *load);
cisup_index cisup_johnson_bound(cisup_index N, cisup_index S);
typedef struct { cisup_index load_min, load_max; double load_cv, P, p; ...; } cisup_allocation_stats;
cisup_allocation_stats cisup_allocation_statistics(const cisup_index *load, cisup_index N,
                                                   cisup_index S, cisup_index T);
typedef enum { CISUP_SCHEME_BEST, ... } cisup_scheme;
typedef enum { CISUP_HOP_S, CISUP_HOP_S_LESS_1, ... } cisup_hop;
typedef enum { CISUP_EVEN_OUT_AUTO, CISUP_EVEN_OUT_YES, CISUP_EVEN_OUT_NO, ... } cisup_even_out_when;
typedef struct {
    cisup_scheme scheme;
    cisup_hop hop;
    int reflect;
    cisup_even_out_when even_out;
    double effort;
    uint64_t seed;
    const cisup_watcher *watcher;
    ...;
} cisup_allocation_options;
cisup_allocation_options cisup_allocation_defaults(void);
const char *cisup_scheme_name(cisup_scheme scheme);
int cisup_scheme_find(const char *name);
cisup_status cisup_allocation_make(cisup_allocation *a, cisup_index N, cisup_index S, cisup_index T,
                                   const cisup_allocation_options *options, cisup_error *err);
cisup_status cisup_allocation_capacity(cisup_index N, cisup_index S,
                                       const cisup_allocation_options *options,
                                       cisup_index *capacity, cisup_error *err);
typedef struct { cisup_index N, S, T; ...; } cisup_rows;
cisup_rows cisup_rows_stored(const cisup_allocation *a);
typedef struct {
    int holds;
    cisup_index max_overlap;
    int max_overlap_exact;
    cisup_index witness_circuits[2], witness_neurons[2];
    double pairs;
    ...;
} cisup_overlap_report;
typedef struct {
    double memory;
    int threads;
    cisup_index *load;
    const cisup_watcher *watcher;
    ...;
} cisup_overlap_options;
cisup_status cisup_overlap_check_rows(const cisup_rows *rows, const cisup_overlap_options *options,
                                      cisup_overlap_report *report, cisup_error *err);

/* core/incidence.h */
typedef struct { cisup_index N, S, T; ...; } cisup_incidence;
cisup_status cisup_incidence_make(cisup_incidence *x, cisup_index N, cisup_index S, cisup_index T,
                                  cisup_scheme scheme, cisup_error *err);
void cisup_incidence_free(cisup_incidence *x);

/* core/cycle.h */
typedef struct { cisup_index T, bound, q, dual; char recipe[64]; ...; } cisup_cycle_plan;
cisup_status cisup_cycle_plan_make(cisup_cycle_plan *plan, cisup_index N, cisup_index S,
                                   cisup_index c, cisup_error *err);
typedef struct { cisup_index N, S, c, T, q, most; double P, r; ...; } cisup_cycle;
cisup_status cisup_cycle_make(cisup_cycle *x, cisup_index N, cisup_index S, cisup_index c,
                              cisup_index T, cisup_error *err);
cisup_status cisup_cycle_of(cisup_cycle *x, const cisup_allocation *part, cisup_index c,
                            cisup_error *err);
void cisup_cycle_free(cisup_cycle *x);
void cisup_py_cycle_rows(const cisup_cycle *x, int32_t *slot);
typedef struct { cisup_index N, S, bad_circuit, bad_part, bad_count; ...; } cisup_cycle_parts;
typedef struct {
    int holds;
    cisup_cycle_parts parts;
    cisup_overlap_report overlap;
    ...;
} cisup_cycle_report;
cisup_status cisup_cycle_check(const cisup_rows *rows, cisup_index c,
                               const cisup_overlap_options *options,
                               cisup_cycle_report *report, cisup_error *err);

/* sparse/row_file.h, allocation_file.h */
typedef struct {
    cisup_index N, S, T, bad_circuit, bad_count;
    int base, has_rows;
    ...;
} cisup_row_file;
typedef struct {
    cisup_index neurons, S;
    int lenient, padded, one_based, transposed;
    double memory;
    ...;
} cisup_row_file_options;
cisup_status cisup_row_file_open(const char *path, const cisup_row_file_options *options,
                                 cisup_row_file *f, cisup_error *err);
void cisup_row_file_close(cisup_row_file *f);
cisup_rows cisup_row_file_rows(const cisup_row_file *f);
cisup_status cisup_py_rows_fill(const cisup_rows *rows, int32_t *out, cisup_error *err);
typedef enum { CISUP_KEEP_EXISTING, CISUP_REPLACE_EXISTING, ... } cisup_overwrite;
cisup_status cisup_allocation_file_write(const char *path, const cisup_allocation *a,
                                         const char *metadata, cisup_overwrite overwrite,
                                         cisup_error *err);

/* core/circuits.h, circuits_csv.h, circuits_embed.h, assumptions.h */
typedef enum { CISUP_ROTATION4, CISUP_ROTATION2, ... } cisup_family;
typedef enum { CISUP_LINEAR_NONE, CISUP_LINEAR_OUTPUT, CISUP_LINEAR_ALL, ... } cisup_linear;
typedef struct { double steepness, shift; ...; } cisup_gate_step;
typedef struct {
    cisup_family family;
    double margin;
    int fresh;
    uint64_t seed;
    cisup_index network;
    cisup_gate_step step;
    int carried;
    ...;
} cisup_family_options;
typedef struct {
    cisup_index T, d, L, layers;
    double *w, *wbar, *b;
    cisup_index on_count;
    double offset;
    int carried, biased;
    unsigned char *is_signed;
    int fold;
    cisup_index *input_start;
    double *input;
    cisup_family_options family;
    ...;
} cisup_circuits;
cisup_family_options cisup_family_defaults(void);
int cisup_family_find(const char *name);
cisup_status cisup_circuits_make(cisup_circuits *c, cisup_index T, cisup_index d, cisup_index L,
                                 const cisup_family_options *options, cisup_error *err);
cisup_status cisup_circuits_init(cisup_circuits *c, cisup_index T, cisup_index d, cisup_index L,
                                 cisup_index layers, cisup_error *err);
void cisup_circuits_free(cisup_circuits *c);
cisup_status cisup_circuits_set_inputs(cisup_circuits *c, cisup_index n, const cisup_index *start,
                                       const double *rows, cisup_error *err);
unsigned char *cisup_py_signs(cisup_circuits *c);
typedef struct {
    cisup_index T, L;
    int gate;
    double margin;
    int carried;
    cisup_linear linear;
    cisup_gate_step step;
    ...;
} cisup_circuits_csv_options;
cisup_status cisup_circuits_read_csv(cisup_circuits *c, const char *path,
                                     const cisup_circuits_csv_options *options, cisup_error *err);
cisup_status cisup_circuits_read_inputs(cisup_circuits *c, const char *path, cisup_error *err);
typedef struct {
    cisup_index T, L;
    const cisup_index *widths;
    int by_circuit;
    const double *weights, *biases;
    cisup_linear linear;
    ...;
} cisup_mlps;
typedef struct {
    int gate, carried;
    double margin;
    cisup_gate_step step;
    ...;
} cisup_embed_options;
typedef struct { cisup_index d, first; int is_signed; ...; } cisup_mlp_places;
cisup_status cisup_circuits_embed(cisup_circuits *c, const cisup_mlps *mlps,
                                  const cisup_embed_options *options, cisup_mlp_places *places,
                                  cisup_error *err);
void cisup_mlp_input(const cisup_mlp_places *places, cisup_index n, const double *x, double *a);
typedef struct {
    double noise_tolerance, on_tolerance, largest_bias, common_part, largest_correlation;
    int a2_holds, a3_holds, a4_holds;
    ...;
} cisup_assumptions;
cisup_status cisup_assumptions_check(const cisup_circuits *c, cisup_assumptions *out,
                                     cisup_error *err);

/* sparse/csc.h, weights.h, network.h, network_matrices.h */
typedef struct { cisup_index nrow, ncol; cisup_index *p, *i; double *x; ...; } cisup_csc;
void cisup_csc_free(cisup_csc *a);
typedef enum { CISUP_WEIGHTS_CAPPED, ... } cisup_weight_scheme;
typedef enum { CISUP_KAPPA_SINGLE, CISUP_KAPPA_ROWS, ... } cisup_kappa_kind;
typedef enum { CISUP_OPERATOR_FACTORED, CISUP_OPERATOR_ASSEMBLED, ... } cisup_operator_form;
int cisup_weight_scheme_find(const char *name);
typedef struct {
    cisup_weight_scheme scheme;
    double center, correction;
    cisup_kappa_kind kappa;
    ...;
} cisup_weight_options;
typedef struct {
    cisup_index cycle, active;
    int codes;
    double input, offset, strength;
    ...;
} cisup_carrying;
typedef struct {
    cisup_weight_options weights;
    cisup_operator_form form;
    int keep_order;
    uint64_t seed;
    cisup_index network;
    int threads;
    const cisup_index *permutations;
    cisup_carrying carrying;
    const cisup_watcher *watcher;
    ...;
} cisup_network_options;
cisup_network_options cisup_network_defaults(void);
typedef struct {
    cisup_weight_options weights;
    cisup_index *row_of;
    cisup_index cycle;
    double *offset, *strength;
    cisup_index coded;
    ...;
} cisup_network;
cisup_status cisup_network_make(cisup_network *net, const cisup_allocation *base,
                                const cisup_circuits *circuits,
                                const cisup_network_options *options, cisup_error *err);
void cisup_network_free(cisup_network *net);
double cisup_network_kappa(const cisup_network *net, cisup_index l);
cisup_status cisup_network_neurons(const cisup_circuits *c, const cisup_carrying *carrying,
                                   int robust, cisup_index S, cisup_index D, cisup_index *N,
                                   cisup_error *err);
cisup_status cisup_network_bias(const cisup_network *net, cisup_index l, cisup_index D, double *b,
                                cisup_error *err);
cisup_status cisup_network_embedding(const cisup_network *net, cisup_index l, cisup_index D,
                                     cisup_csc *e, cisup_error *err);
cisup_status cisup_unembedding(const cisup_csc *e, cisup_index S, cisup_csc *u, cisup_error *err);
typedef struct { cisup_csc sparse, left, right; double kappa; ...; } cisup_network_weight;
cisup_status cisup_network_weights(const cisup_network *net, cisup_index l, cisup_index D,
                                   cisup_network_weight *w, cisup_error *err);
void cisup_network_weights_free(cisup_network_weight *w);
typedef struct {
    cisup_csc w, u;
    double *b;
    double constant;
    cisup_index masks, codes, bits;
    cisup_index mask[16], code[16];
    ...;
} cisup_network_layer;
cisup_status cisup_network_layers(const cisup_network *net, cisup_network_layer *layer,
                                  cisup_error *err);
void cisup_network_layers_free(cisup_network_layer *layer, cisup_index L);

/* analysis/network_run.h, mode.h */
typedef enum { CISUP_MODE_RELU, ... } cisup_mode;
int cisup_mode_find(const char *name);
typedef enum { CISUP_PRECISION_DOUBLE, CISUP_PRECISION_SINGLE, ... } cisup_precision;
typedef enum {
    CISUP_ENGINE_AUTO, CISUP_ENGINE_BATCHED, CISUP_ENGINE_SPARSE, CISUP_ENGINE_ASSEMBLED,
    CISUP_ENGINE_REDUCED, ...
} cisup_engine;
typedef struct {
    cisup_index count, z;
    const cisup_index *active;
    const double *input;
    ...;
} cisup_run_samples;
typedef struct {
    cisup_mode mode;
    const cisup_index *layers;
    cisup_index layer_count, D;
    int threads;
    ...;
} cisup_run_options;
typedef struct { double *activations, *readout, *states; ...; } cisup_run_results;
cisup_status cisup_run_inputs(const cisup_circuits *c, const cisup_run_samples *samples,
                              uint64_t seed, cisup_index network, double *input, cisup_error *err);
cisup_status cisup_network_run(const cisup_network *net, const cisup_run_samples *samples,
                               const cisup_run_options *options, const cisup_run_results *out,
                               cisup_error *err);

/* analysis/experiment.h, report.h, core/record.h */
typedef struct {
    const cisup_index *start, *circuit;
    cisup_index count;
    ...;
} cisup_active_sets;
typedef struct { const cisup_index *circuit; cisup_index count; int by_network; ...; } cisup_exclusion;
typedef struct {
    const cisup_allocation *base;
    const cisup_incidence *computed;
    const cisup_cycle *cycle;
    const cisup_circuits *circuits;
    cisup_family_options family;
    cisup_index d, L;
    cisup_network_options network;
    cisup_engine engine;
    cisup_mode mode;
    cisup_precision precision;
    const cisup_index *z;
    cisup_index z_count;
    const cisup_active_sets *active;
    double noise;
    int robust_masks;
    cisup_exclusion exclude;
    int terms;
    cisup_index worst, networks, inputs;
    uint64_t seed;
    int threads;
    const cisup_watcher *watcher;
    ...;
} cisup_experiment;
cisup_experiment cisup_experiment_defaults(void);
typedef struct { cisup_index networks; double build_s, run_s; ...; } cisup_report;
cisup_status cisup_experiment_run(const cisup_experiment *x, cisup_report *report, cisup_error *err);
void cisup_report_free(cisup_report *report);
double cisup_experiment_bytes(const cisup_experiment *x);
typedef struct cisup_record cisup_record;
typedef enum {
    CISUP_FIELD_NONE, CISUP_FIELD_INDEX, CISUP_FIELD_NUMBER, CISUP_FIELD_TRUTH,
    CISUP_FIELD_TEXT, CISUP_FIELD_LIST, ...
} cisup_field_kind;
typedef struct {
    const char *name;
    cisup_field_kind kind;
    union {
        cisup_index index;
        double number;
        int truth;
        const char *text;
        struct {
            const void *of;
            cisup_index count;
            void (*item)(const void *of, cisup_index k, cisup_record *item);
        } list;
    } value;
} cisup_field;
struct cisup_record { int fields, used; cisup_field field[80]; ...; };
typedef struct { unsigned kinds; ...; } cisup_report_rows;
int cisup_report_each(const cisup_report *report, const cisup_report_rows *which,
                      int (*visit)(void *context, const cisup_record *row), void *context);
extern "Python" int cisup_py_row(void *context, const cisup_record *row);
