//! `Ledger` and `BlockResult`: the replicated state machine for Python. Whole batches cross; the GIL is released.
use std::cell::RefCell;
use std::ops::Bound as Edge;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Instant;

use pyo3::create_exception;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use rustc_hash::FxHashSet;

use super::context::Registry;
use super::keys::{coded, fixed, tx_error};
use super::sandbox::report;
use super::value::{data_to_py, py_to_data};
use crate::codec::cbor;
use crate::contracts::address::{Address, Hash};
use crate::contracts::cache::Cache;
use crate::contracts::engine::{self, Call, Scope, Trace};
use crate::contracts::err::CODES;
use crate::contracts::kv::{self, Kv};
use crate::contracts::records::Instance;
use crate::contracts::sandbox::Report;
use crate::contracts::{amount, bank};
use crate::ledger::admit::Ticket;
use crate::ledger::archive::{receipt_path, Archive, Record};
use crate::ledger::block::{self, Executed, Tools};
use crate::ledger::check::{Checker, Verdict};
use crate::ledger::genesis::Genesis;
use crate::ledger::ledger::{self as native, LedgerError as NativeError, Settings};
use crate::ledger::overlay::Overlay;
use crate::ledger::receipt::{self, Proto};
use crate::ledger::rules::Rules;
use crate::ledger::scene::{instant, Scene};
use crate::ledger::sig::Signatures;
use crate::ledger::tx::Tx;
use crate::ledger::{fee, invariants, merkle};
use crate::state::{Options, Reader, StateError, View};
use crate::value::Data;
use crate::vm::Gas;

create_exception!(
    _kernel,
    LedgerError,
    PyRuntimeError,
    "A call that the ledger cannot serve; `.code` says why."
);

type Pair<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

fn failed(error: NativeError) -> PyErr {
    coded(LedgerError::new_err(error.message), error.code)
}

fn state_failed(error: StateError) -> PyErr {
    failed(error.into())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hash32(bytes: &[u8]) -> PyResult<Hash> {
    bytes.try_into().map_err(|_| {
        failed(NativeError::new(
            "bad-hash",
            format!("a hash has 32 bytes, not {}", bytes.len()),
        ))
    })
}

fn lists<'py>(py: Python<'py>, items: &[Vec<u8>]) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, items.iter().map(|item| PyBytes::new(py, item)))
}

/// A receipt's dict, from its canonical bytes.
fn receipt_dict<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let data = cbor::decode(bytes).map_err(|error| failed(NativeError::new("damaged", error.to_string())))?;
    data_to_py(py, &data)
}

#[pyclass(frozen)]
struct BlockResult {
    height: u64,
    app_hash: Hash,
    executed: Arc<Executed>,
    phases: Vec<(&'static str, f64)>,
}

/// Measures the phases of a block.
struct Stopwatch(RefCell<(Instant, Vec<(&'static str, f64)>)>);

impl Stopwatch {
    fn start() -> Self {
        Self(RefCell::new((Instant::now(), Vec::new())))
    }

    fn lap(&self, phase: &'static str) {
        let mut inner = self.0.borrow_mut();
        let now = Instant::now();
        let seconds = now.duration_since(inner.0).as_secs_f64();
        inner.0 = now;
        inner.1.push((phase, seconds));
    }
}

#[pymethods]
impl BlockResult {
    #[getter]
    fn height(&self) -> u64 {
        self.height
    }

    #[getter]
    fn app_hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.app_hash)
    }

    #[getter]
    fn gas_used(&self) -> u64 {
        self.executed.gas_used
    }

    #[getter]
    fn codes(&self) -> Vec<u32> {
        self.executed.receipts.iter().map(receipt::Receipt::code).collect()
    }

    #[getter]
    fn validator_updates<'py>(&self, py: Python<'py>) -> Vec<(Bound<'py, PyBytes>, u64)> {
        let updates = self.executed.validator_updates.iter();
        updates
            .map(|validator| (PyBytes::new(py, &validator.key), validator.power))
            .collect()
    }

    fn __len__(&self) -> usize {
        self.executed.receipts.len()
    }

    /// How long each phase took, in seconds.
    #[getter]
    fn phases(&self) -> Vec<(&'static str, f64)> {
        self.phases.clone()
    }

    fn receipts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.executed
            .encoded
            .encoded
            .iter()
            .map(|bytes| receipt_dict(py, bytes))
            .collect()
    }

