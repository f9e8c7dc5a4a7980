//! Intervals of one slot, `low <= slot` and behind it `slot < high`, found by one search instead of one step for each low.
use crate::number::Number;

/// A bound and whether it satisfies the test itself.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    pub number: Number,
    pub inclusive: bool,
}

/// For each stretch between neighbouring bounds, and each bound: the nodes whose interval covers it.
#[derive(Debug)]
pub struct Intervals {
    /// Lower bounds, as they begin to hold.
    lows: Vec<Bound>,
    points: Vec<Number>,
    /// Where the nodes of each place begin in `found`; place 2i + 1 is the point i, place 2i the stretch before it.
    starts: Vec<u32>,
    found: Vec<u32>,
}

/// Entries that a table may have for each interval; with more it is not made.
const MOST: usize = 64;

impl Intervals {
    /// `lows`: all lower bounds; `pairs`: lower bound, upper bound, node. `None`: the table would be too large.
    pub fn new(mut lows: Vec<Bound>, pairs: &[(Bound, Bound, u32)]) -> Option<Intervals> {
        lows.sort_by(|a, b| a.number.cmp(&b.number).then(b.inclusive.cmp(&a.inclusive)));
        let mut points: Vec<Number> = pairs.iter().flat_map(|pair| [pair.0.number, pair.1.number]).collect();
        points.sort();
        points.dedup();
        let place = |number: &Number| 2 * points.binary_search(number).unwrap_or_else(|at| at) + 1;
        let places = 2 * points.len() + 1;
        let spans = pairs.iter().map(|(low, high, node)| {
            let first = place(&low.number) + usize::from(!low.inclusive);
            let end = place(&high.number) + usize::from(high.inclusive);
            (first, end.max(first), *node)
        });
        let spans: Vec<(usize, usize, u32)> = spans.collect();
        let size: usize = spans.iter().map(|(first, end, _)| end - first).sum();
        if size > MOST * pairs.len().max(1) {
            return None;
        }
        let mut by_place: Vec<Vec<u32>> = vec![Vec::new(); places];
        for (first, end, node) in spans {
            by_place[first..end].iter_mut().for_each(|nodes| nodes.push(node));
        }
        let mut starts = vec![0];
        let mut found = Vec::with_capacity(size);
        for nodes in by_place {
            found.extend(nodes);
            starts.push(found.len() as u32);
        }
        Some(Intervals {
            lows,
            points,
            starts,
            found,
        })
    }

    /// How many lower bounds a number satisfies, and the nodes whose interval covers it.
    #[inline]
    pub fn of(&self, number: &Number) -> (usize, &[u32]) {
        let lows = self
            .lows
            .partition_point(|low| low.number < *number || (low.inclusive && low.number == *number));
        let place = match self.points.binary_search(number) {
            Ok(at) => 2 * at + 1,
            Err(at) => 2 * at,
        };
        let (start, end) = (self.starts[place] as usize, self.starts[place + 1] as usize);
        (lows, &self.found[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(number: i64, inclusive: bool) -> Bound {
        Bound {
            number: Number::Int(number),
            inclusive,
        }
    }

    #[test]
    fn every_place_agrees_with_the_bounds() {
        let mut pairs = Vec::new();
        for node in 0..40u32 {
            let low = i64::from(node * 7 % 23);
            let high = i64::from(node * 5 % 29);
            pairs.push((bound(low, node % 2 == 0), bound(high, node % 3 == 0), node));
        }
        let lows: Vec<Bound> = pairs.iter().map(|pair| pair.0).collect();
        let intervals = Intervals::new(lows.clone(), &pairs).expect("small");
        let above = |low: &Bound, number: &Number| low.number < *number || (low.inclusive && low.number == *number);
        let below = |high: &Bound, number: &Number| *number < high.number || (high.inclusive && high.number == *number);
        for value in -2..32 {
            let number = Number::Int(value);
            let wanted: Vec<u32> = pairs
                .iter()
                .filter(|pair| above(&pair.0, &number) && below(&pair.1, &number))
                .map(|pair| pair.2)
                .collect();
            let (count, mut found) = (intervals.of(&number).0, intervals.of(&number).1.to_vec());
            found.sort_unstable();
            assert_eq!(found, wanted, "{value}");
            assert_eq!(count, lows.iter().filter(|low| above(low, &number)).count(), "{value}");
        }
    }
}
