"""Run by Alembic: takes the connection and the transaction that :mod:`planner.library.opening` has opened."""

from typing import Any

from alembic import context

from planner.library.models import PREFIX, VERSION_TABLE, Base


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Tables of other programs in the same database are none of our business."""
    return kind != "table" or bool(name and name.startswith(PREFIX))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    include_name=_ours,
)
with context.begin_transaction():
    context.run_migrations()