    fn receipt_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        lists(py, &self.executed.encoded.encoded)
    }

    fn abci_tx_results<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| {
            let mut message = Proto::default();
            for receipt in &self.executed.receipts {
                message.message(2, &receipt.abci());
            }
            message.0
        });
        PyBytes::new(py, &bytes)
    }
}

#[pyclass(frozen)]
struct Ledger {
    /// Blocks and commits; readers and CheckTx do not wait for it.
    inner: Mutex<Option<native::Ledger>>,
    checker: Mutex<Option<Checker>>,
    registry: RwLock<Registry>,
    reader: Reader,
    cache: Arc<Cache>,
    signatures: Arc<Signatures>,
}

fn closed() -> PyErr {
    failed(NativeError::new("closed", "the ledger was closed"))
}

fn not_initialised() -> PyErr {
    failed(NativeError::new("not-initialised", "the chain has no genesis yet"))
}

impl Ledger {
    fn registry(&self) -> RwLockReadGuard<'_, Registry> {
        self.registry.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the ledger without the GIL.
    fn work<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut native::Ledger) -> native::Result<T> + Send,
    ) -> PyResult<T> {
        py.detach(|| match lock(&self.inner).as_mut() {
            Some(ledger) => work(ledger).map_err(failed),
            None => Err(closed()),
        })
    }

    fn check<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Checker) -> T + Send) -> PyResult<T> {
        py.detach(|| lock(&self.checker).as_mut().map(work))
            .ok_or_else(not_initialised)
    }

    /// After the committed state changed.
    fn refresh(&self, ledger: &native::Ledger) {
        let mut checker = lock(&self.checker);
        match (checker.as_mut(), ledger.rules()) {
            (Some(checker), Ok(rules)) => checker.reset(ledger.stage(), rules),
            _ => *checker = ledger.checker(),
        }
    }

    fn view_at(&self, height: Option<u64>) -> PyResult<View> {
        match height {
            None => Ok(self.reader.view()),
            Some(height) => self.reader.view_at(height).map_err(state_failed),
        }
    }

    /// A throw-away overlay over the committed state.
    fn fork(&self, py: Python<'_>) -> PyResult<(Overlay, Arc<Rules>)> {
        self.check(py, |checker| checker.fork())
    }

    fn add(&self, moment: &str, route: String, function: Py<PyAny>) {
        self.registry
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .add(moment, route, function);
    }

    fn archived<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Archive) -> native::Result<T> + Send,
    ) -> PyResult<T> {
        self.work(py, |ledger| work(ledger.archive()?))
    }

    fn found(&self, py: Python<'_>, tx_hash: &[u8]) -> PyResult<Option<(Record, usize)>> {
        let hash = hash32(tx_hash)?;
        self.archived(py, |archive| {
            let Some(position) = archive.find(&hash)? else {
                return Ok(None);
            };
            Ok(archive
                .block(position.height)?
                .map(|record| (record, position.index as usize)))
        })
    }
}

