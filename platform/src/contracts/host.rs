//! What a running contract sees and does: the one implementation of [`Host`].
use super::address::Address;
use super::bank;
use super::engine::{Call, Scope};
use super::kv;
use super::nested;
use super::records::Instance;
use super::timers;
use crate::codec::cbor;
use crate::value::{Data, DateTime};
use crate::vm::gas::{self, Gas};
use crate::vm::heap::data_size;
use crate::vm::{Halt, Host};

/// Events that a transaction may emit.
pub const MAX_EVENTS: usize = 256;
/// Bytes of one event's encoded data.
pub const MAX_EVENT: u64 = 16 << 10;
/// Bytes of one encoded contract variable.
pub const MAX_VARIABLE: usize = 256 << 10;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The chain itself, or one of its routes.
    Native(String),
    Contract(Address),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    pub source: Source,
    pub name: String,
    pub data: Data,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    pub from: Address,
    pub to: Address,
    pub amount: u128,
}

pub struct ContractHost<'a, 'b> {
    pub scope: &'a mut Scope<'b>,
    pub caller: Address,
    pub this: Address,
    pub value: u128,
    pub instance: &'a Instance,
    /// Variables read or written in this call, and whether they were written; stored when it succeeds.
    pub variables: Vec<(String, Option<Data>, bool)>,
}

impl ContractHost<'_, '_> {
    /// Stores what the call wrote, in order of the names.
    pub fn keep(mut self) -> Result<(), Halt> {
        self.variables.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value, written) in &self.variables {
            if !written {
                continue;
            }
            let key = kv::variable(&self.this, name);
            match value {
                None | Some(Data::Null) => self.scope.kv.delete(&key),
                Some(value) => {
                    let bytes = cbor::encode(value);
                    if bytes.len() > MAX_VARIABLE {
                        let message = format!(
                            "variable `{name}` has {} bytes; {MAX_VARIABLE} are allowed",
                            bytes.len()
                        );
                        return Err(Halt::trap("variable-limit", message));
                    }
                    self.scope.kv.set(&key, &bytes);
                }
            }
        }
        Ok(())
    }
}

impl Host for ContractHost<'_, '_> {
    fn now(&self) -> DateTime {
        self.scope.now
    }

    fn height(&self) -> u64 {
        self.scope.height
    }

    fn caller(&self) -> Address {
        self.caller
    }

    fn this(&self) -> Address {
        self.this
    }

    fn value(&self) -> u128 {
        self.value
    }

    fn balance(&mut self, of: &Address, gas: &mut Gas) -> Result<u128, Halt> {
        gas.charge(gas::STATE_READ)?;
        Ok(bank::load(self.scope.kv, of).balance)
    }

    fn transfer(&mut self, to: &Address, amount: u128, gas: &mut Gas) -> Result<(), Halt> {
        gas.charge(gas::TRANSFER)?;
        bank::transfer(self.scope.kv, &self.this, to, amount)
            .map_err(|failure| Halt::trap("insufficient-funds", failure.message))?;
        self.scope.transfers.push(Transfer {
            from: self.this,
            to: *to,
            amount,
        });
        Ok(())
    }

    fn emit(&mut self, name: &str, data: &Data, gas: &mut Gas) -> Result<(), Halt> {
        let size = data_size(data) + name.len() as u64;
        gas.charge(gas::EVENT + gas::EVENT_BYTE * size)?;
        if size > MAX_EVENT {
            return Err(Halt::trap(
                "event-limit",
                format!("event `{name}` is larger than {MAX_EVENT} bytes"),
            ));
        }
        if self.scope.events.len() >= MAX_EVENTS {
            return Err(Halt::trap(
                "event-limit",
                format!("a transaction emits at most {MAX_EVENTS} events"),
            ));
        }
        self.scope.events.push(Event {
            source: Source::Contract(self.this),
            name: name.to_owned(),
            data: data.clone(),
        });
        Ok(())
    }

    fn call(
        &mut self,
        contract: &Address,
        endpoint: &str,
        args: &Data,
        value: u128,
        gas: &mut Gas,
    ) -> Result<Data, Halt> {
        let request = Call {
            contract: *contract,
            endpoint,
            args,
            sender: self.this,
            funds: value,
        };
        nested::call(self.scope, gas, &request)
    }

    fn variable(&mut self, name: &str, gas: &mut Gas) -> Result<Option<Data>, Halt> {
        if let Some((_, value, _)) = self.variables.iter().find(|(known, _, _)| known == name) {
            gas.charge(gas::STATE_READ_BYTE * value.as_ref().map_or(0, data_size))?;
            return Ok(value.clone());
        }
        gas.charge(gas::STATE_READ)?;
        let Some(bytes) = self.scope.kv.get(&kv::variable(&self.this, name)) else {
            self.variables.push((name.to_owned(), None, false));
            return Ok(None);
        };
        gas.charge(gas::STATE_READ_BYTE * bytes.len() as u64)?;
        let value = cbor::decode(&bytes).map_err(|_| Halt::Fault {
            message: format!("the stored variable `{name}` is not data"),
        })?;
        self.variables.push((name.to_owned(), Some(value.clone()), false));
        Ok(Some(value))
    }

    fn set_variable(&mut self, name: &str, value: &Data, gas: &mut Gas) -> Result<(), Halt> {
        gas.charge(gas::STATE_WRITE + gas::STATE_WRITE_BYTE * data_size(value))?;
        match self.variables.iter_mut().find(|(known, _, _)| known == name) {
            Some((_, stored, written)) => {
                *stored = Some(value.clone());
                *written = true;
            }
            None => self.variables.push((name.to_owned(), Some(value.clone()), true)),
        }
        Ok(())
    }

    fn schedule(
        &mut self,
        instance: &str,
        before: Option<DateTime>,
        after: Option<DateTime>,
        gas: &mut Gas,
    ) -> Result<(), Halt> {
        gas.charge(gas::STATE_WRITE)?;
        timers::schedule(self.scope.kv, &self.this, instance, before, after);
        Ok(())
    }

    fn parameter(&mut self, name: &str, gas: &mut Gas) -> Result<Data, Halt> {
        let value = self.instance.parameter(name).cloned().unwrap_or_default();
        gas.charge(gas::STATE_READ_BYTE * data_size(&value))?;
        Ok(value)
    }
}
