//! A decision table as the module carries it: what each cell asks of its column's input, and what each row gives.

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub name: String,
    /// Input values that a decision takes, one for each column of cells.
    pub inputs: u32,
    /// Output columns.
    pub outputs: u32,
    pub rows: Vec<TableRow>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// One for each input.
    pub cells: Vec<Cell>,
    /// One for each output column.
    pub outputs: Vec<Output>,
}

/// What a cell asks of its input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Nothing.
    Any,
    /// That it is one of the parts; `negated`: that it is none.
    Test { negated: bool, parts: Vec<Part> },
    /// What a function of all inputs says.
    Code { function: u32 },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Equal to a constant.
    Is(u32),
    Range(Range),
}

/// The values between two constants of one ordered kind (numbers, texts, dates ...), at least one of them given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Range {
    pub low: Option<Bound>,
    pub high: Option<Bound>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    pub constant: u32,
    /// The constant itself belongs to the range.
    pub closed: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    Constant(u32),
    /// What a function of all inputs gives.
    Code {
        function: u32,
    },
}

impl Range {
    /// `[]`, `[)`, `(]` or `()`; a missing end counts as open.
    pub fn brackets(&self) -> &'static str {
        let closed = |end: &Option<Bound>| end.is_some_and(|bound| bound.closed);
        match (closed(&self.low), closed(&self.high)) {
            (true, true) => "[]",
            (true, false) => "[)",
            (false, true) => "(]",
            (false, false) => "()",
        }
    }

    /// The range of two constants within brackets; `None`: these are no brackets, or close an end that is missing.
    pub fn within(brackets: &str, low: Option<u32>, high: Option<u32>) -> Option<Self> {
        let (low_closed, high_closed) = match brackets {
            "[]" => (true, true),
            "[)" => (true, false),
            "(]" => (false, true),
            "()" => (false, false),
            _ => return None,
        };
        let bound = |constant: Option<u32>, closed| constant.map(|constant| Bound { constant, closed });
        let range = Self {
            low: bound(low, low_closed),
            high: bound(high, high_closed),
        };
        (range.brackets() == brackets).then_some(range)
    }

    pub fn bounds(&self) -> impl Iterator<Item = Bound> {
        self.low.into_iter().chain(self.high)
    }
}

impl Table {
    /// All functions that a decision may run.
    pub fn functions(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().flat_map(|row| {
            let cells = row.cells.iter().filter_map(|cell| match cell {
                Cell::Code { function } => Some(*function),
                _ => None,
            });
            let outputs = row.outputs.iter().filter_map(|output| match output {
                Output::Code { function } => Some(*function),
                Output::Constant(_) => None,
            });
            cells.chain(outputs)
        })
    }
}
