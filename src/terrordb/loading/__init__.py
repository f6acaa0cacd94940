"""Loading: files become rows of tables, one journalled transaction a load."""
