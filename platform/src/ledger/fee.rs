//! Fees: reserve `limit x rate + tip`, charge `rate x max(used, limit / 2) + tip`, give the rest back. A block's fees go
//! to its validators by power; what cannot be divided goes to the community pool. Nothing is burnt.
use ethnum::U256;

use super::genesis::Validator;
use crate::contracts::address::community_pool;
use crate::contracts::bank;
use crate::contracts::kv::Kv;

/// The highest fee that a transaction can cost; `None` beyond all money.
pub fn reserve(gas_limit: u64, rate: u128, tip: u128) -> Option<u128> {
    rate.checked_mul(gas_limit.into())?.checked_add(tip)
}

/// What it costs after it ran; never above its reserve.
pub fn charge(used: u64, gas_limit: u64, rate: u128, tip: u128) -> u128 {
    let billed = used.max(gas_limit.div_ceil(2)).min(gas_limit);
    rate.saturating_mul(billed.into()).saturating_add(tip)
}

/// Pays a block's fees out.
pub fn share_out(kv: &mut dyn Kv, validators: &[Validator], pool: u128) {
    let total: u128 = validators.iter().map(|validator| u128::from(validator.power)).sum();
    let mut rest = pool;
    if pool > 0 && total > 0 {
        for validator in validators {
            let share = (U256::from(pool) * U256::from(validator.power) / U256::from(total)).as_u128();
            bank::credit(kv, &validator.reward, share);
            rest -= share;
        }
    }
    bank::credit(kv, &community_pool(), rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::sandbox::Memory;

    #[test]
    fn charges_stay_within_the_reserve() {
        for (used, limit) in [(0, 0), (0, 9), (4, 9), (5, 9), (9, 9)] {
            assert!(charge(used, limit, 7, 3) <= reserve(limit, 7, 3).unwrap_or_default());
        }
        assert_eq!(charge(1, 9, 7, 3), 5 * 7 + 3);
        assert_eq!(charge(6, 9, 7, 3), 6 * 7 + 3);
        assert_eq!(reserve(2, u128::MAX, 0), None);
        assert_eq!(reserve(1, u128::MAX, 1), None);
    }

    #[test]
    fn shares_are_by_power_and_sum_to_the_pool() {
        let mut kv = Memory::default();
        let validators: Vec<Validator> = [3, 3, 1]
            .iter()
            .zip(1u8..)
            .map(|(power, at)| Validator {
                key: [at; 32],
                power: *power,
                reward: [at; 20],
            })
            .collect();
        share_out(&mut kv, &validators, 100);
        let balance = |kv: &mut Memory, address| bank::load(kv, &address).balance;
        assert_eq!([1, 2, 3].map(|at| balance(&mut kv, [at; 20])), [42, 42, 14]);
        assert_eq!(balance(&mut kv, community_pool()), 2);
        share_out(&mut kv, &[], 5);
        assert_eq!(balance(&mut kv, community_pool()), 7);
    }
}
