use super::*;
use crate::number::Number;

fn number(text: &str) -> Data {
    Data::Num(Number::parse(text).unwrap())
}

#[test]
fn values_come_back() {
    let samples = [
        Data::Null,
        Data::Bool(true),
        Data::from(0),
        Data::from(i64::MIN),
        Data::from(i64::MAX),
        number("9223372036854775808"),
        number("-18446744073709551617"),
        number("0.1"),
        number("-9999999999999999999999999999999999e6111"),
        number("1e6144"),
        number("1e-6176"),
        Data::from("naïve"),
        Data::Bytes(vec![0, 255]),
        Data::List(vec![Data::Null, Data::List(vec![])]),
        Data::Record(vec![("a".into(), Data::from(1)), ("b".into(), Data::Null)]),
    ];
    for data in samples {
        let bytes = encode(&data);
        assert_eq!(decode(&bytes), Ok(data), "{bytes:02x?}");
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.item(), Ok(&bytes[..]));
    }
}

#[test]
fn keys_are_sorted_by_length_in_bytes_and_by_code_point_in_memory() {
    let data = Data::Record(vec![
        ("b".into(), Data::from(1)),
        ("aa".into(), Data::from(2)),
        ("b".into(), Data::from(3)),
    ]);
    let bytes = encode(&data);
    assert_eq!(bytes, b"\xa2\x61b\x03\x62aa\x02");
    let Ok(Data::Record(entries)) = decode(&bytes) else {
        panic!("a record is expected")
    };
    assert_eq!(
        entries.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
        ["aa", "b"]
    );
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        let mut bytes = vec![0x81; depth - 1];
        bytes.push(0x80);
        bytes
    };
    assert!(decode(&nested(64)).is_ok());
    let error = CborError {
        code: "cbor-too-deep",
        offset: 64,
    };
    assert_eq!(decode(&nested(65)), Err(error));
    assert_eq!(Reader::new(&nested(65)).item(), Err(error));
}

#[test]
fn a_false_length_claims_no_memory() {
    for bytes in [
        &b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff"[..],
        b"\x5a\xff\xff\xff\xff",
        b"\xba\xff\xff\xff\xff",
    ] {
        assert_eq!(decode(bytes).map_err(|error| error.code), Err("cbor-truncated"));
    }
}
