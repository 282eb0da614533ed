/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int peer_scipy(const cisup_allocation *a, cisup_index neurons, peer_result *out) {
    char path[] = "/tmp/bench-check-XXXXXX", command[4400];
    const int file = mkstemp(path);
    FILE *stream = file < 0 ? NULL : fdopen(file, "wb");
    if (!stream) return 1;
    const size_t entries = (size_t)(a->T * a->S);
    int failed = fwrite(a->slot, sizeof *a->slot, entries, stream) != entries;
    failed |= fclose(stream) != 0;
    (void)snprintf(command, sizeof command, "/usr/bin/python3 %s %s %lld %lld %lld",
                   CHECK_SCIPY, path, (long long)a->N, (long long)a->S,
                   (long long)neurons);
    FILE *answer = failed ? NULL : popen(command, "r");
    failed |= !answer || fscanf(answer, "%lf %lf", &out->second, &out->most) != 2;
    if (answer) failed |= pclose(answer) != 0;
    (void)unlink(path);
    return failed;
}
