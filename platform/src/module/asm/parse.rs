//! Text as a module. Every index is kept as it stands, so what was printed parses back to equal bytes.
use std::collections::BTreeMap;

use super::lexer::{tokens, AsmError, Placed, Token};
use super::literal;
use crate::module::encode_process;
use crate::module::{
    Alpha, AlphaTest, Beta, BetaKind, Cell, CompareOp, Endpoint, Field, Function, JoinKey, Module, Output, Part,
    Quantifier, Range, Rule, RuleSet, Strategy, Table, TableRow, TypeDef, TypeRef,
};
use crate::number::Number;
use crate::value::Data;
use crate::vm::ops::{Instruction, Op, Operand};

type Result<T> = std::result::Result<T, AsmError>;

/// Nesting of types and data.
const MAX_DEPTH: u32 = 64;

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
}

pub fn parse(text: &str) -> Result<Module> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
    };
    parser.module()
}

impl Parser {
    // --- tokens ---

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |placed| &placed.token)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    /// An error at the token that was read last, or at the next one.
    fn error<T>(&self, back: usize, message: impl Into<String>) -> Result<T> {
        let placed = self.tokens.get(self.at.saturating_sub(back)).or(self.tokens.last());
        let (line, column) = placed.map_or((1, 1), |placed| (placed.line, placed.column));
        Err(AsmError {
            line,
            column,
            message: message.into(),
        })
    }

    fn expected<T>(&self, what: &str) -> Result<T> {
        self.error(0, format!("{what} is expected, not {}", self.peek()))
    }

    fn mark_if(&mut self, mark: char) -> bool {
        let found = *self.peek() == Token::Mark(mark);
        if found {
            self.next();
        }
        found
    }

    fn mark(&mut self, mark: char) -> Result<()> {
        if self.mark_if(mark) {
            return Ok(());
        }
        self.expected(&format!("`{mark}`"))
    }

    fn word_if(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(next) if next == word);
        if found {
            self.next();
        }
        found
    }

    fn keyword(&mut self, word: &str) -> Result<()> {
        if self.word_if(word) {
            return Ok(());
        }
        self.expected(&format!("`{word}`"))
    }

    fn word(&mut self, what: &str) -> Result<String> {
        match self.peek().clone() {
            Token::Word(word) => {
                self.next();
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    fn text(&mut self) -> Result<String> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.next();
                Ok(text)
            }
            _ => self.expected("a text"),
        }
    }

    fn integer<T: std::str::FromStr>(&mut self) -> Result<T> {
        let word = self.word("a number")?;
        word.parse()
            .or_else(|_| self.error(1, format!("`{word}` is not a number that fits here")))
    }

    fn optional_index(&mut self) -> Result<Option<u32>> {
        if self.word_if("none") {
            return Ok(None);
        }
        self.integer().map(Some)
    }

    fn choice<T>(&mut self, from_name: impl Fn(&str) -> Option<T>) -> Result<T> {
        let word = self.word("a word")?;
        from_name(&word).map_or_else(|| self.error(1, format!("the word `{word}` is unknown here")), Ok)
    }

    /// Items between marks, with commas.
    fn list<T>(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.mark(open)?;
        let mut items = Vec::new();
        while !self.mark_if(close) {
            if !items.is_empty() {
                self.mark(',')?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    // --- module ---

    fn module(&mut self) -> Result<Module> {
        self.keyword("module")?;
        let name = self.text()?;
        self.keyword("version")?;
        let mut module = Module {
            name,
            version: self.text()?,
            ..Module::default()
        };
        while *self.peek() != Token::End {
            let word = self.word("a part of a module")?;
            match word.as_str() {
                "permission" => module.permissions.push(self.text()?),
                "parameters" => module.parameters = self.data(MAX_DEPTH)?,
                "variable" => module.variables.push(self.field()?),
                "type" => module.types.push(self.type_def()?),
                "const" => module.consts.push(self.data(MAX_DEPTH)?),
                "import" => module.imports.push(self.text()?),
                "function" => module.functions.push(self.function()?),
                "endpoint" => module.endpoints.push(self.endpoint()?),
                "rules" => module.rulesets.push(self.ruleset()?),
                "table" => module.tables.push(self.table()?),
                "process" => {
                    let data = self.data(MAX_DEPTH)?;
                    match encode_process::process_from(&data, "process") {
                        Ok(process) => module.processes.push(process),
                        Err(error) => return self.error(0, format!("{}: {}", error.place, error.message)),
                    }
                }
                _ => return self.error(1, format!("`{word}` is no part of a module")),
            }
        }
        Ok(module)
    }

    fn data(&mut self, depth: u32) -> Result<Data> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.error(0, "the data is nested too deep");
        };
        match self.peek().clone() {
            Token::Text(text) => {
                self.next();
                Ok(Data::Text(text))
            }
            Token::Tagged(tag, text) => {
                self.next();
                literal::tagged(&tag, &text).map_or_else(|| self.error(1, format!("the {tag} cannot be read")), Ok)
            }
            Token::Word(word) => {
                self.next();
                match word.as_str() {
                    "null" => Ok(Data::Null),
                    "true" => Ok(Data::Bool(true)),
                    "false" => Ok(Data::Bool(false)),
                    _ => match Number::parse(&word) {
                        Ok(number) => Ok(Data::Num(number)),
                        Err(_) => self.error(1, format!("`{word}` is no value")),
                    },
                }
            }
            Token::Mark('[') => Ok(Data::List(self.list('[', ']', |parser| parser.data(depth))?)),
            Token::Mark('{') => Ok(Data::Record(self.list('{', '}', |parser| {
                let key = parser.text()?;
                parser.mark(':')?;
                Ok((key, parser.data(depth)?))
            })?)),
            _ => self.expected("a value"),
        }
    }

    fn type_ref(&mut self, depth: u32) -> Result<TypeRef> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.error(0, "the type is nested too deep");
        };
        let word = self.word("a type")?;
        if let Some(ty) = TypeRef::scalar(&word) {
            return Ok(ty);
        }
        if word == "enum" {
            return Ok(TypeRef::Enum(self.list('(', ')', Self::text)?));
        }
        if !matches!(word.as_str(), "list" | "optional" | "type") {
            return self.error(1, format!("the type `{word}` is unknown"));
        }
        self.mark('(')?;
        let ty = match word.as_str() {
            "list" => TypeRef::List(Box::new(self.type_ref(depth)?)),
            "optional" => TypeRef::Optional(Box::new(self.type_ref(depth)?)),
            _ => TypeRef::Type(self.integer()?),
        };
        self.mark(')')?;
        Ok(ty)
    }

    fn field(&mut self) -> Result<Field> {
        let name = self.text()?;
        self.mark(':')?;
        let ty = self.type_ref(MAX_DEPTH)?;
        let default = if self.mark_if('=') {
            Some(self.data(MAX_DEPTH)?)
        } else {
            None
        };
        Ok(Field { name, ty, default })
    }

    fn type_def(&mut self) -> Result<TypeDef> {
        let name = self.text()?;
        let open = self.choice(|word| match word {
            "open" => Some(true),
            "declared" => Some(false),
            _ => None,
        })?;
        let extends = if self.word_if("extends") {
            Some(self.integer()?)
        } else {
            None
        };
        let keys = if self.word_if("keys") {
            self.list('[', ']', Self::integer)?
        } else {
            Vec::new()
        };
        self.mark('{')?;
        let mut fields = Vec::new();
        while !self.mark_if('}') {
            fields.push(self.field()?);
        }
        Ok(TypeDef {
            name,
            open,
            extends,
            fields,
            keys,
        })
    }

    fn endpoint(&mut self) -> Result<Endpoint> {
        let name = self.text()?;
        let args = self.list('(', ')', Self::field)?;
        self.keyword("returns")?;
        let returns = self.type_ref(MAX_DEPTH)?;
        self.keyword("function")?;
        Ok(Endpoint {
            name,
            args,
            returns,
            function: self.integer()?,
        })
    }

    // --- functions ---

    fn function(&mut self) -> Result<Function> {
        let name = self.text()?;
        self.keyword("params")?;
        let params = self.integer()?;
        self.keyword("locals")?;
        let locals = self.integer()?;
        let captures = if self.word_if("captures") { self.integer()? } else { 0 };
        let (this, rest) = (self.word_if("this"), self.word_if("rest"));
        let code = if self.word_if("raw") {
            match self.next() {
                Token::Tagged(tag, hex) if tag == "x" => match literal::bytes(&hex) {
                    Some(bytes) => bytes,
                    None => return self.error(1, "the bytes cannot be read"),
                },
                _ => return self.error(1, "bytes are expected"),
            }
        } else {
            self.code()?
        };
        Ok(Function {
            name,
            params,
            locals,
            code,
            captures,
            this,
            rest,
        })
    }

    fn code(&mut self) -> Result<Vec<u8>> {
        self.mark('{')?;
        let mut code = Vec::new();
        let mut labels = BTreeMap::new();
        let mut jumps = Vec::new();
        while !self.mark_if('}') {
            let word = self.word("an instruction")?;
            if self.mark_if(':') {
                if labels.insert(word, code.len() as u32).is_some() {
                    return self.error(2, "the label stands twice");
                }
                continue;
            }
            let Some(op) = Op::from_name(&word) else {
                return self.error(1, format!("the instruction `{word}` is unknown"));
            };
            let mut operands = Vec::new();
            for kind in op.info().operands {
                match kind {
                    Operand::Label => {
                        jumps.push((code.len() + 1, self.word("a label")?, self.at));
                        operands.push(0);
                    }
                    Operand::Slots => {
                        operands.extend(self.list('[', ']', Self::integer::<u32>)?.into_iter().map(i64::from));
                    }
                    Operand::Int => operands.push(self.integer()?),
                    _ => operands.push(i64::from(self.integer::<u32>()?)),
                }
            }
            Instruction {
                offset: 0,
                op,
                operands,
            }
            .encode(&mut code);
        }
        for (at, label, token) in jumps {
            let absolute = label.strip_prefix('@').and_then(|number| number.parse().ok());
            let Some(target) = labels.get(&label).copied().or(absolute) else {
                self.at = token;
                return self.error(1, format!("the label `{label}` is unknown"));
            };
            code[at..at + 4].copy_from_slice(&target.to_le_bytes());
        }
        Ok(code)
    }

    // --- rules ---

    fn ruleset(&mut self) -> Result<RuleSet> {
        let name = self.text()?;
        self.keyword("strategy")?;
        let strategy = self.choice(Strategy::from_name)?;
        let mut ruleset = RuleSet {
            name,
            strategy,
            globals: Vec::new(),
            alphas: Vec::new(),
            betas: Vec::new(),
            rules: Vec::new(),
        };
        self.mark('{')?;
        while !self.mark_if('}') {
            let word = self.word("a node or a rule")?;
            match word.as_str() {
                "global" => ruleset.globals.push(self.field()?),
                "alpha" => ruleset.alphas.push(self.alpha()?),
                "beta" => ruleset.betas.push(self.beta()?),
                "rule" => ruleset.rules.push(self.rule()?),
                _ => return self.error(1, format!("`{word}` is no part of a rule set")),
            }
        }
        Ok(ruleset)
    }

    fn alpha(&mut self) -> Result<Alpha> {
        if self.word_if("type") {
            return Ok(Alpha::Type(self.integer()?));
        }
        let compare = self.word_if("compare");
        if !compare {
            self.keyword("code")?;
        }
        let parent = self.integer()?;
        let test = if compare {
            let slot = self.integer()?;
            let op = self.choice(CompareOp::from_name)?;
            AlphaTest::Compare {
                slot,
                op,
                constant: self.integer()?,
            }
        } else {
            AlphaTest::Code {
                function: self.integer()?,
            }
        };
        Ok(Alpha::Test { parent, test })
    }

    fn indexes(&mut self, word: &str) -> Result<Vec<u32>> {
        self.keyword(word)?;
        self.list('[', ']', Self::integer)
    }

    fn index_after(&mut self, word: &str) -> Result<u32> {
        self.keyword(word)?;
        self.integer()
    }

    fn beta(&mut self) -> Result<Beta> {
        let word = self.word("a kind of node")?;
        self.keyword("left")?;
        let left = self.optional_index()?;
        let group = |quantifier| move |right| BetaKind::Group { quantifier, right };
        let kind = match word.as_str() {
            "test" => BetaKind::Test {
                tests: self.indexes("tests")?,
            },
            "from" => BetaKind::From {
                items: self.index_after("items")?,
                tests: self.indexes("tests")?,
            },
            "not_group" => group(Quantifier::Not)(self.index_after("right")?),
            "exists_group" => group(Quantifier::Exists)(self.index_after("right")?),
            "accumulate" => BetaKind::Accumulate {
                right: self.index_after("right")?,
                init: self.index_after("init")?,
                step: self.index_after("step")?,
                result: self.index_after("result")?,
            },
            word => match Quantifier::from_name(word) {
                Some(quantifier) => self.pattern(quantifier)?,
                None => return self.error(0, format!("the node `{word}` is unknown")),
            },
        };
        Ok(Beta { left, kind })
    }

    fn pattern(&mut self, quantifier: Quantifier) -> Result<BetaKind> {
        let right = self.index_after("right")?;
        self.keyword("keys")?;
        let keys = self.list('[', ']', |parser| {
            parser.mark('(')?;
            let left_position = parser.integer()?;
            parser.mark(',')?;
            let left_slot = parser.optional_index()?;
            parser.mark(',')?;
            let right_slot = parser.integer()?;
            parser.mark(')')?;
            Ok(JoinKey {
                left_position,
                left_slot,
                right_slot,
            })
        })?;
        let tests = self.indexes("tests")?;
        self.keyword("watch")?;
        let watch = if self.word_if("all") {
            None
        } else {
            Some(self.list('[', ']', Self::integer)?)
        };
        Ok(BetaKind::Pattern {
            quantifier,
            right,
            keys,
            tests,
            watch,
        })
    }

    fn rule(&mut self) -> Result<Rule> {
        let name = self.text()?;
        self.keyword("salience")?;
        let salience = self.integer()?;
        let salience_function = if self.word_if("salience_function") {
            Some(self.integer()?)
        } else {
            None
        };
        let no_loop = self.word_if("no_loop");
        let lock_on_active = self.word_if("lock_on_active");
        let auto_focus = self.word_if("auto_focus");
        self.keyword("agenda_group")?;
        let agenda_group = self.text()?;
        self.keyword("activation_group")?;
        let activation_group = self.text()?;
        self.keyword("beta")?;
        let beta = self.optional_index()?;
        self.keyword("function")?;
        Ok(Rule {
            name,
            salience,
            salience_function,
            no_loop,
            lock_on_active,
            agenda_group,
            auto_focus,
            activation_group,
            beta,
            function: self.integer()?,
        })
    }
    // --- decision tables ---

    fn table(&mut self) -> Result<Table> {
        let name = self.text()?;
        let inputs = self.index_after("inputs")?;
        let outputs = self.index_after("outputs")?;
        let mut rows = Vec::new();
        self.mark('{')?;
        while !self.mark_if('}') {
            self.keyword("row")?;
            let cells = self.list('[', ']', Self::cell)?;
            self.keyword("gives")?;
            let outputs = self.list('[', ']', |parser| {
                if parser.word_if("code") {
                    return parser.integer().map(|function| Output::Code { function });
                }
                parser.integer().map(Output::Constant)
            })?;
            rows.push(TableRow { cells, outputs });
        }
        Ok(Table {
            name,
            inputs,
            outputs,
            rows,
        })
    }

    fn cell(&mut self) -> Result<Cell> {
        let word = self.word("a cell")?;
        match word.as_str() {
            "any" => Ok(Cell::Any),
            "code" => self.integer().map(|function| Cell::Code { function }),
            "in" | "not" => Ok(Cell::Test {
                negated: word == "not",
                parts: self.list('(', ')', Self::part)?,
            }),
            _ => self.error(1, format!("`{word}` is no cell")),
        }
    }

    fn part(&mut self) -> Result<Part> {
        if !matches!(self.peek(), Token::Text(_)) {
            return self.integer().map(Part::Is);
        }
        let brackets = self.text()?;
        let (low, high) = (self.optional_index()?, self.optional_index()?);
        match Range::within(&brackets, low, high) {
            Some(range) => Ok(Part::Range(range)),
            None => self.error(1, "this is no range"),
        }
    }
}
