"""The first form: workbooks, plans, entries with their contents, the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    for name in ("library_workbook", "library_plan"):
        op.create_table(
            name,
            sa.Column("sha256", sa.String(64), nullable=False),
            sa.Column("size", sa.Integer(), nullable=False),
            sa.Column("content", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("sha256", name=f"pk_{name}"),
        )
    op.create_table(
        "library_entry",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("changed_by", sa.String(320), nullable=False),
        sa.Column("deleted_at", moment, nullable=True),
        sa.Column("deleted_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_entry"),
    )
    op.create_index("ix_library_entry_owner", "library_entry", ["owner"])
    op.create_index("ix_library_entry_deleted_at", "library_entry", ["deleted_at"])
    live = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_library_entry_owner_name", "library_entry", ["owner", "name"], unique=True,
        sqlite_where=live, postgresql_where=live,
    )  # fmt: skip
    op.create_table(
        "library_content",
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workbook_name", sa.Text(), nullable=False),
        sa.Column("packaged", sa.String(40), nullable=False),
        sa.Column("workbook_sha256", sa.String(64), nullable=False),
        sa.Column("plan_sha256", sa.String(64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.Column("saved_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "number", name="pk_library_content"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["library_entry.id"], ondelete="CASCADE", name="fk_library_content_entry_id"
        ),
        sa.ForeignKeyConstraint(
            ["workbook_sha256"], ["library_workbook.sha256"], name="fk_library_content_workbook_sha256"
        ),
        sa.ForeignKeyConstraint(["plan_sha256"], ["library_plan.sha256"], name="fk_library_content_plan_sha256"),
    )
    op.create_index("ix_library_content_workbook_sha256", "library_content", ["workbook_sha256"])
    op.create_index("ix_library_content_plan_sha256", "library_content", ["plan_sha256"])
    op.create_table(
        "library_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_event"),
    )
    op.create_index("ix_library_event_entry_id", "library_event", ["entry_id"])


def downgrade() -> None:
    """Not offered: every kept plan would be lost."""
    message = "A library does not go back to an earlier form; bring back a copy of it instead."
    raise NotImplementedError(message)
