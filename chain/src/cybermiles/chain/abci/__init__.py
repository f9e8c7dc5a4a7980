"""ABCI 2.0 over a socket: CometBFT v0.38 drives the application through it."""
