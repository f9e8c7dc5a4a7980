//! The signed envelope: canonical CBOR `[body, signature]`, decoded strictly and without copies (docs/transactions.md).
use crate::codec::cbor::{CborError, Keys, Kind, Reader};
use crate::contracts::address::{of_key, sha256, Address, Hash};
use crate::contracts::amount::whole;
use crate::contracts::err::{self, Failure};
use crate::value::Data;

pub const MAX_MEMO: usize = 256;
pub const MAX_CHAIN_ID: usize = 50;
pub const MAX_NAME: usize = 64;
pub const MAX_UNORDERED: usize = 32;
/// The largest amount: 34 digits, what a number holds.
pub const MAX_AMOUNT: u128 = 10u128.pow(34) - 1;

/// How a transaction is kept from being used twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order<'a> {
    Nonce(u64),
    /// Any order, once, until a height.
    Unordered {
        id: &'a [u8],
        expiry: u64,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message<'a> {
    Transfer {
        to: Address,
        amount: u128,
    },
    Deploy {
        module: &'a [u8],
        archive: Option<Hash>,
    },
    Instantiate {
        module: Hash,
        parameters: Data,
        funds: u128,
    },
    Call {
        contract: Address,
        endpoint: &'a str,
        args: Data,
        funds: u128,
    },
    /// For the handler of `route`.
    Route {
        route: &'a str,
        verb: &'a str,
        data: Data,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tx<'a> {
    pub raw: &'a [u8],
    pub body: &'a [u8],
    pub signature: [u8; 64],
    pub hash: Hash,
    pub key: [u8; 32],
    pub sender: Address,
    pub chain_id: &'a str,
    pub order: Order<'a>,
    pub rate_height: u64,
    pub gas_limit: u64,
    pub tip: u128,
    pub memo: Option<&'a str>,
    pub messages: Vec<Message<'a>>,
}

/// What is wrong with an envelope, and at which byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed {
    pub offset: usize,
    pub what: &'static str,
}

impl From<CborError> for Malformed {
    fn from(error: CborError) -> Self {
        Self {
            offset: error.offset,
            what: error.message(),
        }
    }
}

type Result<T, E = Malformed> = std::result::Result<T, E>;

fn fail<T>(reader: &Reader<'_>, what: &'static str) -> Result<T> {
    Err(Malformed {
        offset: reader.offset(),
        what,
    })
}

fn undecodable(malformed: &Malformed) -> Failure {
    Failure::new(
        err::UNDECODABLE,
        format!("{} (offset {})", malformed.what, malformed.offset),
    )
}

impl<'a> Tx<'a> {
    /// Structure only: the signature is checked by [`super::sig`].
    pub fn decode(raw: &'a [u8]) -> Result<Self, Failure> {
        let mut outer = Reader::new(raw);
        let (body, signature) = envelope(&mut outer).map_err(|malformed| undecodable(&malformed))?;
        let signature = match signature.len() {
            64 => signature.try_into().unwrap_or([0; 64]),
            0 => return Err(Failure::new(err::UNSIGNED, "the signature is empty")),
            size => {
                return Err(Failure::new(
                    err::BAD_SIGNATURE,
                    format!("the signature has {size} bytes instead of 64"),
                ))
            }
        };
        let mut tx = decode_body(body).map_err(|malformed| undecodable(&malformed))?;
        tx.raw = raw;
        tx.signature = signature;
        tx.hash = sha256(raw);
        Ok(tx)
    }

    /// For a dry run: the signature may be empty, or any.
    pub fn decode_unsigned(raw: &'a [u8]) -> Result<Self, Failure> {
        let mut outer = Reader::new(raw);
        let (body, _) = envelope(&mut outer).map_err(|malformed| undecodable(&malformed))?;
        let mut tx = Self::decode_body(body)?;
        tx.raw = raw;
        tx.hash = sha256(raw);
        Ok(tx)
    }

    /// A body alone, as signers see it; `raw`, `signature` and `hash` are empty.
    pub fn decode_body(body: &'a [u8]) -> Result<Self, Failure> {
        decode_body(body).map_err(|malformed| undecodable(&malformed))
    }
}

fn envelope<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8], &'a [u8])> {
    if reader.array()? != 2 {
        return fail(reader, "a signed transaction has two parts");
    }
    let body = reader.bytes()?;
    let signature = reader.bytes()?;
    reader.finish()?;
    Ok((body, signature))
}

fn decode_body(body: &[u8]) -> Result<Tx<'_>> {
    let mut reader = Reader::new(body);
    let count = reader.map()?;
    let (mut key, mut tip, mut memo, mut nonce, mut expiry, mut chain_id) = (None, None, None, None, None, None);
    let (mut messages, mut gas_limit, mut unordered, mut rate_height) = (None, None, None, None);
    let mut keys = Keys::default();
    for _ in 0..count {
        match keys.next(&mut reader)? {
            "key" => key = Some(reader.fixed::<32>()?),
            "tip" => tip = Some(amount(&mut reader)?),
            "memo" => memo = Some(bounded(&mut reader, MAX_MEMO, "the memo is too long")?),
            "nonce" => nonce = Some(reader.int_as::<u64>()?),
            "expiry" => expiry = Some(reader.int_as::<u64>()?),
            "chain_id" => chain_id = Some(bounded(&mut reader, MAX_CHAIN_ID, "the chain id is too long")?),
            "messages" => messages = Some(decode_messages(&mut reader)?),
            "gas_limit" => gas_limit = Some(reader.int_as::<u64>()?),
            "unordered" => unordered = Some(reader.bytes()?),
            "rate_height" => rate_height = Some(reader.int_as::<u64>()?),
            _ => return fail(&reader, "the body has an unknown field"),
        }
    }
    reader.finish()?;
    let order = match (nonce, unordered, expiry) {
        (Some(nonce), None, None) => Order::Nonce(nonce),
        (None, Some(id), Some(expiry)) if !id.is_empty() && id.len() <= MAX_UNORDERED => {
            Order::Unordered { id, expiry }
        }
        _ => {
            return fail(
                &reader,
                "the body needs either `nonce`, or `unordered` (1 to 32 bytes) and `expiry`",
            )
        }
    };
    let (Some(key), Some(tip), Some(chain_id), Some(messages), Some(gas_limit), Some(rate_height)) =
        (key, tip, chain_id, messages, gas_limit, rate_height)
    else {
        return fail(&reader, "the body lacks a field");
    };
    Ok(Tx {
        raw: &[],
        body,
        signature: [0; 64],
        hash: [0; 32],
        key,
        sender: of_key(&key),
        chain_id,
        order,
        rate_height,
        gas_limit,
        tip,
        memo,
        messages,
    })
}

