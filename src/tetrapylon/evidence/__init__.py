"""Evidence: lineage of statements, intervals of qualifiers, grades of sources, scopes, and the five findings."""
