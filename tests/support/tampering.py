"""What somebody can do who has the database and no key: without the product, past its guards."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from screening.extensions import db


def with_database_rights(*statements: str, **values: object) -> None:
    """A connection of their own: triggers are gone, and foreign keys are not asked."""
    db.session.rollback()
    engine = create_engine(db.engine.url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in names.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement), values)
    engine.dispose()
    db.session.expire_all()
