"""The table of all diagnostics, as data; ``python -m cybermiles.dsl.errors`` makes docs/errors of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One diagnostic: what it means, a smallest source that gets it, and the way out."""

    code: str
    severity: str
    title: str
    explanation: str
    language: str
    """Of the example: ``drl``, ``js``, or empty for what no source can show."""
    example: str
    fix: str


_TABLE = (
    Page(
        "syntax",
        "error",
        "the text does not follow the grammar",
        "The compiler read up to the place shown and found something that cannot stand there. "
        "The message says what it found and, if that is short, what it expected.",
        "drl",
        'rule "a"\nwhen\n  Order( total > )\nthen\nend\n',
        "Look at the place shown and just before it: a missing bracket, quote, comma or `end` is "
        "the usual cause.",
    ),
    Page(
        "unexpected-character",
        "error",
        "a character that no language of ours uses",
        "Outside of texts and comments the source holds a character that begins nothing.",
        "drl",
        'rule "a"\nwhen\n  Order( total > 3 § )\nthen\nend\n',
        "Remove the character, or put it into quotes if it belongs to a text. Curly quotes "
        "pasted from a word processor are a common cause.",
    ),
    Page(
        "unclosed-text",
        "error",
        "a text has no closing quote",
        "A text must end on the line where it begins, with the quote that began it.",
        "drl",
        'rule "a"\nwhen\n  Order( status == "NEW )\nthen\nend\n',
        "Add the closing quote. Write a line break inside a text as `\\n`.",
    ),
    Page(
        "unclosed-comment",
        "error",
        "a `/*` comment has no `*/`",
        "The comment runs to the end of the file.",
        "drl",
        '/* notes\nrule "a"\nwhen\nthen\nend\n',
        "Close the comment with `*/`.",
    ),
    Page(
        "bad-number",
        "error",
        "a number that cannot be represented",
        "Numbers are decimals of up to 34 significant digits with exponents from -6143 to 6144.",
        "drl",
        'rule "a"\nwhen\n  Order( total > 1234567890123456789012345678901234567890 )\nthen\nend\n',
        "Write the number with fewer digits.",
    ),
    Page(
        "source-too-large",
        "error",
        "the file is larger than the compiler reads",
        "A source file may have at most 1 MiB. The limit keeps a mistake or an attack from "
        "occupying a machine.",
        "",
        "",
        "Split the rules over several files, or use a decision table for many similar rules.",
    ),
    Page(
        "nesting-too-deep",
        "error",
        "brackets, blocks or operators are nested too deeply",
        "Brackets and blocks may be nested 100 deep, and one expression may chain 1,000 operators.",
        "drl",
        'rule "a"\nwhen\n  Order( ' + "(" * 120 + "total" + ")" * 120 + " > 3 )\nthen\nend\n",
        "Split the expression, or compute parts of it in local variables or functions.",
    ),
    Page(
        "unreadable-file",
        "error",
        "the file cannot be read as UTF-8 text",
        "Sources are UTF-8 text files.",
        "",
        "",
        "Check the path and its permissions, and save the file as UTF-8.",
    ),
    Page(
        "unsupported",
        "error",
        "a construct that this version refuses",
        "The text is understood, but this version cannot run it, and it is never skipped "
        "silently. The message names the construct, and the hint the way to do it here, if there "
        "is one.",
        "drl",
        'rule "a"\n  timer (int: 5s)\nwhen\nthen\nend\n',
        "Follow the hint, or leave the construct out.",
    ),
    Page(
        "undeclared-type",
        "warning",
        "a fact type that no file declares",
        "The type is taken as an open record: any field may be read and set, so a misspelt field "
        "is not found.",
        "drl",
        'rule "a"\nwhen\n  Order( total > 3 )\nthen\nend\n',
        "Declare it: `declare Order total : number end`, or in `types` of `contract.yaml`.",
    ),
    Page(
        "unknown-type",
        "error",
        "a type name that means nothing",
        "A field, argument or variable has a type that is neither built in nor declared.",
        "drl",
        "declare Order\n  total : nmber\nend\n",
        "Use a built-in type (`number`, `int`, `text`, `bool`, `date`, ...) or declare the type.",
    ),
    Page(
        "unknown-field",
        "error",
        "a declared type has no such field",
        "The type is declared, and neither it nor its parents have this field.",
        "drl",
        'declare Order\n  total : number\nend\nrule "a"\nwhen\n  Order( totl > 3 )\nthen\nend\n',
        "Correct the name, or add the field to the declaration.",
    ),
    Page(
        "unknown-function",
        "error",
        "no function of this name",
        "Neither this file nor the library has a function of this name.",
        "drl",
        'rule "a"\nwhen\n  $o : Order()\nthen\n  $o.total = rond($o.total)\nend\n',
        "Correct the name; the library's functions are listed in the language reference.",
    ),
    Page(
        "unknown-name",
        "error",
        "a name that stands for nothing here",
        "The name is no field of the pattern, no binding, no local variable and no contract variable.",
        "drl",
        'rule "a"\nwhen\n  $o : Order()\nthen\n  $o.total = totl\nend\n',
        "Correct the name, or bind it in a pattern: `Order( $total : total )`.",
    ),
    Page(
        "unknown-rules",
        "error",
        "`load_rules` names a file that the archive does not have",
        "The argument must be the name of a rule file of the archive, or a stem that is unique.",
        "js",
        'engine = load_rules("pricng.rl");\n',
        "Correct the file name.",
    ),
    Page(
        "unknown-parameter",
        "error",
        "`params` has no such name",
        "The contract's `parameters` schema does not list it.",
        "js",
        "return params.thresold;\n",
        "Correct the name, or add it to `parameters` in `contract.yaml`.",
    ),
    Page(
        "duplicate-rule",
        "error",
        "two rules have one name",
        "The name identifies a rule in traces and receipts, so it must be unique within a rule set.",
        "drl",
        'rule "a"\nwhen\nthen\nend\nrule "a"\nwhen\nthen\nend\n',
        "Rename one of the rules.",
    ),
    Page(
        "duplicate-name",
        "error",
        "a name is declared twice",
        "Types, fields of a type, bindings of a rule, parameters and variables of one block have "
        "unique names.",
        "drl",
        "declare Order\n  total : number\n  total : text\nend\n",
        "Rename or remove one of them.",
    ),
    Page(
        "unused-binding",
        "warning",
        "a binding that nothing uses",
        "A value is bound to a name, and neither another condition nor the consequence uses the name.",
        "drl",
        'rule "a"\nwhen\n  Order( $t : total )\nthen\nend\n',
        "Remove the binding, or use it.",
    ),
    Page(
        "implicit-variable",
        "warning",
        "assigning a name that no `let` declares",
        "At the top level of an endpoint's script the assignment declares the variable.",
        "js",
        "price = 3;\nreturn price;\n",
        "Declare it: `let price = ...`.",
    ),
    Page(
        "assign-constant",
        "error",
        "assigning what cannot change",
        "The name was declared with `const`, or it is a parameter of the contract or a fact "
        "bound by a pattern.",
        "js",
        "const a = 1;\na = 2;\n",
        "Declare it with `let`, or use another variable.",
    ),
    Page(
        "type-mismatch",
        "error",
        "a value of the wrong type",
        "The types of both sides are known, and they do not go together. Nothing is converted silently.",
        "drl",
        'declare Order\n  total : number\nend\nrule "a"\nwhen\n  Order( total > "3" )\nthen\nend\n',
        'Write the value in the right type, for example `3` instead of `"3"`, or convert it: '
        "`number(x)`, `text(x)`.",
    ),
    Page(
        "constant-condition",
        "warning",
        "a condition that is always true or always false",
        "The condition does not depend on any value that can change; for example `==` of "
        "different types is always false.",
        "drl",
        'declare Order\n  total : number\nend\nrule "a"\nwhen\n  Order( total == "3" )\nthen\nend\n',
        "Correct the condition or remove it.",
    ),
    Page(
        "wrong-argument-count",
        "error",
        "a function or type gets too many or too few arguments",
        "The number of arguments differs from the declaration.",
        "drl",
        'rule "a"\nwhen\n  $o : Order()\nthen\n  $o.total = abs(1, 2)\nend\n',
        "Give the arguments that the language reference lists.",
    ),
    Page(
        "bad-attribute",
        "error",
        "a rule attribute has a wrong value",
        "`salience` takes a whole number, `no-loop` takes `true` or `false`, `dialect` takes "
        '`"mvel"` or `"java"`.',
        "drl",
        'rule "a"\n  salience 1.5\nwhen\nthen\nend\n',
        "Correct the value.",
    ),
    Page(
        "not-a-place",
        "error",
        "the left side of an assignment cannot be assigned",
        "Only variables, fields and elements can be assigned.",
        "js",
        "1 = 2;\n",
        "Assign to a variable or a field.",
    ),
    Page(
        "not-a-fact",
        "error",
        "a working-memory statement without a fact",
        "`insert`, `update`, `modify` and `delete` take a fact: what a pattern bound, or a new "
        "record of a fact type.",
        "drl",
        'rule "a"\nwhen\n  Order( $t : total > 3 )\nthen\n  update($t)\nend\n',
        "Name the fact: bind it with `$o : Order(...)`.",
    ),
    Page(
        "misplaced-statement",
        "error",
        "a statement that cannot stand here",
        "`break` and `continue` need a loop; working-memory statements stand in consequences only.",
        "js",
        "break;\n",
        "Move or remove the statement.",
    ),
    Page(
        "missing-permission",
        "error",
        "the contract does not list the permission that a call needs",
        "What a contract may do beyond its own data stands in `permissions` of `contract.yaml`.",
        "",
        "",
        "Add the permission to the list.",
    ),
    Page(
        "module-too-large",
        "error",
        "the compiled module exceeds 512 KiB",
        "A module that a chain can store has at most 512 KiB.",
        "",
        "",
        "Split the contract, or use a decision table for many similar rules.",
    ),
    Page(
        "bad-facts",
        "error",
        "the facts file is not a list of facts",
        "Facts are a JSON list of objects (or one object a line for `dsl bench`), each with "
        '`"$type"`, the name of its fact type.',
        "",
        "",
        'Write facts like `[{"$type": "Message", "fico_score": 741}]`.',
    ),
)

PAGES = {page.code: page for page in _TABLE}
"""All pages by code."""
