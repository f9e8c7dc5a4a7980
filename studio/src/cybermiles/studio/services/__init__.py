"""What pages use: the compiler, the node, the keyring and projects, each behind one small typed face."""
