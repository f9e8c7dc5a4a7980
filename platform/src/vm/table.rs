//! Decision tables made ready: which rows are true is found by column, without a look at each row.
//!
//! A column knows for every value the rows whose cell it satisfies. `base` are the rows that are true of a value that no
//! cell names (`-` and negated cells); each constant lists the rows that it turns over; ranges cut the values of a kind into
//! segments, and each step from a segment to the next lists the rows that it turns over. Sets of rows are kept only every
//! so many turns, so the memory is proportional to the table's text, and a look-up walks at most `words` turns.
use std::cmp::Ordering;
use std::collections::HashMap;

use super::gas;
use super::halt::Halt;
use super::heap::Heap;
use super::host::Host;
use super::machine::Machine;
use super::value::Value;
use crate::module::{Bound, Cell, Output, Part, Range, Table};
use crate::number::Number;

/// Rows of a table as bits.
type Rows = Vec<u64>;

#[derive(Debug)]
pub(super) struct TableIndex {
    rows: usize,
    pub inputs: usize,
    /// Columns in which some cell asks something of the value alone.
    columns: Vec<(usize, Column)>,
    /// Functions that a row's cells ask, in order of columns, for the rows that have any.
    code: HashMap<usize, Vec<u32>>,
    /// Output values, row by row.
    outputs: Vec<Output>,
    width: usize,
    gas: u64,
}

#[derive(Debug)]
struct Column {
    base: Rows,
    constants: HashMap<Value, Turns>,
    /// For each kind of value that has ranges.
    scales: Vec<Scale>,
}

/// Rows that turn from true to false or back.
#[derive(Debug)]
enum Turns {
    Few(Vec<u32>),
    Many(Rows),
}

/// The ranges over one kind of value. Of `n` bounds, segment `2i` lies before the bound `i`, `2i + 1` is the bound itself,
/// `2n` lies behind all.
#[derive(Debug)]
struct Scale {
    bounds: Vec<Value>,
    /// Turns at the beginning of segment `s`: `turns[starts[s]..starts[s + 1]]`.
    starts: Vec<u32>,
    turns: Vec<u32>,
    /// Segments after whose turns the rows are kept, ascending, and these rows.
    kept: Vec<u32>,
    rows: Vec<Rows>,
}

fn flip(rows: &mut [u64], row: u32) {
    rows[row as usize / 64] ^= 1 << (row % 64);
}

fn flip_all(rows: &mut [u64], others: &[u64]) {
    for (word, other) in rows.iter_mut().zip(others) {
        *word ^= other;
    }
}

fn kind(value: Value) -> u8 {
    match value {
        Value::Num(_) => 1,
        Value::Text(_) => 2,
        Value::Date(_) => 3,
        Value::Time(_) => 4,
        Value::DateTime(_) => 5,
        Value::Duration(_) => 6,
        _ => 0,
    }
}

/// The order of two values of one kind.
fn order(heap: &Heap, a: Value, b: Value) -> Ordering {
    match (a, b) {
        (Value::Num(a), Value::Num(b)) => a.cmp(&b),
        (Value::Text(a), Value::Text(b)) => heap.text(a).cmp(heap.text(b)),
        _ => super::temporal::order(a, b).unwrap_or(Ordering::Equal),
    }
}

impl Scale {
    /// The segment that holds a value.
    fn segment(&self, heap: &Heap, value: Value) -> usize {
        match self.bounds.binary_search_by(|bound| order(heap, *bound, value)) {
            Ok(at) => 2 * at + 1,
            Err(at) => 2 * at,
        }
    }

    /// The segments of a range: first, and first behind.
    fn segments(&self, heap: &Heap, values: &[Value], range: &Range) -> (usize, usize) {
        let at = |bound: Bound| self.segment(heap, values[bound.constant as usize]);
        let first = range.low.map_or(0, |low| at(low) + usize::from(!low.closed));
        let end = range
            .high
            .map_or(2 * self.bounds.len() + 1, |high| at(high) + usize::from(high.closed));
        (first, end)
    }

