/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_APPS_SWEEP_EXPORT_H
#define CISUP_APPS_SWEEP_EXPORT_H

#include "common/emit.h"
#include "journal.h"
#include "sweep_spec.h"

/* The finished cells in their order, as docs/formats.md says; the bytes depend on the
 * spec and the version of the program alone. Errors: EIO; EFORMAT for a damaged journal;
 * ENOMEM. */

/* JSON lines on standard output. */
CISUP_MUST_CHECK cisup_status sweep_export_json(journal *j, const sweep_spec *spec,
                                                cisup_error *err);

/* CSV; path and overwrite as in csv_open. */
CISUP_MUST_CHECK cisup_status sweep_export_csv(journal *j, const sweep_spec *spec,
                                               const char *path,
                                               cisup_overwrite overwrite,
                                               cisup_error *err);

#endif
