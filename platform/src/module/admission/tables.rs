//! Decision tables. Codes: `bad-table` (widths, ranges), `bad-index`, `bad-arity`, `too-large`, `bad-name`, `duplicate-name`.
use super::limits::{check_unique, MAX_PARAMS, MAX_TABLES, MAX_TABLE_ROWS};
use super::refuse;
use crate::module::{AdmissionError, Cell, Module, Output, Part, Range, Table, TableRow};
use crate::vm::table::has_order;

type Result<T> = std::result::Result<T, AdmissionError>;

pub(super) fn check_tables(module: &Module) -> Result<()> {
    if module.tables.len() > MAX_TABLES {
        return refuse(
            "too-large",
            "tables",
            format!("a module has at most {MAX_TABLES} tables"),
        );
    }
    check_unique("tables", module.tables.iter().map(|table| table.name.as_str()))?;
    for (index, table) in module.tables.iter().enumerate() {
        let place = format!("tables[{index}]");
        if table.rows.len() > MAX_TABLE_ROWS || table.inputs > MAX_PARAMS || table.outputs > MAX_PARAMS {
            let message = format!("a table has at most {MAX_TABLE_ROWS} rows and {MAX_PARAMS} columns of a kind");
            return refuse("too-large", place, message);
        }
        for (at, row) in table.rows.iter().enumerate() {
            check_row(module, table, row)
                .map_err(|(code, message)| AdmissionError::new(code, format!("{place}.rows[{at}]"), message))?;
        }
    }
    Ok(())
}

type Found = std::result::Result<(), (&'static str, String)>;

fn check_row(module: &Module, table: &Table, row: &TableRow) -> Found {
    if row.cells.len() != table.inputs as usize || row.outputs.len() != table.outputs as usize {
        return Err(("bad-table", "a row has one cell for each column".to_owned()));
    }
    for cell in &row.cells {
        match cell {
            Cell::Any => {}
            Cell::Test { parts, .. } => parts.iter().try_for_each(|part| check_part(module, part))?,
            Cell::Code { function } => check_function(module, table, *function)?,
        }
    }
    row.outputs.iter().try_for_each(|output| match output {
        Output::Constant(constant) => check_constant(module, *constant),
        Output::Code { function } => check_function(module, table, *function),
    })
}

fn check_constant(module: &Module, constant: u32) -> Found {
    match module.consts.get(constant as usize) {
        Some(_) => Ok(()),
        None => Err(("bad-index", format!("there is no constant {constant}"))),
    }
}

fn check_part(module: &Module, part: &Part) -> Found {
    match part {
        Part::Is(constant) => check_constant(module, *constant),
        Part::Range(range) => check_range(module, range),
    }
}

fn check_range(module: &Module, range: &Range) -> Found {
    let mut kinds = Vec::new();
    for bound in range.bounds() {
        check_constant(module, bound.constant)?;
        kinds.push(module.consts.get(bound.constant as usize).and_then(has_order));
    }
    match kinds[..] {
        [Some(_)] => Ok(()),
        [Some(low), Some(high)] if low == high => Ok(()),
        _ => Err((
            "bad-table",
            "a range lies between constants of one ordered kind".to_owned(),
        )),
    }
}

fn check_function(module: &Module, table: &Table, function: u32) -> Found {
    match module.functions.get(function as usize) {
        None => Err(("bad-index", format!("there is no function {function}"))),
        Some(found) if found.params != table.inputs => Err((
            "bad-arity",
            format!("the function does not take {} arguments", table.inputs),
        )),
        Some(_) => Ok(()),
    }
}
