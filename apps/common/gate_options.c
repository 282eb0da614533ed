/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate_options.h"

#include <cisup/core/base/failure.h>
#include <cisup/core/circuits/gate.h>

#define OPTIONS_OF cisup_gate_step
const option_row gate_options[] = {
    PARAMETER(steepness, "gate_steepness", "gate-steepness", 0, NUMBER, "k",
              "steepness k of the gate's on-pair, above 1 + s (2)"),
    PARAMETER(shift, "gate_shift", "gate-shift", 0, NUMBER, "s",
              "shift s of the gate's on-pair (0.5)"),
    OPTIONS_END,
};

cisup_gate_step gate_step_defaults(void) {
    return cisup_gate_step_of((cisup_gate_step){0});
}

int gate_step_is_default(const cisup_gate_step *step) {
    const cisup_gate_step plain = gate_step_defaults();
    return step->steepness == plain.steepness && step->shift == plain.shift;
}

cisup_status gate_step_check(const cisup_gate_step *step, cisup_error *err) {
    if (step->shift == 0.0) /* which the library takes for none given */
        return CISUP_FAIL(err, CISUP_EINVAL, "--gate-shift 0: must be positive");
    if (step->steepness == 0.0)
        return CISUP_FAIL(err, CISUP_EINVAL, "--gate-steepness 0: must be above 1");
    const cisup_status status = cisup_gate_step_check(*step, err);
    if (status != CISUP_OK) cisup_error_prefix(err, "--gate-steepness, --gate-shift");
    return status;
}
