//! A module from data, strictly: every key is known, present and of its kind. Code `bad-module`.
use super::{
    AdmissionError, Alpha, AlphaTest, Beta, BetaKind, Cell, CompareOp, Endpoint, Field, Function, JoinKey, Module,
    Output, Part, Quantifier, Range, Rule, RuleSet, Strategy, Table, TableRow, TypeDef, TypeRef, FORMAT,
};
use crate::number::Number;
use crate::value::Data;

type Result<T> = std::result::Result<T, AdmissionError>;

/// Nesting of a type expression.
const MAX_TYPE_DEPTH: u32 = 16;

/// Data and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) data: &'a Data,
    pub(super) place: String,
}

/// The entries of a record, each taken once.
pub(super) struct Entries<'a> {
    rest: Vec<(&'a str, &'a Data)>,
    place: String,
}

pub(super) fn bad<T>(place: &str, message: impl Into<String>) -> Result<T> {
    Err(AdmissionError::new("bad-module", place, message))
}

impl<'a> Entries<'a> {
    pub(super) fn take_if(&mut self, key: &str) -> Option<Node<'a>> {
        let at = self.rest.iter().position(|(name, _)| *name == key)?;
        let (_, data) = self.rest.remove(at);
        Some(Node {
            data,
            place: format!("{}.{key}", self.place),
        })
    }

    pub(super) fn take(&mut self, key: &str) -> Result<Node<'a>> {
        match self.take_if(key) {
            Some(node) => Ok(node),
            None => bad(&self.place, format!("the key `{key}` is missing")),
        }
    }

    pub(super) fn end(self) -> Result<()> {
        match self.rest.first() {
            None => Ok(()),
            Some((key, _)) => bad(&self.place, format!("the key `{}` is unknown", key.escape_debug())),
        }
    }
}

impl<'a> Node<'a> {
    pub(super) fn entries(self) -> Result<Entries<'a>> {
        let Data::Record(entries) = self.data else {
            return bad(&self.place, "a record is expected");
        };
        Ok(Entries {
            rest: entries.iter().map(|(key, value)| (key.as_str(), value)).collect(),
            place: self.place,
        })
    }

    pub(super) fn items(self) -> Result<Vec<Node<'a>>> {
        let Data::List(items) = self.data else {
            return bad(&self.place, "a list is expected");
        };
        let nodes = items.iter().enumerate();
        Ok(nodes
            .map(|(at, data)| Node {
                data,
                place: format!("{}[{at}]", self.place),
            })
            .collect())
    }

    pub(super) fn list<T>(self, item: impl Fn(Node<'a>) -> Result<T>) -> Result<Vec<T>> {
        self.items()?.into_iter().map(item).collect()
    }

    fn str(&self) -> Result<&'a str> {
        match self.data {
            Data::Text(text) => Ok(text),
            _ => bad(&self.place, "a text is expected"),
        }
    }

    pub(super) fn text(self) -> Result<String> {
        self.str().map(str::to_owned)
    }

    pub(super) fn bool(self) -> Result<bool> {
        match self.data {
            Data::Bool(value) => Ok(*value),
            _ => bad(&self.place, "a boolean is expected"),
        }
    }

    fn int<T: TryFrom<i64>>(self) -> Result<T> {
        if let Data::Num(Number::Int(value)) = self.data {
            if let Ok(value) = T::try_from(*value) {
                return Ok(value);
            }
        }
        bad(&self.place, "an integer of 32 bits is expected")
    }

    pub(super) fn index(self) -> Result<u32> {
        self.int()
    }

    fn optional_index(self) -> Result<Option<u32>> {
        match self.data {
            Data::Null => Ok(None),
            _ => self.index().map(Some),
        }
    }

    /// A list whose first item names its kind.
    fn tagged(self) -> Result<(&'a str, std::vec::IntoIter<Node<'a>>, String)> {
        let place = self.place.clone();
        let mut items = self.items()?.into_iter();
        match items.next() {
            Some(tag) => Ok((tag.str()?, items, place)),
            None => bad(&place, "the list is empty"),
        }
    }
}

fn next<'a>(items: &mut std::vec::IntoIter<Node<'a>>, place: &str) -> Result<Node<'a>> {
    items.next().map_or_else(|| bad(place, "the list is too short"), Ok)
}

