/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_API_H
#define CISUP_CORE_API_H

/* Before every function of a public header: what the shared library exports. All else is
 * hidden in it. */
#define CISUP_API __attribute__((visibility("default")))

#endif
