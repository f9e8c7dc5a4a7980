use super::*;
use std::ops::Bound::{Excluded, Included, Unbounded};

fn keys(rows: &[Row]) -> Vec<&[u8]> {
    rows.iter().map(|(k, _)| &k[..]).collect()
}

#[test]
fn savepoints_nest_and_scans_see_all_layers() {
    let mut store = Store::memory();
    let mut stage = store.stage();
    for key in [b"a1", b"a3", b"a5"] {
        stage.set(key, &b"base"[..]).unwrap();
    }
    let root = store.root_of(&mut stage).unwrap();
    assert_eq!(store.height(), 0);
    assert_eq!(store.commit(stage, 7).unwrap(), root);
    assert_eq!((store.height(), store.root()), (7, root));

    let mut stage = store.stage();
    stage.set(b"a2", &b"block"[..]).unwrap();
    stage.begin();
    stage.set(b"a2", &b"tx"[..]).unwrap();
    stage.delete(b"a3").unwrap();
    stage.begin();
    stage.set(b"a3", &b"call"[..]).unwrap();
    stage.set(b"a4", &b"call"[..]).unwrap();
    assert_eq!(
        keys(&stage.scan(b"a", Unbounded, 9, false).unwrap()),
        [b"a1", b"a2", b"a3", b"a4", b"a5"]
    );
    stage.rollback().unwrap();
    assert_eq!(
        keys(&stage.scan(b"a", Unbounded, 9, true).unwrap()),
        [b"a5", b"a2", b"a1"]
    );
    assert_eq!(keys(&stage.scan(b"a", Excluded(b"a2"), 1, false).unwrap()), [b"a5"]);
    assert_eq!(
        keys(&stage.scan(b"a", Included(b"a2"), 9, true).unwrap()),
        [b"a2", b"a1"]
    );
    assert_eq!(stage.get(b"a2").unwrap().as_deref(), Some(&b"tx"[..]));
    stage.rollback().unwrap();
    assert_eq!(stage.get(b"a2").unwrap().as_deref(), Some(&b"block"[..]));
    assert!(stage.contains(b"a3").unwrap());
    assert_eq!(stage.rollback().unwrap_err().code(), "state-stage");
    store.commit(stage, 8).unwrap();
    assert_eq!(store.get_at(7, b"a2").unwrap(), None);
    assert_eq!(
        keys(&store.scan_at(7, b"a", Unbounded, 9, false).unwrap()),
        [b"a1", b"a3", b"a5"]
    );
    for height in [7, 8] {
        let view = store.reader().view_at(height).unwrap();
        for key in [&b"a1"[..], b"a2", b"zz"] {
            let value = view.get(key).unwrap();
            verify_proof(&view.root(), key, value.as_deref(), &view.prove(key)).unwrap();
        }
    }
}

/// A seeded generator: tests are the same on every machine.
pub(super) struct Random(pub u64);
impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// A new empty folder, removed at the end.
pub(super) struct Folder(pub std::path::PathBuf);
impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cybermiles-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

type Model = std::collections::BTreeMap<Vec<u8>, Vec<u8>>;

/// Random writes with nested savepoints, to the stage and to the model.
fn churn(random: &mut Random, stage: &mut Stage, model: &mut Model) {
    let mut saved: Vec<Model> = Vec::new();
    for _ in 0..random.below(120) {
        let key = format!(
            "{}{}",
            ["a", "b", "ab", "\u{ff}"][random.below(4) as usize],
            random.below(60)
        )
        .into_bytes();
        match random.below(12) {
            0..=5 => {
                let value = vec![random.below(256) as u8; random.below(40) as usize];
                stage.set(&key, &value[..]).unwrap();
                model.insert(key, value);
            }
            6..=8 => {
                stage.delete(&key).unwrap();
                model.remove(&key);
            }
            9 => {
                stage.begin();
                saved.push(model.clone());
            }
            10 if !saved.is_empty() => {
                stage.commit().unwrap();
                saved.pop();
            }
            11 if !saved.is_empty() => {
                stage.rollback().unwrap();
                *model = saved.pop().unwrap();
            }
            _ => assert_eq!(stage.get(&key).unwrap().as_deref(), model.get(&key).map(|v| &v[..])),
        }
    }
    while saved.pop().is_some() {
        stage.commit().unwrap();
    }
}

fn rows(model: &Model, prefix: &[u8], reverse: bool) -> Vec<Row> {
    let rows = model
        .iter()
        .filter(|(k, _)| k.starts_with(prefix))
        .map(|(k, v)| (k[..].into(), v[..].into()));
    let mut rows: Vec<Row> = rows.collect();
    if reverse {
        rows.reverse();
    }
    rows
}

