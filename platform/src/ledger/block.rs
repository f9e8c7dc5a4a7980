//! A whole block: decode, signatures in batches, transactions in order, fees, receipts. Total: a bad transaction gives
//! an error receipt and changes nothing.
use super::admit::{admit, Ticket, UNORDERED};
use super::fee;
use super::genesis::Validator;
use super::msgs;
use super::overlay::Overlay;
use super::receipt::{self, root_key, Receipt, Receipts};
use super::rules::Rules;
use super::scene::{instant, lock, Handlers, Moment, Scene, Shared};
use super::sig::Signatures;
use super::tx::{Message, Tx};
use crate::contracts::address::sha256;
use crate::contracts::bank;
use crate::contracts::cache::Cache;
use crate::contracts::engine::Scope;
use crate::contracts::err::{self, Failure};
use crate::contracts::host::Transfer;
use crate::contracts::kv::Kv;
use crate::contracts::timers;
use crate::value::Data;
use crate::vm::{gas, Gas};

/// Expired unordered ids forgotten in one block.
const FORGET: usize = 4_096;

/// What executing needs beside the state.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    pub cache: &'a Cache,
    pub signatures: &'a Signatures,
    pub handlers: &'a dyn Handlers,
    /// Told the name of each phase of a block when it ends; it measures, this folder has no clock.
    pub watch: &'a dyn Fn(&'static str),
}

/// For who does not measure.
pub fn unwatched(_: &'static str) {}

pub struct Executed {
    pub receipts: Vec<Receipt>,
    pub encoded: Receipts,
    pub gas_used: u64,
    pub validator_updates: Vec<Validator>,
    /// For the next block.
    pub rules: Rules,
}

/// Transactions decoded, with whether their signatures hold.
pub type Checked<'a> = Vec<(Result<Tx<'a>, Failure>, bool)>;

pub fn decode_all<'a>(txs: &'a [Vec<u8>], signatures: &Signatures) -> Checked<'a> {
    check_signatures(txs.iter().map(|raw| Tx::decode(raw)).collect(), signatures)
}

fn check_signatures<'a>(decoded: Vec<Result<Tx<'a>, Failure>>, signatures: &Signatures) -> Checked<'a> {
    let good: Vec<&Tx<'a>> = decoded.iter().filter_map(|tx| tx.as_ref().ok()).collect();
    let mut verdicts = signatures.check(&good).into_iter();
    let signed: Vec<bool> = decoded
        .iter()
        .map(|tx| tx.is_ok() && verdicts.next().unwrap_or(false))
        .collect();
    decoded.into_iter().zip(signed).collect()
}

/// Executes a block over a stage; the stage comes back with everything written.
pub fn execute(
    overlay: Overlay,
    mut rules: Rules,
    validators: &[Validator],
    time_ns: u64,
    txs: &[Vec<u8>],
    tools: Tools<'_>,
) -> Result<(Overlay, Executed), String> {
    let decoded: Vec<Result<Tx<'_>, Failure>> = txs.iter().map(|raw| Tx::decode(raw)).collect();
    (tools.watch)("decode");
    let checked = check_signatures(decoded, tools.signatures);
    (tools.watch)("signatures");
    let scene = Scene::new(overlay, &rules, time_ns).share();
    forget_expired(&mut lock(&scene).overlay, rules.height);
    hook(&scene, tools.handlers, Moment::BeginBlock)?;
    fire_timers(&mut lock(&scene), tools.cache);
    let mut block = Block {
        scene: &scene,
        rules: &rules,
        tools,
        pool: 0,
        gas_left: rules.limits.block_gas,
    };
    let mut receipts = Vec::with_capacity(txs.len());
    for (index, (tx, signed)) in checked.iter().enumerate() {
        receipts.push(block.transaction(index, tx, *signed, &txs[index]));
        if let Some(reason) = lock(&scene).abort.take() {
            return Err(reason);
        }
    }
    (tools.watch)("transactions");
    let pool = block.pool;
    hook(&scene, tools.handlers, Moment::EndBlock)?;
    let encoded = Receipts::new(&receipts);
    (tools.watch)("receipts");
    let mut scene = into_scene(scene)?;
    let overlay = &mut scene.overlay;
    fee::share_out(overlay, validators, pool);
    overlay.set(&root_key(rules.height), &encoded.root);
    if let Some(old) = rules.height.checked_sub(receipt::WINDOW) {
        overlay.delete(&root_key(old));
    }
    let rate = rules.newest_rate();
    rules.advance(overlay, time_ns, rate);
    for validator in &scene.validator_updates {
        if validator.power == 0 {
            overlay.delete(&validator.state_key());
        } else {
            overlay.set(&validator.state_key(), &validator.encode());
        }
    }
    let gas_used = receipts.iter().map(|receipt| receipt.gas).sum();
    let executed = Executed {
        receipts,
        encoded,
        gas_used,
        validator_updates: scene.validator_updates,
        rules,
    };
    Ok((scene.overlay, executed))
}

