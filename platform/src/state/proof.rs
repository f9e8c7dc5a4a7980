//! Proofs that a key has a value, or none, under a root: compact encoding and strict verifier (docs/state.md).
//!
//! ```text
//! byte      terminal: 0 the key's own leaf, 1 an empty place, 2 another key's leaf
//! byte      n, the number of levels above the terminal
//! n bits    one a level from the root down, most significant first, padded with zero bits to whole bytes:
//!           1 if the sibling follows, 0 if it is empty
//! 32 bytes  each sibling that is not empty, from the root down
//! 64 bytes  (terminal 2 only) the other leaf's key hash and value hash
//! ```
use super::tree::{bit, inner_hash, leaf_hash, sha256, Hash, EMPTY_ROOT};
use std::fmt;

/// What stands at the end of the key's path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Terminal {
    Here,
    Empty,
    Other { key: Hash, value: Hash },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// From the root down.
    pub siblings: Vec<Hash>,
    pub terminal: Terminal,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofError {
    /// The bytes are not the one encoding of a proof.
    Malformed(&'static str),
    /// The proof speaks of another key, or says the opposite (presence, absence).
    Unrelated(&'static str),
    /// A proper proof, but of another root or another value.
    WrongRoot,
}

impl ProofError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "proof-malformed",
            Self::Unrelated(_) => "proof-unrelated",
            Self::WrongRoot => "proof-wrong-root",
        }
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "malformed proof: {why}"),
            Self::Unrelated(why) => write!(f, "unrelated proof: {why}"),
            Self::WrongRoot => f.write_str("the proof does not lead to this root"),
        }
    }
}

impl std::error::Error for ProofError {}

impl Proof {
    pub fn encode(&self) -> Vec<u8> {
        let levels = self.siblings.len();
        let mut out = vec![0u8; 2 + levels.div_ceil(8)];
        out[0] = match self.terminal {
            Terminal::Here => 0,
            Terminal::Empty => 1,
            Terminal::Other { .. } => 2,
        };
        out[1] = u8::try_from(levels).expect("a path has fewer levels than a hash has bits");
        for (level, sibling) in self.siblings.iter().enumerate() {
            if *sibling != EMPTY_ROOT {
                out[2 + level / 8] |= 0x80 >> (level % 8);
                out.extend_from_slice(sibling);
            }
        }
        if let Terminal::Other { key, value } = &self.terminal {
            out.extend_from_slice(key);
            out.extend_from_slice(value);
        }
        out
    }

    /// Accepts exactly what [`Proof::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        let bad = ProofError::Malformed;
        let [terminal, levels, rest @ ..] = bytes else {
            return Err(bad("truncated"));
        };
        let levels = usize::from(*levels);
        let (map, mut rest) = rest.split_at_checked(levels.div_ceil(8)).ok_or(bad("truncated"))?;
        let mut take = || -> Result<Hash, ProofError> {
            let (hash, tail) = rest.split_first_chunk::<32>().ok_or(bad("truncated"))?;
            rest = tail;
            Ok(*hash)
        };
        let mut siblings = Vec::with_capacity(levels);
        for level in 0..map.len() * 8 {
            let present = map[level / 8] & (0x80 >> (level % 8)) != 0;
            match (present, level < levels) {
                (true, false) => return Err(bad("a bit is set beyond the last level")),
                (false, false) => {}
                (false, true) => siblings.push(EMPTY_ROOT),
                (true, true) => {
                    let sibling = take()?;
                    if sibling == EMPTY_ROOT {
                        return Err(bad("an empty sibling is written out"));
                    }
                    siblings.push(sibling);
                }
            }
        }
        if siblings.last() == Some(&EMPTY_ROOT) {
            return Err(bad("nothing stands beside the terminal"));
        }
        let terminal = match terminal {
            0 => Terminal::Here,
            1 => Terminal::Empty,
            2 => Terminal::Other {
                key: take()?,
                value: take()?,
            },
            _ => return Err(bad("unknown kind of terminal")),
        };
        if !rest.is_empty() {
            return Err(bad("bytes follow the end"));
        }
        Ok(Self { siblings, terminal })
    }

    /// The root that follows if `key` (a hash) has the value with hash `value`, or none.
    pub fn root(&self, key: &Hash, value: Option<&Hash>) -> Result<Hash, ProofError> {
        let start = match (&self.terminal, value) {
            (Terminal::Here, Some(value)) => leaf_hash(key, value),
            (Terminal::Here, None) => return Err(ProofError::Unrelated("it proves presence")),
            (_, Some(_)) => return Err(ProofError::Unrelated("it proves absence")),
            (Terminal::Empty, None) => EMPTY_ROOT,
            (Terminal::Other { key: other, value }, None) => {
                if other == key {
                    return Err(ProofError::Unrelated("the leaf is the key's own"));
                }
                if (0..self.siblings.len()).any(|depth| bit(other, depth) != bit(key, depth)) {
                    return Err(ProofError::Unrelated("the leaf is not on the key's path"));
                }
                leaf_hash(other, value)
            }
        };
        Ok(self
            .siblings
            .iter()
            .enumerate()
            .rev()
            .fold(start, |below, (depth, sibling)| {
                if bit(key, depth) {
                    inner_hash(sibling, &below)
                } else {
                    inner_hash(&below, sibling)
                }
            }))
    }
}

/// Checks that under `root` the key has this value (or, with `None`, no value).
pub fn verify_proof(root: &Hash, key: &[u8], value: Option<&[u8]>, proof: &[u8]) -> Result<(), ProofError> {
    let value = value.map(sha256);
    let computed = Proof::decode(proof)?.root(&sha256(key), value.as_ref())?;
    if computed == *root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}
