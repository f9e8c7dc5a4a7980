FORMAT: int

# --- module and machine ---
# The instruction table: name -> (code, operand kinds).
OPS: dict[str, tuple[int, list[str]]]
