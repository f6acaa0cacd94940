"""Reports: functions that return tables."""
