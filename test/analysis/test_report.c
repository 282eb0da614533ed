/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/check.h"

#include <cisup/analysis/report.h>
#include <cisup/core/schemes.h>

static const cisup_index some_z[] = {1, 2};
enum { N = 25, S = 3, T = 20, D_CIRCUIT = 4, L = 3, WORST = 2 };

static cisup_report report_;
static cisup_allocation base_;

static int make_report(void **state) {
    (void)state;
    cisup_experiment x = cisup_experiment_defaults();
    CHECK_OK(cisup_allocation_make(&base_, N, S, T, NULL, &error_));
    x.base = &base_;
    x.d = D_CIRCUIT;
    x.L = L;
    x.z = some_z;
    x.z_count = 2;
    x.networks = 2;
    x.inputs = 10;
    x.threads = 1;
    x.terms = 1;
    x.worst = WORST;
    x.network.weights.scheme = CISUP_WEIGHTS_CAPPED;
    CHECK_OK(cisup_experiment_run(&x, &report_, &error_));
    return 0;
}

static int free_report(void **state) {
    (void)state;
    cisup_report_free(&report_);
    cisup_allocation_free(&base_);
    return 0;
}

static double number(const cisup_record *row, const char *name) {
    const cisup_field *f = cisup_record_find(row, name);
    assert_non_null(f);
    assert_int_equal(f->kind, CISUP_FIELD_NUMBER);
    return f->value.number;
}

static cisup_index whole(const cisup_record *row, const char *name) {
    const cisup_field *f = cisup_record_find(row, name);
    assert_non_null(f);
    assert_int_equal(f->kind, CISUP_FIELD_INDEX);
    return f->value.index;
}

static const char *text(const cisup_record *row, const char *name) {
    return cisup_record_find(row, name)->value.text;
}

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* What was visited: rows of each kind, and of the z that is expected next. */
typedef struct {
    int run, error, term, open, worst, stop_after;
} visited;

/* The k-th row of a z, in the order layer, state, quantity. */
static void check_error(const cisup_record *row, int k) {
    const cisup_index l = k / (2 * CISUP_QUANTITIES) % L + 1;
    const int state = k / CISUP_QUANTITIES % 2, q = k % CISUP_QUANTITIES;
    const cisup_result *r = &report_.result[k / (2 * CISUP_QUANTITIES * L)];
    const cisup_index cell = cisup_cell(l, state, q);
    assert_int_equal(whole(row, "z"), r->z);
    assert_int_equal(whole(row, "layer"), l);
    assert_string_equal(text(row, "state"), cisup_state_name((cisup_state_kind)state));
    assert_string_equal(text(row, "quantity"), cisup_quantity_name((cisup_quantity)q));
    assert_true(same(number(row, "mse"), r->mse[cell].mean));
    assert_true(same(number(row, "mse_lo"), r->mse[cell].low));
    assert_true(same(number(row, "mse_hi"), r->mse[cell].high));
    assert_true(same(number(row, "median"), r->median[cell]));
    assert_true(same(number(row, "q99"), r->q99[cell]));
    assert_true(same(number(row, "worst"), r->worst[cell]));
    assert_true(same(number(row, "signal"), r->mse[cisup_cell(l, 2, q)].mean));
    assert_true(same(number(row, "theory.post"), r->theory[cell].post));
    assert_true(same(number(row, "theory.followup"), r->theory[cell].followup));
    assert_true(same(number(row, "theory.refined"), r->theory[cell].refined));
}

static void check_term(const cisup_record *row, int k) {
    const int terms = CISUP_TERM_TOTAL;
    const cisup_result *r = &report_.result[k / (2 * terms * L)];
    const cisup_index cell =
        cisup_term_cell(k / (2 * terms) % L + 1, k / terms % 2, k % terms);
    assert_string_equal(text(row, "term"), cisup_term_name((cisup_term)(k % terms)));
    assert_true(same(number(row, "mean_square"), r->term[cell].mean));
    assert_true(same(number(row, "lo"), r->term[cell].low));
    assert_true(same(number(row, "hi"), r->term[cell].high));
    assert_true(same(number(row, "correlation_with_total"), r->correlation[cell]));
    assert_true(same(number(row, "residual"), r->residual));
}

static void check_open(const cisup_record *row, int k) {
    const cisup_result *r = &report_.result[k / (L * D_CIRCUIT)];
    const int at = k % (L * D_CIRCUIT);
    assert_int_equal(whole(row, "block"), at % D_CIRCUIT);
    assert_true(same(number(row, "fraction"), r->open[at]));
    assert_true(same(number(row, "wrong_fraction"), r->wrong[at]));
}

