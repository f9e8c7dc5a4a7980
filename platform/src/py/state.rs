//! The state store, its readers, the block log, snapshots and the proof verifier, for tools and tests.
use std::ops::Bound as Edge;
use std::path::PathBuf;

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::state::log::LogOptions;
use crate::state::{self, fail, proof, snapshot, Action, Failpoints, Hash, Options};

create_exception!(
    _kernel,
    StateError,
    PyException,
    "The state store refuses or fails; `.code` says why."
);

type Pair<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

fn failed(error: state::StateError) -> PyErr {
    let code = error.code();
    let raised = StateError::new_err(error.to_string());
    Python::attach(|py| raised.value(py).setattr("code", code)).map_or_else(|other| other, |()| raised)
}

fn hash(bytes: &[u8], what: &str) -> PyResult<Hash> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("{what} has `{}` bytes; 32 are expected", bytes.len())))
}

fn pairs<'py>(py: Python<'py>, rows: state::Result<Vec<state::Row>>) -> PyResult<Vec<Pair<'py>>> {
    let rows = rows.map_err(failed)?;
    Ok(rows
        .iter()
        .map(|(k, v)| (PyBytes::new(py, k), PyBytes::new(py, v)))
        .collect())
}

fn value<'py>(py: Python<'py>, found: state::Result<Option<state::Value>>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    Ok(found.map_err(failed)?.map(|v| PyBytes::new(py, &v)))
}

/// `start` is inclusive, `after` exclusive; at most one of them.
fn bound<'a>(start: Option<&'a [u8]>, after: Option<&'a [u8]>) -> PyResult<Edge<&'a [u8]>> {
    match (start, after) {
        (Some(_), Some(_)) => Err(PyValueError::new_err("give `start` or `after`, not both")),
        (Some(key), None) => Ok(Edge::Included(key)),
        (None, Some(key)) => Ok(Edge::Excluded(key)),
        (None, None) => Ok(Edge::Unbounded),
    }
}

fn failpoints(label: Option<&str>, hit: u64, abort: bool) -> PyResult<Failpoints> {
    let Some(label) = label else {
        return Ok(Failpoints::default());
    };
    let action = if abort { Action::Abort } else { Action::Fail };
    Failpoints::at(label, hit, action).ok_or_else(|| PyValueError::new_err(format!("no failpoint `{label}`")))
}

/// One version, held: whatever the writer does, its reads stay the same.
#[pyclass(frozen)]
struct StateView(state::View);

#[pymethods]
impl StateView {
    #[getter]
    fn height(&self) -> u64 {
        self.0.height()
    }
    #[getter]
    fn root<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.root())
    }
    fn get<'py>(&self, py: Python<'py>, key: &[u8]) -> PyResult<Option<Bound<'py, PyBytes>>> {
        value(py, self.0.get(key))
    }
    #[pyo3(signature = (prefix=&b""[..], *, start=None, after=None, limit=1000, reverse=false))]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        prefix: &[u8],
        start: Option<&[u8]>,
        after: Option<&[u8]>,
        limit: usize,
        reverse: bool,
    ) -> PyResult<Vec<Pair<'py>>> {
        let from = bound(start, after)?;
        pairs(py, py.detach(|| self.0.scan(prefix, from, limit, reverse)))
    }
    fn prove<'py>(&self, py: Python<'py>, key: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.prove(key))
    }
    /// Writes a snapshot into a new folder; its manifest's bytes.
    fn export<'py>(&self, py: Python<'py>, folder: PathBuf) -> PyResult<Bound<'py, PyBytes>> {
        let manifest = py.detach(|| snapshot::export_to(&self.0, &folder)).map_err(failed)?;
        Ok(PyBytes::new(py, &manifest.encode()))
    }
}

/// Reads for other threads than the writer's.
#[pyclass(frozen)]
struct StateReader(state::Reader);

#[pymethods]
impl StateReader {
    #[pyo3(signature = (height=None))]
    fn view(&self, height: Option<u64>) -> PyResult<StateView> {
        Ok(StateView(match height {
            None => self.0.view(),
            Some(height) => self.0.view_at(height).map_err(failed)?,
        }))
    }
    /// Oldest and newest kept height.
    #[getter]
    fn heights(&self) -> (u64, u64) {
        self.0.heights()
    }
}