/// A handler that keeps its context past its call would hold a share of the scene; that is refused.
fn into_scene(scene: Shared) -> Result<Scene, String> {
    let cell = std::sync::Arc::into_inner(scene).ok_or("a handler kept its context after its call")?;
    Ok(cell.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn hook(scene: &Shared, handlers: &dyn Handlers, moment: Moment<'_>) -> Result<(), String> {
    lock(scene).open([0; 32], [0; 20], Gas::new(u64::MAX));
    handlers.hook(scene, moment)
}

/// Runs the genesis hooks.
pub fn genesis_hooks(
    overlay: Overlay,
    rules: &Rules,
    modules: &[(String, Data)],
    handlers: &dyn Handlers,
) -> Result<Overlay, String> {
    let scene = Scene::new(overlay, rules, rules.time_ns).share();
    hook(&scene, handlers, Moment::Genesis(modules))?;
    Ok(into_scene(scene)?.overlay)
}

/// Timers of processes that are due: each is a step over a savepoint; one that fails becomes an incident.
fn fire_timers(scene: &mut Scene, cache: &Cache) {
    for _ in 0..timers::STEPS {
        let now = instant(scene.time_ns);
        let first = scene.overlay.scan(timers::TIMERS, None, 1);
        let Some((key, _)) = first.first() else { break };
        let Some((contract, instance)) = timers::read(key, now) else {
            break;
        };
        let done = alone(scene, cache, |scope, gas| {
            timers::step(scope, gas, &contract, &instance)
        });
        let Err(failure) = done else { continue };
        let function = scene.place.take().map(|place| place.function);
        let noted = alone(scene, cache, |scope, gas| {
            timers::give_up(scope, gas, &contract, &instance, &failure, function)
        });
        if noted.is_err() {
            // it cannot even be noted: the timer is forgotten, so that it does not stop the others
            scene.overlay.delete(key);
        }
    }
}

/// Work of the block's own over a savepoint.
fn alone<T>(
    scene: &mut Scene,
    cache: &Cache,
    work: impl FnOnce(&mut Scope<'_>, &mut Gas) -> Result<T, Failure>,
) -> Result<T, Failure> {
    scene.open([0; 32], [0; 20], Gas::new(timers::STEP_GAS));
    scene.overlay.begin();
    let (mut scope, gas) = scene.scope(cache);
    let done = work(&mut scope, gas);
    match done {
        Ok(_) => scene.overlay.keep(),
        Err(_) => scene.overlay.rollback(),
    }
    scene.events.clear();
    scene.transfers.clear();
    done
}

fn forget_expired(overlay: &mut Overlay, height: u64) {
    for (key, _) in overlay.scan(UNORDERED, None, FORGET) {
        let expiry = key
            .get(UNORDERED.len()..UNORDERED.len() + 8)
            .and_then(|bytes| bytes.try_into().ok());
        if expiry.is_none_or(|expiry| u64::from_be_bytes(expiry) >= height) {
            break;
        }
        overlay.delete(&key);
    }
}

struct Block<'a> {
    scene: &'a Shared,
    rules: &'a Rules,
    tools: Tools<'a>,
    /// Fees of the block so far.
    pool: u128,
    gas_left: u64,
}

impl Block<'_> {
    fn transaction(&mut self, index: usize, tx: &Result<Tx<'_>, Failure>, signed: bool, raw: &[u8]) -> Receipt {
        let (height, index) = (self.rules.height, index as u64);
        let tx = match tx {
            Ok(tx) => tx,
            Err(failure) => return Receipt::refused(sha256(raw), height, index, None, failure.clone()),
        };
        let refuse = |failure| Receipt::refused(tx.hash, height, index, Some(tx), failure);
        if !signed {
            return refuse(Failure::new(
                err::BAD_SIGNATURE,
                "the signature does not hold for the body and the key",
            ));
        }
        let ticket = match admit(&mut lock(self.scene).overlay, self.rules, tx) {
            Ok(ticket) => ticket,
            Err(failure) => return refuse(failure),
        };
        if tx.gas_limit > self.gas_left {
            return refuse(Failure::new(
                err::BLOCK_FULL,
                format!("the block has {} gas left", self.gas_left),
            ));
        }
        self.gas_left -= tx.gas_limit;
        let mut receipt = match tx.messages[..] {
            [Message::Transfer { to, amount }] => transfer(
                self.scene,
                tx,
                &ticket,
                Transfer {
                    from: tx.sender,
                    to,
                    amount,
                },
            ),
            _ => run(self.scene, self.tools, tx, &ticket),
        };
        self.pool += receipt.fee;
        receipt.height = height;
        receipt.index = index;
        receipt
    }
}

/// The one-transfer transaction, by far the most frequent: each account is written once. Equal in effect to [`run`],
/// which a test holds.
fn transfer(scene: &Shared, tx: &Tx<'_>, ticket: &Ticket, transfer: Transfer) -> Receipt {
    let overlay = &mut lock(scene).overlay;
    ticket.mark(overlay, tx);
    let mut account = ticket.account;
    let used = ticket.intrinsic + gas::TRANSFER;
    let failure = if used > tx.gas_limit {
        Some(Failure::new(err::OUT_OF_GAS, "out of gas"))
    } else if account.balance < transfer.amount {
        // the same text as the general way's
        bank::save(overlay, &tx.sender, account);
        bank::transfer(overlay, &transfer.from, &transfer.to, transfer.amount).err()
    } else {
        None
    };
    let gas = used.min(tx.gas_limit);
    let fee = fee::charge(gas, tx.gas_limit, ticket.rate, tx.tip);
    account.balance += ticket.reserve - fee;
    let moved = failure.is_none() && transfer.from != transfer.to;
    if moved {
        account.balance -= transfer.amount;
    }
    bank::save(overlay, &tx.sender, account);
    if moved {
        bank::credit(overlay, &transfer.to, transfer.amount);
    }
    let succeeded = failure.is_none();
    Receipt {
        hash: tx.hash,
        sender: tx.sender,
        failure,
        gas_limit: tx.gas_limit,
        gas,
        fee,
        events: if succeeded {
            vec![msgs::transfer_event(&transfer)]
        } else {
            Vec::new()
        },
        results: if succeeded { vec![Data::Null] } else { Vec::new() },
        ..Receipt::default()
    }
}

/// Any transaction: takes the reserve, runs the messages in order over a savepoint, gives the rest back.
pub fn run(scene: &Shared, tools: Tools<'_>, tx: &Tx<'_>, ticket: &Ticket) -> Receipt {
    {
        let mut scene = lock(scene);
        ticket.take(&mut scene.overlay, tx);
        let mut gas = Gas::new(tx.gas_limit);
        // admission made sure that this fits
        let _ = gas.charge(ticket.intrinsic);
        scene.open(tx.hash, tx.sender, gas);
        scene.overlay.begin();
    }
    let mut results = Vec::with_capacity(tx.messages.len());
    let mut failure = None;
    for (index, message) in tx.messages.iter().enumerate() {
        match msgs::run(scene, tools.cache, tools.handlers, tx, index, message) {
            Ok(result) => results.push(result),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let scene = &mut *lock(scene);
    if failure.is_some() {
        scene.overlay.rollback();
        scene.events.clear();
        results.clear();
    } else {
        scene.overlay.keep();
    }
    let gas = scene.gas.used();
    let fee = fee::charge(gas, tx.gas_limit, ticket.rate, tx.tip);
    bank::credit(&mut scene.overlay, &tx.sender, ticket.reserve - fee);
    Receipt {
        hash: tx.hash,
        sender: tx.sender,
        failure,
        gas_limit: tx.gas_limit,
        gas,
        fee,
        events: std::mem::take(&mut scene.events),
        results,
        ..Receipt::default()
    }
}
