//! The doors to the host: output, the call's surroundings, money, events. Amounts are CMT numbers, addresses are texts.
use super::{effect, permitted, pure, Call, Native, Needs};
use crate::number::{Number, NumberError};
use crate::value::Data;
use crate::vm::address;
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::heap::data_size;
use crate::vm::host::Address;
use crate::vm::operators::{absent, number_trap};
use crate::vm::value::Value;

/// Decimal places of a CMT.
const PLACES: u32 = 18;

pub const FUNCTIONS: &[Native] = &[
    effect("print", (1, 8), gas::METHOD, print, "print(v..) -> null; writes a line"),
    pure(
        "caller",
        (0, 0),
        gas::ADDRESS,
        caller,
        "caller() -> address of who called",
    ),
    pure("this", (0, 0), gas::ADDRESS, this, "this() -> address of the contract"),
    effect(
        "value",
        (0, 0),
        gas::DOOR,
        value,
        "value() -> CMT that came with the call",
    ),
    pure("now", (0, 0), gas::DOOR, now, "now() -> the block's time"),
    pure("height", (0, 0), gas::DOOR, height, "height() -> the block's height"),
    effect(
        "balance",
        (0, 1),
        gas::DOOR,
        balance,
        "balance(address?) -> CMT of an account, else of the contract",
    ),
    Native {
        name: "transfer",
        arity: (2, 2),
        needs: Needs::Permission("transfer"),
        effect: true,
        gas: gas::DOOR,
        run: transfer,
        doc: "transfer(to, amount) -> null; moves CMT from the contract",
    },
    Native {
        name: "call",
        arity: (2, 4),
        needs: Needs::Permission("call"),
        effect: true,
        gas: gas::CONTRACT_CALL,
        run: call_contract,
        doc:
            "call(contract, endpoint, args?, value?) -> what the endpoint of another contract gives; CMT may go with it",
    },
    effect(
        "emit",
        (1, 2),
        gas::DOOR,
        emit,
        "emit(name, record?) -> null; an event of the receipt",
    ),
];

fn print(call: &mut Call) -> Result<Value, Halt> {
    let mut line = String::new();
    for (at, value) in call.args.iter().enumerate() {
        if at > 0 {
            line.push(' ');
        }
        line.push_str(&call.text_of(*value)?);
    }
    call.machine.print(line)?;
    Ok(Value::Null)
}

fn caller(call: &mut Call) -> Result<Value, Halt> {
    let text = address::text(&call.host.caller());
    call.make_text(&text)
}

fn this(call: &mut Call) -> Result<Value, Halt> {
    let text = address::text(&call.host.this());
    call.make_text(&text)
}

fn amount(atto: u128) -> Result<Value, Halt> {
    Number::from_scaled(atto, PLACES)
        .map(Value::Num)
        .ok_or_else(|| number_trap(NumberError::Overflow))
}

fn value(call: &mut Call) -> Result<Value, Halt> {
    amount(call.host.value())
}

fn now(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::DateTime(call.host.now()))
}

fn height(call: &mut Call) -> Result<Value, Halt> {
    Ok(Value::Num(Number::Int(
        i64::try_from(call.host.height()).unwrap_or(i64::MAX),
    )))
}

fn address_of(call: &mut Call, at: usize) -> Result<Address, Halt> {
    let text = call.text(at)?;
    call.machine.gas.charge(gas::ADDRESS)?;
    address::parse(&text).ok_or_else(|| Halt::trap("bad-address", "the text is not an address"))
}

fn balance(call: &mut Call) -> Result<Value, Halt> {
    let of = if call.args.is_empty() {
        call.host.this()
    } else {
        address_of(call, 0)?
    };
    amount(call.host.balance(&of, &mut call.machine.gas)?)
}

/// An amount of CMT in attoCMT.
fn atto(call: &Call, at: usize) -> Result<u128, Halt> {
    call.number(at)?.to_scaled_u128(PLACES).ok_or_else(|| {
        Halt::trap(
            "amount-precision",
            "an amount is not negative and has at most 18 decimal places",
        )
    })
}

/// Another contract's endpoint; the arguments are a record by name. Money needs the permission to transfer it.
fn call_contract(call: &mut Call) -> Result<Value, Halt> {
    let contract = address_of(call, 0)?;
    let endpoint = call.text(1)?;
    let args = match call.arg(2) {
        value if absent(value) => Data::Record(Vec::new()),
        value => call.machine.export(value)?,
    };
    let value = if absent(call.arg(3)) { 0 } else { atto(call, 3)? };
    if value > 0 && !permitted(&call.machine.module.permissions, Needs::Permission("transfer")) {
        let message = "`call` with CMT needs the permission `transfer`";
        return Err(Halt::trap("permission-denied", message));
    }
    let result = call
        .host
        .call(&contract, &endpoint, &args, value, &mut call.machine.gas)?;
    call.machine.gas.charge(data_size(&result) * gas::EXPORT_BYTE)?;
    call.machine.heap.import(&result)
}

fn transfer(call: &mut Call) -> Result<Value, Halt> {
    let to = address_of(call, 0)?;
    let atto = atto(call, 1)?;
    call.host.transfer(&to, atto, &mut call.machine.gas)?;
    Ok(Value::Null)
}

fn emit(call: &mut Call) -> Result<Value, Halt> {
    let name = call.text(0)?;
    let data = call.machine.export(call.arg(1))?;
    call.host.emit(&name, &data, &mut call.machine.gas)?;
    Ok(Value::Null)
}
