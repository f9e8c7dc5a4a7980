//! A module as data: the map that the canonical encoding writes.
use super::{
    Alpha, AlphaTest, Beta, BetaKind, Cell, CompareOp, Endpoint, Field, Function, JoinKey, Module, Output, Part,
    Quantifier, Rule, RuleSet, Strategy, Table, TypeDef, TypeRef, FORMAT,
};
use crate::number::Number;
use crate::value::Data;

fn text(value: &str) -> Data {
    Data::Text(value.to_owned())
}

fn int(value: impl Into<i64>) -> Data {
    Data::Num(Number::Int(value.into()))
}

fn index(value: Option<u32>) -> Data {
    value.map_or(Data::Null, int)
}

fn indexes(values: &[u32]) -> Data {
    list(values, |value| int(*value))
}

fn list<T>(items: &[T], item: impl Fn(&T) -> Data) -> Data {
    Data::List(items.iter().map(item).collect())
}

fn record<const N: usize>(entries: [(&str, Data); N]) -> Data {
    Data::Record(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

impl TypeRef {
    /// The name of a type that has no parts.
    pub fn scalar_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Any => "any",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Int => "int",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Duration => "duration",
            Self::Period => "period",
            Self::Record => "record",
            Self::List(_) | Self::Optional(_) | Self::Enum(_) | Self::Type(_) => return None,
        })
    }

    pub fn to_data(&self) -> Data {
        match self {
            Self::List(inner) => Data::List(vec![text("list"), inner.to_data()]),
            Self::Optional(inner) => Data::List(vec![text("optional"), inner.to_data()]),
            Self::Enum(names) => Data::List(vec![text("enum"), list(names, |name| text(name))]),
            Self::Type(index) => Data::List(vec![text("type"), int(*index)]),
            scalar => text(scalar.scalar_name().unwrap_or("any")),
        }
    }
}

impl CompareOp {
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
        }
    }
}

impl Quantifier {
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Not => "not",
            Self::Exists => "exists",
        }
    }
}

impl BetaKind {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pattern { quantifier, .. } => quantifier.name(),
            Self::Test { .. } => "test",
            Self::From { .. } => "from",
            Self::Group { quantifier, .. } => match quantifier {
                Quantifier::Not => "not_group",
                Quantifier::Exists => "exists_group",
                Quantifier::Join => "join_group",
            },
            Self::Accumulate { .. } => "accumulate",
        }
    }
}

impl Strategy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Drools => "drools",
            Self::Depth => "depth",
        }
    }
}

fn field(field: &Field) -> Data {
    let mut entries = vec![
        ("name".to_owned(), text(&field.name)),
        ("type".to_owned(), field.ty.to_data()),
    ];
    if let Some(default) = &field.default {
        entries.push(("default".to_owned(), default.clone()));
    }
    Data::Record(entries)
}

fn type_def(ty: &TypeDef) -> Data {
    record([
        ("name", text(&ty.name)),
        ("open", Data::Bool(ty.open)),
        ("extends", index(ty.extends)),
        ("fields", list(&ty.fields, field)),
        ("keys", indexes(&ty.keys)),
    ])
}