fn end(mut items: std::vec::IntoIter<Node<'_>>, place: &str) -> Result<()> {
    match items.next() {
        None => Ok(()),
        Some(_) => bad(place, "the list is too long"),
    }
}

fn type_ref(node: Node, depth: u32) -> Result<TypeRef> {
    if depth == 0 {
        return bad(
            &node.place,
            format!("the type is nested more than {MAX_TYPE_DEPTH} deep"),
        );
    }
    if let Data::Text(name) = node.data {
        return match TypeRef::scalar(name) {
            Some(ty) => Ok(ty),
            None => bad(&node.place, format!("the type `{}` is unknown", name.escape_debug())),
        };
    }
    let (tag, mut items, place) = node.tagged()?;
    let part = next(&mut items, &place)?;
    end(items, &place)?;
    match tag {
        "list" => Ok(TypeRef::List(Box::new(type_ref(part, depth - 1)?))),
        "optional" => Ok(TypeRef::Optional(Box::new(type_ref(part, depth - 1)?))),
        "enum" => Ok(TypeRef::Enum(part.list(Node::text)?)),
        "type" => Ok(TypeRef::Type(part.index()?)),
        _ => bad(&place, format!("the type `{}` is unknown", tag.escape_debug())),
    }
}

impl TypeRef {
    /// A type that has no parts, by name.
    pub fn scalar(name: &str) -> Option<Self> {
        let all = [
            Self::Any,
            Self::Bool,
            Self::Number,
            Self::Int,
            Self::Text,
            Self::Bytes,
            Self::Date,
            Self::Time,
            Self::DateTime,
            Self::Duration,
            Self::Period,
            Self::Record,
        ];
        all.into_iter().find(|ty| ty.scalar_name() == Some(name))
    }
}

fn field(node: Node) -> Result<Field> {
    let mut entries = node.entries()?;
    let field = Field {
        name: entries.take("name")?.text()?,
        ty: type_ref(entries.take("type")?, MAX_TYPE_DEPTH)?,
        default: entries.take_if("default").map(|node| node.data.clone()),
    };
    entries.end()?;
    Ok(field)
}

fn type_def(node: Node) -> Result<TypeDef> {
    let mut entries = node.entries()?;
    let ty = TypeDef {
        name: entries.take("name")?.text()?,
        open: entries.take("open")?.bool()?,
        extends: entries.take("extends")?.optional_index()?,
        fields: entries.take("fields")?.list(field)?,
        keys: entries.take("keys")?.list(Node::index)?,
    };
    entries.end()?;
    Ok(ty)
}

fn function(node: Node) -> Result<Function> {
    let mut entries = node.entries()?;
    let code = entries.take("code")?;
    let Data::Bytes(bytes) = code.data else {
        return bad(&code.place, "bytes are expected");
    };
    let function = Function {
        name: entries.take("name")?.text()?,
        params: entries.take("params")?.index()?,
        locals: entries.take("locals")?.index()?,
        code: bytes.clone(),
        captures: entries.take_if("captures").map_or(Ok(0), Node::index)?,
        this: entries.take_if("this").map_or(Ok(false), Node::bool)?,
        rest: entries.take_if("rest").map_or(Ok(false), Node::bool)?,
    };
    entries.end()?;
    Ok(function)
}

fn endpoint(node: Node) -> Result<Endpoint> {
    let mut entries = node.entries()?;
    let endpoint = Endpoint {
        name: entries.take("name")?.text()?,
        args: entries.take("args")?.list(field)?,
        returns: type_ref(entries.take("returns")?, MAX_TYPE_DEPTH)?,
        function: entries.take("function")?.index()?,
    };
    entries.end()?;
    Ok(endpoint)
}

impl CompareOp {
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge]
            .into_iter()
            .find(|op| op.name() == name)
    }
}

impl Quantifier {
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Join, Self::Not, Self::Exists]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

impl Strategy {
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Drools, Self::Depth]
            .into_iter()
            .find(|strategy| strategy.name() == name)
    }
}

/// A word out of a closed list.
fn word<T>(node: Node, from_name: impl Fn(&str) -> Option<T>) -> Result<T> {
    let name = node.str()?;
    from_name(name).map_or_else(
        || bad(&node.place, format!("the word `{}` is unknown", name.escape_debug())),
        Ok,
    )
}

