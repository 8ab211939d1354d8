"""The server under test, as a TOML file describes it."""

import ssl
import tomllib
from pathlib import Path

DEFAULTS = Path(__file__).parent.parent / "defaults.toml"


class Target:
    """Endpoints, feed, identifiers and codes; what the file leaves out has a default, but endpoints have none."""

    def __init__(self, given, folder):
        defaults = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
        unknown = set(given) - set(defaults)
        if unknown:
            raise ValueError(f"unknown table {', '.join(sorted(unknown))}; known are {', '.join(sorted(defaults))}")
        merged = {table: {**values, **given.get(table, {})} for table, values in defaults.items()}
        self.endpoints = merged["endpoints"]
        self.feed = merged["feed"]
        self.domain = merged["domain"]
        self.codes = merged["codes"]
        self.timeout = merged["connection"]["timeout"]
        self._tls = {key: folder / name for key, name in merged["tls"].items() if name}
        self.pool = list(self.feed["pool"])

    @classmethod
    def read(cls, path):
        """Reads a file such as `conformance/serve-for-kit` writes; relative names are relative to it."""
        path = Path(path)
        return cls(tomllib.loads(path.read_text(encoding="utf-8")), path.resolve().parent)

    def tls_context(self):
        """For https endpoints and an MLLP feed over TLS."""
        context = ssl.create_default_context(cafile=self._tls.get("ca"))
        if "certificate" in self._tls:
            context.load_cert_chain(self._tls["certificate"], self._tls.get("key"))
        return context
