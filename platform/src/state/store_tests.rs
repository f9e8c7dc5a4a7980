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
