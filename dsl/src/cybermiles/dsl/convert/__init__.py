"""From one notation to another with equal meaning, and canonical layout for YAML; comments are kept."""