/// Writes over the last committed height, with nested savepoints.
#[pyclass]
struct Stage(Option<state::Stage>);

impl Stage {
    fn stage(&mut self) -> PyResult<&mut state::Stage> {
        self.0
            .as_mut()
            .ok_or_else(|| failed(state::StateError::Stage("the stage was committed".into())))
    }
}

#[pymethods]
impl Stage {
    fn get<'py>(&mut self, py: Python<'py>, key: &[u8]) -> PyResult<Option<Bound<'py, PyBytes>>> {
        value(py, self.stage()?.get(key))
    }
    fn set(&mut self, key: &[u8], value: &[u8]) -> PyResult<()> {
        self.stage()?.set(key, value).map_err(failed)
    }
    fn delete(&mut self, key: &[u8]) -> PyResult<()> {
        self.stage()?.delete(key).map_err(failed)
    }
    #[pyo3(signature = (prefix=&b""[..], *, start=None, after=None, limit=1000, reverse=false))]
    fn scan<'py>(
        &mut self,
        py: Python<'py>,
        prefix: &[u8],
        start: Option<&[u8]>,
        after: Option<&[u8]>,
        limit: usize,
        reverse: bool,
    ) -> PyResult<Vec<Pair<'py>>> {
        let from = bound(start, after)?;
        pairs(py, self.stage()?.scan(prefix, from, limit, reverse))
    }
    /// Opens a savepoint; how many are open now.
    fn begin(&mut self) -> PyResult<usize> {
        Ok(self.stage()?.begin())
    }
    fn commit(&mut self) -> PyResult<()> {
        self.stage()?.commit().map_err(failed)
    }
    fn rollback(&mut self) -> PyResult<()> {
        self.stage()?.rollback().map_err(failed)
    }
    #[getter]
    fn depth(&mut self) -> PyResult<usize> {
        Ok(self.stage()?.depth())
    }
    fn fork(&mut self) -> PyResult<Self> {
        Ok(Self(Some(self.stage()?.clone())))
    }
}

/// The writer's store; in memory if there is no path.
#[pyclass]
struct Store(Option<state::Store>);

impl Store {
    fn store(&self) -> PyResult<&state::Store> {
        self.0
            .as_ref()
            .ok_or_else(|| failed(state::StateError::Io("the store is closed".into())))
    }
    fn writer(&mut self) -> PyResult<&mut state::Store> {
        self.0
            .as_mut()
            .ok_or_else(|| failed(state::StateError::Io("the store is closed".into())))
    }
}