    /// Fills in the turns, given as (segment, row).
    fn fill(&mut self, mut turns: Vec<(u32, u32)>, words: usize) {
        turns.sort_unstable();
        let (mut current, mut since) = (vec![0; words], 0);
        let mut turns = turns.into_iter().peekable();
        for segment in 0..=2 * self.bounds.len() as u32 {
            self.starts.push(self.turns.len() as u32);
            while let Some((_, row)) = turns.next_if(|(at, _)| *at == segment) {
                self.turns.push(row);
                flip(&mut current, row);
                since += 1;
            }
            if since > 2 * words {
                self.kept.push(segment);
                self.rows.push(current.clone());
                since = 0;
            }
        }
        self.starts.push(self.turns.len() as u32);
    }

    /// Turns over the rows whose ranges hold a value.
    fn apply(&self, heap: &Heap, value: Value, rows: &mut [u64]) {
        let segment = self.segment(heap, value);
        let kept = self.kept.partition_point(|at| *at as usize <= segment);
        let mut from = 0;
        if let Some(before) = kept.checked_sub(1) {
            flip_all(rows, &self.rows[before]);
            from = self.kept[before] as usize + 1;
        }
        if from <= segment {
            let turns = self.starts[from] as usize..self.starts[segment + 1] as usize;
            for row in &self.turns[turns] {
                flip(rows, *row);
            }
        }
    }
}

impl Column {
    /// The column of a table, if any of its cells asks something of the value.
    fn new(heap: &Heap, values: &[Value], table: &Table, column: usize) -> Option<Self> {
        let words = table.rows.len().div_ceil(64);
        let tests = || {
            table
                .rows
                .iter()
                .enumerate()
                .filter_map(move |(row, cells)| match &cells.cells[column] {
                    Cell::Test { negated, parts } => Some((row as u32, *negated, parts)),
                    _ => None,
                })
        };
        tests().next()?;
        let mut base = vec![u64::MAX; words];
        for (row, negated, _) in tests() {
            if !negated {
                flip(&mut base, row);
            }
        }
        let bounds = tests().flat_map(|(_, _, parts)| parts).filter_map(|part| match part {
            Part::Range(range) => Some(range),
            Part::Is(_) => None,
        });
        let mut by_kind: Vec<(u8, Vec<Value>)> = Vec::new();
        for bound in bounds.flat_map(Range::bounds) {
            let value = values[bound.constant as usize];
            match by_kind.iter_mut().find(|(known, _)| *known == kind(value)) {
                Some((_, found)) => found.push(value),
                None => by_kind.push((kind(value), vec![value])),
            }
        }
        let mut scales: Vec<Scale> = by_kind
            .into_iter()
            .map(|(_, mut bounds)| {
                bounds.sort_by(|a, b| order(heap, *a, *b));
                bounds.dedup_by(|a, b| order(heap, *a, *b) == Ordering::Equal);
                Scale {
                    bounds,
                    starts: Vec::new(),
                    turns: Vec::new(),
                    kept: Vec::new(),
                    rows: Vec::new(),
                }
            })
            .collect();
        let mut turns: Vec<Vec<(u32, u32)>> = vec![Vec::new(); scales.len()];
        let mut constants: HashMap<Value, Vec<u32>> = HashMap::new();
        for (row, _, parts) in tests() {
            let mut covered = vec![Vec::new(); scales.len()];
            for part in parts {
                let Part::Range(range) = part else { continue };
                let Some(scale) = scale_of(&scales, values, range) else {
                    continue;
                };
                let (first, end) = scales[scale].segments(heap, values, range);
                if first < end {
                    covered[scale].push((first, end));
                }
            }
            for (scale, covered) in covered.iter_mut().enumerate() {
                *covered = joined(covered);
                for (first, end) in covered {
                    turns[scale].push((*first as u32, row));
                    turns[scale].push((*end as u32, row));
                }
            }
            for part in parts {
                let Part::Is(constant) = part else { continue };
                let value = values[*constant as usize];
                let within = scales.iter().zip(&covered).any(|(scale, covered)| {
                    scale.bounds.first().is_some_and(|bound| kind(*bound) == kind(value)) && {
                        let at = scale.segment(heap, value);
                        covered.iter().any(|(first, end)| (*first..*end).contains(&at))
                    }
                });
                let rows = constants.entry(value).or_default();
                if !within && rows.last() != Some(&row) {
                    rows.push(row);
                }
            }
        }
        for (scale, turns) in scales.iter_mut().zip(turns) {
            scale.fill(turns, words);
        }
        let constants = constants
            .into_iter()
            .map(|(value, rows)| (value, Turns::new(rows, words)));
        Some(Self {
            base,
            constants: constants.collect(),
            scales,
        })
    }

