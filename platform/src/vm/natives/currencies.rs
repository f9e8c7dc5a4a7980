//! The currencies of ISO 4217 (list one, as of 2026-01-01) by their decimal places. Codes without a minor unit (metals,
//! funds' units of account, tests) have none.

use std::cmp::Ordering;

/// Codes by decimal places; each list is sorted.
const BY_PLACES: &[(u32, &str)] = &[
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
         CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR \
         ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV \
         MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD \
         SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// Decimal places of a currency by its code, in capitals.
pub(super) fn minor_units(code: &str) -> Option<u32> {
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    BY_PLACES
        .iter()
        .find(|(_, codes)| has(codes.as_bytes(), code.as_bytes()))
        .map(|(places, _)| *places)
}

/// Is the code among these? They are sorted, of three letters, with a space between them.
fn has(codes: &[u8], code: &[u8]) -> bool {
    let (mut low, mut high) = (0, codes.len().div_ceil(4));
    while low < high {
        let middle = usize::midpoint(low, high);
        match codes.get(4 * middle..4 * middle + 3).map(|known| known.cmp(code)) {
            Some(Ordering::Less) => low = middle + 1,
            Some(Ordering::Equal) => return true,
            _ => high = middle,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once_and_in_order() {
        let mut all = Vec::new();
        for (_, codes) in BY_PLACES {
            let codes: Vec<&str> = codes.split_whitespace().collect();
            assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(codes.iter().all(|code| code.len() == 3));
            all.extend(codes);
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn places_are_those_of_the_standard() {
        for (code, places) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("USD", 2), ("XOF", 0)] {
            assert_eq!(minor_units(code), Some(places));
        }
        for code in ["XAU", "eur", "", "EURO", "A D"] {
            assert_eq!(minor_units(code), None);
        }
    }
}