#[pymethods]
impl Store {
    #[new]
    #[pyo3(signature = (path=None, *, keep=128, flush_every=16, value_cache=64 << 20, page_cache=256 << 20, threads=2,
        background=true, verify=true, fail_at=None, fail_hit=1, fail_abort=true))]
    #[allow(clippy::too_many_arguments)] // keyword options
    fn new(
        py: Python<'_>,
        path: Option<PathBuf>,
        keep: usize,
        flush_every: usize,
        value_cache: usize,
        page_cache: usize,
        threads: usize,
        background: bool,
        verify: bool,
        fail_at: Option<&str>,
        fail_hit: u64,
        fail_abort: bool,
    ) -> PyResult<Self> {
        let options = Options {
            keep,
            flush_every,
            value_cache_bytes: value_cache,
            page_cache_bytes: page_cache,
            threads,
            background,
            verify,
            failpoints: failpoints(fail_at, fail_hit, fail_abort)?,
        };
        let open = || match path {
            None => Ok(state::Store::memory_with(options)),
            Some(path) => state::Store::open(&path, options),
        };
        Ok(Self(Some(py.detach(open).map_err(failed)?)))
    }
    #[getter]
    fn height(&self) -> PyResult<u64> {
        Ok(self.store()?.height())
    }
    #[getter]
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.store()?.root()))
    }
    /// Oldest and newest kept height.
    #[getter]
    fn heights(&self) -> PyResult<(u64, u64)> {
        Ok(self.store()?.heights())
    }
    /// The last height on disk; `None` before the first flush.
    #[getter]
    fn flushed_height(&self) -> PyResult<Option<u64>> {
        Ok(self.store()?.flushed_height())
    }
    #[getter]
    fn is_fresh(&self) -> PyResult<bool> {
        Ok(self.store()?.is_fresh())
    }
    /// Inner nodes and leaves in memory.
    #[getter]
    fn nodes(&self) -> PyResult<(usize, usize)> {
        Ok(self.store()?.nodes())
    }
    fn reader(&self) -> PyResult<StateReader> {
        Ok(StateReader(self.store()?.reader()))
    }
    #[pyo3(signature = (height=None))]
    fn view(&self, height: Option<u64>) -> PyResult<StateView> {
        self.reader()?.view(height)
    }
    fn stage(&self) -> PyResult<Stage> {
        Ok(Stage(Some(self.store()?.stage())))
    }
    fn root_of<'py>(&self, py: Python<'py>, stage: &mut Stage) -> PyResult<Bound<'py, PyBytes>> {
        let (store, stage) = (self.store()?, stage.stage()?);
        let root = py.detach(|| store.root_of(stage)).map_err(failed)?;
        Ok(PyBytes::new(py, &root))
    }
    fn commit<'py>(&mut self, py: Python<'py>, stage: &mut Stage, height: u64) -> PyResult<Bound<'py, PyBytes>> {
        stage.stage()?;
        let Some(taken) = stage.0.take() else {
            return Err(PyValueError::new_err("the stage was committed"));
        };
        let store = self.writer()?;
        let root = py.detach(|| store.commit(taken, height)).map_err(failed)?;
        Ok(PyBytes::new(py, &root))
    }
    /// Stages and commits one height from pairs of key and value (`None` removes).
    fn apply<'py>(
        &mut self,
        py: Python<'py>,
        height: u64,
        writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let store = self.writer()?;
        let work = || {
            let mut stage = store.stage();
            for (key, value) in writes {
                match value {
                    Some(value) => stage.set(&key, value)?,
                    None => stage.delete(&key)?,
                }
            }
            store.commit(stage, height)
        };
        Ok(PyBytes::new(py, &py.detach(work).map_err(failed)?))
    }
    fn flush(&mut self, py: Python<'_>) -> PyResult<()> {
        let store = self.writer()?;
        py.detach(|| store.flush()).map_err(failed)
    }
    fn rollback(&mut self, py: Python<'_>, height: u64) -> PyResult<()> {
        let store = self.writer()?;
        py.detach(|| store.rollback(height)).map_err(failed)
    }
    fn close(&mut self, py: Python<'_>) -> PyResult<()> {
        match self.0.take() {
            Some(store) => py.detach(|| store.close()).map_err(failed),
            None => Ok(()),
        }
    }
}

/// The append-only log of blocks.
#[pyclass]
struct BlockLog(state::BlockLog);

#[pymethods]
impl BlockLog {
    #[new]
    #[pyo3(signature = (path, *, segment_bytes=64 << 20, fail_at=None, fail_hit=1, fail_abort=true))]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        segment_bytes: u64,
        fail_at: Option<&str>,
        fail_hit: u64,
        fail_abort: bool,
    ) -> PyResult<Self> {
        let options = LogOptions {
            segment_bytes,
            failpoints: failpoints(fail_at, fail_hit, fail_abort)?,
        };
        py.detach(|| state::BlockLog::open(&path, options))
            .map(Self)
            .map_err(failed)
    }
    /// Oldest and newest height, `None` if it is empty.
    #[getter]
    fn heights(&self) -> Option<(u64, u64)> {
        self.0.heights()
    }
    /// Height, bytes and file of what was cut off the end when it was opened.
    #[getter]
    fn torn(&self) -> Option<(u64, u64, PathBuf)> {
        self.0.torn().map(|t| (t.height, t.bytes, t.saved.clone()))
    }
    fn append(&mut self, py: Python<'_>, height: u64, block: &[u8]) -> PyResult<()> {
        let log = &mut self.0;
        py.detach(|| log.append(height, block)).map_err(failed)
    }
    fn read<'py>(&self, py: Python<'py>, height: u64) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let log = &self.0;
        Ok(py
            .detach(|| log.read(height))
            .map_err(failed)?
            .map(|b| PyBytes::new(py, &b)))
    }
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        let log = &self.0;
        py.detach(|| log.verify()).map_err(failed)
    }
    fn prune(&mut self, height: u64) -> PyResult<Option<u64>> {
        self.0.prune(height).map_err(failed)
    }
    fn truncate(&mut self, height: u64) -> PyResult<()> {
        self.0.truncate(height).map_err(failed)
    }
}

