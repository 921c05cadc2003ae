"""评审情况报告: the state of a province or of the whole round, in the form of an official report."""
