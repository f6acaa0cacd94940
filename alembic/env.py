"""Run migrations on the connection that is handed in; without one, on the database TERRORDB_URL names."""

from alembic import context

from terrordb import models
from terrordb.database import locate, writer

config = context.config


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=models.tables(),
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


# The connection first: a test that hands one in must never migrate the user's own database.
if (connection := config.attributes.get("connection")) is not None:
    run(connection)
else:
    with writer(locate(None)[0], new=True).begin() as own:
        run(own)
