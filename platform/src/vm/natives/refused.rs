//! Methods of JavaScript that values here do not have, each with the way to do it.

/// Kind of value, method, what to do instead.
pub const METHODS: &[(&str, &str, &str)] = &[
    (
        "text",
        "localeCompare",
        "the order of a language is not the same on every machine; compare with `<`, or `a.compareTo(b)`",
    ),
    (
        "text",
        "normalize",
        "texts are compared as they are; store them in one form",
    ),
    ("text", "toLocaleUpperCase", "there is no locale; use `toUpperCase()`"),
    ("text", "toLocaleLowerCase", "there is no locale; use `toLowerCase()`"),
    ("text", "isWellFormed", "every text is well formed"),
    ("text", "toWellFormed", "every text is well formed"),
    ("number", "toLocaleString", "there is no locale; use `toFixed(places)`"),
    ("list", "toLocaleString", "there is no locale; use `join`"),
    ("regexp", "compile", "make a new one with `new RegExp(pattern, flags)`"),
    (
        "record",
        "hasOwnProperty",
        "use `Object.hasOwn(record, name)` or `name in record`",
    ),
    ("record", "isPrototypeOf", "there are no prototypes; use `instanceof`"),
    (
        "record",
        "propertyIsEnumerable",
        "use `Object.keys(record).includes(name)`",
    ),
    ("record", "toLocaleString", "there is no locale"),
];

/// What to do instead of a method.
pub fn hint(kind: &str, name: &str) -> Option<&'static str> {
    METHODS
        .iter()
        .find(|(of, method, _)| *of == kind && *method == name)
        .map(|(_, _, hint)| *hint)
}
