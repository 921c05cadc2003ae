"""Rules about what was received: files, tables, gaps, plans, projects, earlier versions, quota."""