fn function(function: &Function) -> Data {
    let mut entries = vec![
        ("name", text(&function.name)),
        ("params", int(function.params)),
        ("locals", int(function.locals)),
        ("code", Data::Bytes(function.code.clone())),
    ];
    // left out where it is the default: most functions are no closures
    if function.captures > 0 {
        entries.push(("captures", int(function.captures)));
    }
    if function.this {
        entries.push(("this", Data::Bool(true)));
    }
    if function.rest {
        entries.push(("rest", Data::Bool(true)));
    }
    Data::Record(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

fn endpoint(endpoint: &Endpoint) -> Data {
    record([
        ("name", text(&endpoint.name)),
        ("args", list(&endpoint.args, field)),
        ("returns", endpoint.returns.to_data()),
        ("function", int(endpoint.function)),
    ])
}

fn alpha(alpha: &Alpha) -> Data {
    Data::List(match alpha {
        Alpha::Type(ty) => vec![text("type"), int(*ty)],
        Alpha::Test {
            parent,
            test: AlphaTest::Compare { slot, op, constant },
        } => {
            vec![
                text("compare"),
                int(*parent),
                int(*slot),
                text(op.name()),
                int(*constant),
            ]
        }
        Alpha::Test {
            parent,
            test: AlphaTest::Code { function },
        } => vec![text("code"), int(*parent), int(*function)],
    })
}

fn key(key: &JoinKey) -> Data {
    Data::List(vec![int(key.left_position), index(key.left_slot), int(key.right_slot)])
}

fn beta(beta: &Beta) -> Data {
    let mut entries = vec![("kind", text(beta.kind.name())), ("left", index(beta.left))];
    match &beta.kind {
        BetaKind::Pattern {
            right,
            keys,
            tests,
            watch,
            ..
        } => entries.extend([
            ("right", int(*right)),
            ("keys", list(keys, key)),
            ("tests", indexes(tests)),
            ("watch", watch.as_deref().map_or(Data::Null, indexes)),
        ]),
        BetaKind::Test { tests } => entries.push(("tests", indexes(tests))),
        BetaKind::From { items, tests } => entries.extend([("items", int(*items)), ("tests", indexes(tests))]),
        BetaKind::Group { right, .. } => entries.push(("right", int(*right))),
        BetaKind::Accumulate {
            right,
            init,
            step,
            result,
        } => entries.extend([
            ("right", int(*right)),
            ("init", int(*init)),
            ("step", int(*step)),
            ("result", int(*result)),
        ]),
    }
    Data::Record(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

fn rule(rule: &Rule) -> Data {
    record([
        ("name", text(&rule.name)),
        ("salience", int(rule.salience)),
        ("salience_function", index(rule.salience_function)),
        ("no_loop", Data::Bool(rule.no_loop)),
        ("lock_on_active", Data::Bool(rule.lock_on_active)),
        ("agenda_group", text(&rule.agenda_group)),
        ("auto_focus", Data::Bool(rule.auto_focus)),
        ("activation_group", text(&rule.activation_group)),
        ("beta", index(rule.beta)),
        ("function", int(rule.function)),
    ])
}

fn ruleset(ruleset: &RuleSet) -> Data {
    record([
        ("name", text(&ruleset.name)),
        ("strategy", text(ruleset.strategy.name())),
        ("globals", list(&ruleset.globals, field)),
        ("alphas", list(&ruleset.alphas, alpha)),
        ("betas", list(&ruleset.betas, beta)),
        ("rules", list(&ruleset.rules, rule)),
    ])
}

fn code(function: u32) -> Data {
    Data::List(vec![text("code"), int(function)])
}

fn part(part: &Part) -> Data {
    match part {
        Part::Is(constant) => int(*constant),
        Part::Range(range) => {
            let end = |bound: Option<super::Bound>| index(bound.map(|bound| bound.constant));
            Data::List(vec![text(range.brackets()), end(range.low), end(range.high)])
        }
    }
}

fn cell(cell: &Cell) -> Data {
    match cell {
        Cell::Any => Data::Null,
        Cell::Test { negated: false, parts } if parts.len() == 1 => part(&parts[0]),
        Cell::Test { negated, parts } => {
            let word = text(if *negated { "not" } else { "or" });
            Data::List(std::iter::once(word).chain(parts.iter().map(part)).collect())
        }
        Cell::Code { function } => code(*function),
    }
}

fn output(output: &Output) -> Data {
    match output {
        Output::Constant(constant) => int(*constant),
        Output::Code { function } => code(*function),
    }
}

fn table(table: &Table) -> Data {
    let row = |row: &super::TableRow| Data::List(vec![list(&row.cells, cell), list(&row.outputs, output)]);
    record([
        ("name", text(&table.name)),
        ("inputs", int(table.inputs)),
        ("outputs", int(table.outputs)),
        ("rows", list(&table.rows, row)),
    ])
}

impl Module {
    pub fn to_data(&self) -> Data {
        let mut data = record([
            ("format", int(FORMAT)),
            ("name", text(&self.name)),
            ("version", text(&self.version)),
            ("types", list(&self.types, type_def)),
            ("consts", Data::List(self.consts.clone())),
            ("functions", list(&self.functions, function)),
            ("imports", list(&self.imports, |name| text(name))),
            ("rulesets", list(&self.rulesets, ruleset)),
            ("parameters", self.parameters.clone()),
            ("variables", list(&self.variables, field)),
            ("endpoints", list(&self.endpoints, endpoint)),
            ("permissions", list(&self.permissions, |name| text(name))),
        ]);
        if let (Data::Record(entries), false) = (&mut data, self.tables.is_empty()) {
            entries.push(("tables".to_owned(), list(&self.tables, table)));
        }
        if let (Data::Record(entries), false) = (&mut data, self.processes.is_empty()) {
            entries.push((
                "processes".to_owned(),
                list(&self.processes, super::encode_process::process),
            ));
        }
        data
    }
}
