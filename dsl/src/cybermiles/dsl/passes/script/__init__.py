"""Contract script from syntax tree to IR.

`declared` (which names statements declare and assign), `names` (scopes, dead zones, `this`), `library` (JavaScript's
names for what we have, and those we have not), `patterns` (destructuring), `calls`, `operators`, `functions`,
`classes`, `statements`, `loops`; `captures` and `plain_functions` work on the IR that came of it. Each is a layer of
one resolver, on top of the expressions that rules share; `resolve` puts them together.
"""
