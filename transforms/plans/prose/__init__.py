"""Find quantified targets in official Chinese prose: paragraph → sentences → clauses → subject, predicate, figure."""
