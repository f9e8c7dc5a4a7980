//! Random changes of a byte string: what breaks a reader of heads, lengths and orders.

/// SplitMix64: small, and the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Longest input that is made.
const LONGEST: usize = 1 << 16;

/// Heads and bytes that sit on borders.
const INTERESTING: &[u8] = &[
    0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x37, 0x38, 0x3b, 0x40, 0x41, 0x58, 0x5b, 0x5f, 0x60, 0x61,
    0x62, 0x78, 0x7b, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x98, 0x9b, 0x9f, 0xa0, 0xa1, 0xb8, 0xbb, 0xbf, 0xc2, 0xc3, 0xc4,
    0xd8, 0xd9, 0xdb, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfb, 0xff,
];

/// One to eight changes; `other` is another input to splice from.
pub fn mutate(random: &mut Random, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..=random.below(8).min(random.below(8)) {
        change(random, &mut out, other);
    }
    out.truncate(LONGEST);
    out
}

fn change(random: &mut Random, out: &mut Vec<u8>, other: &[u8]) {
    let size = out.len();
    let at = random.below(size);
    let end = (at + 1 + random.below(16)).min(size);
    match random.below(9) {
        0 if size > 0 => out[at] ^= 1 << random.below(8),
        1 if size > 0 => out[at] = random.next() as u8,
        2 if size > 0 => out[at] = INTERESTING[random.below(INTERESTING.len())],
        3 => out.insert(at, INTERESTING[random.below(INTERESTING.len())]),
        4 => drop(out.drain(at..end)),
        5 => {
            let part = out[at..end].to_vec();
            out.splice(at..at, part);
        }
        6 => {
            let from = random.below(other.len());
            let to = (from + 1 + random.below(64)).min(other.len());
            out.splice(at..end, other[from..to].iter().copied());
        }
        7 if size > 0 => out[at] = out[at].wrapping_add(if random.below(2) == 0 { 1 } else { 0xff }),
        _ => out.truncate(at),
    }
}
