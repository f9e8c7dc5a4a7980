//! A mutation fuzzer for every decoder that reads bytes from outside; `scripts/fuzz` runs it.
//!
//! `fuzz SECONDS [--target NAME] [--seed N] [--one FILE]`. Inputs grow from `platform/fuzz/seeds/TARGET/` and from the
//! conformance vectors. There is no coverage feedback: an input that ends in an outcome not seen before (error code and
//! place, or shape of the value) joins the corpus. A failure writes its input to `platform/fuzz/failures/` and exits 1.
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

mod corpus;
mod mutate;
mod targets;

use corpus::Corpus;
use mutate::Random;
use targets::{Target, TARGETS};

/// One input may take this long.
const SLOW: Duration = Duration::from_secs(2);

struct Options {
    seconds: u64,
    target: Option<String>,
    seed: u64,
    one: Option<PathBuf>,
}

fn options() -> Option<Options> {
    let mut found = Options {
        seconds: 10,
        target: None,
        seed: 1,
        one: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--target" => found.target = Some(args.next()?),
            "--seed" => found.seed = args.next()?.parse().ok()?,
            "--one" => found.one = Some(args.next()?.into()),
            seconds => found.seconds = seconds.parse().ok()?,
        }
    }
    Some(found)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("usage: fuzz SECONDS [--target NAME] [--seed N] [--one FILE]");
        return ExitCode::from(2);
    };
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| options.target.as_deref().is_none_or(|name| name == target.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("no such target; there are: {}", names.join(", "));
        return ExitCode::from(2);
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    if let Some(file) = &options.one {
        let input = std::fs::read(file).unwrap_or_default();
        let fine = chosen.iter().all(|target| attempt(target, &input, &here).is_some());
        return if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let each = Duration::from_secs(options.seconds.max(1)) / chosen.len() as u32;
    let fine = chosen.iter().all(|target| run(target, each, options.seed, &here));
    if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(target: &Target, time: Duration, seed: u64, here: &Path) -> bool {
    let mut random = Random::new(seed);
    let mut corpus = Corpus::new((target.seeds)(&here.join("seeds")));
    let start = Instant::now();
    let mut runs = 0u64;
    for input in corpus.seeds() {
        let Some(outcome) = attempt(target, &input, here) else {
            return false;
        };
        corpus.offer(&input, outcome);
    }
    while start.elapsed() < time {
        for _ in 0..64 {
            let input = corpus.next(&mut random);
            let Some(outcome) = attempt(target, &input, here) else {
                return false;
            };
            corpus.offer(&input, outcome);
            runs += 1;
        }
    }
    println!(
        "{:8} {runs:>10} inputs in {:.1} s, {} outcomes, corpus {}",
        target.name,
        start.elapsed().as_secs_f32(),
        corpus.outcomes(),
        corpus.len()
    );
    true
}

/// What the input ends in; `None` if that is a failure of ours.
fn attempt(target: &Target, input: &[u8], here: &Path) -> Option<u64> {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let problem = match result {
        Ok(Ok(outcome)) if start.elapsed() < SLOW => return Some(outcome),
        Ok(Ok(_)) => format!("took {:?}", start.elapsed()),
        Ok(Err(broken)) => broken,
        Err(_) => "panicked".to_owned(),
    };
    let folder = here.join("failures");
    let file = folder.join(format!("{}-{:016x}", target.name, corpus::digest(input)));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input));
    eprintln!(
        "{}: {problem}; input of {} bytes: {written:?} {}",
        target.name,
        input.len(),
        file.display()
    );
    None
}
