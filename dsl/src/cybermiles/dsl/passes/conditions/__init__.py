"""Pass 2, left sides: the conditions of a rule, query or nested ``when`` become the IR's few kinds of Condition."""
