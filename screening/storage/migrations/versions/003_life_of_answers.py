"""Corrections, answers by phone, kept and verified answers, the start of a session, and signed protocol versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from screening.storage.models.base import UtcTime

revision = "003"
down_revision = "002"

NEW = ("publication", "verified_answer")
# table, column, type, what it refers to
COLUMNS = (
    ("appointment", "started_at", UtcTime(timezone=True), ""),
    ("appointment", "started_by_id", sa.Integer(), "user"),
    ("submission", "answered_by", sa.Text(), ""),
    ("submission", "entered_by_id", sa.Integer(), "user"),
    ("submission", "corrects_id", sa.Uuid(), "submission"),
    ("submission", "kept", sa.Text(), ""),
    ("sign_off", "planned", sa.JSON(), ""),
    ("sign_off_void", "caused_by_id", sa.Uuid(), "submission"),
    ("override", "submission_id", sa.Uuid(), "submission"),
)


def upgrade() -> None:
    op.execute("ALTER TABLE protocol_version RENAME COLUMN first_used_at TO kept_at")
    op.add_column("submission", sa.Column("channel", sa.String(20), server_default="online", nullable=False))
    for table, name, kind, target in COLUMNS:
        _add(table, name, kind, target)
    _create_tables()
    for table in NEW:
        _guard(table)


def _add(table: str, name: str, kind: Any, target: str) -> None:
    """Written out, because SQLite adds a column that refers to another table in this one way only."""
    dialect = op.get_bind().dialect
    words = kind.compile(dialect=dialect)
    refers = f' CONSTRAINT fk_{table}_{name}_{target} REFERENCES "{target}" (id)' if target else ""
    op.execute(f'ALTER TABLE "{table}" ADD COLUMN {name} {words}{refers}')


def _create_tables() -> None:
    op.create_table(
        "publication",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", UtcTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["protocol_version.digest"], name=op.f("fk_publication_digest_protocol_version")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_publication_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_index("ix_publication_published_at", "publication", ["published_at"], unique=False)
    op.create_table(
        "verified_answer",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_verified_answer_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_verified_answer_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verified_answer")),
    )
    op.create_index("ix_verified_answer_submission_id", "verified_answer", ["submission_id"], unique=False)


def _guard(table: str) -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for act in ("UPDATE", "DELETE"):
        body = (
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if is_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" {body}')


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    for table, name, _kind, _target in reversed(COLUMNS):
        _drop(table, name)
    _drop("submission", "channel")
    op.execute("ALTER TABLE protocol_version RENAME COLUMN kept_at TO first_used_at")


def _drop(table: str, name: str) -> None:
    op.execute(f'ALTER TABLE "{table}" DROP COLUMN {name}')
