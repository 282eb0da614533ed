/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_VERSION_H
#define CISUP_CORE_VERSION_H

#include <cisup/core/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers; the build takes that of all the project from here. */
#define CISUP_VERSION_MAJOR 0
#define CISUP_VERSION_MINOR 2
#define CISUP_VERSION_PATCH 0
#define CISUP_VERSION_TEXT "0.2.0"

/* The version of the library that runs: its CISUP_VERSION_TEXT. While the first number
 * is 0, versions with another second number are not compatible. */
CISUP_API const char *cisup_version(void);

#ifdef __cplusplus
}
#endif

#endif
