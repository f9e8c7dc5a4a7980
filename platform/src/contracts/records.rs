//! What is stored of modules, contracts and licences: canonical CBOR records.
use super::address::{Address, Hash};
use super::amount;
use crate::codec::cbor;
use crate::value::Data;

/// About a deployed module; its code stands under a key of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleInfo {
    pub creator: Address,
    pub height: u64,
    pub size: u64,
    pub archive: Option<Hash>,
    /// The template it is sold under: who instantiates it needs a licence.
    pub template: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    pub module: Hash,
    /// Bytes of the module's code, which is what loading it costs.
    pub size: u64,
    pub creator: Address,
    pub height: u64,
    /// Every name of the module's schema, in its order.
    pub parameters: Vec<(String, Data)>,
}

fn bytes(bytes: &[u8]) -> Data {
    Data::Bytes(bytes.to_vec())
}

fn record(entries: Vec<(&str, Data)>) -> Data {
    Data::Record(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// The entries of a stored record; damage reads as an empty one.
struct Fields(Vec<(String, Data)>);

impl Fields {
    fn decode(bytes: &[u8]) -> Option<Self> {
        match cbor::decode(bytes) {
            Ok(Data::Record(entries)) => Some(Self(entries)),
            _ => None,
        }
    }

    fn take(&mut self, name: &str) -> Option<Data> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn fixed<const N: usize>(&mut self, name: &str) -> Option<[u8; N]> {
        match self.take(name)? {
            Data::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }

    fn count(&mut self, name: &str) -> Option<u64> {
        match self.take(name)? {
            Data::Num(number) => amount::whole(&number)?.try_into().ok(),
            _ => None,
        }
    }
}

impl ModuleInfo {
    pub fn encode(&self) -> Vec<u8> {
        let mut entries = vec![
            ("creator", bytes(&self.creator)),
            ("height", amount::count(self.height)),
            ("size", amount::count(self.size)),
        ];
        if let Some(archive) = &self.archive {
            entries.push(("archive", bytes(archive)));
        }
        if let Some(template) = &self.template {
            entries.push(("template", Data::Text(template.clone())));
        }
        cbor::encode(&record(entries))
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::decode(bytes)?;
        Some(Self {
            creator: fields.fixed("creator")?,
            height: fields.count("height")?,
            size: fields.count("size")?,
            archive: fields.fixed("archive"),
            template: match fields.take("template") {
                Some(Data::Text(template)) => Some(template),
                _ => None,
            },
        })
    }
}

impl Instance {
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&record(vec![
            ("module", bytes(&self.module)),
            ("size", amount::count(self.size)),
            ("creator", bytes(&self.creator)),
            ("height", amount::count(self.height)),
            ("parameters", Data::Record(self.parameters.clone())),
        ]))
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::decode(bytes)?;
        Some(Self {
            module: fields.fixed("module")?,
            size: fields.count("size")?,
            creator: fields.fixed("creator")?,
            height: fields.count("height")?,
            parameters: match fields.take("parameters")? {
                Data::Record(entries) => entries,
                _ => return None,
            },
        })
    }

    pub fn parameter(&self, name: &str) -> Option<&Data> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}
