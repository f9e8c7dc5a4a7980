//! The instruction set: one table that the interpreter, the admission checks, the assembly text, the compiler (through
//! `kernel.OPS`) and docs/bytecode.md all read.
//!
//! Code is an opcode byte and its operands. Operands are unsigned LEB128 in their shortest form, except a label (an
//! absolute byte offset in the code, 4 bytes little-endian) and an `int` (zigzag LEB128).
use super::gas;

/// What an operand means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A signed integer of 64 bits.
    Int,
    /// Index of a module constant.
    Const,
    /// A local slot.
    Local,
    /// Index of a contract variable.
    Variable,
    /// Index of a global of the rule set.
    Global,
    /// Index of a type.
    Type,
    /// A slot of the type before it.
    Slot,
    /// Index of a function.
    Function,
    /// Index of an import.
    Import,
    /// Index of a decision table.
    Table,
    /// An output column of the table before it.
    Column,
    /// How many more values the instruction takes from the stack.
    Count,
    /// Jump target.
    Label,
    /// A count, then that many slots.
    Slots,
}

impl Operand {
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Const => "const",
            Self::Local => "local",
            Self::Variable => "variable",
            Self::Global => "global",
            Self::Type => "type",
            Self::Slot => "slot",
            Self::Function => "function",
            Self::Import => "import",
            Self::Table => "table",
            Self::Column => "column",
            Self::Count => "count",
            Self::Label => "label",
            Self::Slots => "slots",
        }
    }
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    Next,
    /// To the label.
    Jump,
    /// To the label or on; what is popped is popped on both ways.
    Branch,
    /// To the label with the top kept, or on with it popped.
    BranchKeep,
    /// On with a handler open; to the label, with what was thrown on top, if something is.
    Handler,
    /// On with the innermost handler closed.
    Close,
    /// Nowhere.
    Stop,
}

macro_rules! ops {
    ($($variant:ident $code:literal $name:literal [$($operand:ident),*] $pops:literal $pushes:literal $flow:ident $gas:ident $doc:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $(#[doc = $doc] $variant = $code,)* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$variant,)*];

            pub fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            pub fn info(self) -> &'static Info {
                match self { $(Self::$variant => &const {
                    Info { op: Op::$variant, code: $code, name: $name, operands: &[$(Operand::$operand),*],
                        pops: $pops, pushes: $pushes, flow: Flow::$flow, gas: gas::$gas, family: stringify!($gas), doc: $doc }
                },)* }
            }
        }
    };
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    pub op: Op,
    pub code: u8,
    pub name: &'static str,
    pub operands: &'static [Operand],
    /// Values taken from the stack, besides those that a count operand names.
    pub pops: u32,
    pub pushes: u32,
    pub flow: Flow,
    /// Charged before the instruction runs.
    pub gas: u64,
    /// The figure's name in `gas.rs`.
    pub family: &'static str,
    pub doc: &'static str,
}

