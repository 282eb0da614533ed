// SPDX-License-Identifier: GPL-3.0-or-later
// Builds a small network by the installed headers, in C++.
#include <cisup/cisup.h>

#include <cstdio>
#include <cstring>

int main() {
    cisup_error err = {};
    cisup_allocation base;
    cisup_overlap_report overlap;
    if (std::strcmp(cisup_version(), CISUP_VERSION_TEXT) != 0) return 1;
    if (cisup_allocation_make(&base, 30, 4, 25, nullptr, &err) != CISUP_OK ||
        cisup_overlap_check(&base, &overlap, &err) != CISUP_OK) {
        std::fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    std::printf("holds %d\n", overlap.holds);
    cisup_allocation_free(&base);
    return overlap.holds ? 0 : 1;
}