fn verdict_dict<'py>(py: Python<'py>, verdict: &Verdict) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let (code, codespace, error, message) = match &verdict.failure {
        Some(failure) => (
            failure.number,
            &*failure.codespace,
            &*failure.error,
            failure.message.as_str(),
        ),
        None => (0, "", "", ""),
    };
    dict.set_item("code", code)?;
    dict.set_item("codespace", codespace)?;
    dict.set_item("error", error)?;
    dict.set_item("message", message)?;
    dict.set_item("gas_limit", verdict.gas_limit)?;
    dict.set_item("priority", verdict.tip)?;
    dict.set_item("sender", PyBytes::new(py, &verdict.sender))?;
    dict.set_item("hash", PyBytes::new(py, &verdict.hash))?;
    Ok(dict)
}

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (path=None, *, blocks=false, keep_versions=128, flush_every=16))]
    fn new(
        py: Python<'_>,
        path: Option<PathBuf>,
        blocks: bool,
        keep_versions: usize,
        flush_every: usize,
    ) -> PyResult<Self> {
        let store = Options {
            keep: keep_versions,
            flush_every,
            ..Options::default()
        };
        let opened = py.detach(|| native::Ledger::open(path.as_deref(), Settings { blocks, store }));
        let ledger = opened.map_err(failed)?;
        let cache = ledger.cache();
        Ok(Self {
            reader: ledger.reader(),
            registry: RwLock::new(Registry::new(Arc::clone(&cache))),
            checker: Mutex::new(ledger.checker()),
            signatures: ledger.signatures(),
            cache,
            inner: Mutex::new(Some(ledger)),
        })
    }

    fn register(&self, route: String, handler: Py<PyAny>) {
        self.add("handle", route, handler);
    }

    fn on_genesis(&self, route: String, hook: Py<PyAny>) {
        self.add("genesis", route, hook);
    }

    fn on_begin_block(&self, route: String, hook: Py<PyAny>) {
        self.add("begin", route, hook);
    }

    fn on_end_block(&self, route: String, hook: Py<PyAny>) {
        self.add("end", route, hook);
    }

    fn init_chain<'py>(&self, py: Python<'py>, genesis: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
        let genesis = Genesis::from_data(&py_to_data(genesis.as_any())?)
            .map_err(|message| failed(NativeError::new("bad-genesis", message)))?;
        let root = self.work(py, |ledger| {
            let root = ledger.init_chain(&genesis, &*self.registry())?;
            self.refresh(ledger);
            Ok(root)
        })?;
        Ok(PyBytes::new(py, &root))
    }

    fn recover(&self, py: Python<'_>) -> PyResult<u64> {
        self.work(py, |ledger| {
            let height = ledger.recover(&*self.registry())?;
            self.refresh(ledger);
            Ok(height)
        })
    }

    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let info = self.work(py, |ledger| Ok(ledger.info()))?;
        let dict = PyDict::new(py);
        dict.set_item("height", info.height)?;
        dict.set_item("app_hash", PyBytes::new(py, &info.app_hash))?;
        dict.set_item("chain_id", info.chain_id)?;
        dict.set_item("initial_height", info.initial_height)?;
        dict.set_item("time_ns", info.time_ns)?;
        dict.set_item("version", crate::module::FORMAT)?;
        dict.set_item("oldest", info.oldest)?;
        Ok(dict)
    }

    #[pyo3(signature = (txs, recheck=false))]
    fn check_txs<'py>(&self, py: Python<'py>, txs: Vec<Vec<u8>>, recheck: bool) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let _ = recheck; // the memory of signatures makes a recheck cheap; the rules are the same
        let verdicts = self.check(py, |checker| checker.check(&txs))?;
        verdicts.iter().map(|verdict| verdict_dict(py, verdict)).collect()
    }

    #[pyo3(signature = (txs, recheck=false))]
    fn check_codes(&self, py: Python<'_>, txs: Vec<Vec<u8>>, recheck: bool) -> PyResult<Vec<u32>> {
        let _ = recheck;
        let verdicts = self.check(py, |checker| checker.check(&txs))?;
        Ok(verdicts
            .iter()
            .map(|verdict| verdict.failure.as_ref().map_or(0, |failure| failure.number))
            .collect())
    }

    fn prepare_proposal<'py>(
        &self,
        py: Python<'py>,
        txs: Vec<Vec<u8>>,
        max_bytes: u64,
    ) -> PyResult<Bound<'py, PyList>> {
        let chosen = self.check(py, |checker| checker.prepare(&txs, max_bytes))?;
        PyList::new(py, chosen.iter().map(|at| PyBytes::new(py, &txs[*at])))
    }

    fn process_proposal(&self, py: Python<'_>, txs: Vec<Vec<u8>>) -> PyResult<bool> {
        self.check(py, |checker| checker.process(&txs))
    }

    fn finalize_block(
        &self,
        py: Python<'_>,
        height: u64,
        time_ns: u64,
        proposer: &[u8],
        txs: Vec<Vec<u8>>,
    ) -> PyResult<BlockResult> {
        let proposer = fixed(proposer, "address")?;
        self.work(py, |ledger| {
            let stopwatch = Stopwatch::start();
            let watch = |phase| stopwatch.lap(phase);
            let done = ledger.finalize(height, time_ns, proposer, txs, &*self.registry(), &watch)?;
            Ok(BlockResult {
                height: done.height,
                app_hash: done.app_hash,
                executed: done.executed,
                phases: stopwatch.0.into_inner().1,
            })
        })
    }

    fn commit(&self, py: Python<'_>) -> PyResult<u64> {
        self.work(py, |ledger| {
            let height = ledger.commit()?;
            self.refresh(ledger);
            Ok(height)
        })
    }

    /// Goes back to a kept height; blocks above it are forgotten.
    fn rollback(&self, py: Python<'_>, height: u64) -> PyResult<()> {
        self.work(py, |ledger| {
            ledger.rollback(height)?;
            self.refresh(ledger);
            Ok(())
        })
    }

    #[pyo3(signature = (key, height=None))]
    fn get<'py>(&self, py: Python<'py>, key: &[u8], height: Option<u64>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let value = self.view_at(height)?.get(key).map_err(state_failed)?;
        Ok(value.map(|value| PyBytes::new(py, &value)))
    }

    #[pyo3(signature = (prefix, limit=1000, start=None, height=None))]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        prefix: &[u8],
        limit: usize,
        start: Option<&[u8]>,
        height: Option<u64>,
    ) -> PyResult<Vec<Pair<'py>>> {
        let view = self.view_at(height)?;
        let from = start.map_or(Edge::Unbounded, Edge::Included);
        let rows = py
            .detach(|| view.scan(prefix, from, limit, false))
            .map_err(state_failed)?;
        Ok(rows
            .iter()
            .map(|(key, value)| (PyBytes::new(py, key), PyBytes::new(py, value)))
            .collect())
    }

    #[pyo3(signature = (key, height=None))]
    fn prove<'py>(
        &self,
        py: Python<'py>,
        key: &[u8],
        height: Option<u64>,
    ) -> PyResult<(Option<Bound<'py, PyBytes>>, Bound<'py, PyBytes>, u64)> {
        let view = self.view_at(height)?;
        let value = view.get(key).map_err(state_failed)?;
        Ok((
            value.map(|value| PyBytes::new(py, &value)),
            PyBytes::new(py, &view.prove(key)),
            view.height(),
        ))
    }

    fn account<'py>(&self, py: Python<'py>, address: &[u8]) -> PyResult<Bound<'py, PyDict>> {
        let address: Address = fixed(address, "address")?;
        let view = self.reader.view();
        let stored = view.get(&kv::account(&address)).map_err(state_failed)?;
        let account = stored
            .and_then(|bytes| bank::Account::decode(&bytes))
            .unwrap_or_default();
        let contract = view.get(&kv::contract(&address)).map_err(state_failed)?.is_some();
        let dict = PyDict::new(py);
        dict.set_item("address", PyBytes::new(py, &address))?;
        dict.set_item("balance", account.balance)?;
        dict.set_item("nonce", account.nonce)?;
        dict.set_item("contract", contract)?;
        Ok(dict)
    }

    fn contract<'py>(&self, py: Python<'py>, address: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let address: Address = fixed(address, "address")?;
        let (mut overlay, _) = self.fork(py)?;
        let Some(instance) = overlay
            .get(&kv::contract(&address))
            .and_then(|bytes| Instance::decode(&bytes))
        else {
            return Ok(None);
        };
        let prefix = kv::variables(&address);
        let variables = PyDict::new(py);
        for (key, value) in overlay.scan(&prefix, None, usize::MAX) {
            let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            let value = cbor::decode(&value).unwrap_or_default();
            variables.set_item(name, data_to_py(py, &value)?)?;
        }
        let template = engine::module_info(&mut overlay, &instance.module).and_then(|info| info.template);
        let dict = PyDict::new(py);
        dict.set_item("address", PyBytes::new(py, &address))?;
        dict.set_item("module", PyBytes::new(py, &instance.module))?;
        dict.set_item("creator", PyBytes::new(py, &instance.creator))?;
        dict.set_item("height", instance.height)?;
        dict.set_item("parameters", data_to_py(py, &Data::Record(instance.parameters))?)?;
        dict.set_item("variables", variables)?;
        dict.set_item("balance", bank::load(&mut overlay, &address).balance)?;
        dict.set_item("template", template)?;
        overlay.failure().map_err(state_failed)?;
        Ok(Some(dict))
    }

    fn module<'py>(&self, py: Python<'py>, hash: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let hash = hash32(hash)?;
        let (mut overlay, _) = self.fork(py)?;
        let Some(info) = engine::module_info(&mut overlay, &hash) else {
            return Ok(None);
        };
        let code = overlay.get(&kv::module_code(&hash));
        let dict = PyDict::new(py);
        dict.set_item("hash", PyBytes::new(py, &hash))?;
        dict.set_item("code", code.map(|code| PyBytes::new(py, &code)))?;
        dict.set_item("archive", info.archive.map(|archive| PyBytes::new(py, &archive)))?;
        dict.set_item("template", info.template)?;
        dict.set_item("creator", PyBytes::new(py, &info.creator))?;
        dict.set_item("height", info.height)?;
        overlay.failure().map_err(state_failed)?;
        Ok(Some(dict))
    }

    #[pyo3(signature = (height=None))]
    fn rate(&self, py: Python<'_>, height: Option<u64>) -> PyResult<u128> {
        let (_, rules) = self.fork(py)?;
        match height {
            None => Ok(rules.newest_rate()),
            Some(height) => rules.rate(height).ok_or_else(|| {
                failed(NativeError::new(
                    "unknown-height",
                    format!("height {height} is not in the quote window"),
                ))
            }),
        }
    }

    fn supply(&self, py: Python<'_>) -> PyResult<u128> {
        let (mut overlay, _) = self.fork(py)?;
        invariants::supply(&mut overlay).ok_or_else(not_initialised)
    }

    fn check_invariants(&self, py: Python<'_>) -> PyResult<()> {
        let (mut overlay, _) = self.fork(py)?;
        py.detach(|| invariants::check(&mut overlay))
            .map_err(|message| failed(NativeError::new("bad-state", message)))?;
        overlay.failure().map_err(state_failed)
    }

    fn receipt<'py>(&self, py: Python<'py>, tx_hash: &[u8]) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some((record, index)) = self.found(py, tx_hash)? else {
            return Ok(None);
        };
        record
            .receipts
            .get(index)
            .map(|bytes| receipt_dict(py, bytes))
            .transpose()
    }

    fn receipt_proof<'py>(&self, py: Python<'py>, tx_hash: &[u8]) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some((record, index)) = self.found(py, tx_hash)? else {
            return Ok(None);
        };
        let Some((path, root)) = receipt_path(&record, index) else {
            return Ok(None);
        };
        let view = self.reader.view();
        let dict = PyDict::new(py);
        dict.set_item(
            "receipt",
            record.receipts.get(index).map(|bytes| PyBytes::new(py, bytes)),
        )?;
        dict.set_item("height", record.height)?;
        dict.set_item("index", index)?;
        dict.set_item("count", record.receipts.len())?;
        dict.set_item(
            "path",
            path.iter().map(|hash| PyBytes::new(py, hash)).collect::<Vec<_>>(),
        )?;
        dict.set_item("root", PyBytes::new(py, &root))?;
        dict.set_item(
            "state_proof",
            PyBytes::new(py, &view.prove(&receipt::root_key(record.height))),
        )?;
        dict.set_item("state_height", view.height())?;
        dict.set_item("state_root", PyBytes::new(py, &view.root()))?;
        Ok(Some(dict))
    }

    fn block<'py>(&self, py: Python<'py>, height: u64) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(record) = self.archived(py, |archive| Ok(archive.block(height)?))? else {
            return Ok(None);
        };
        let dict = PyDict::new(py);
        dict.set_item("height", record.height)?;
        dict.set_item("time_ns", record.time_ns)?;
        dict.set_item("proposer", PyBytes::new(py, &record.proposer))?;
        dict.set_item("txs", lists(py, &record.txs)?)?;
        dict.set_item("app_hash", PyBytes::new(py, &record.app_hash))?;
        dict.set_item("previous_app_hash", PyBytes::new(py, &record.previous))?;
        let receipts = record.receipts.iter().map(|bytes| receipt_dict(py, bytes));
        dict.set_item("receipts", receipts.collect::<PyResult<Vec<_>>>()?)?;
        Ok(Some(dict))
    }

    fn simulate<'py>(&self, py: Python<'py>, tx: Vec<u8>) -> PyResult<Bound<'py, PyAny>> {
        let (overlay, rules) = self.fork(py)?;
        let done = py
            .detach(|| self.dry_run(overlay, &rules, &tx))
            .map_err(|failure| tx_error(&failure))?;
        let (receipt, estimate) = done;
        let dict = receipt_dict(py, &receipt.encode())?;
        dict.set_item("gas_estimate", estimate)?;
        Ok(dict)
    }

    #[pyo3(signature = (contract, endpoint, args, *, sender=None, gas_limit=50_000_000))]
    fn view<'py>(
        &self,
        py: Python<'py>,
        contract: &[u8],
        endpoint: &str,
        args: &Bound<'py, PyAny>,
        sender: Option<&[u8]>,
        gas_limit: u64,
    ) -> PyResult<Bound<'py, PyDict>> {
        let args = py_to_data(args)?;
        let request = Call {
            contract: fixed(contract, "address")?,
            endpoint,
            args: &args,
            sender: sender.map_or(Ok([0; 20]), |sender| fixed(sender, "address"))?,
            funds: 0,
        };
        let (mut overlay, rules) = self.fork(py)?;
        let done = py.detach(|| read_only(&self.cache, &mut overlay, &rules, &request, gas_limit));
        overlay.failure().map_err(state_failed)?;
        report(py, &done)
    }

    /// Writes to disk what is not there yet.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.work(py, native::Ledger::flush)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| {
            *lock(&self.checker) = None;
            match lock(&self.inner).take() {
                Some(mut ledger) => ledger.flush().map_err(failed),
                None => Ok(()),
            }
        })
    }
}

