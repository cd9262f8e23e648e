"""Tokens and sessions: by what an operator is known; only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg
from sqlalchemy import select

from autonome.domain.errors import SettingError
from autonome.ledger.codec import encoder, instant_text
from autonome.ledger.control_log import log_control
from autonome.ledger.journal.statement import insert_sql
from autonome.ledger.queries.query import Query, to
from autonome.ledger.rows import ControlEntry, Token, TokenScope
from autonome.ledger.rows.ids import new_id
from autonome.ledger.tables import sessions, tokens

__all__ = [
    "SESSION_LASTS",
    "Credential",
    "OpenSession",
    "begin_session",
    "create_token",
    "credential_of",
    "end_session",
    "held_sessions",
    "held_tokens",
    "listed_tokens",
    "note_use",
    "open_session",
    "revoke_token",
    "token_of",
]

SESSION_LASTS: Final = timedelta(hours=12)
_SECRET_BYTES: Final = 32
_FORM: Final = re.compile(r"(?:autonome_)?([0-9a-f-]{36})_([A-Za-z0-9_-]{43})", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_NOTED_EVERY: Final = timedelta(minutes=1)


class Credential(NamedTuple):
    """A token or a cookie, taken apart."""

    id: str
    secret: str

    def is_known_by(self, hashed: str) -> bool:
        """Say whether the secret is the one of a hash; the time it takes tells nothing of it."""
        return hmac.compare_digest(_hash(self.secret), hashed)


class OpenSession(NamedTuple):
    """A session that has not ended, and the token that it was begun with."""

    token: Token
    hash: str
    expires_at: datetime


def credential_of(text: str) -> Credential | None:
    """Return what a token or cookie says, ``None`` where it cannot be one of ours."""
    found = _FORM.fullmatch(text)
    return None if found is None else Credential(found[1], found[2])


def create_token(
    connection: psycopg.Connection[Any], name: str, scope: TokenScope, *, at: datetime, who: str
) -> str:
    """Make a token and return its text, which nobody can find out again.

    Raises:
        SettingError: the name cannot be used, or another token has or had it.
    """
    if not _NAME.fullmatch(name):
        raise SettingError(
            f"expected a token's name of up to 63 letters, digits, dots, hyphens, found {name!r}",
            remedy="Name it after whoever uses it, such as ops-1.",
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made = Token(id=new_id(), name=name, scope=scope, hash=_hash(secret), created_at=at)
    after = {"name": name, "scope": scope.value}
    entry = ControlEntry(at=at, who=who, what="token-created", after=after)
    try:
        with connection.transaction():
            sql = insert_sql(tokens, 1, replaces=False, gate="")
            connection.execute(sql.encode(), encoder(tokens)(made))
            log_control(connection, entry)
    except psycopg.errors.UniqueViolation as error:
        raise SettingError(
            f"expected a name that no token has had, found {name!r}.",
            remedy="Choose another one: the log of control says who did what by this name.",
        ) from error
    return f"autonome_{made.id}_{secret}"


def revoke_token(connection: psycopg.Connection[Any], name: str, *, at: datetime, who: str) -> bool:
    """End a token and its sessions; ``False`` where it had ended before.

    Raises:
        SettingError: there is no token of this name.
    """
    with connection.transaction():
        row = connection.execute(
            'SELECT "revokedAt", scope FROM "Tokens" WHERE name = %s FOR UPDATE', [name]
        ).fetchone()
        if row is None:
            raise SettingError(
                f"expected the name of a token, found {name!r}.",
                remedy="autonome token list shows them.",
            )
        if row[0] is not None:
            return False
        connection.execute(
            'UPDATE "Tokens" SET "revokedAt" = %s::timestamp WHERE name = %s',
            [instant_text(at), name],
        )
        before = {"name": name, "scope": row[1]}
        log_control(connection, ControlEntry(at=at, who=who, what="token-revoked", before=before))
    return True


def listed_tokens() -> Query[Token]:
    """Return every token there is or was, by name."""
    return Query(tokens.select().order_by(tokens.c.name), to(Token))


def token_of(token_id: str) -> Query[Token]:
    """Return the token of an id, unless it was revoked."""
    statement = tokens.select().where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    return Query(statement, to(Token))


def open_session(session_id: str, *, at: datetime) -> Query[OpenSession]:
    """Return the session of an id, unless it or its token has ended by ``at``."""
    statement = (
        tokens.join(sessions, sessions.c.token_id == tokens.c.id)
        .select()
        .with_only_columns(*tokens.c, sessions.c.hash, sessions.c.expires_at)
        .where(
            sessions.c.id == session_id,
            sessions.c.expires_at > at,
            tokens.c.revoked_at.is_(None),
        )
    )
    token, width = to(Token), len(tokens.c)
    return Query(statement, lambda row: OpenSession(token(row[:width]), *row[width:]))  # type: ignore[arg-type]


def held_tokens() -> Query[str]:
    """Return the ids of the tokens that were not revoked."""
    statement = select(tokens.c.id).where(tokens.c.revoked_at.is_(None))
    return Query(statement, lambda row: str(row[0]))


def held_sessions(*, at: datetime) -> Query[str]:
    """Return the ids of the sessions that have not ended by ``at``."""
    statement = select(sessions.c.id).where(sessions.c.expires_at > at)
    return Query(statement, lambda row: str(row[0]))


def begin_session(connection: psycopg.Connection[Any], token: Token, *, at: datetime) -> str:
    """Begin a session of a token, and return the text of its cookie; old ones are removed."""
    session_id, secret = new_id(), secrets.token_urlsafe(_SECRET_BYTES)
    with connection.transaction():
        connection.execute(
            'DELETE FROM "Sessions" WHERE "expiresAt" <= %s::timestamp', [instant_text(at)]
        )
        connection.execute(
            'INSERT INTO "Sessions" (id, "tokenId", hash, "createdAt", "expiresAt")'
            " VALUES (%s, %s, %s, %s::timestamp, %s::timestamp)",
            [
                session_id,
                token.id,
                _hash(secret),
                instant_text(at),
                instant_text(at + SESSION_LASTS),
            ],
        )
    return f"{session_id}_{secret}"


def end_session(connection: psycopg.Connection[Any], session_id: str) -> None:
    """End a session."""
    connection.execute('DELETE FROM "Sessions" WHERE id = %s', [session_id])


def note_use(connection: psycopg.Connection[Any], token: Token, *, at: datetime) -> None:
    """Write down that a token is used, once a minute."""
    if token.last_used_at is None or at - token.last_used_at >= _NOTED_EVERY:
        connection.execute(
            'UPDATE "Tokens" SET "lastUsedAt" = %s::timestamp WHERE id = %s',
            [instant_text(at), token.id],
        )


def _hash(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash: nobody can try them all.
    return hashlib.sha256(secret.encode()).hexdigest()
