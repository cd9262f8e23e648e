"""The embedded PostgreSQL: one server per home, shared by every process that uses that home.

Who does what:

- ``attachment``: the using process; it holds a shared lock on ``users.lock`` for as long as it uses
  the server, and starts a keeper when there is none.
- ``keeper``: a small process that owns the server, and stops it once nobody holds ``users.lock``.
- ``cluster``, ``server``, ``leftovers``: make the data, run the server, clean up after a crash.

The kernel lets go of a dead process's locks, and tells the server when its keeper dies. So nothing
here trusts a process id that was written down by somebody who may be dead.
"""

from __future__ import annotations

from autonome.ledger.embedded.attachment import EmbeddedServer, attach
from autonome.ledger.embedded.binaries import Binaries

__all__ = ["Binaries", "EmbeddedServer", "attach"]
