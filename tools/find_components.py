"""Find what the tests need beyond Python packages, or install it where that is possible.

Chromium drives the pages. Where it is absent and this process is root on a Debian system, it is
installed from Debian's packages; elsewhere the tests that need it are skipped by name.
"""

from __future__ import annotations

import os
import shutil
import subprocess

__all__ = ["main"]

COMPONENTS = {"chromium": ("chromium", "fonts-dejavu-core")}
APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def install(packages: tuple[str, ...]) -> None:
    """Install Debian packages; a failure is reported and left to the tests that then skip."""
    subprocess.run(["apt-get", "update", "-qq"], env=APT, check=False, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=APT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(f"components: apt-get could not install {' '.join(packages)}: {done.stderr[-200:]}")


def main() -> None:
    """Report each component, after trying to install those that are absent."""
    can_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    for command, packages in COMPONENTS.items():
        if shutil.which(command) is None and can_install:
            print(f"components: installing {command} from Debian's packages")
            install(packages)
        found = shutil.which(command)
        print(f"components: {command} {found or 'absent: tests that need it are skipped'}")


if __name__ == "__main__":
    main()
