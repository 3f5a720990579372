"""Pages and services over a record, on this machine: `create_app` makes the application, `serve` runs it."""
