//! Outcomes of transactions: canonical bytes (leaves of the block's receipt tree) and the form CometBFT wants.
use super::merkle;
use super::tx::Tx;
use crate::codec::cbor::Writer;
use crate::codec::json;
use crate::contracts::address::{self, Address, Hash};
use crate::contracts::amount;
use crate::contracts::err::Failure;
use crate::contracts::host::{Event, Source};
use crate::value::Data;

pub const RECEIPTS: &[u8] = b"r/";

/// Blocks whose receipt roots stay in state.
pub const WINDOW: u64 = 100_000;

/// State key of a block's receipt root.
pub fn root_key(height: u64) -> Vec<u8> {
    [RECEIPTS, &height.to_be_bytes()].concat()
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Receipt {
    pub hash: Hash,
    pub height: u64,
    pub index: u64,
    pub sender: Address,
    pub failure: Option<Failure>,
    pub gas_limit: u64,
    pub gas: u64,
    pub fee: u128,
    pub events: Vec<Event>,
    /// One a message, if all succeeded.
    pub results: Vec<Data>,
}

impl Receipt {
    /// A transaction that changed nothing.
    pub fn refused(hash: Hash, height: u64, index: u64, tx: Option<&Tx<'_>>, failure: Failure) -> Self {
        Self {
            hash,
            height,
            index,
            sender: tx.map_or([0; 20], |tx| tx.sender),
            failure: Some(failure),
            gas_limit: tx.map_or(0, |tx| tx.gas_limit),
            ..Self::default()
        }
    }

    pub fn code(&self) -> u32 {
        self.failure.as_ref().map_or(0, |failure| failure.number)
    }

    /// Canonical CBOR; docs/transactions.md lists the fields.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        let (codespace, error, message) = match &self.failure {
            Some(failure) => (&*failure.codespace, &*failure.error, failure.message.as_str()),
            None => ("", "", ""),
        };
        writer.map(13);
        writer.text("fee");
        amount::write(&mut writer, self.fee);
        writer.text("gas");
        amount::write(&mut writer, self.gas.into());
        writer.text("code");
        amount::write(&mut writer, self.code().into());
        writer.text("hash");
        writer.bytes(&self.hash);
        writer.text("error");
        writer.text(error);
        writer.text("index");
        amount::write(&mut writer, self.index.into());
        writer.text("events");
        writer.array(self.events.len());
        for event in &self.events {
            writer.map(3);
            writer.text("data");
            writer.data(&event.data);
            writer.text("name");
            writer.text(&event.name);
            writer.text("source");
            match &event.source {
                Source::Native(name) => writer.text(name),
                Source::Contract(contract) => writer.bytes(contract),
            }
        }
        writer.text("height");
        amount::write(&mut writer, self.height.into());
        writer.text("result");
        self.write_results(&mut writer);
        writer.text("sender");
        writer.bytes(&self.sender);
        writer.text("message");
        writer.text(message);
        writer.text("codespace");
        writer.text(codespace);
        writer.text("gas_limit");
        amount::write(&mut writer, self.gas_limit.into());
        writer.into_bytes()
    }

    fn write_results(&self, writer: &mut Writer) {
        if self.failure.is_some() {
            writer.data(&Data::Null);
            return;
        }
        writer.array(self.results.len());
        for result in &self.results {
            writer.data(result);
        }
    }

    /// ABCI 2.0 `ExecTxResult` in protobuf wire form.
    pub fn abci(&self) -> Vec<u8> {
        let mut message = Proto::default();
        message.number(1, self.code().into());
        if self.failure.is_none() {
            let mut writer = Writer::default();
            self.write_results(&mut writer);
            message.bytes(2, writer.as_bytes());
        }
        if let Some(failure) = &self.failure {
            message.bytes(3, failure.message.as_bytes());
        }
        message.number(5, self.gas_limit);
        message.number(6, self.gas);
        for event in &self.events {
            message.bytes(7, &abci_event(event));
        }
        if let Some(failure) = &self.failure {
            message.bytes(8, failure.codespace.as_bytes());
        }
        message.0
    }
}

fn abci_event(event: &Event) -> Vec<u8> {
    let mut message = Proto::default();
    message.bytes(1, event.name.as_bytes());
    let source = match &event.source {
        Source::Native(name) => name.clone(),
        Source::Contract(contract) => address::text(contract),
    };
    message.bytes(2, &attribute("source", &source));
    if let Data::Record(entries) = &event.data {
        for (key, value) in entries {
            message.bytes(2, &attribute(key, &plain(value)));
        }
    }
    message.0
}

fn attribute(key: &str, value: &str) -> Vec<u8> {
    let mut message = Proto::default();
    message.bytes(1, key.as_bytes());
    message.bytes(2, value.as_bytes());
    message.number(3, 1);
    message.0
}

/// What an indexer can search for: texts and numbers as they are, addresses in bech32, the rest as JSON.
fn plain(value: &Data) -> String {
    match value {
        Data::Text(text) => text.clone(),
        Data::Num(number) => number.to_string(),
        Data::Bytes(bytes) => match <[u8; 20]>::try_from(bytes.as_slice()) {
            Ok(bytes) => address::text(&bytes),
            Err(_) => crate::contracts::engine::hex(bytes),
        },
        other => json::encode(other, json::Form::Plain),
    }
}

/// Protobuf, as far as it is needed here; fields with default values are left out.
#[derive(Default)]
pub struct Proto(pub Vec<u8>);

impl Proto {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub fn number(&mut self, field: u64, value: u64) {
        if value > 0 {
            self.varint(field << 3);
            self.varint(value);
        }
    }

    pub fn bytes(&mut self, field: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.message(field, bytes);
        }
    }

    /// As `bytes`, also when empty: an element of a repeated field.
    pub fn message(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

/// The receipts of a block: encoded, with the root of their tree.
#[derive(Clone, Debug, Default)]
pub struct Receipts {
    pub encoded: Vec<Vec<u8>>,
    pub root: Hash,
}

impl Receipts {
    pub fn new(receipts: &[Receipt]) -> Self {
        let encoded: Vec<Vec<u8>> = receipts.iter().map(Receipt::encode).collect();
        let leaves: Vec<Hash> = encoded.iter().map(|bytes| merkle::leaf(bytes)).collect();
        Self {
            root: merkle::root(&leaves),
            encoded,
        }
    }
}
