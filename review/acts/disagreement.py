"""When the database says no to what a rule permitted."""


class DatabaseDisagrees(RuntimeError):
    """A broken promise of the program: rule and database differ. The transaction is rolled back; nothing was stored."""
