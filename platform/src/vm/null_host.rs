//! A host without a ledger, for tests and for trying single functions.
use super::gas::Gas;
use super::halt::Halt;
use super::host::{Address, Host};
use crate::value::{Data, DateTime};

/// A host that keeps variables and answers everything else with nothing.
#[derive(Default)]
pub struct NullHost {
    pub variables: Vec<(String, Data)>,
    pub parameters: Vec<(String, Data)>,
    pub events: Vec<(String, Data)>,
    pub transfers: Vec<(Address, u128)>,
    pub now: Option<DateTime>,
}

impl Host for NullHost {
    fn now(&self) -> DateTime {
        self.now.unwrap_or(DateTime {
            seconds: 0,
            nanos: 0,
            offset_minutes: 0,
        })
    }
    fn height(&self) -> u64 {
        1
    }
    fn caller(&self) -> Address {
        [1; 20]
    }
    fn this(&self) -> Address {
        [2; 20]
    }
    fn value(&self) -> u128 {
        0
    }
    fn balance(&mut self, _: &Address, _: &mut Gas) -> Result<u128, Halt> {
        Ok(0)
    }
    fn transfer(&mut self, to: &Address, amount: u128, _: &mut Gas) -> Result<(), Halt> {
        self.transfers.push((*to, amount));
        Ok(())
    }
    fn emit(&mut self, name: &str, data: &Data, _: &mut Gas) -> Result<(), Halt> {
        self.events.push((name.to_owned(), data.clone()));
        Ok(())
    }
    fn call(&mut self, _: &Address, endpoint: &str, _: &Data, _: u128, _: &mut Gas) -> Result<Data, Halt> {
        Err(Halt::trap(
            "call-failed",
            format!("`{endpoint}`: there are no other contracts here"),
        ))
    }
    fn variable(&mut self, name: &str, _: &mut Gas) -> Result<Option<Data>, Halt> {
        Ok(self
            .variables
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone()))
    }
    fn set_variable(&mut self, name: &str, value: &Data, _: &mut Gas) -> Result<(), Halt> {
        self.variables.retain(|(key, _)| key != name);
        self.variables.push((name.to_owned(), value.clone()));
        Ok(())
    }
    fn parameter(&mut self, name: &str, _: &mut Gas) -> Result<Data, Halt> {
        Ok(self
            .parameters
            .iter()
            .find(|(key, _)| key == name)
            .map_or(Data::Null, |(_, value)| value.clone()))
    }
}
