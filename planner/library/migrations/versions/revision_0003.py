"""People: the sign that a provider has for somebody, and whose plans are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Plans that are there keep their owners; whoever signs in with a verified address takes up those of it."""
    op.create_table(
        "library_person",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(320), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_library_person"),
        sa.UniqueConstraint("owner", name="uq_library_person_owner"),
    )


def downgrade() -> None:
    """Not offered: whose plans are whose would be lost."""
    message = "A library does not go back to an earlier form; bring back a copy of it instead."
    raise NotImplementedError(message)
