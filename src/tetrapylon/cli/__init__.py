"""The command line: a thin shell. No arithmetic, no SQL; commands call workflow steps and print what they return."""