    /// Keeps those rows whose cell a value satisfies.
    fn restrict(&self, heap: &Heap, value: Value, found: &mut [u64], scratch: &mut [u64]) {
        scratch.copy_from_slice(&self.base);
        match self.constants.get(&value) {
            Some(Turns::Few(rows)) => rows.iter().for_each(|row| flip(scratch, *row)),
            Some(Turns::Many(rows)) => flip_all(scratch, rows),
            None => {}
        }
        let scale = |scale: &&Scale| scale.bounds.first().is_some_and(|bound| kind(*bound) == kind(value));
        if let Some(scale) = self.scales.iter().find(scale) {
            scale.apply(heap, value, scratch);
        }
        for (word, other) in found.iter_mut().zip(scratch) {
            *word &= *other;
        }
    }
}

impl Turns {
    fn new(rows: Vec<u32>, words: usize) -> Self {
        if rows.len() <= words {
            return Self::Few(rows);
        }
        let mut bits = vec![0; words];
        rows.iter().for_each(|row| flip(&mut bits, *row));
        Self::Many(bits)
    }
}

/// The scale of a range's kind.
fn scale_of(scales: &[Scale], values: &[Value], range: &Range) -> Option<usize> {
    let of = range
        .bounds()
        .next()
        .map(|bound| kind(values[bound.constant as usize]))?;
    scales
        .iter()
        .position(|scale| scale.bounds.first().is_some_and(|bound| kind(*bound) == of))
}

/// Stretches in order, those that touch made one.
fn joined(stretches: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut sorted = stretches.to_vec();
    sorted.sort_unstable();
    let mut made: Vec<(usize, usize)> = Vec::new();
    for (first, end) in sorted {
        match made.last_mut() {
            Some(last) if last.1 >= first => last.1 = last.1.max(end),
            _ => made.push((first, end)),
        }
    }
    made
}

impl TableIndex {
    /// The index of an admitted table; `heap` holds the module's constants `values`.
    pub fn new(heap: &Heap, values: &[Value], table: &Table) -> Self {
        let inputs = table.inputs as usize;
        let columns: Vec<(usize, Column)> = (0..inputs)
            .filter_map(|at| Column::new(heap, values, table, at).map(|column| (at, column)))
            .collect();
        let mut code: HashMap<usize, Vec<u32>> = HashMap::new();
        for (row, cells) in table.rows.iter().enumerate() {
            for cell in &cells.cells {
                if let Cell::Code { function } = cell {
                    code.entry(row).or_default().push(*function);
                }
            }
        }
        let words = table.rows.len().div_ceil(64) as u64;
        Self {
            rows: table.rows.len(),
            inputs,
            code,
            outputs: table.rows.iter().flat_map(|row| row.outputs.iter().cloned()).collect(),
            width: table.outputs as usize,
            gas: (inputs as u64) * (gas::TABLE_INPUT + words * gas::TABLE_WORD),
            columns,
        }
    }

