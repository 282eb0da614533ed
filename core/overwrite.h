/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_OVERWRITE_H
#define CISUP_CORE_OVERWRITE_H

/* Whether an existing file of that name may be replaced. */
typedef enum { CISUP_KEEP_EXISTING, CISUP_REPLACE_EXISTING } cisup_overwrite;

#endif
