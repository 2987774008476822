"""Staff and their roles, with the columns that Flask-Security keeps."""

from __future__ import annotations

from flask_security.models import sqla
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from screening.models.base import Base

sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]


class Role(Base, sqla.FsRoleMixin):
    __tablename__ = "role"


class User(Base, sqla.FsUserMixin):
    __tablename__ = "user"

    name: Mapped[str] = mapped_column(String(120))
