"""Agents of a user's own, found by name: ``module:Class``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

from autonome.agents.rules.agent import RuleAgent
from autonome.domain.errors import AutonomeError, SettingError

__all__ = ["load_agent"]


def load_agent(reference: str) -> RuleAgent:
    """Return a new agent of the class that ``reference`` (``module:Class``) names.

    Modules are searched in the current folder, then where Python finds them.

    Raises:
        SettingError: there is no such module or class, it is no RuleAgent, or it cannot be made
            without arguments.
    """
    module_name, colon, class_name = reference.partition(":")
    if not (module_name and colon and class_name):
        raise SettingError(
            f"expected an agent as module:Class, found {reference!r}.",
            remedy="For a class EmaCross in my_agents.py, write my_agents:EmaCross.",
        )
    if not all(name.isidentifier() for name in module_name.split(".")):
        raise SettingError(
            f"expected a module as names joined by dots, found {module_name!r}.",
            remedy="For my_agents.py, write my_agents, without a folder and without .py.",
        )
    module = _module(module_name)
    if class_name not in vars(module):
        raise SettingError(
            f"expected a class {class_name!r} in {module_name}, found nothing of that name.",
            remedy=_remedy(module_name),
        )
    found = vars(module)[class_name]
    if not (isinstance(found, type) and issubclass(found, RuleAgent)):
        raise SettingError(
            f"expected {class_name!r} in {module_name} to be a subclass of RuleAgent,"
            f" found {found!r}.",
            remedy=_remedy(module_name),
        )
    return _made(found, reference)


def _made(found: type[RuleAgent], reference: str) -> RuleAgent:
    try:
        return found()
    except AutonomeError:
        raise
    except TypeError as error:
        raise SettingError(
            f"expected that {reference} can be made without arguments: {error}",
            remedy="Write signals(self, frame), and give every setting a value in the class.",
        ) from error
    except Exception as error:
        raise SettingError(
            f"expected that {reference} can be made; it failed: {type(error).__name__}: {error}",
            remedy="Correct its __init__.",
        ) from error


def _module(name: str) -> ModuleType:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # A file written since this process began would otherwise not be seen.
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in (name, name.split(".")[0]):
            raise SettingError(
                f"expected a module {name!r}, found none; the current folder ({folder}) and the"
                " installed packages were searched.",
                remedy=f"Change to the folder of {name.split('.')[0]}.py, or correct the name.",
            ) from error
        raise SettingError(
            f"expected to import {name!r}; it failed: {type(error).__name__}: {error}",
            remedy="Correct the module; python -c 'import " + name + "' shows where it fails.",
        ) from error


def _remedy(module_name: str) -> str:
    module = sys.modules[module_name]
    names = sorted(
        name
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, RuleAgent) and found is not RuleAgent
    )
    there = f"It has {', '.join(names)}." if names else "It has no subclass of RuleAgent."
    return f"Name a class of {module_name}. {there}"
