//! Builds [`Data`] trees. Memory is claimed as items are really read, never on the word of a length.
use super::err::CborError;
use super::reader::{fail, Keys, Kind, Reader};
use super::MAX_DEPTH;
use crate::value::Data;

/// Items for which memory is claimed ahead.
const AHEAD: usize = 64;

impl Reader<'_> {
    /// The next item.
    ///
    /// # Errors
    /// Anything that is not canonical.
    pub fn data(&mut self) -> Result<Data, CborError> {
        self.data_at(0)
    }

    fn data_at(&mut self, depth: u32) -> Result<Data, CborError> {
        Ok(match self.peek()? {
            Kind::Null => {
                self.null()?;
                Data::Null
            }
            Kind::Bool => Data::Bool(self.bool()?),
            Kind::Number => Data::Num(self.number()?),
            Kind::Text => Data::Text(self.text()?.to_owned()),
            Kind::Bytes => Data::Bytes(self.bytes()?.to_owned()),
            Kind::Date => Data::Date(self.date()?),
            Kind::Time => Data::Time(self.time()?),
            Kind::DateTime => Data::DateTime(self.date_time()?),
            Kind::Duration => Data::Duration(self.duration()?),
            Kind::Period => Data::Period(self.period()?),
            Kind::Array | Kind::Map if depth >= MAX_DEPTH => return fail("cbor-too-deep", self.offset()),
            Kind::Array => {
                let count = self.array()?;
                let mut items = Vec::with_capacity(count.min(AHEAD));
                for _ in 0..count {
                    items.push(self.data_at(depth + 1)?);
                }
                Data::List(items)
            }
            Kind::Map => {
                let count = self.map()?;
                let mut keys = Keys::default();
                let mut entries = Vec::with_capacity(count.min(AHEAD));
                for _ in 0..count {
                    let key = keys.next(self)?.to_owned();
                    entries.push((key, self.data_at(depth + 1)?));
                }
                if !entries.is_sorted_by(|a, b| a.0 < b.0) {
                    entries.sort_unstable_by(|a: &(String, Data), b| a.0.cmp(&b.0));
                }
                Data::Record(entries)
            }
        })
    }
}
