"""Decision tables as files write them (YAML, CSV, XLSX), each to the same syntax tree."""