ops! {
    // constants
    Null              0x00 "null"              []                  0 1 Next   STACK      "-> null";
    Undefined         0x01 "undefined"         []                  0 1 Next   STACK      "-> undefined";
    True              0x02 "true"              []                  0 1 Next   STACK      "-> true";
    False             0x03 "false"             []                  0 1 Next   STACK      "-> false";
    Int               0x04 "int"               [Int]               0 1 Next   STACK      "-> n";
    Const             0x05 "const"             [Const]             0 1 Next   STACK      "-> the module's constant";
    // locals and stack
    Load              0x08 "load"              [Local]             0 1 Next   STACK      "-> local";
    Store             0x09 "store"             [Local]             1 0 Next   STACK      "v -> ; sets a local";
    Pop               0x0a "pop"               []                  1 0 Next   STACK      "v ->";
    Dup               0x0b "dup"               []                  1 2 Next   STACK      "v -> v v";
    Swap              0x0c "swap"              []                  2 2 Next   STACK      "a b -> b a";
    // contract state
    GetVariable       0x10 "get_variable"      [Variable]          0 1 Next   HOST       "-> the contract's variable, null if never set";
    SetVariable       0x11 "set_variable"      [Variable]          1 0 Next   HOST       "v -> ; sets the contract's variable";
    GetParameter      0x12 "get_parameter"     [Const]             0 1 Next   HOST       "-> the contract's parameter of that name";
    // rule session
    GetGlobal         0x14 "get_global"        [Global]            0 1 Next   SLOT       "-> the session's global";
    SetGlobal         0x15 "set_global"        [Global]            1 0 Next   SLOT       "v -> ; sets the session's global";
    // operators
    Add               0x20 "add"               []                  2 1 Next   ARITHMETIC "a b -> a + b; joins if either is a text; temporal sums";
    Sub               0x21 "sub"               []                  2 1 Next   ARITHMETIC "a b -> a - b; temporal differences";
    Mul               0x22 "mul"               []                  2 1 Next   ARITHMETIC "a b -> a * b";
    Div               0x23 "div"               []                  2 1 Next   DIVISION   "a b -> a / b, exact decimal division";
    Rem               0x24 "rem"               []                  2 1 Next   DIVISION   "a b -> a % b, sign of a";
    Pow               0x25 "pow"               []                  2 1 Next   POWER      "a b -> a ** b";
    Neg               0x26 "neg"               []                  1 1 Next   ARITHMETIC "a -> -a";
    Not               0x27 "not"               []                  1 1 Next   COMPARISON "a -> whether a is false, null, undefined, 0 or an empty text";
    TypeOf            0x28 "typeof"            []                  1 1 Next   FIELD      "a -> the text that JavaScript's typeof gives";
    Eq                0x30 "eq"                []                  2 1 Next   COMPARISON "a b -> a == b; never coerces; null equals undefined";
    Ne                0x31 "ne"                []                  2 1 Next   COMPARISON "a b -> a != b";
    Lt                0x32 "lt"                []                  2 1 Next   COMPARISON "a b -> a < b; trap null-operand, type-mismatch";
    Le                0x33 "le"                []                  2 1 Next   COMPARISON "a b -> a <= b; trap null-operand, type-mismatch";
    Gt                0x34 "gt"                []                  2 1 Next   COMPARISON "a b -> a > b; trap null-operand, type-mismatch";
    Ge                0x35 "ge"                []                  2 1 Next   COMPARISON "a b -> a >= b; trap null-operand, type-mismatch";
    Same              0x3a "same"              []                  2 1 Next   COMPARISON "a b -> a === b: as eq, but null is not undefined";
    LtOrFalse         0x36 "lt_or_false"       []                  2 1 Next   COMPARISON "a b -> a < b; false for null or a mix of types";
    LeOrFalse         0x37 "le_or_false"       []                  2 1 Next   COMPARISON "a b -> a <= b; false for null or a mix of types";
    GtOrFalse         0x38 "gt_or_false"       []                  2 1 Next   COMPARISON "a b -> a > b; false for null or a mix of types";
    GeOrFalse         0x39 "ge_or_false"       []                  2 1 Next   COMPARISON "a b -> a >= b; false for null or a mix of types";
    // control
    Jump              0x40 "jump"              [Label]             0 0 Jump   STACK      "->";
    JumpIfTrue        0x41 "jump_if_true"      [Label]             1 0 Branch STACK      "c -> ; by truthiness";
    JumpIfFalse       0x42 "jump_if_false"     [Label]             1 0 Branch STACK      "c -> ; by truthiness";
    JumpIfTrueKeep    0x43 "jump_if_true_keep" [Label]             1 0 BranchKeep STACK  "c -> c at the label, nothing after (||)";
    JumpIfFalseKeep   0x44 "jump_if_false_keep" [Label]            1 0 BranchKeep STACK  "c -> c at the label, nothing after (&&)";
    JumpIfAbsentKeep  0x45 "jump_if_absent_keep" [Label]           1 0 BranchKeep STACK  "v -> v at the label if null or undefined, nothing after";
    JumpUnlessAbsentKeep 0x46 "jump_unless_absent_keep" [Label]    1 0 BranchKeep STACK  "v -> v at the label unless null or undefined, nothing after (??)";
    // objects
    NewRecord         0x50 "new_record"        [Type]              0 1 Next   OBJECT     "-> a record of the type with its defaults";
    NewObject         0x51 "new_object"        []                  0 1 Next   OBJECT     "-> an empty untyped record";
    NewList           0x52 "new_list"          [Count]             0 1 Next   OBJECT     "v1 .. vn -> list";
    GetSlot           0x53 "get_slot"          [Type, Slot]        1 1 Next   SLOT       "obj -> v; trap type-mismatch unless obj is of the type";
    SetSlot           0x54 "set_slot"          [Type, Slot]        2 0 Next   FIELD      "obj v -> ; as get_slot; checks the field's type";
    GetField          0x55 "get_field"         [Const]             1 1 Next   FIELD      "obj -> v; by name; trap null-operand, unknown-field";
    SetField          0x56 "set_field"         [Const]             2 0 Next   FIELD      "obj v -> ; by name; trap null-operand, unknown-field";
    GetFieldOrNull    0x57 "get_field_or_null" [Const]             1 1 Next   FIELD      "obj -> v; as get_field, null for null";
    GetIndex          0x58 "get_index"         []                  2 1 Next   FIELD      "obj i -> v; list item, character or field; undefined if absent";
    SetIndex          0x59 "set_index"         []                  3 0 Next   FIELD      "obj i v -> ; list item (the end appends) or field";
    HasField          0x5a "has_field"         [Const]             1 1 Next   FIELD      "obj -> whether the field is there";
    DeleteField       0x5b "delete_field"      [Const]             1 1 Next   FIELD      "obj -> whether the field was there; removes it";
    Length            0x5c "length"            []                  1 1 Next   FIELD      "v -> items, code points or fields";
    IsType            0x5d "is_type"           [Type]              1 1 Next   SLOT       "v -> whether v is a record of the type or a subtype";
    // calls
    Call              0x60 "call"              [Function, Count]   0 1 Next   CALL       "a1 .. an -> result";
    Native            0x61 "native"            [Import, Count]     0 1 Next   NATIVE     "a1 .. an -> result of the library function";
    Method            0x62 "method"            [Const, Count]      1 1 Next   NATIVE     "obj a1 .. an -> result of the value's method";
    Return            0x63 "return"            []                  1 0 Stop   STACK      "v -> ; ends the function";
    Revert            0x64 "revert"            []                  1 0 Stop   STACK      "v -> ; ends the run with the outcome revert and the text";
    Trap              0x65 "trap"              [Const]             0 0 Stop   STACK      "-> ; ends the run with the trap `raised` and the text";
    // functions as values, cells of variables that functions share
    NewCell           0x90 "new_cell"          []                  1 1 Next   OBJECT     "v -> cell";
    EmptyCell         0x91 "empty_cell"        []                  0 1 Next   OBJECT     "-> a cell without a value";
    CellGet           0x92 "cell_get"          [Const]             1 1 Next   SLOT       "cell -> v; trap not-initialized naming the variable if the cell is empty";
    CellSet           0x93 "cell_set"          []                  2 1 Next   SLOT       "cell v -> v; sets the cell";
    MakeClosure       0x94 "make_closure"      [Function, Count]   0 1 Next   OBJECT     "c1 .. cn -> function that takes c1 .. cn before its arguments";
    CallValue         0x95 "call_value"        [Count]             1 1 Next   CALL       "f a1 .. an -> result; missing arguments are undefined, extra ones dropped";
    CallWith          0x96 "call_with"         [Count]             2 1 Next   CALL       "f this a1 .. an -> result";
    CallSpread        0x97 "call_spread"       []                  3 1 Next   CALL       "f this list -> result; the items are the arguments";
    CallMethod        0x98 "call_method"       [Const, Count]      1 1 Next   NATIVE     "obj a1 .. an -> result of the object's own function, its class's, else of the value's method";
    MethodSpread      0x99 "method_spread"     [Const]             2 1 Next   NATIVE     "obj list -> as call_method; the items are the arguments";
    NativeSpread      0x9a "native_spread"     [Import]            1 1 Next   NATIVE     "list -> result of the library function; the items are the arguments";
    // classes
    MakeClass         0x9b "make_class"        [Const]             2 1 Next   OBJECT     "parent constructor -> class of the name; undefined where there is none";
    DefineMethod      0x9c "define_method"     []                  3 1 Next   FIELD      "class key f -> class";
    DefineGetter      0x9d "define_getter"     []                  3 1 Next   FIELD      "obj key f -> obj; of a class, for its instances";
    DefineSetter      0x9e "define_setter"     []                  3 1 Next   FIELD      "obj key f -> obj; of a class, for its instances";
    Statics           0x9f "statics"           []                  1 2 Next   FIELD      "class -> class record; the fields of the class itself";
    Construct         0xa0 "construct"         [Count]             1 1 Next   OBJECT     "class a1 .. an -> instance";
    ConstructSpread   0xa1 "construct_spread"  []                  2 1 Next   OBJECT     "class list -> instance; the items are the arguments";
    Super             0xa2 "super"             [Count]             2 1 Next   CALL       "parent this a1 .. an -> this, after the parent's constructor";
    SuperSpread       0xa3 "super_spread"      []                  3 1 Next   CALL       "parent this list -> this; the items are the arguments";
    GetSuper          0xa4 "get_super"         [Const]             2 1 Next   FIELD      "parent this -> what the parent has of the name";
    InstanceOf        0xa5 "instance_of"       []                  2 1 Next   FIELD      "v class -> whether the class, or one that extends it, made v";
    // exceptions
    Try               0xa6 "try"               [Label]             0 0 Handler STACK     "-> ; what is thrown from here on is on the stack at the label";
    EndTry            0xa7 "end_try"           []                  0 0 Close  STACK      "-> ; closes the innermost try";
    Throw             0xa8 "throw"             []                  1 0 Stop   STACK      "v -> ; to the innermost try, else the run ends with the outcome revert";
    // iteration and spreading
    IterNext          0xa9 "iter_next"         [Label]             2 3 BranchKeep FIELD  "iterable at -> iterable at' item; to the label with iterable at after the last";
    Append            0xaa "append"            []                  2 1 Next   FIELD      "list v -> list";
    Extend            0xab "extend"            []                  2 1 Next   FIELD      "list iterable -> list with all its items";
    CopyFields        0xac "copy_fields"       []                  2 1 Next   FIELD      "record v -> record with v's own fields; null has none";
    NewRegExp         0xad "new_regexp"        [Const, Const]      0 1 Next   NATIVE     "-> the regular expression of source and flags";
    // decision tables
    TableRows         0x68 "table_rows"        [Table, Count]      0 1 Next   TABLE      "a1 .. an -> list of the numbers of the rows that are true of the inputs, from 0";
    TableOutput       0x69 "table_output"      [Table, Column, Count] 1 1 Next TABLE_OUTPUT "a1 .. an row -> what the row gives in the column for the inputs";
    TableConflict     0x6a "table_conflict"    [Table]             1 0 Stop   STACK      "rows -> ; ends the run with the trap table-conflict";
    // working memory (in a consequence only, else trap no-working-memory)
    Insert            0x70 "insert"            []                  1 0 Next   MEMORY     "fact ->";
    Update            0x71 "update"            []                  1 0 Next   MEMORY     "fact -> ; all fields may have changed";
    UpdateSlots       0x72 "update_slots"      [Slots]             1 0 Next   MEMORY     "fact -> ; these slots changed (modify)";
    Delete            0x73 "delete"            []                  1 0 Next   MEMORY     "fact ->";
    Facts             0x74 "facts"             [Type]              0 1 Next   MEMORY     "-> list of the facts of the type, in order of insertion";
    InsertLogical     0x76 "insert_logical"    []                  1 0 Next   MEMORY     "fact -> ; stays while a match that inserted it holds";
    Focus             0x77 "focus"             []                  1 0 Next   MEMORY     "group -> ; the agenda group of that name has the focus";
    Halt              0x75 "halt"              []                  0 0 Next   MEMORY     "-> ; no rule fires after this one";
}

