use super::log::{BlockLog, LogOptions, Torn};
use super::store_tests::Folder;
use super::{Action, Failpoints, StateError};
use std::path::PathBuf;

fn block(height: u64) -> Vec<u8> {
    format!("block {height} ").repeat(height as usize % 7).into_bytes()
}

fn open(folder: &Folder) -> BlockLog {
    BlockLog::open(
        &folder.0,
        LogOptions {
            segment_bytes: 400,
            ..LogOptions::default()
        },
    )
    .unwrap()
}

fn filled(name: &str, heights: std::ops::RangeInclusive<u64>) -> Folder {
    let folder = Folder::new(name);
    let mut log = open(&folder);
    for height in heights {
        log.append(height, &block(height)).unwrap();
    }
    folder
}

/// Names of the log's files, oldest first.
fn files(folder: &Folder) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "log"));
    files.sort();
    files
}

#[test]
fn appends_survive_reopening_and_are_read_by_height() {
    let folder = filled("log-basic", 5..=40);
    let mut log = open(&folder);
    assert_eq!(log.heights(), Some((5, 40)));
    assert!(files(&folder).len() > 3);
    for height in 5..=40 {
        assert_eq!(log.read(height).unwrap(), Some(block(height)));
    }
    assert_eq!((log.read(4).unwrap(), log.read(41).unwrap()), (None, None));
    assert_eq!(log.append(40, b"").unwrap_err().code(), "state-height");
    let first = log.prune(20).unwrap().unwrap();
    assert!((6..=20).contains(&first));
    log.truncate(30).unwrap();
    log.append(31, b"another").unwrap();
    drop(log);
    let log = open(&folder);
    assert_eq!(log.heights(), Some((first, 31)));
    assert_eq!(log.read(31).unwrap().unwrap(), b"another");
    log.verify().unwrap();
}

#[test]
fn a_torn_end_is_cut_off_at_every_length() {
    let folder = filled("log-torn", 1..=6);
    let file = files(&folder).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    let log = open(&folder);
    let last = 56 + block(6).len();
    drop(log);
    for cut in 1..=last {
        std::fs::write(&file, &whole[..whole.len() - cut]).unwrap();
        let mut log = open(&folder);
        if cut == last {
            assert_eq!(log.torn(), None);
        } else {
            let Torn { height, bytes, saved } = log.torn().unwrap();
            assert_eq!((*height, *bytes), (6, (last - cut) as u64));
            assert_eq!(
                std::fs::read(saved).unwrap(),
                whole[whole.len() - last..whole.len() - cut]
            );
        }
        log.append(6, &block(6)).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), whole);
    }
    // as a power cut may leave it: the length is there, the bytes are not
    let mut zeros = whole.clone();
    let at = whole.len() - last;
    zeros[at..].fill(0);
    std::fs::write(&file, &zeros).unwrap();
    assert_eq!(open(&folder).torn().unwrap().height, 6);
}

#[test]
fn every_flipped_byte_before_the_last_record_is_reported_by_height() {
    let folder = filled("log-flip", 1..=4);
    let file = files(&folder).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    let ends: Vec<usize> = (1..=4)
        .scan(0, |end, height| {
            Some(std::mem::replace(end, *end + 56 + block(height).len()))
        })
        .collect();
    for at in 0..ends[3] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&file, &bytes).unwrap();
        let expected = ends.iter().rposition(|end| *end <= at).unwrap() as u64 + 1;
        match BlockLog::open(&folder.0, LogOptions::default()) {
            Err(StateError::LogCorrupt { height, .. }) => assert_eq!(height, expected, "byte {at}"),
            other => panic!("byte {at}: {:?}", other.err()),
        }
    }
}

#[test]
fn a_flipped_byte_in_an_older_file_is_found_when_it_is_read() {
    let folder = filled("log-older", 1..=40);
    let file = &files(&folder)[1];
    let first: u64 = file.file_stem().unwrap().to_str().unwrap()[7..].parse().unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    bytes[56 + 3] ^= 1;
    std::fs::write(file, &bytes).unwrap();
    let log = open(&folder);
    assert!(matches!(log.read(first), Err(StateError::LogCorrupt { height, .. }) if height == first));
    assert_eq!(log.read(first + 1).unwrap(), Some(block(first + 1)));
    assert_eq!(log.verify().unwrap_err().code(), "log-corrupt");
    std::fs::remove_file(file).unwrap();
    let missing = BlockLog::open(&folder.0, LogOptions::default()).err().unwrap();
    assert!(matches!(missing, StateError::LogCorrupt { height, .. } if height == first));
}

#[test]
fn a_failed_append_leaves_the_log_as_it_was() {
    for label in ["log:before-write", "log:half-written", "log:before-sync"] {
        let folder = filled("log-fail", 1..=3);
        let failpoints = Failpoints::at(label, 2, Action::Fail).unwrap();
        let mut log = BlockLog::open(
            &folder.0,
            LogOptions {
                failpoints,
                ..LogOptions::default()
            },
        )
        .unwrap();
        log.append(4, b"four").unwrap();
        assert_eq!(log.append(5, b"five"), Err(StateError::Injected(label)));
        assert_eq!(log.heights(), Some((1, 4)));
        log.append(5, b"five again").unwrap();
        drop(log);
        let log = open(&folder);
        assert_eq!((log.torn(), log.read(5).unwrap()), (None, Some(b"five again".to_vec())));
    }
    assert!(Failpoints::at("no such step", 1, Action::Fail).is_none());
}