fn bounded<'a>(reader: &mut Reader<'a>, limit: usize, what: &'static str) -> Result<&'a str> {
    let text = reader.text()?;
    if text.len() > limit {
        return fail(reader, what);
    }
    Ok(text)
}

/// A whole number of attoCMT.
fn amount(reader: &mut Reader<'_>) -> Result<u128> {
    match whole(&reader.number()?) {
        Some(value) => Ok(value),
        None => fail(reader, "an amount must be a whole number of attoCMT, not negative"),
    }
}

fn record(reader: &mut Reader<'_>) -> Result<Data> {
    if reader.peek()? != Kind::Map {
        return fail(reader, "a record is expected");
    }
    Ok(reader.data()?)
}

fn decode_messages<'a>(reader: &mut Reader<'a>) -> Result<Vec<Message<'a>>> {
    let count = reader.array()?;
    if count == 0 {
        return fail(reader, "a transaction has one message at least");
    }
    let mut messages = Vec::with_capacity(count.min(16));
    for _ in 0..count {
        if reader.array()? != 2 {
            return fail(reader, "a message is a pair of name and fields");
        }
        let name = bounded(reader, MAX_NAME, "a message's name is too long")?;
        messages.push(match name {
            "transfer" => transfer(reader)?,
            "deploy" => deploy(reader)?,
            "instantiate" => instantiate(reader)?,
            "call" => call(reader)?,
            _ => {
                let Some((route, verb)) = name.split_once('/').filter(|(route, verb)| word(route) && word(verb)) else {
                    return fail(reader, "a message's name is not known and not of the form `route/verb`");
                };
                Message::Route {
                    route,
                    verb,
                    data: record(reader)?,
                }
            }
        });
    }
    Ok(messages)
}

/// Lower-case letters, digits, `-` and `_`, beginning with a letter.
fn word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

fn transfer<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>> {
    let (mut to, mut sum) = (None, None);
    let mut keys = Keys::default();
    for _ in 0..reader.map()? {
        match keys.next(reader)? {
            "to" => to = Some(reader.fixed::<20>()?),
            "amount" => sum = Some(amount(reader)?),
            _ => return fail(reader, "`transfer` has an unknown field"),
        }
    }
    match (to, sum) {
        (Some(to), Some(amount)) => Ok(Message::Transfer { to, amount }),
        _ => fail(reader, "`transfer` needs `to` and `amount`"),
    }
}

fn deploy<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>> {
    let (mut module, mut archive) = (None, None);
    let mut keys = Keys::default();
    for _ in 0..reader.map()? {
        match keys.next(reader)? {
            "module" => module = Some(reader.bytes()?),
            "archive" => archive = Some(reader.fixed::<32>()?),
            _ => return fail(reader, "`deploy` has an unknown field"),
        }
    }
    match module {
        Some(module) => Ok(Message::Deploy { module, archive }),
        None => fail(reader, "`deploy` needs `module`"),
    }
}

fn instantiate<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>> {
    let (mut module, mut parameters, mut funds) = (None, Data::Record(Vec::new()), 0);
    let mut keys = Keys::default();
    for _ in 0..reader.map()? {
        match keys.next(reader)? {
            "funds" => funds = amount(reader)?,
            "module" => module = Some(reader.fixed::<32>()?),
            "parameters" => parameters = record(reader)?,
            _ => return fail(reader, "`instantiate` has an unknown field"),
        }
    }
    match module {
        Some(module) => Ok(Message::Instantiate {
            module,
            parameters,
            funds,
        }),
        None => fail(reader, "`instantiate` needs `module`"),
    }
}

fn call<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>> {
    let (mut contract, mut endpoint, mut args, mut funds) = (None, None, Data::Record(Vec::new()), 0);
    let mut keys = Keys::default();
    for _ in 0..reader.map()? {
        match keys.next(reader)? {
            "args" => args = record(reader)?,
            "funds" => funds = amount(reader)?,
            "contract" => contract = Some(reader.fixed::<20>()?),
            "endpoint" => endpoint = Some(bounded(reader, MAX_NAME, "an endpoint's name is too long")?),
            _ => return fail(reader, "`call` has an unknown field"),
        }
    }
    match (contract, endpoint) {
        (Some(contract), Some(endpoint)) => Ok(Message::Call {
            contract,
            endpoint,
            args,
            funds,
        }),
        _ => fail(reader, "`call` needs `contract` and `endpoint`"),
    }
}