impl Op {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.info().name == name)
    }
}

/// One instruction as it stands in code. `operands` follow the table; a `Slots` operand is spread out at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instruction {
    pub offset: u32,
    pub op: Op,
    pub operands: Vec<i64>,
}

impl Instruction {
    /// The operand of a kind, as an index.
    pub fn index(&self, kind: Operand) -> Option<u32> {
        let at = self.op.info().operands.iter().position(|operand| *operand == kind)?;
        self.operands.get(at).and_then(|value| u32::try_from(*value).ok())
    }

    pub fn label(&self) -> Option<u32> {
        self.index(Operand::Label)
    }

    /// Values taken from the stack.
    pub fn pops(&self) -> u32 {
        self.op.info().pops + self.index(Operand::Count).unwrap_or(0)
    }

    pub fn encode(&self, code: &mut Vec<u8>) {
        code.push(self.op as u8);
        for (at, operand) in self.op.info().operands.iter().enumerate() {
            let value = self.operands.get(at).copied().unwrap_or(0);
            match operand {
                Operand::Int => write_leb(code, ((value << 1) ^ (value >> 63)) as u64),
                Operand::Label => code.extend_from_slice(&(value as u32).to_le_bytes()),
                Operand::Slots => {
                    let slots = self.operands.get(at..).unwrap_or(&[]);
                    write_leb(code, slots.len() as u64);
                    for slot in slots {
                        write_leb(code, *slot as u64);
                    }
                }
                _ => write_leb(code, value as u64),
            }
        }
    }
}

