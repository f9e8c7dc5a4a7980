"""Miss Manners and Waltz, the classic problems for rule engines: rules in DRL and for CLIPS, data, measures."""