fn alpha(node: Node) -> Result<Alpha> {
    let (tag, mut items, place) = node.tagged()?;
    let first = next(&mut items, &place)?.index()?;
    let alpha = match tag {
        "type" => Alpha::Type(first),
        "compare" => {
            let slot = next(&mut items, &place)?.index()?;
            let op = word(next(&mut items, &place)?, CompareOp::from_name)?;
            let constant = next(&mut items, &place)?.index()?;
            Alpha::Test {
                parent: first,
                test: AlphaTest::Compare { slot, op, constant },
            }
        }
        "code" => {
            let function = next(&mut items, &place)?.index()?;
            Alpha::Test {
                parent: first,
                test: AlphaTest::Code { function },
            }
        }
        _ => return bad(&place, format!("the alpha node `{}` is unknown", tag.escape_debug())),
    };
    end(items, &place)?;
    Ok(alpha)
}

fn key(node: Node) -> Result<JoinKey> {
    let place = node.place.clone();
    let mut items = node.items()?.into_iter();
    let key = JoinKey {
        left_position: next(&mut items, &place)?.index()?,
        left_slot: next(&mut items, &place)?.optional_index()?,
        right_slot: next(&mut items, &place)?.index()?,
    };
    end(items, &place)?;
    Ok(key)
}

fn beta(node: Node) -> Result<Beta> {
    let mut entries = node.entries()?;
    let tag = entries.take("kind")?;
    let left = entries.take("left")?.optional_index()?;
    let kind = match tag.str()? {
        "test" => BetaKind::Test {
            tests: entries.take("tests")?.list(Node::index)?,
        },
        "from" => BetaKind::From {
            items: entries.take("items")?.index()?,
            tests: entries.take("tests")?.list(Node::index)?,
        },
        "not_group" => BetaKind::Group {
            quantifier: Quantifier::Not,
            right: entries.take("right")?.index()?,
        },
        "exists_group" => BetaKind::Group {
            quantifier: Quantifier::Exists,
            right: entries.take("right")?.index()?,
        },
        "accumulate" => BetaKind::Accumulate {
            right: entries.take("right")?.index()?,
            init: entries.take("init")?.index()?,
            step: entries.take("step")?.index()?,
            result: entries.take("result")?.index()?,
        },
        _ => BetaKind::Pattern {
            quantifier: word(tag, Quantifier::from_name)?,
            right: entries.take("right")?.index()?,
            keys: entries.take("keys")?.list(key)?,
            tests: entries.take("tests")?.list(Node::index)?,
            watch: match entries.take("watch")? {
                node if *node.data == Data::Null => None,
                node => Some(node.list(Node::index)?),
            },
        },
    };
    entries.end()?;
    Ok(Beta { left, kind })
}

fn rule(node: Node) -> Result<Rule> {
    let mut entries = node.entries()?;
    let rule = Rule {
        name: entries.take("name")?.text()?,
        salience: entries.take("salience")?.int()?,
        salience_function: entries.take("salience_function")?.optional_index()?,
        no_loop: entries.take("no_loop")?.bool()?,
        lock_on_active: entries.take("lock_on_active")?.bool()?,
        agenda_group: entries.take("agenda_group")?.text()?,
        auto_focus: entries.take("auto_focus")?.bool()?,
        activation_group: entries.take("activation_group")?.text()?,
        beta: entries.take("beta")?.optional_index()?,
        function: entries.take("function")?.index()?,
    };
    entries.end()?;
    Ok(rule)
}

fn ruleset(node: Node) -> Result<RuleSet> {
    let mut entries = node.entries()?;
    let ruleset = RuleSet {
        name: entries.take("name")?.text()?,
        strategy: word(entries.take("strategy")?, Strategy::from_name)?,
        globals: entries.take("globals")?.list(field)?,
        alphas: entries.take("alphas")?.list(alpha)?,
        betas: entries.take("betas")?.list(beta)?,
        rules: entries.take("rules")?.list(rule)?,
    };
    entries.end()?;
    Ok(ruleset)
}

