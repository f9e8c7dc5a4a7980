"""From the trees of BPMN and jPDL to the process graph: what both notations share."""