/// The margin that an estimate of gas adds: a third of what was used.
const MARGIN: u64 = 3;

impl Ledger {
    /// Runs a transaction without its signature, nonce and fee; its receipt, and a gas limit that suffices.
    fn dry_run(
        &self,
        mut overlay: Overlay,
        rules: &Rules,
        raw: &[u8],
    ) -> Result<(receipt::Receipt, u64), crate::contracts::err::Failure> {
        let tx = Tx::decode_unsigned(raw)?;
        let mut tx = tx;
        let limit = rules.limits.tx_gas;
        let ticket = Ticket {
            rate: 0,
            reserve: 0,
            intrinsic: crate::ledger::admit::intrinsic(&tx),
            account: bank::load(&mut overlay, &tx.sender),
        };
        tx.gas_limit = limit;
        tx.tip = 0;
        let scene = Scene::new(overlay, rules, rules.time_ns).share();
        let registry = self.registry();
        let tools = Tools {
            cache: &self.cache,
            signatures: &self.signatures,
            handlers: &*registry,
            watch: &block::unwatched,
        };
        let mut receipt = block::run(&scene, tools, &tx, &ticket);
        let estimate = (receipt.gas + receipt.gas / MARGIN).min(limit);
        receipt.height = rules.height;
        receipt.gas_limit = estimate;
        receipt.fee = fee::charge(receipt.gas, estimate, rules.newest_rate(), 0);
        Ok((receipt, estimate))
    }
}

