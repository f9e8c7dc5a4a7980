//! The messages: transfer, deploy, instantiate, call, and those that a route's handler serves.
use super::scene::{lock, Handlers, Shared};
use super::tx::{Message, Tx};
use crate::contracts::address::sha256;
use crate::contracts::bank;
use crate::contracts::cache::Cache;
use crate::contracts::engine::{self, Call};
use crate::contracts::err::{self, Failure};
use crate::contracts::host::{Event, Source, Transfer};
use crate::contracts::{address::Address, amount};
use crate::value::Data;
use crate::vm::gas;

pub fn unknown_route(route: &str) -> Failure {
    Failure::new(err::UNKNOWN_ROUTE, format!("no module of this chain serves `{route}`"))
}

fn field(name: &str, value: &[u8]) -> Data {
    Data::Record(vec![(name.to_owned(), Data::Bytes(value.to_vec()))])
}

pub fn transfer_event(transfer: &Transfer) -> Event {
    let data = Data::Record(vec![
        ("from".into(), Data::Bytes(transfer.from.to_vec())),
        ("to".into(), Data::Bytes(transfer.to.to_vec())),
        ("amount".into(), amount::data(transfer.amount)),
    ]);
    Event {
        source: Source::Native("ledger".into()),
        name: "transfer".into(),
        data,
    }
}

/// Runs message `index` of a transaction; its result is data for the receipt.
pub fn run(
    scene: &Shared,
    cache: &Cache,
    handlers: &dyn Handlers,
    tx: &Tx<'_>,
    index: usize,
    message: &Message<'_>,
) -> Result<Data, Failure> {
    let sender = &tx.sender;
    let result = match message {
        Message::Route { route, verb, data } => {
            if !handlers.serves(route) {
                return Err(unknown_route(route));
            }
            lock(scene).gas.charge(gas::HANDLER)?;
            handlers.handle(scene, route, sender, verb, data)
        }
        native => {
            let scene = &mut *lock(scene);
            let (mut scope, gas) = scene.scope(cache);
            let scope = &mut scope;
            match native {
                Message::Transfer { to, amount } => {
                    gas.charge(gas::TRANSFER)?;
                    bank::transfer(scope.kv, sender, to, *amount)?;
                    scope.transfers.push(Transfer {
                        from: *sender,
                        to: *to,
                        amount: *amount,
                    });
                    Ok(Data::Null)
                }
                Message::Deploy { module, archive } => {
                    engine::deploy(scope, gas, sender, module, *archive).map(|hash| field("module", &hash))
                }
                Message::Instantiate {
                    module,
                    parameters,
                    funds,
                } => {
                    let salt = salt(tx, index);
                    engine::instantiate(scope, gas, sender, module, parameters, *funds, &salt)
                        .map(|address| field("contract", &address))
                }
                Message::Call {
                    contract,
                    endpoint,
                    args,
                    funds,
                } => {
                    let request = Call {
                        contract: *contract,
                        endpoint,
                        args,
                        sender: *sender,
                        funds: *funds,
                    };
                    engine::call(scope, gas, &request)
                }
                Message::Route { route, .. } => Err(unknown_route(route)),
            }
        }
    };
    let mut scene = lock(scene);
    let moved = std::mem::take(&mut scene.transfers);
    scene.events.extend(moved.iter().map(transfer_event));
    result
}

/// Unique to a message: the body holds the sender and its nonce.
fn salt(tx: &Tx<'_>, index: usize) -> [u8; 36] {
    let mut salt = [0; 36];
    salt[..32].copy_from_slice(&sha256(tx.body));
    salt[32..].copy_from_slice(&(index as u32).to_be_bytes());
    salt
}

/// Where message `index` of a body creates its contract: a signer knows the address before it is sent.
pub fn contract_address(tx: &Tx<'_>, index: usize) -> Address {
    crate::contracts::address::of_contract(&tx.sender, &salt(tx, index))
}
