//! Every way a transaction or a request to a contract can fail, in one table (docs/errors/ledger.md is made from it).
//!
//! Numbers below 20 refuse a transaction before it costs anything; from 20 on it failed in execution and paid its fee.
use std::borrow::Cow;
use std::fmt;

use crate::vm::Halt;

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    pub number: u32,
    pub codespace: &'static str,
    pub name: &'static str,
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($constant:ident = $number:literal $codespace:literal $name:literal: $meaning:literal;)*) => {
        $(pub const $constant: Code =
            Code { number: $number, codespace: $codespace, name: $name, meaning: $meaning };)*
        /// All rows, by number.
        pub const CODES: &[Code] = &[$($constant),*];
    };
}

codes! {
    UNDECODABLE        = 1  "ledger" "undecodable": "the bytes are not the one encoding of a signed transaction";
    TOO_LARGE          = 2  "ledger" "too-large": "the transaction is longer than the limit, or has too many messages";
    UNSIGNED           = 3  "ledger" "unsigned": "the signature is empty";
    BAD_SIGNATURE      = 4  "ledger" "bad-signature": "the signature does not hold for the body and the key";
    WRONG_CHAIN        = 5  "ledger" "wrong-chain": "the transaction was signed for another chain";
    REPLAYED           = 6  "ledger" "replayed": "the nonce, or the unordered id, was used before";
    WRONG_NONCE        = 7  "ledger" "wrong-nonce": "the nonce leaves a gap after the account's last one";
    EXPIRED            = 8  "ledger" "expired": "the expiry of an unordered transaction has passed, or is too far ahead";
    EXPIRED_QUOTE      = 9  "ledger" "expired-quote": "the gas rate quoted is not one of the last 100 blocks'";
    GAS_LIMIT          = 10 "ledger" "gas-limit": "the gas limit is below the least cost or above the chain's limit";
    UNDER_FUNDED       = 11 "ledger" "under-funded": "the account cannot reserve the highest possible fee";
    BLOCK_FULL         = 12 "ledger" "block-full": "the block's gas is used up before this transaction";

    OUT_OF_GAS         = 20 "contract" "out-of-gas": "the gas limit was reached";
    TRAP               = 21 "trap" "*": "the code broke a rule of the language; the receipt names the trap's own code";
    REVERT             = 22 "contract" "revert": "the contract refused";
    FAULT              = 23 "contract" "fault": "an invariant of the kernel was broken; please report it";
    INSUFFICIENT_FUNDS = 24 "ledger" "insufficient-funds": "the balance does not cover the amount";
    UNKNOWN_ROUTE      = 26 "ledger" "unknown-route": "no module of this chain serves the message";
    ADMISSION          = 27 "contract" "admission": "the module's bytes fail the admission check";
    UNKNOWN_MODULE     = 28 "contract" "unknown-module": "no module of this hash was deployed";
    UNKNOWN_CONTRACT   = 29 "contract" "unknown-contract": "no contract lives at this address";
    UNKNOWN_ENDPOINT   = 30 "contract" "unknown-endpoint": "the contract has no endpoint of this name";
    BAD_ARGUMENT       = 31 "contract" "bad-argument": "an argument is missing, unknown or of the wrong type";
    BAD_PARAMETER      = 32 "contract" "bad-parameter": "a parameter is missing, unknown or outside its schema";
    NO_LICENCE         = 33 "contract" "no-licence": "the module is sold under a template and the sender has no licence";
    ALREADY_DEPLOYED   = 34 "contract" "already-deployed": "a module of this hash was deployed before";
    ALREADY_PROTECTED  = 35 "contract" "already-protected": "the module is already sold under another template";
    HANDLER            = 40 "<route>" "*": "the module that serves the route refused; the receipt names its own code";
}

/// Why one transaction, or one message of it, came to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    pub number: u32,
    pub codespace: Cow<'static, str>,
    pub error: Cow<'static, str>,
    pub message: String,
}

impl Failure {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            number: code.number,
            codespace: code.codespace.into(),
            error: code.name.into(),
            message: message.into(),
        }
    }

    /// A route's own refusal.
    pub fn handler(route: &str, error: String, message: String) -> Self {
        Self {
            number: HANDLER.number,
            codespace: route.to_owned().into(),
            error: error.into(),
            message,
        }
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::OutOfGas => Self::new(OUT_OF_GAS, "out of gas"),
            Halt::Trap { code, message } => Self {
                number: TRAP.number,
                codespace: TRAP.codespace.into(),
                error: code.into(),
                message,
            },
            Halt::Revert { message } => Self::new(REVERT, message),
            Halt::Fault { message } => Self::new(FAULT, message),
            Halt::BpmnError { error, message } => Self::new(REVERT, format!("{error}: {message}")),
            Halt::Thrown => Self::new(FAULT, "a thrown value left the machine"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_ascending() {
        assert!(CODES.windows(2).all(|pair| pair[0].number < pair[1].number));
    }

    #[test]
    fn meanings_are_one_lower_case_line() {
        for code in CODES {
            assert!(
                !code.meaning.ends_with('.') && !code.meaning.contains('\n'),
                "{}",
                code.name
            );
        }
    }
}
