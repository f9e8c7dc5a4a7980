//! The first state: chain, limits, accounts, validators, the gas rate.
use super::overlay::Overlay;
use super::rules::{rate_key, Limits, CHAIN_KEY, HEAD_KEY, LIMITS_KEY, SUPPLY_KEY};
use super::tx::{MAX_AMOUNT, MAX_CHAIN_ID};
use crate::codec::cbor;
use crate::contracts::address::{self, of_key, sha256, Address, Hash};
use crate::contracts::amount;
use crate::contracts::bank::{self, Account};
use crate::contracts::kv::Kv;
use crate::value::Data;

pub const VALIDATORS: &[u8] = b"s/";
pub const MAX_VALIDATORS: usize = 1_000;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Validator {
    /// Consensus key (ed25519).
    pub key: [u8; 32],
    pub power: u64,
    /// Where its share of the fees goes.
    pub reward: Address,
}

impl Validator {
    pub fn state_key(&self) -> Vec<u8> {
        [VALIDATORS, &of_key(&self.key)].concat()
    }

    pub fn encode(&self) -> Vec<u8> {
        [&self.key[..], &self.power.to_be_bytes(), &self.reward].concat()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (key, rest) = bytes.split_at_checked(32)?;
        let (power, reward) = rest.split_at_checked(8)?;
        Some(Self {
            key: key.try_into().ok()?,
            power: u64::from_be_bytes(power.try_into().ok()?),
            reward: reward.try_into().ok()?,
        })
    }

    /// All of them, in order of their consensus addresses.
    pub fn load_all(overlay: &mut Overlay) -> Vec<Self> {
        let rows = overlay.scan(VALIDATORS, None, MAX_VALIDATORS);
        rows.iter().filter_map(|(_, value)| Self::decode(value)).collect()
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Genesis {
    pub chain_id: String,
    pub time_ns: u64,
    pub initial_height: u64,
    pub accounts: Vec<(Address, u128)>,
    pub validators: Vec<Validator>,
    /// attoCMT a unit of gas.
    pub rate: u128,
    pub limits: Limits,
    /// What each route's genesis hook gets.
    pub modules: Vec<(String, Data)>,
    /// Of the whole document: a second InitChain with the same one is no error.
    pub hash: Hash,
}

fn fixed<const N: usize>(data: Option<&Data>, what: &str) -> Result<[u8; N], String> {
    match data {
        Some(Data::Bytes(bytes)) => bytes
            .as_slice()
            .try_into()
            .map_err(|_| format!("`{what}` has {} bytes instead of {N}", bytes.len())),
        _ => Err(format!("`{what}` must be {N} bytes")),
    }
}

fn whole(data: Option<&Data>, what: &str) -> Result<u128, String> {
    match data {
        Some(Data::Num(number)) => amount::whole(number),
        _ => None,
    }
    .filter(|value| *value <= MAX_AMOUNT)
    .ok_or_else(|| format!("`{what}` must be a whole number, not negative"))
}

fn count(data: Option<&Data>, what: &str) -> Result<u64, String> {
    u64::try_from(whole(data, what)?).map_err(|_| format!("`{what}` is too large"))
}

fn get<'a>(data: &'a Data, name: &str) -> Option<&'a Data> {
    match data {
        Data::Record(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

fn list<'a>(data: Option<&'a Data>, what: &str) -> Result<&'a [Data], String> {
    match data {
        Some(Data::List(items)) => Ok(items),
        _ => Err(format!("`{what}` must be a list")),
    }
}

impl Genesis {
    pub fn from_data(data: &Data) -> Result<Self, String> {
        let known = [
            "chain_id",
            "time_ns",
            "initial_height",
            "accounts",
            "validators",
            "rate",
            "limits",
            "modules",
        ];
        if let Data::Record(entries) = data {
            if let Some((name, _)) = entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
                return Err(format!("genesis has the unknown field `{name}`"));
            }
        }
        let Some(Data::Text(chain_id)) = get(data, "chain_id") else {
            return Err("`chain_id` must be a text".into());
        };
        if chain_id.is_empty() || chain_id.len() > MAX_CHAIN_ID {
            return Err(format!("`chain_id` must have 1 to {MAX_CHAIN_ID} bytes"));
        }
        let mut accounts = Vec::new();
        for account in list(get(data, "accounts"), "accounts")? {
            accounts.push((
                fixed(get(account, "address"), "address")?,
                whole(get(account, "balance"), "balance")?,
            ));
        }
        let mut validators = Vec::new();
        for validator in list(get(data, "validators"), "validators")? {
            validators.push(Validator {
                key: fixed(get(validator, "key"), "key")?,
                power: count(get(validator, "power"), "power")?,
                reward: fixed(get(validator, "reward"), "reward")?,
            });
        }
        let modules = match get(data, "modules") {
            None => Vec::new(),
            Some(Data::Record(entries)) => entries.clone(),
            Some(_) => return Err("`modules` must be a record".into()),
        };
        let genesis = Self {
            chain_id: chain_id.clone(),
            time_ns: count(get(data, "time_ns"), "time_ns")?,
            initial_height: get(data, "initial_height")
                .map_or(Ok(1), |height| count(Some(height), "initial_height"))?,
            accounts,
            validators,
            rate: whole(get(data, "rate"), "rate")?,
            limits: get(data, "limits").map_or_else(|| Ok(Limits::default()), Limits::from_data)?,
            modules,
            hash: sha256(&cbor::encode(data)),
        };
        genesis.check()?;
        Ok(genesis)
    }