fn write_leb(code: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        code.push(value as u8 | 0x80);
        value >>= 7;
    }
    code.push(value as u8);
}

/// Why bytes are not code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadCode {
    pub code: &'static str,
    pub offset: u32,
}

struct Reader<'a> {
    code: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.code.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn leb(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if byte < 0x80 {
                let shortest = byte != 0 || shift == 0;
                return shortest.then_some(value);
            }
        }
        None
    }

    fn index(&mut self) -> Option<i64> {
        self.leb()
            .filter(|value| *value <= u64::from(u32::MAX))
            .map(|value| value as i64)
    }

    fn operand(&mut self, kind: Operand, operands: &mut Vec<i64>) -> Option<()> {
        match kind {
            Operand::Int => {
                let raw = self.leb()?;
                operands.push((raw >> 1) as i64 ^ -((raw & 1) as i64));
            }
            Operand::Label => {
                let bytes: [u8; 4] = self.code.get(self.at..self.at + 4)?.try_into().ok()?;
                self.at += 4;
                operands.push(i64::from(u32::from_le_bytes(bytes)));
            }
            Operand::Slots => {
                let count = self.index()? as usize;
                if count > self.code.len() - self.at {
                    return None;
                }
                for _ in 0..count {
                    let slot = self.index()?;
                    operands.push(slot);
                }
            }
            _ => operands.push(self.index()?),
        }
        Some(())
    }
}

