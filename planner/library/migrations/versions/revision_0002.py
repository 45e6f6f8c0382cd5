"""Sharing: an entry is its owner's alone, or everybody may read it, or change it too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Entries that are there stay their owners' alone."""
    nobody = sa.text("''")
    op.add_column("library_entry", sa.Column("sharing", sa.String(10), nullable=False, server_default=nobody))


def downgrade() -> None:
    """Not offered: what was shared with whom would be lost."""
    message = "A library does not go back to an earlier form; bring back a copy of it instead."
    raise NotImplementedError(message)
