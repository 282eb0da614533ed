/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CISUP_CORE_API_H
#define CISUP_CORE_API_H

/* What the shared library exports; all else is hidden in it. */
#define CISUP_API __attribute__((visibility("default")))

/* Around the declarations of a header, so that C++ finds them. */
#ifdef __cplusplus
#define CISUP_BEGIN extern "C" {
#define CISUP_END }
#else
#define CISUP_BEGIN
#define CISUP_END
#endif

#endif
