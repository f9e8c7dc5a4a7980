"""Contract script's syntax: a strict subset of JavaScript, read by hand because JavaScript needs it.

`lexer` (regular expressions and templates depend on what stands before), `cursor` (tokens, errors, depth),
`expressions`, `patterns` (destructuring), `functions` (functions, arrows, classes), `statements`, `refused` (what
JavaScript has and we have not, with the way to do it here). The tree is `syntax.tree`, shared with the rule languages.
"""