/// A call whose writes are thrown away.
fn read_only(cache: &Cache, overlay: &mut Overlay, rules: &Rules, request: &Call<'_>, gas_limit: u64) -> Report {
    let (mut events, mut transfers, mut output, mut place) = (Vec::new(), Vec::new(), Vec::new(), None);
    let mut trace = Trace::default();
    let (mut calls, mut touched) = (Vec::new(), FxHashSet::default());
    let mut gas = Gas::new(gas_limit);
    let mut scope = Scope {
        kv: overlay,
        cache,
        now: instant(rules.time_ns),
        height: rules.height - 1,
        calls: &mut calls,
        touched: &mut touched,
        events: &mut events,
        transfers: &mut transfers,
        output: &mut output,
        place: &mut place,
        trace: Some(&mut trace),
    };
    let result = engine::call(&mut scope, &mut gas, request);
    if result.is_err() {
        events.clear();
        transfers.clear();
    }
    Report {
        result,
        events,
        transfers,
        output,
        gas: gas.used(),
        place,
        trace,
    }
}

#[pyfunction]
fn receipts_key(py: Python<'_>, height: u64) -> Bound<'_, PyBytes> {
    PyBytes::new(py, &receipt::root_key(height))
}

#[pyfunction]
fn account_key<'py>(py: Python<'py>, address: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &kv::account(&fixed(address, "address")?)))
}

