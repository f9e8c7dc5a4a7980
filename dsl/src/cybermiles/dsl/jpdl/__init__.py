"""jPDL 3: XML to a typed tree (``read``), the tree to the process graph (``build``)."""