/// Reads code as instructions, strictly: `unknown-op`, `bad-operand`.
pub fn decode(code: &[u8]) -> Result<Vec<Instruction>, BadCode> {
    let mut reader = Reader { code, at: 0 };
    let mut instructions = Vec::new();
    while reader.at < code.len() {
        let offset = reader.at as u32;
        let op = reader.byte().and_then(Op::from_code).ok_or(BadCode {
            code: "unknown-op",
            offset,
        })?;
        let mut operands = Vec::new();
        for kind in op.info().operands {
            reader.operand(*kind, &mut operands).ok_or(BadCode {
                code: "bad-operand",
                offset,
            })?;
        }
        instructions.push(Instruction { offset, op, operands });
    }
    Ok(instructions)
}

pub fn encode(instructions: &[Instruction]) -> Vec<u8> {
    let mut code = Vec::new();
    for instruction in instructions {
        instruction.encode(&mut code);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_unique() {
        for (at, op) in Op::ALL.iter().enumerate() {
            assert_eq!(Op::from_name(op.info().name), Some(*op));
            assert_eq!(Op::from_code(*op as u8), Some(*op));
            assert!(Op::ALL[..at].iter().all(|other| *other as u8 != *op as u8));
        }
    }

    #[test]
    fn operands_survive_a_round_trip() {
        for value in [0, 1, -1, 63, -64, 64, 300, i64::MAX, i64::MIN] {
            let instruction = Instruction {
                offset: 0,
                op: Op::Int,
                operands: vec![value],
            };
            assert_eq!(
                decode(&encode(std::slice::from_ref(&instruction))),
                Ok(vec![instruction])
            );
        }
        let slots = Instruction {
            offset: 0,
            op: Op::UpdateSlots,
            operands: vec![1, 200, 70_000],
        };
        assert_eq!(decode(&encode(std::slice::from_ref(&slots))), Ok(vec![slots]));
    }

    #[test]
    fn code_is_read_strictly() {
        let bad = |code: &[u8]| decode(code).unwrap_err().code;
        assert_eq!(bad(&[0xff]), "unknown-op");
        assert_eq!(bad(&[0x05]), "bad-operand");
        assert_eq!(bad(&[0x05, 0x80, 0x00]), "bad-operand"); // not the shortest form
        assert_eq!(bad(&[0x05, 0x80, 0x80, 0x80, 0x80, 0x10]), "bad-operand"); // beyond 32 bits
        assert_eq!(bad(&[0x40, 0, 0, 0]), "bad-operand");
        assert_eq!(bad(&[0x72, 0xff, 0xff, 0x03]), "bad-operand");
    }
}
