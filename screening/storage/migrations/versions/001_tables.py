"""The first tables."""

import sqlalchemy as sa
from alembic import op

from screening.storage.models import base as models

revision = "001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
    )
    op.create_table(
        "patient",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("created_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
    )
    op.create_table(
        "protocol_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", models.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_protocol_version")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "user",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("current_login_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=128), nullable=True),
        sa.Column("us_totp_secrets", sa.Text(), nullable=True),
        sa.Column("us_phone_number", sa.String(length=128), nullable=True),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_user_fs_webauthn_user_handle")),
        sa.UniqueConstraint("us_phone_number", name=op.f("uq_user_us_phone_number")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_table(
        "appointment",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("planned", sa.JSON(), nullable=False),
        sa.Column("created_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", models.UtcTime(timezone=True), nullable=True),
        sa.Column("held_at", models.UtcTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["user.id"], name=op.f("fk_appointment_provider_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index("ix_appointment_patient_id", "appointment", ["patient_id"], unique=False)
    op.create_index("ix_appointment_starts_at", "appointment", ["starts_at"], unique=False)
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_roles_users_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_roles_users_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_roles_users")),
    )
    op.create_table(
        "call",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("closed_at", models.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("what_was_said", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_call_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_call_asked_by_id_user")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_call_closed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_appointment_id", "call", ["appointment_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("updated_at", models.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_draft_appointment_id_appointment")
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "link",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("revoked_at", models.UtcTime(timezone=True), nullable=True),
        sa.Column("birth_date_failures", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_link_appointment_id_appointment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    op.create_index("ix_link_appointment_id", "link", ["appointment_id"], unique=False)
    op.create_table(
        "override",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_override_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_override_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_override_appointment_id")),
    )
    op.create_table(
        "submission",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("answers_digest", sa.String(length=64), nullable=False),
        sa.Column("protocol_digest", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("assessed_for", sa.Date(), nullable=False),
        sa.Column("fresh_until", models.UtcTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_submission_number_from_one")),
        sa.CheckConstraint("severity BETWEEN 0 AND 3", name=op.f("ck_submission_severity_known")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_submission_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(
            ["protocol_digest"],
            ["protocol_version.digest"],
            name=op.f("fk_submission_protocol_digest_protocol_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("appointment_id", "number", name=op.f("uq_submission_appointment_id_number")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_submission_idempotency_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_submission_reference")),
    )
    op.create_table(
        "arrival_check",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_arrival_check_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_arrival_check_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_check")),
    )
    op.create_index("ix_arrival_check_submission_id", "arrival_check", ["submission_id"], unique=False)
    op.create_table(
        "flag",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("severity BETWEEN 1 AND 3", name=op.f("ck_flag_severity_known")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_flag_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("submission_id", "position", name=op.f("uq_flag_submission_id_position")),
    )
    op.create_table(
        "sign_off",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("provider_name", sa.String(length=120), nullable=False),
        sa.Column("signed_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("postponed_until", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'postponed') = (postponed_until IS NOT NULL)",
            name=op.f("ck_sign_off_postponed_to_a_day"),
        ),
        sa.CheckConstraint(
            "outcome IN ('ready', 'ready-with-changes', 'postponed', 'do-not-treat')",
            name=op.f("ck_sign_off_outcome_known"),
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["user.id"], name=op.f("fk_sign_off_provider_id_user")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_sign_off_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index("ix_sign_off_submission_id", "sign_off", ["submission_id"], unique=False)
    op.create_table(
        "disposition",
        sa.Column("sign_off_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("patient_said", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('cleared', 'adapt', 'postpone', 'refer')",
            name=op.f("ck_disposition_decision_known"),
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_disposition_flag_id_flag")),
        sa.ForeignKeyConstraint(
            ["sign_off_id"], ["sign_off.id"], name=op.f("fk_disposition_sign_off_id_sign_off")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
        sa.UniqueConstraint("sign_off_id", "flag_id", name=op.f("uq_disposition_sign_off_id_flag_id")),
    )
    op.create_table(
        "sign_off_void",
        sa.Column("sign_off_id", sa.Uuid(), nullable=False),
        sa.Column("voided_at", models.UtcTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_off_id"], ["sign_off.id"], name=op.f("fk_sign_off_void_sign_off_id_sign_off")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off_void")),
        sa.UniqueConstraint("sign_off_id", name=op.f("uq_sign_off_void_sign_off_id")),
    )


def downgrade() -> None:
    op.drop_table("sign_off_void")
    op.drop_table("disposition")
    op.drop_index("ix_sign_off_submission_id", "sign_off")
    op.drop_table("sign_off")
    op.drop_table("flag")
    op.drop_index("ix_arrival_check_submission_id", "arrival_check")
    op.drop_table("arrival_check")
    op.drop_table("submission")
    op.drop_table("override")
    op.drop_index("ix_link_appointment_id", "link")
    op.drop_table("link")
    op.drop_table("draft")
    op.drop_index("ix_call_appointment_id", "call")
    op.drop_table("call")
    op.drop_table("roles_users")
    op.drop_index("ix_appointment_starts_at", "appointment")
    op.drop_index("ix_appointment_patient_id", "appointment")
    op.drop_table("appointment")
    op.drop_table("user")
    op.drop_table("role")
    op.drop_table("protocol_version")
    op.drop_table("patient")
    op.drop_table("event")
