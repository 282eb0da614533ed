/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cisup/core/version.h>

const char *cisup_version(void) {
    return CISUP_VERSION_TEXT;
}
