/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <cisup/sparse/csc.h>

int main(void) {
    return 0;
}