/// Builds a store from a snapshot, chunk by chunk.
#[pyclass]
struct SnapshotImporter(Option<snapshot::Importer>);

#[pymethods]
impl SnapshotImporter {
    #[new]
    #[pyo3(signature = (manifest, path, *, root=None, max_bytes=1 << 36))]
    fn new(manifest: &[u8], path: PathBuf, root: Option<&[u8]>, max_bytes: u64) -> PyResult<Self> {
        let root = root.map(|r| hash(r, "the root")).transpose()?;
        snapshot::Importer::new(manifest, root.as_ref(), &path, max_bytes)
            .map(|i| Self(Some(i)))
            .map_err(failed)
    }
    /// The index of the chunk that must come next.
    #[getter]
    fn next_chunk(&self) -> Option<usize> {
        self.0.as_ref().map(snapshot::Importer::next_chunk)
    }
    fn add(&mut self, py: Python<'_>, chunk: &[u8]) -> PyResult<()> {
        let Some(importer) = self.0.as_mut() else {
            return Err(PyValueError::new_err("the import is finished"));
        };
        py.detach(|| importer.add(chunk)).map_err(failed)
    }
    /// Checks the whole; the root.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let Some(importer) = self.0.take() else {
            return Err(PyValueError::new_err("the import is finished"));
        };
        Ok(PyBytes::new(py, &py.detach(|| importer.finish()).map_err(failed)?))
    }
}

/// Builds a store in `path` from a snapshot's folder; height, root and number of keys.
#[pyfunction]
#[pyo3(signature = (folder, path, *, root=None, max_bytes=1 << 36))]
fn import_snapshot<'py>(
    py: Python<'py>,
    folder: PathBuf,
    path: PathBuf,
    root: Option<&[u8]>,
    max_bytes: u64,
) -> PyResult<(u64, Bound<'py, PyBytes>, u64)> {
    let root = root.map(|r| hash(r, "the root")).transpose()?;
    let work = || snapshot::import_from(&folder, root.as_ref(), &path, max_bytes);
    let manifest = py.detach(work).map_err(failed)?;
    Ok((manifest.height, PyBytes::new(py, &manifest.root), manifest.keys))
}

/// Does the proof show that under `root` the key has this value (with `None`: no value)?
#[pyfunction]
fn verify_proof(root: &[u8], key: &[u8], value: Option<&[u8]>, proof: &[u8]) -> PyResult<bool> {
    Ok(proof::verify_proof(&hash(root, "the root")?, key, value, proof).is_ok())
}

/// `None` if the proof holds, else the code and the reason why not.
#[pyfunction]
fn proof_error(
    root: &[u8],
    key: &[u8],
    value: Option<&[u8]>,
    proof: &[u8],
) -> PyResult<Option<(&'static str, String)>> {
    let checked = proof::verify_proof(&hash(root, "the root")?, key, value, proof);
    Ok(checked.err().map(|e| (e.code(), e.to_string())))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("StateError", m.py().get_type::<StateError>())?;
    m.add("STATE_FAILPOINTS", fail::LABELS.to_vec())?;
    m.add_class::<StateView>()?;
    m.add_class::<StateReader>()?;
    m.add_class::<Stage>()?;
    m.add_class::<Store>()?;
    m.add_class::<BlockLog>()?;
    m.add_class::<SnapshotImporter>()?;
    m.add_function(wrap_pyfunction!(import_snapshot, m)?)?;
    m.add_function(wrap_pyfunction!(verify_proof, m)?)?;
    m.add_function(wrap_pyfunction!(proof_error, m)?)?;
    Ok(())
}