/// The number of something, within a row of a table. Rows are read without a place for each part: tables are long.
fn number(data: &Data, place: &str) -> Result<u32> {
    match data {
        Data::Num(Number::Int(value)) => u32::try_from(*value).ok(),
        _ => None,
    }
    .map_or_else(|| bad(place, "an integer of 32 bits is expected"), Ok)
}

fn optional_number(data: &Data, place: &str) -> Result<Option<u32>> {
    match data {
        Data::Null => Ok(None),
        data => number(data, place).map(Some),
    }
}

fn part(data: &Data, place: &str) -> Result<Part> {
    match data {
        Data::List(items) => match &items[..] {
            [Data::Text(brackets), low, high] => {
                let (low, high) = (optional_number(low, place)?, optional_number(high, place)?);
                Range::within(brackets, low, high)
                    .map_or_else(|| bad(place, "this is no range"), |r| Ok(Part::Range(r)))
            }
            _ => bad(place, "this is no range"),
        },
        data => number(data, place).map(Part::Is),
    }
}

fn cell(data: &Data, place: &str) -> Result<Cell> {
    let (negated, parts) = match data {
        Data::Null => return Ok(Cell::Any),
        Data::List(items) => match &items[..] {
            [Data::Text(tag), function] if tag == "code" => {
                return number(function, place).map(|function| Cell::Code { function });
            }
            [Data::Text(tag), parts @ ..] if tag == "or" || tag == "not" => (tag == "not", parts),
            _ => (false, std::slice::from_ref(data)),
        },
        data => (false, std::slice::from_ref(data)),
    };
    let parts = parts.iter().map(|data| part(data, place)).collect::<Result<_>>()?;
    Ok(Cell::Test { negated, parts })
}

fn output(data: &Data, place: &str) -> Result<Output> {
    match data {
        Data::List(items) => match &items[..] {
            [Data::Text(tag), function] if tag == "code" => {
                number(function, place).map(|function| Output::Code { function })
            }
            _ => bad(place, "this is no output"),
        },
        data => number(data, place).map(Output::Constant),
    }
}

fn table_row(node: Node) -> Result<TableRow> {
    let place = node.place.as_str();
    match node.data {
        Data::List(items) => match &items[..] {
            [Data::List(cells), Data::List(outputs)] => Ok(TableRow {
                cells: cells.iter().map(|data| cell(data, place)).collect::<Result<_>>()?,
                outputs: outputs.iter().map(|data| output(data, place)).collect::<Result<_>>()?,
            }),
            _ => bad(place, "a row is a list of cells and a list of outputs"),
        },
        _ => bad(place, "a list is expected"),
    }
}

fn table(node: Node) -> Result<Table> {
    let mut entries = node.entries()?;
    let table = Table {
        name: entries.take("name")?.text()?,
        inputs: entries.take("inputs")?.index()?,
        outputs: entries.take("outputs")?.index()?,
        rows: entries.take("rows")?.list(table_row)?,
    };
    entries.end()?;
    Ok(table)
}

impl Module {
    pub fn from_data(data: &Data) -> Result<Self> {
        let mut entries = Node {
            data,
            place: "module".to_owned(),
        }
        .entries()?;
        let format = entries.take("format")?.index()?;
        if format != FORMAT {
            return bad("module.format", format!("format {format} is unknown"));
        }
        let consts = entries.take("consts")?;
        let module = Self {
            name: entries.take("name")?.text()?,
            version: entries.take("version")?.text()?,
            types: entries.take("types")?.list(type_def)?,
            consts: consts.list(|node| Ok(node.data.clone()))?,
            functions: entries.take("functions")?.list(function)?,
            imports: entries.take("imports")?.list(Node::text)?,
            rulesets: entries.take("rulesets")?.list(ruleset)?,
            tables: entries
                .take_if("tables")
                .map_or(Ok(Vec::new()), |node| node.list(table))?,
            processes: entries
                .take_if("processes")
                .map_or(Ok(Vec::new()), |node| node.list(super::decode_process::process))?,
            parameters: entries.take("parameters")?.data.clone(),
            variables: entries.take("variables")?.list(field)?,
            endpoints: entries.take("endpoints")?.list(endpoint)?,
            permissions: entries.take("permissions")?.list(Node::text)?,
        };
        entries.end()?;
        Ok(module)
    }
}