#[pyfunction]
fn route_key<'py>(py: Python<'py>, route: &str, key: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &kv::route(route, key))
}

#[pyfunction]
fn contract_address<'py>(py: Python<'py>, body: &[u8], index: usize) -> PyResult<Bound<'py, PyBytes>> {
    let tx = Tx::decode_body(body).map_err(|failure| tx_error(&failure))?;
    Ok(PyBytes::new(py, &crate::ledger::msgs::contract_address(&tx, index)))
}

#[pyfunction]
fn verify_receipt(receipt: &[u8], index: usize, count: usize, path: Vec<Vec<u8>>, root: &[u8]) -> bool {
    let path: Result<Vec<Hash>, _> = path.into_iter().map(Hash::try_from).collect();
    match (path, Hash::try_from(root)) {
        (Ok(path), Ok(root)) => merkle::verify(receipt, index, count, &path, &root),
        _ => false,
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("LedgerError", m.py().get_type::<LedgerError>())?;
    let rows: Vec<_> = CODES
        .iter()
        .map(|code| (code.number, code.codespace, code.name, code.meaning))
        .collect();
    m.add("LEDGER_ERRORS", rows)?;
    m.add("CMT_PLACES", amount::PLACES)?;
    m.add_class::<BlockResult>()?;
    m.add_class::<Ledger>()?;
    m.add_function(wrap_pyfunction!(receipts_key, m)?)?;
    m.add_function(wrap_pyfunction!(account_key, m)?)?;
    m.add_function(wrap_pyfunction!(route_key, m)?)?;
    m.add_function(wrap_pyfunction!(contract_address, m)?)?;
    m.add_function(wrap_pyfunction!(verify_receipt, m)?)
}
