//! What a chain fixes for its transactions: limits, and the gas rates that a signer may quote.
use std::collections::VecDeque;

use super::overlay::Overlay;
use crate::codec::cbor;
use crate::contracts::amount;
use crate::contracts::kv::Kv;
use crate::value::Data;

/// Blocks whose rate may be quoted.
pub const QUOTE_WINDOW: u64 = 100;
/// How far ahead an unordered transaction may expire: how long its id is remembered.
pub const UNORDERED_WINDOW: u64 = 1_000;
pub const CHAIN_KEY: &[u8] = b"p/chain";
pub const LIMITS_KEY: &[u8] = b"p/limits";
pub const SUPPLY_KEY: &[u8] = b"p/supply";
/// Height and time of the last block.
pub const HEAD_KEY: &[u8] = b"p/head";
pub const RATES: &[u8] = b"g/";

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    pub block_bytes: u64,
    /// Sum of the gas limits of a block's transactions.
    pub block_gas: u64,
    pub tx_bytes: u64,
    pub tx_gas: u64,
    pub messages: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block_bytes: 4 << 20,
            block_gas: 2_000_000_000,
            tx_bytes: 1 << 20,
            tx_gas: 200_000_000,
            messages: 64,
        }
    }
}

impl Limits {
    fn fields(&mut self) -> [(&'static str, &mut u64); 5] {
        [
            ("block_bytes", &mut self.block_bytes),
            ("block_gas", &mut self.block_gas),
            ("tx_bytes", &mut self.tx_bytes),
            ("tx_gas", &mut self.tx_gas),
            ("messages", &mut self.messages),
        ]
    }

    /// The defaults with what the record says instead.
    pub fn from_data(data: &Data) -> Result<Self, String> {
        let Data::Record(entries) = data else {
            return Err("`limits` must be a record".into());
        };
        let mut limits = Self::default();
        for (name, value) in entries {
            let value = match value {
                Data::Num(number) => amount::whole(number)
                    .and_then(|value| u64::try_from(value).ok())
                    .filter(|v| *v > 0),
                _ => None,
            };
            let value = value.ok_or_else(|| format!("limit `{name}` must be a whole number above zero"))?;
            let mut fields = limits.fields();
            let field = fields.iter_mut().find(|(known, _)| known == name);
            *field.ok_or_else(|| format!("there is no limit `{name}`"))?.1 = value;
        }
        Ok(limits)
    }

    pub fn to_data(&self) -> Data {
        let entries = self
            .clone()
            .fields()
            .map(|(name, value)| (name.to_owned(), amount::count(*value)));
        Data::Record(entries.to_vec())
    }
}

/// The rules for the block of one height.
#[derive(Clone, Debug)]
pub struct Rules {
    pub chain_id: String,
    pub limits: Limits,
    /// The height that these rules are for: the one after the last committed.
    pub height: u64,
    /// Time of the last committed block.
    pub time_ns: u64,
    /// Rates of the heights before, newest last.
    pub rates: VecDeque<(u64, u128)>,
}

pub fn rate_key(height: u64) -> Vec<u8> {
    [RATES, &height.to_be_bytes()].concat()
}

impl Rules {
    /// The rate that a transaction may quote, if its height is within the window.
    pub fn rate(&self, height: u64) -> Option<u128> {
        let newest = self.rates.back()?.0;
        let back = newest.checked_sub(height)?;
        let at = self
            .rates
            .len()
            .checked_sub(1)?
            .checked_sub(usize::try_from(back).ok()?)?;
        self.rates
            .get(at)
            .filter(|(found, _)| *found == height)
            .map(|(_, rate)| *rate)
    }

    pub fn newest_rate(&self) -> u128 {
        self.rates.back().map_or(0, |(_, rate)| *rate)
    }

    /// From the committed state; `None` before genesis.
    pub fn load(overlay: &mut Overlay) -> Option<Self> {
        let chain = overlay.get(CHAIN_KEY)?;
        let Ok(Data::Record(fields)) = cbor::decode(&chain) else {
            return None;
        };
        let chain_id = fields.into_iter().find_map(|(name, value)| match value {
            Data::Text(text) if name == "chain_id" => Some(text),
            _ => None,
        })?;
        let limits = overlay.get(LIMITS_KEY).and_then(|bytes| cbor::decode(&bytes).ok());
        let head = overlay.get(HEAD_KEY)?;
        let (height, time) = head.split_at_checked(8)?;
        let rates = overlay.scan(RATES, None, QUOTE_WINDOW as usize + 1);
        let rates = rates.iter().filter_map(|(key, value)| {
            let height = u64::from_be_bytes(key[RATES.len()..].try_into().ok()?);
            Some((height, u128::from_be_bytes(value[..].try_into().ok()?)))
        });
        Some(Self {
            chain_id,
            limits: limits
                .and_then(|data| Limits::from_data(&data).ok())
                .unwrap_or_default(),
            height: u64::from_be_bytes(height.try_into().ok()?) + 1,
            time_ns: u64::from_be_bytes(time.try_into().ok()?),
            rates: rates.collect(),
        })
    }

    /// Records the block of `self.height` in state and turns these into the rules of the next.
    pub fn advance(&mut self, kv: &mut dyn Kv, time_ns: u64, rate: u128) {
        let height = self.height;
        kv.set(&rate_key(height), &rate.to_be_bytes());
        self.rates.push_back((height, rate));
        while self.rates.len() as u64 > QUOTE_WINDOW {
            if let Some((old, _)) = self.rates.pop_front() {
                kv.delete(&rate_key(old));
            }
        }
        kv.set(HEAD_KEY, &[height.to_be_bytes(), time_ns.to_be_bytes()].concat());
        self.height += 1;
        self.time_ns = time_ns;
    }
}
