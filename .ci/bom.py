"""The bill of materials: every library that the running service needs, as CycloneDX JSON on the standard output."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)((?:\s*\\\s+--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


def bom_of(requirements: str) -> Bom:
    bom = Bom()
    bom.metadata.component = Component(name="screening", type=ComponentType.APPLICATION)
    for name, version, hashes in _PIN.findall(requirements):
        address = PackageURL("pypi", None, name, version)
        library = Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=address,
            bom_ref=str(address),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _HASH.findall(hashes)],
        )
        bom.components.add(library)
        bom.register_dependency(bom.metadata.component, [library])
    return bom


if __name__ == "__main__":
    sys.stdout.write(
        JsonV1Dot6(bom_of(Path("requirements.txt").read_text())).output_as_string(indent=2) + "\n"
    )
