# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension module cisup._cisup: declarations of cisup/_cdef.txt over libcisup.so.

    build_cffi.py FILE.c     writes the module's source, for CMake; setup.py takes `ffi`
"""
import os
import shlex
import subprocess
import sys
from pathlib import Path

import cffi

HERE = Path(__file__).resolve().parent


def flags() -> dict[str, list[str]]:
    """Where headers and library are: a build tree ($CISUP_BUILD, else ../build), or installed."""
    build = Path(os.environ.get("CISUP_BUILD", HERE.parent / "build")).resolve()
    if (build / "apps/library/libcisup.so").exists():
        include = [build / "include" / layer for layer in ("all", "core/public", "sparse/public", "analysis/public")]
        return {"include_dirs": [str(path) for path in include], "library_dirs": [str(build / "apps/library")],
                "runtime_library_dirs": ["$ORIGIN"]}
    try:
        words = shlex.split(subprocess.run(["pkg-config", "--cflags", "--libs-only-L", "cisup"], check=True,
                                           capture_output=True, text=True).stdout)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"no cisup library: build it (make), name its build tree by CISUP_BUILD, "
                         f"or install it (pkg-config cisup); {error}") from error
    return {"include_dirs": [word[2:] for word in words if word.startswith("-I")],
            "library_dirs": [word[2:] for word in words if word.startswith("-L")]}


def make(**more: object) -> cffi.FFI:
    built = cffi.FFI()
    built.cdef((HERE / "cisup/_cdef.txt").read_text())
    built.set_source("cisup._cisup", (HERE / "cisup/_glue.h").read_text(), py_limited_api=True, **more)
    return built


if __name__ == "__main__":
    make().emit_c_code(sys.argv[1])
else:
    ffi = make(libraries=["cisup"], extra_compile_args=["-std=gnu11", "-O2"], **flags())