    /// What a row gives in a column.
    pub fn output(&self, row: Value, column: usize) -> Result<&Output, Halt> {
        let Value::Num(Number::Int(number)) = row else {
            return Err(Halt::trap("type-mismatch", "a row of a table is a whole number"));
        };
        usize::try_from(number)
            .ok()
            .filter(|row| *row < self.rows)
            .and_then(|row| self.outputs.get(row * self.width + column))
            .ok_or_else(|| Halt::trap("index-range", format!("the table has no row {number}")))
    }
}

impl Machine {
    /// The numbers of the rows that are true of the inputs, ascending.
    ///
    /// Cells of functions are asked only for rows whose other cells are true, in order of rows and columns up to the first
    /// that is false, each function once.
    pub(super) fn table_rows(&mut self, host: &mut dyn Host, table: u32, inputs: &[Value]) -> Result<Value, Halt> {
        let program = std::sync::Arc::clone(&self.program);
        let Some(table) = program.tables.get(table as usize) else {
            return Err(Halt::Fault {
                message: "no such table".into(),
            });
        };
        let texts = inputs.iter().filter_map(|value| match value {
            Value::Text(id) => Some(u64::from(self.heap.text_size(*id)) / gas::BYTES_READ),
            _ => None,
        });
        let read: u64 = texts.sum();
        self.gas.charge(table.gas + read * gas::TABLE_TEXT)?;
        let words = table.rows.div_ceil(64);
        let (mut found, mut scratch) = (vec![u64::MAX; words], vec![0; words]);
        if table.rows % 64 != 0 {
            found[words - 1] = (1 << (table.rows % 64)) - 1;
        }
        for (at, column) in &table.columns {
            let value = match inputs[*at] {
                Value::Undefined => Value::Null,
                value => value,
            };
            column.restrict(&self.heap, value, &mut found, &mut scratch);
        }
        let mut rows = Vec::new();
        let mut known: HashMap<u32, bool> = HashMap::new();
        for (at, mut word) in found.into_iter().enumerate() {
            while word != 0 {
                let row = at * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                if self.asked(host, table, row, inputs, &mut known)? {
                    self.gas.charge(gas::TABLE_ROW)?;
                    rows.push(Value::Num(Number::Int(row as i64)));
                }
            }
        }
        self.heap.new_list(rows).map(Value::Obj)
    }

    /// Whether the functions that a row asks are all true.
    fn asked(
        &mut self,
        host: &mut dyn Host,
        table: &TableIndex,
        row: usize,
        inputs: &[Value],
        known: &mut HashMap<u32, bool>,
    ) -> Result<bool, Halt> {
        let functions = table.code.get(&row).map_or(&[][..], Vec::as_slice);
        for function in functions {
            let holds = match known.get(function) {
                Some(holds) => *holds,
                None => {
                    let value = self.run(host, None, *function, inputs)?;
                    let holds = self.truth(value);
                    known.insert(*function, holds);
                    holds
                }
            };
            self.gas.charge(gas::COMPARISON)?;
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The trap that rows which must not be true together get.
    pub(super) fn table_conflict(&self, table: u32, rows: Value) -> Halt {
        let name = self
            .module
            .tables
            .get(table as usize)
            .map_or("", |table| table.name.as_str());
        let listed: Vec<String> = match rows {
            Value::Obj(list) => self.heap.list(list).unwrap_or(&[]).iter(),
            _ => [].iter(),
        }
        .filter_map(|row| match row {
            Value::Num(Number::Int(row)) => Some((row + 1).to_string()),
            _ => None,
        })
        .take(10)
        .collect();
        let message = format!(
            "rows {} of the table `{name}` are true and must not be together",
            listed.join(", ")
        );
        Halt::trap("table-conflict", message)
    }
}

/// Whether ranges may stand between values of this kind.
pub(crate) fn has_order(value: &crate::value::Data) -> Option<u8> {
    use crate::value::Data;
    Some(match value {
        Data::Num(_) => 1,
        Data::Text(_) => 2,
        Data::Date(_) => 3,
        Data::Time(_) => 4,
        Data::DateTime(_) => 5,
        Data::Duration(_) => 6,
        _ => return None,
    })
}