    fn check(&self) -> Result<(), String> {
        if self.initial_height == 0 {
            return Err("`initial_height` must be 1 at least".into());
        }
        if self.validators.is_empty() || self.validators.len() > MAX_VALIDATORS {
            return Err(format!("genesis needs 1 to {MAX_VALIDATORS} validators"));
        }
        let unique = |mut keys: Vec<Vec<u8>>, what: &str| {
            let before = keys.len();
            keys.sort_unstable();
            keys.dedup();
            if keys.len() == before {
                Ok(())
            } else {
                Err(format!("genesis has {what} twice"))
            }
        };
        unique(
            self.accounts.iter().map(|(address, _)| address.to_vec()).collect(),
            "an account",
        )?;
        unique(
            self.validators.iter().map(|validator| validator.key.to_vec()).collect(),
            "a validator's key",
        )?;
        if let Some(validator) = self.validators.iter().find(|validator| validator.power == 0) {
            return Err(format!(
                "the validator `{}` has no power",
                address::text(&of_key(&validator.key))
            ));
        }
        self.supply().map(|_| ())
    }

    fn supply(&self) -> Result<u128, String> {
        let sum = self
            .accounts
            .iter()
            .try_fold(0u128, |sum, (_, balance)| sum.checked_add(*balance));
        sum.filter(|sum| *sum <= MAX_AMOUNT)
            .ok_or_else(|| "the sum of all balances is too large".to_owned())
    }

    /// Writes the state before the first block.
    pub fn install(&self, overlay: &mut Overlay) -> Result<(), String> {
        let before = self.initial_height - 1;
        let chain = Data::Record(vec![
            ("chain_id".into(), Data::Text(self.chain_id.clone())),
            ("initial_height".into(), amount::count(self.initial_height)),
            ("genesis".into(), Data::Bytes(self.hash.to_vec())),
        ]);
        overlay.set(CHAIN_KEY, &cbor::encode(&chain));
        overlay.set(LIMITS_KEY, &cbor::encode(&self.limits.to_data()));
        overlay.set(SUPPLY_KEY, &self.supply()?.to_be_bytes());
        overlay.set(HEAD_KEY, &[before.to_be_bytes(), self.time_ns.to_be_bytes()].concat());
        overlay.set(&rate_key(before), &self.rate.to_be_bytes());
        for (address, balance) in &self.accounts {
            bank::save(
                overlay,
                address,
                Account {
                    balance: *balance,
                    nonce: 0,
                },
            );
        }
        for validator in &self.validators {
            overlay.set(&validator.state_key(), &validator.encode());
        }
        Ok(())
    }
}

/// What the state says of its genesis.
pub struct Origin {
    pub initial_height: u64,
    pub hash: Hash,
}

impl Origin {
    pub fn load(overlay: &mut Overlay) -> Option<Self> {
        let data = cbor::decode(&overlay.get(CHAIN_KEY)?).ok()?;
        Some(Self {
            initial_height: count(get(&data, "initial_height"), "initial_height").ok()?,
            hash: fixed(get(&data, "genesis"), "genesis").ok()?,
        })
    }
}
