"""Keys that were replaced or destroyed leave traces in the database's own files; this clears what can be cleared."""

from __future__ import annotations

import logging

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

_log = logging.getLogger("screening.keeping")


def scrub(engine: Engine) -> bool:
    """Writes the table of keys anew. False where somebody else used it for too long; the next run tries again.

    SQLite overwrites what is deleted (secure_delete), but its log still has it until it is emptied.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        try:
            connection.execute(text("VACUUM FULL content_key"))
        except DBAPIError:
            fields = {"event": "old keys not cleared", "why": "the table of keys was in use"}
            _log.warning("the table of keys was in use", extra={"fields": fields})
            return False
        finally:
            connection.execute(text("RESET lock_timeout"))
    return True
