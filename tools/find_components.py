"""Find what the tests need beyond Python packages, or install it where that is possible.

Chromium drives the pages; PostgreSQL, a broker of MQTT and OpenSSL are started or called by the
tests, which make a cluster, a configuration and certificates of their own. Where one is absent and
this process is root on a Debian system, it is installed from Debian's packages, without a cluster
or a service of the system being started; elsewhere the tests that need it are skipped by name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["COMPONENTS", "Component", "find", "main"]

APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
KEEP_OURS = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
NO_SERVICE = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True, slots=True)
class Component:
    """A program, where it may be beside the path, and the packages that bring it."""

    command: str
    packages: tuple[str, ...]
    beside: str = ""


COMPONENTS = (
    Component("chromium", ("chromium", "fonts-dejavu-core")),
    Component("postgres", ("postgresql",), "/usr/lib/postgresql/*/bin"),
    Component("mosquitto", ("mosquitto",), "/usr/sbin"),
    Component("openssl", ("openssl",)),
    Component("gcc", ("gcc", "libc6-dev")),
)


def find(component: Component) -> str | None:
    """Path of the program, also where it is not on the path; None when it is absent.

    >>> find(Component("no-such-program", ()))
    """
    found = shutil.which(component.command)
    if found is None and component.beside:
        root, _, pattern = component.beside.partition("*")
        pattern = (
            f"*{pattern}/{component.command}" if "*" in component.beside else component.command
        )
        found = next((str(path) for path in sorted(Path(root).glob(pattern), reverse=True)), None)
    return found


def install(packages: tuple[str, ...]) -> None:
    """Install Debian packages; a failure is reported and left to the tests that then skip."""
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *KEEP_OURS, *packages],
        env=APT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(f"components: apt-get could not install {' '.join(packages)}: {done.stderr[-200:]}")


def install_quietly(absent: list[Component]) -> None:
    """Install what is absent; no server is started and no cluster made by that."""
    subprocess.run(["apt-get", "update", "-qq"], env=APT, check=False, stdout=subprocess.DEVNULL)
    if not NO_CLUSTER.exists():
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")
    ours = not NO_SERVICE.exists()
    if ours:
        NO_SERVICE.write_text("#!/bin/sh\nexit 101\n")
        NO_SERVICE.chmod(0o755)
    try:
        for component in absent:
            print(f"components: installing {component.command} from Debian's packages")
            install(component.packages)
    finally:
        if ours:
            NO_SERVICE.unlink()


def main() -> None:
    """Report each component, after trying to install those that are absent."""
    can_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    absent = [component for component in COMPONENTS if find(component) is None]
    if absent and can_install:
        install_quietly(absent)
    for component in COMPONENTS:
        found = find(component)
        told = found or "absent: tests that need it are skipped"
        print(f"components: {component.command} {told}")


if __name__ == "__main__":
    main()
