"""What L6 protects cannot be changed or deleted, not even by a slip of our own code."""

from alembic import op

revision = "002"
down_revision = "001"

TABLES = (
    "protocol_version",
    "submission",
    "flag",
    "disposition",
    "sign_off",
    "sign_off_void",
    "arrival_check",
    "override",
    "event",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_no_{act.lower()}"
            if is_sqlite:
                body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                op.execute(f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" {body}')
            else:
                op.execute(
                    f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" '
                    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if is_sqlite else f' ON "{table}"'))
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_change()")
