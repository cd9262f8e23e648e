"""The endpoints that arms name, each with its address and the keys from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from autonome.agents.llm.settings import OPENROUTER, Dialect, Endpoint
from autonome.bootstrap.arena_file.places import Place, nearest
from autonome.bootstrap.arena_file.plan import EndpointPlan
from autonome.bootstrap.arena_file.providers import PROVIDERS
from autonome.bootstrap.arena_file.tables import EndpointTable
from autonome.domain.errors import SettingError

__all__ = ["Endpoints"]

_KEY: Final = re.compile(r"[!-~]{1,4096}")
"""What a header can carry."""


class Endpoints:
    """Endpoints by name, read when the first arm asks: a key that nobody needs may be missing."""

    def __init__(
        self,
        tables: Mapping[str, EndpointTable],
        environment: Mapping[str, str],
        place: Place,
        *,
        may_lack_keys: bool = False,
    ) -> None:
        """Take the tables of the file; known providers are there without one."""
        self._tables = tables
        self._environment = environment
        self._place = place
        self._may_lack_keys = may_lack_keys
        self._used: dict[str, EndpointPlan] = {}

    @property
    def used(self) -> tuple[EndpointPlan, ...]:
        """Return those that were asked for, in that order."""
        return tuple(self._used.values())

    def offered(self) -> tuple[EndpointPlan, ...]:
        """Return every endpoint that the file names or an arm uses.

        One that nobody uses may be unusable: a mistake in it is no mistake of the file's arms.
        """
        found = list(self._used.values())
        hosts = {
            key.get_secret_value(): each.endpoint.origin for each in found for key in each.keys
        }
        for name, table in self._tables.items():
            if name in self._used:
                continue
            try:
                each = self._read(name, table, may_lack_keys=True)
            except SettingError:
                continue
            origin = each.endpoint.origin
            # A key belongs to one host.
            if all(hosts.setdefault(key.get_secret_value(), origin) == origin for key in each.keys):
                found.append(each)
        return tuple(found)

    def use(self, name: str, path: str) -> Endpoint:
        """Return the endpoint that the key ``path`` names.

        Raises:
            SettingError: it has no address, or a variable of its keys is not set.
        """
        if name not in self._used:
            known = {**PROVIDERS, **self._tables}
            if name not in known:
                raise self._place.refusal(
                    path,
                    f"expected an endpoint's name, found {name!r}.",
                    remedy=f"{nearest(name, known)}Known: {', '.join(known)}; or add a table"
                    f" [endpoints.{name}] with its url.",
                )
            table = self._tables.get(name, EndpointTable())
            self._used[name] = self._read(name, table, may_lack_keys=self._may_lack_keys)
        return self._used[name].endpoint

    def _read(self, name: str, table: EndpointTable, *, may_lack_keys: bool) -> EndpointPlan:
        provider = PROVIDERS.get(name)
        url = table.url or (provider.endpoint.base_url if provider else None)
        if url is None:
            raise self._place.refusal(
                f"endpoints.{name}.url", "expected a value, found none.", remedy="Add it."
            )
        spoken = Dialect(table.dialect) if table.dialect else _dialect(url)
        endpoint = Endpoint(name=name, base_url=url, dialect=spoken, streams=table.stream)
        variables = table.keys
        if variables is None:
            # A provider's key goes to the provider's own host, whoever else takes its name.
            is_own = provider is not None and endpoint.origin == provider.endpoint.origin
            variables = (provider.variable,) if provider and is_own else ()
        if may_lack_keys:
            for variable in variables:
                if not self._environment.get(variable, "").strip():
                    return EndpointPlan(
                        endpoint=endpoint, keys=(), variables=variables, missing=variable
                    )
        keys = tuple(
            self._key(variable, f"endpoints.{name}.keys[{number}]")
            for number, variable in enumerate(variables, start=1)
        )
        return EndpointPlan(endpoint=endpoint, keys=keys, variables=variables)

    def _key(self, variable: str, path: str) -> SecretStr:
        key = self._environment.get(variable, "").strip()
        if not _KEY.fullmatch(key):
            found = "characters that no key has" if key else "nothing"
            raise self._place.refusal(
                path,
                f"expected a key in the environment variable {variable}, found {found}.",
                remedy=f"Set {variable}, or name another variable; keys = [] sends none.",
            )
        return SecretStr(key)


def _dialect(url: str) -> Dialect:
    is_openrouter = urlsplit(url).hostname == urlsplit(OPENROUTER.base_url).hostname
    return Dialect.OPENROUTER if is_openrouter else Dialect.OPENAI