/// Every kept height reads, scans and proves as the model of that height says.
fn check(store: &Store, models: &std::collections::BTreeMap<u64, Model>) {
    let (first, last) = store.heights();
    for height in first..=last {
        let (view, model) = (store.reader().view_at(height).unwrap(), &models[&height]);
        for (prefix, reverse) in [(&b""[..], false), (b"a", true), (b"b", false), (&[0xc3], true)] {
            assert_eq!(
                view.scan(prefix, Unbounded, 999, reverse).unwrap(),
                rows(model, prefix, reverse)
            );
        }
        for key in model.keys().take(5).map(|k| &k[..]).chain([&b"absent"[..], b"\xff"]) {
            let value = model.get(key).map(|v| &v[..]);
            assert_eq!(view.get(key).unwrap().as_deref(), value);
            verify_proof(&view.root(), key, value, &view.prove(key)).unwrap();
            assert!(verify_proof(&view.root(), key, Some(b"other"), &view.prove(key)).is_err());
        }
    }
}

fn run(mut store: Store, reopen: impl Fn(Store) -> Store) {
    let mut random = Random(7);
    let mut models = std::collections::BTreeMap::new();
    let mut model = Model::new();
    for round in 0..60u64 {
        let height = if store.is_fresh() { 3 } else { store.height() + 1 };
        let mut stage = store.stage();
        churn(&mut random, &mut stage, &mut model);
        let expected = store.root_of(&mut stage).unwrap();
        assert_eq!(store.commit(stage, height).unwrap(), expected);
        models.insert(height, model.clone());
        check(&store, &models);
        if round % 13 == 12 {
            store = reopen(store);
            assert_eq!((store.height(), store.root()), (height, expected));
            check(&store, &models);
        }
        if round % 17 == 16 {
            let target = height - random.below(5);
            store.rollback(target).unwrap();
            models.retain(|h, _| *h <= target);
            model = models[&target].clone();
            assert_eq!(store.height(), target);
            check(&store, &models);
        }
    }
    // the nodes in memory are those of the kept versions, not more
    let mut fresh = Store::memory();
    let mut stage = fresh.stage();
    for (key, value) in &model {
        stage.set(key, &value[..]).unwrap();
    }
    fresh.commit(stage, 0).unwrap();
    assert_eq!(fresh.root(), store.root());
    for height in store.height() + 1..store.height() + 40 {
        let stage = store.stage();
        store.commit(stage, height).unwrap();
    }
    store.flush().unwrap();
    let stage = store.stage();
    store.commit(stage, store.height() + 1).unwrap();
    assert_eq!(store.nodes(), fresh.nodes());
}

fn small(background: bool) -> Options {
    Options {
        keep: 9,
        flush_every: 4,
        value_cache_bytes: 2000,
        background,
        ..Options::default()
    }
}

#[test]
fn memory_store_equals_a_model() {
    run(Store::memory_with(small(false)), |store| store);
}

#[test]
fn disk_store_equals_a_model() {
    for background in [false, true] {
        let folder = Folder::new(&format!("model-{background}"));
        let store = Store::open(&folder.0, small(background)).unwrap();
        run(store, |store| {
            store.close().unwrap();
            Store::open(&folder.0, small(background)).unwrap()
        });
    }
}

#[test]
fn readers_keep_their_version_while_the_writer_goes_on() {
    let mut store = Store::memory_with(small(false));
    let mut held = None;
    for height in 1..60u64 {
        let mut stage = store.stage();
        for i in 0..50u64 {
            stage
                .set(&(i % (height + 3)).to_be_bytes(), &height.to_be_bytes()[..])
                .unwrap();
        }
        store.commit(stage, height).unwrap();
        if height == 5 {
            held = Some(store.view());
        }
    }
    let view = held.unwrap();
    assert_eq!(store.reader().view_at(5).err().unwrap().code(), "state-height");
    let value = view.get(&1u64.to_be_bytes()).unwrap();
    assert_eq!(value.as_deref(), Some(&5u64.to_be_bytes()[..]));
    verify_proof(
        &view.root(),
        &1u64.to_be_bytes(),
        value.as_deref(),
        &view.prove(&1u64.to_be_bytes()),
    )
    .unwrap();
}

#[test]
fn readers_in_other_threads_see_whole_versions() {
    let mut store = Store::memory_with(Options {
        keep: 3,
        flush_every: 2,
        ..Options::default()
    });
    let mut random = Random(1);
    let done = std::sync::atomic::AtomicBool::new(false);
    let reader = store.reader();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut seen = 0u64;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let view = reader.view();
                // every key was written at the view's height
                let rows = view.scan(b"k", Unbounded, 99, false).unwrap();
                assert!(rows.iter().all(|(_, v)| **v == view.height().to_be_bytes()));
                for (key, value) in rows.iter().take(3) {
                    verify_proof(&view.root(), key, Some(value), &view.prove(key)).unwrap();
                }
                seen += 1;
            }
            seen
        });
        for height in 1..150u64 {
            let mut stage = store.stage();
            for i in 0..40u64 {
                stage
                    .set(format!("k{i}").as_bytes(), &height.to_be_bytes()[..])
                    .unwrap();
                stage
                    .set(format!("noise {}", random.next()).as_bytes(), &b""[..])
                    .unwrap();
            }
            store.commit(stage, height).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(reading.join().unwrap() > 0);
    });
}
