//! Powers of ten and digit counts of 128- and 256-bit coefficients.
use ethnum::U256;

const fn powers() -> [u128; 39] {
    let mut table = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
}

pub static POW10: [u128; 39] = powers();

/// 10^k for k in 0..=76.
pub fn pow10_wide(k: i32) -> U256 {
    if k <= 38 {
        U256::from(POW10[k as usize])
    } else {
        U256::from(POW10[38]) * U256::from(POW10[(k - 38) as usize])
    }
}

/// Decimal digits of a coefficient; 1 for zero.
#[inline]
pub fn digits(c: u128) -> i32 {
    if c == 0 {
        return 1;
    }
    let bits = (128 - c.leading_zeros()) as i32;
    let estimate = (bits * 1233) >> 12;
    estimate + i32::from(c >= POW10[estimate as usize])
}

pub fn digits_wide(c: U256) -> i32 {
    if *c.high() == 0 {
        return digits(*c.low());
    }
    let bits = 256 - c.leading_zeros() as i32;
    let estimate = (bits * 1233) >> 12;
    estimate + i32::from(c >= pow10_wide(estimate))
}

/// A coefficient other than 0 without its trailing zeros, and how many there were.
#[inline]
pub fn strip_zeros(mut c: u128) -> (u128, i32) {
    let mut zeros = 0;
    while c >> 64 != 0 {
        if c & 1 == 1 || !c.is_multiple_of(10) {
            return (c, zeros);
        }
        c /= 10;
        zeros += 1;
    }
    let mut small = c as u64; // 64-bit division is many times faster
    while small & 1 == 0 && small != 0 && small.is_multiple_of(10) {
        small /= 10;
        zeros += 1;
    }
    (u128::from(small), zeros)
}
