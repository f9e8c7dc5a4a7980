//! The ledger from outside: blocks in, receipts and state out.
use super::block::{self, Tools};
use super::fee;
use super::genesis::{Genesis, Validator};
use super::invariants;
use super::keys;
use super::ledger::{Ledger, Settings};
use super::overlay::Overlay;
use super::receipt::Receipt;
use super::rules::{Limits, QUOTE_WINDOW};
use super::scene::{NoHandlers, Scene};
use super::tx::Tx;
use crate::codec::cbor::{self, Writer};
use crate::contracts::address::{of_key, sha256, Address};
use crate::contracts::amount;
use crate::contracts::bank;
use crate::number::Number;
use crate::value::Data;
use crate::vm::gas;

const CHAIN: &str = "test-1";
const RATE: u128 = 1_000;
const RICH: u128 = 10u128.pow(24);

pub fn seed(at: u8) -> [u8; 32] {
    [at; 32]
}

pub fn who(at: u8) -> Address {
    of_key(&keys::public(&seed(at)))
}

pub fn record(entries: Vec<(&str, Data)>) -> Data {
    Data::Record(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

pub fn bytes(bytes: &[u8]) -> Data {
    Data::Bytes(bytes.to_vec())
}

pub fn message(name: &str, fields: Vec<(&str, Data)>) -> Data {
    Data::List(vec![Data::Text(name.into()), record(fields)])
}

pub fn pay(to: &Address, sum: u128) -> Data {
    message("transfer", vec![("to", bytes(to)), ("amount", amount::data(sum))])
}

pub fn body(at: u8, nonce: u64, messages: Vec<Data>) -> Vec<(&'static str, Data)> {
    vec![
        ("chain_id", Data::Text(CHAIN.into())),
        ("key", bytes(&keys::public(&seed(at)))),
        ("nonce", amount::count(nonce)),
        ("rate_height", amount::count(0)),
        ("gas_limit", amount::count(1_000_000)),
        ("tip", amount::count(0)),
        ("messages", Data::List(messages)),
    ]
}

pub fn sign(at: u8, body: Vec<(&str, Data)>) -> Vec<u8> {
    let body = cbor::encode(&record(body));
    envelope(&body, &keys::sign(&seed(at), &keys::sign_bytes(&body)))
}

pub fn envelope(body: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.array(2);
    writer.bytes(body);
    writer.bytes(signature);
    writer.into_bytes()
}

pub fn genesis() -> Genesis {
    Genesis {
        chain_id: CHAIN.into(),
        time_ns: 1_700_000_000_000_000_000,
        initial_height: 1,
        accounts: (1..=4).map(|at| (who(at), RICH)).collect(),
        validators: vec![Validator {
            key: [9; 32],
            power: 10,
            reward: [90; 20],
        }],
        rate: RATE,
        limits: Limits::default(),
        modules: Vec::new(),
        hash: [7; 32],
    }
}

pub fn ledger() -> Ledger {
    let mut ledger = Ledger::open(None, Settings::default()).unwrap();
    ledger.init_chain(&genesis(), &NoHandlers).unwrap();
    ledger
}

pub fn run(ledger: &mut Ledger, txs: Vec<Vec<u8>>) -> Vec<Receipt> {
    let height = ledger.rules().unwrap().height;
    let time = 1_700_000_000_000_000_000 + height * 1_000_000_000;
    let done = ledger
        .finalize(height, time, [0; 20], txs, &NoHandlers, &block::unwatched)
        .unwrap();
    ledger.commit().unwrap();
    invariants::check(&mut Overlay::new(ledger.stage())).unwrap();
    done.executed.receipts.clone()
}

pub fn balance(ledger: &Ledger, address: &Address) -> u128 {
    bank::load(&mut Overlay::new(ledger.stage()), address).balance
}

fn error(receipt: &Receipt) -> &str {
    receipt.failure.as_ref().map_or("", |failure| &failure.error)
}

#[test]
fn a_transfer_moves_money_and_the_fee_goes_to_the_validator() {
    let mut ledger = ledger();
    let receipts = run(&mut ledger, vec![sign(1, body(1, 0, vec![pay(&who(2), 500)]))]);
    let fee = receipts[0].fee;
    assert_eq!(error(&receipts[0]), "");
    assert_eq!(fee, RATE * 500_000, "half the limit is the least that is billed");
    assert_eq!(balance(&ledger, &who(1)), RICH - 500 - fee);
    assert_eq!(balance(&ledger, &who(2)), RICH + 500);
    assert_eq!(balance(&ledger, &[90; 20]), fee);
}

#[test]
fn every_bad_transaction_has_its_own_error_and_changes_nothing() {
    let mut ledger = ledger();
    let good = |nonce| body(1, nonce, vec![pay(&who(2), 1)]);
    let with = |name: &'static str, value: Data| {
        let mut fields = good(1);
        fields.retain(|(key, _)| *key != name);
        fields.push((name, value));
        sign(1, fields)
    };
    let first = sign(1, good(0));
    assert_eq!(error(&run(&mut ledger, vec![first.clone()])[0]), "");
    let plain = cbor::encode(&record(good(1)));
    let mut mutated = sign(1, good(1));
    let at = mutated.len() - 67; // the quoted height
    mutated[at] ^= 1;
    let mut poor = good(0);
    poor[1].1 = bytes(&keys::public(&seed(5)));
    let unordered = |expiry| {
        let mut fields = good(0);
        fields.retain(|(key, _)| *key != "nonce");
        fields.extend([("unordered", bytes(b"id")), ("expiry", amount::count(expiry))]);
        sign(1, fields)
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("undecodable", b"junk".to_vec()),
        ("undecodable", sign(1, good(1))[..50].to_vec()),
        ("undecodable", [sign(1, good(1)), vec![0]].concat()),
        ("unsigned", envelope(&plain, b"")),
        ("bad-signature", envelope(&plain, &[0; 63])),
        ("bad-signature", envelope(&plain, &[0; 64])),
        ("bad-signature", mutated),
        ("wrong-chain", with("chain_id", Data::Text("other".into()))),
        ("replayed", first),
        ("wrong-nonce", with("nonce", amount::count(2))),
        ("expired-quote", with("rate_height", amount::count(7))),
        ("gas-limit", with("gas_limit", amount::count(1))),
        ("gas-limit", with("gas_limit", amount::count(1 << 40))),
        ("under-funded", with("tip", amount::data(RICH))),
        ("under-funded", sign(5, poor)),
        ("too-large", with("messages", Data::List(vec![pay(&who(2), 1); 65]))),
        (
            "too-large",
            with(
                "messages",
                Data::List(vec![message("deploy", vec![("module", bytes(&vec![0; 1 << 20]))])]),
            ),
        ),
        ("expired", unordered(1)),
        ("expired", unordered(5_000)),
    ];
    let root = ledger.info().app_hash;
    let before = balance(&ledger, &who(1));
    let (names, txs): (Vec<&str>, Vec<Vec<u8>>) = cases.into_iter().unzip();
    let mut checker = ledger.checker().unwrap();
    let verdicts = checker.check(&txs);
    let receipts = run(&mut ledger, txs);
    for ((name, receipt), verdict) in names.iter().zip(&receipts).zip(&verdicts) {
        assert_eq!(error(receipt), *name);
        assert_eq!(receipt.fee, 0);
        assert_eq!(verdict.failure, receipt.failure, "CheckTx says the same");
    }
    assert_eq!(balance(&ledger, &who(1)), before);
    assert_ne!(
        ledger.info().app_hash,
        root,
        "the receipts' root and the height are in state"
    );
}

#[test]
fn a_failed_execution_costs_the_fee_and_the_nonce_only() {
    let mut ledger = ledger();
    let txs = vec![
        sign(1, body(1, 0, vec![pay(&who(2), 5), pay(&who(3), RICH * 2)])),
        sign(1, body(1, 1, vec![pay(&who(2), RICH * 2)])),
        sign(1, body(1, 2, vec![message("nobody/hears", vec![])])),
        sign(1, body(1, 3, vec![pay(&who(2), 7), pay(&who(3), 8)])),
    ];
    let receipts = run(&mut ledger, txs);
    let errors: Vec<&str> = receipts.iter().map(error).collect();
    assert_eq!(
        errors,
        ["insufficient-funds", "insufficient-funds", "unknown-route", ""]
    );
    assert!(receipts[..3]
        .iter()
        .all(|receipt| receipt.events.is_empty() && receipt.fee > 0));
    assert_eq!(balance(&ledger, &who(2)), RICH + 7);
    assert_eq!(balance(&ledger, &who(3)), RICH + 8);
    let fees: u128 = receipts.iter().map(|receipt| receipt.fee).sum();
    assert_eq!(balance(&ledger, &who(1)), RICH - 15 - fees);
}

#[test]
fn unordered_transactions_run_once_in_any_order() {
    let mut ledger = ledger();
    let tx = |id: &[u8]| {
        let mut fields = body(1, 0, vec![pay(&who(2), 1)]);
        fields.retain(|(key, _)| *key != "nonce");
        fields.extend([("unordered", bytes(id)), ("expiry", amount::count(3))]);
        sign(1, fields)
    };
    let receipts = run(&mut ledger, vec![tx(b"b"), tx(b"a"), tx(b"b")]);
    assert_eq!(receipts.iter().map(error).collect::<Vec<_>>(), ["", "", "replayed"]);
    let mut errors = Vec::new();
    for _ in 2..=4 {
        errors.push(error(&run(&mut ledger, vec![tx(b"a")])[0]).to_owned());
    }
    assert_eq!(errors, ["replayed", "replayed", "expired"]);
    let left = Overlay::new(ledger.stage()).scan(super::admit::UNORDERED, None, 10);
    assert!(left.is_empty(), "ids are forgotten when they expire");
}

#[test]
fn quotes_hold_for_a_hundred_blocks() {
    let mut ledger = ledger();
    for _ in 0..QUOTE_WINDOW - 1 {
        run(&mut ledger, vec![]);
    }
    assert_eq!(
        error(&run(&mut ledger, vec![sign(1, body(1, 0, vec![pay(&who(2), 1)]))])[0]),
        ""
    );
    assert_eq!(
        error(&run(&mut ledger, vec![sign(1, body(1, 1, vec![pay(&who(2), 1)]))])[0]),
        "expired-quote"
    );
}

#[test]
fn check_state_advances_over_pending_transactions() {
    let mut ledger = ledger();
    let tx = |nonce| sign(1, body(1, nonce, vec![pay(&who(2), 1)]));
    let mut checker = ledger.checker().unwrap();
    let codes = |verdicts: Vec<super::check::Verdict>| {
        verdicts
            .iter()
            .map(|v| v.failure.as_ref().map_or(String::new(), |f| f.error.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes(checker.check(&[tx(0), tx(1), tx(1), tx(3)])),
        ["", "", "replayed", "wrong-nonce"]
    );
    assert_eq!(codes(checker.check(&[tx(2)])), [""]);
    run(&mut ledger, vec![tx(0)]);
    checker.reset(ledger.stage(), ledger.rules().unwrap());
    assert_eq!(codes(checker.check(&[tx(0), tx(1)])), ["replayed", ""]);
}

#[test]
fn proposals_keep_what_passes_and_reject_only_what_is_broken() {
    let ledger = ledger();
    let checker = ledger.checker().unwrap();
    let tx = |nonce| sign(1, body(1, nonce, vec![pay(&who(2), 1)]));
    let txs = vec![tx(1), tx(0), b"junk".to_vec(), tx(1), tx(1)];
    assert_eq!(checker.prepare(&txs, 1 << 20), [1, 3]);
    assert_eq!(checker.prepare(&txs, tx(0).len() as u64 + 3), [1]);
    assert!(checker.process(&[tx(5), tx(0)]), "nonces are for the block to judge");
    assert!(!checker.process(&[tx(0), b"junk".to_vec()]));
    let unsigned = envelope(&cbor::encode(&record(body(1, 0, vec![pay(&who(2), 1)]))), &[1; 64]);
    assert!(!checker.process(&[unsigned]));
}

#[test]
fn the_short_way_of_a_transfer_equals_the_general_one() {
    let cases = [
        (who(2), 5, 1_000_000, 0),
        (who(1), 5, 1_000_000, 3),
        (who(2), RICH, 1_000_000, 0),
        (who(1), RICH * 2, 1_000_000, 0),
        (who(2), 5, 30_000, 0),
        (who(2), 0, 1_000_000, 0),
        (who(2), RICH - RATE * 1_000_000, 1_000_000, 0),
    ];
    for (to, sum, limit, tip) in cases {
        let mut fields = body(1, 0, vec![pay(&to, sum)]);
        fields[4].1 = amount::count(limit);
        fields[5].1 = amount::count(tip);
        let raw = sign(1, fields);
        let mut fast = ledger();
        let mut receipt = run(&mut fast, vec![raw.clone()]).remove(0);

        let slow = ledger();
        let tx = Tx::decode(&raw).unwrap();
        let rules = slow.rules().unwrap();
        let mut overlay = Overlay::new(slow.stage());
        let ticket = super::admit::admit(&mut overlay, &rules, &tx).unwrap();
        let scene = Scene::new(overlay, &rules, 0).share();
        let (cache, signatures) = (slow.cache(), slow.signatures());
        let tools = Tools {
            cache: &cache,
            signatures: &signatures,
            handlers: &NoHandlers,
            watch: &block::unwatched,
        };
        let general = block::run(&scene, tools, &tx, &ticket);
        receipt.height = 0;
        assert_eq!(receipt, general, "amount {sum}, limit {limit}");
        let overlay = &mut super::scene::lock(&scene).overlay;
        fee::share_out(overlay, &genesis().validators, general.fee);
        for address in [who(1), who(2), [90; 20]] {
            assert_eq!(
                bank::load(overlay, &address),
                bank::load(&mut Overlay::new(fast.stage()), &address)
            );
        }
    }
}

#[test]
fn signatures_are_judged_alike_in_batches_and_alone() {
    let ledger = ledger();
    let mut txs: Vec<Vec<u8>> = (0..300)
        .map(|nonce| sign(1, body(1, nonce, vec![pay(&who(2), 1)])))
        .collect();
    let bad = [3usize, 70, 299];
    for at in bad {
        let last = txs[at].len() - 1;
        txs[at][last] ^= 1;
    }
    let signatures = ledger.signatures();
    let judged: Vec<usize> = block::decode_all(&txs, &signatures)
        .iter()
        .enumerate()
        .filter_map(|(at, (_, signed))| (!signed).then_some(at))
        .collect();
    assert_eq!(judged, bad);
    for at in [0, 3] {
        let alone = super::sig::Signatures::new();
        assert_eq!(block::decode_all(&txs[at..=at], &alone)[0].1, at == 0);
        assert_eq!(
            block::decode_all(&txs[at..=at], &signatures)[0].1,
            at == 0,
            "remembered"
        );
    }
}

#[test]
fn two_ledgers_agree_and_a_restart_replays_to_the_same_hash() {
    let folder = std::env::temp_dir().join(format!("cybermiles-ledger-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let settings = || Settings {
        blocks: true,
        ..Settings::default()
    };
    let mut kept = Ledger::open(Some(&folder), settings()).unwrap();
    kept.init_chain(&genesis(), &NoHandlers).unwrap();
    let mut other = ledger();
    for nonce in 0..5 {
        let txs = vec![sign(1, body(1, nonce, vec![pay(&who(2), 1)])), b"junk".to_vec()];
        run(&mut kept, txs.clone());
        run(&mut other, txs);
        assert_eq!(kept.info(), other.info());
    }
    let hash = kept.info().app_hash;
    let raw = sign(1, body(1, 3, vec![pay(&who(2), 1)]));
    let receipt = kept.archive().unwrap().find(&sha256(&raw)).unwrap().unwrap();
    assert_eq!((receipt.height, receipt.index), (4, 0));
    drop(kept);
    let mut again = Ledger::open(Some(&folder), settings()).unwrap();
    assert_eq!(again.recover(&NoHandlers).unwrap(), 5);
    assert_eq!(again.info().app_hash, hash);
    assert_eq!(again.archive().unwrap().find(&sha256(&raw)).unwrap(), Some(receipt));
    assert_eq!(
        again.init_chain(&genesis(), &NoHandlers).unwrap_err().code,
        "already-initialised"
    );
    drop(again);
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn receipts_are_canonical_data() {
    let mut ledger = ledger();
    let receipts = run(
        &mut ledger,
        vec![sign(1, body(1, 0, vec![pay(&who(2), 1)])), b"junk".to_vec()],
    );
    for receipt in &receipts {
        let encoded = receipt.encode();
        let data = cbor::decode(&encoded).unwrap();
        assert_eq!(cbor::encode(&data), encoded);
    }
}

#[test]
fn a_gas_limit_of_a_transfer_is_predictable() {
    let mut ledger = ledger();
    let mut fields = body(1, 0, vec![pay(&who(2), 1)]);
    fields[4].1 = Data::Num(Number::Int(33_000));
    let raw = sign(1, fields);
    let receipt = &run(&mut ledger, vec![raw.clone()])[0];
    assert_eq!(
        receipt.gas,
        gas::TRANSACTION + gas::TRANSACTION_BYTE * raw.len() as u64 + gas::TRANSFER
    );
}