static void check_worst(const cisup_record *row, int k) {
    const cisup_culprit *c = &report_.result[k / WORST].culprit[k % WORST];
    const cisup_field *list = cisup_record_find(row, "neighbours");
    assert_int_equal(whole(row, "rank"), k % WORST + 1);
    assert_int_equal(whole(row, "circuit"), c->who.circuit);
    assert_true(same(number(row, "mse"), c->who.mse));
    assert_int_equal(list->value.list.count, c->neighbours);
    for (cisup_index j = 0; j < c->neighbours; j++) {
        cisup_record item = {0};
        list->value.list.item(list->value.list.of, j, &item);
        assert_int_equal(whole(&item, "circuit"), c->neighbour[j].circuit);
        assert_int_equal(whole(&item, "neuron"), c->neighbour[j].neuron);
        assert_true(number(&item, "mean_square") == c->neighbour[j].mean_square);
    }
    assert_int_equal(cisup_record_find(row, "neurons")->value.list.count, c->neurons);
}

static void check_run(const cisup_record *row) {
    const cisup_field *kappa = cisup_record_find(row, "kappa");
    assert_int_equal(whole(row, "networks_done"), 2);
    assert_true(number(row, "P") == report_.stats.P);
    assert_int_equal(cisup_record_find(row, "g")->value.list.count, 2);
    assert_int_equal(kappa->value.list.count, L - 1);
    cisup_record item = {0};
    kappa->value.list.item(kappa->value.list.of, 1, &item);
    assert_true(item.field[0].value.number == report_.kappa[1]);
}

static int check_row(void *context, const cisup_record *row) {
    visited *v = context;
    const char *kind = text(row, "record");
    assert_string_equal(row->field[0].name, "record");
    if (strcmp(kind, "run") == 0) check_run(row), v->run++;
    if (strcmp(kind, "error") == 0) check_error(row, v->error++);
    if (strcmp(kind, "term") == 0) check_term(row, v->term++);
    if (strcmp(kind, "open") == 0) check_open(row, v->open++);
    if (strcmp(kind, "worst") == 0) check_worst(row, v->worst++);
    const int rows = v->run + v->error + v->term + v->open + v->worst;
    return rows == v->stop_after ? 17 : 0;
}

static void rows_are_those_of_the_report(void **state) {
    (void)state;
    visited v = {0};
    assert_int_equal(cisup_report_each(&report_, NULL, check_row, &v), 0);
    assert_int_equal(v.run, 1);
    assert_int_equal(v.error, 2 * L * 2 * CISUP_QUANTITIES);
    assert_int_equal(v.term, 2 * L * 2 * CISUP_TERM_TOTAL);
    assert_int_equal(v.open, 2 * L * D_CIRCUIT);
    assert_int_equal(v.worst, 2 * WORST);
}

static int count_row(void *context, const cisup_record *row) {
    (void)row;
    ++*(int *)context;
    return 0;
}

static int rows_of(cisup_report_rows which) {
    int count = 0;
    assert_int_equal(cisup_report_each(&report_, &which, count_row, &count), 0);
    return count;
}

static void rows_can_be_chosen(void **state) {
    (void)state;
    const cisup_result *second = &report_.result[1];
    const int errors = L * 2 * CISUP_QUANTITIES;
    assert_int_equal(rows_of((cisup_report_rows){.kinds = CISUP_ROWS_ERROR}), 2 * errors);
    assert_int_equal(
        rows_of((cisup_report_rows){.kinds = CISUP_ROWS_ERROR, .result = second}),
        errors);
    assert_int_equal(
        rows_of((cisup_report_rows){
            .kinds = CISUP_ROWS_ERROR | CISUP_ROWS_OPEN, .result = second, .layer = 2}),
        errors / L + D_CIRCUIT);
    assert_int_equal(rows_of((cisup_report_rows){.kinds = CISUP_ROWS_RUN}), 1);
}

/* Wherever the visitor says so. */
static void a_visit_can_end(void **state) {
    (void)state;
    visited all = {0};
    (void)cisup_report_each(&report_, NULL, check_row, &all);
    const int rows = all.run + all.error + all.term + all.open + all.worst;
    for (int k = 1; k <= rows; k++) {
        visited v = {.stop_after = k};
        assert_int_equal(cisup_report_each(&report_, NULL, check_row, &v), 17);
        assert_int_equal(v.run + v.error + v.term + v.open + v.worst, k);
    }
}

/* Circuits without an on-indicator have read-out errors alone; nor are there others. */
static void what_was_not_asked_for_has_no_rows(void **state) {
    (void)state;
    cisup_report less = report_;
    less.has[CISUP_ON] = less.has[CISUP_X] = 0;
    less.terms = 0;
    less.worst = 0;
    int count = 0;
    assert_int_equal(cisup_report_each(&less, NULL, count_row, &count), 0);
    assert_int_equal(count, 1 + 2 * (2 * L + L * D_CIRCUIT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_report),
        cmocka_unit_test(rows_can_be_chosen),
        cmocka_unit_test(a_visit_can_end),
        cmocka_unit_test(what_was_not_asked_for_has_no_rows),
    };
    return cmocka_run_group_tests(tests, make_report, free_report);
}
