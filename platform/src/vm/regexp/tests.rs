use super::*;
use crate::vm::halt::Halt;

/// The groups of the first match; an absent group is `-`.
fn groups(source: &str, flags: &str, text: &str) -> Option<Vec<String>> {
    let (regexp, _) = RegExp::new(source, flags).unwrap();
    let found = regexp
        .search(&mut Scratch::default(), text, 0, false, |_| Ok(()))
        .unwrap()?;
    let part = |number: usize| {
        found
            .group(number)
            .map_or("-".to_owned(), |(start, end)| text[start..end].to_owned())
    };
    Some((0..regexp.groups as usize).map(part).collect())
}

fn first(source: &str, text: &str) -> Option<String> {
    groups(source, "", text).map(|groups| groups[0].clone())
}

fn steps(source: &str, text: &str) -> u64 {
    let (regexp, _) = RegExp::new(source, "").unwrap();
    let mut steps = 0;
    let counted = |count| {
        steps += count;
        Ok(())
    };
    regexp.search(&mut Scratch::default(), text, 0, false, counted).unwrap();
    steps
}

#[test]
fn the_leftmost_match_is_as_the_pattern_prefers() {
    assert_eq!(first("a+", "baaac").as_deref(), Some("aaa"));
    assert_eq!(first("a+?", "baaac").as_deref(), Some("a"));
    assert_eq!(first("a|ab", "ab").as_deref(), Some("a"));
    assert_eq!(first("x*", "a").as_deref(), Some(""));
    assert_eq!(first("x", "a"), None);
    assert_eq!(first("a{2,3}", "aaaa").as_deref(), Some("aaa"));
    assert_eq!(first("a{2,3}?", "aaaa").as_deref(), Some("aa"));
    assert_eq!(first("a{", "a{").as_deref(), Some("a{"));
    assert_eq!(first("[^]$", "a\n").as_deref(), Some("\n"));
    assert_eq!(first("[]", "a"), None);
    assert_eq!(first("a.c", "a\u{2028}c"), None);
    assert_eq!(first(r"\bfoo\b", "a foo b").as_deref(), Some("foo"));
    assert_eq!(first(r"[\w-]+", "x-y z").as_deref(), Some("x-y"));
    assert_eq!(first(r"\u0041\x42\cJ\0?", "AB\n").as_deref(), Some("AB\n"));
    assert_eq!(first(r"\ud83d\ude00", "\u{1F600}").as_deref(), Some("\u{1F600}"));
}

#[test]
fn groups_keep_what_they_matched_last() {
    let found = |source: &str, text: &str| groups(source, "", text).unwrap().join(",");
    assert_eq!(found("(a)|(b)", "b"), "b,-,b");
    assert_eq!(found(r"(\d+)-(\d+)", "tel 12-345"), "12-345,12,345");
    assert_eq!(found("(a*)*", "b"), ",-");
    assert_eq!(found("(a*)+", "b"), ",");
    assert_eq!(found("(?:(a)|b)*", "ab"), "ab,-");
    // the example of the language's specification
    assert_eq!(found("(z)((a+)?(b+)?(c))*", "zaacbbbcac"), "zaacbbbcac,z,ac,a,-,c");
}

#[test]
fn flags_change_what_matches() {
    assert!(groups("STRASSE", "i", "Strasse").is_some());
    assert!(groups("[à-ý]", "i", "É").is_some());
    // the Kelvin sign is a letter k with the flag u only, the sharp s has no upper case without it
    for (source, text) in [("k", "\u{212a}"), ("[a-z]", "\u{17f}"), ("ß", "\u{1e9e}")] {
        assert!(groups(source, "i", text).is_none(), "{source}");
        assert!(groups(source, "iu", text).is_some(), "{source}");
    }
    assert!(groups("[σ]", "i", "ς").is_some());
    assert!(groups("µ", "i", "μ").is_some());
    assert!(groups("^b$", "m", "a\rb\nc").is_some());
    assert!(groups("a.b", "s", "a\nb").is_some());
    assert!(groups(r"^\p{Lu}\P{Lu}$", "u", "Éa").is_some());
    assert!(groups(r"\p{Script=Greek}", "u", "λ").is_some());
    assert_eq!(Flags::parse("yg").unwrap().text(), "gy");
}

#[test]
fn what_would_need_backtracking_or_is_no_pattern_is_refused() {
    for (source, flags, message, at) in [
        (r"(a)\1", "", "a reference to a group", 3),
        (r"(?<n>a)\k<n>", "", "a reference to a group", 7),
        ("a(?=b)", "", "looking ahead", 1),
        ("(?<!a)b", "", "looking behind", 0),
        ("a**", "", "a repetition of a repetition", 2),
        ("*a", "", "a repetition of nothing", 0),
        ("^*", "", "a repetition of nothing", 1),
        ("(a", "", "the group is not closed", 0),
        ("a)", "", "`)` closes no group", 1),
        ("[b-a]", "", "the range is out of order", 1),
        ("[a", "", "the class is not closed", 0),
        ("a{2,1}", "", "the numbers", 1),
        (r"\p{Nope}", "u", "`Nope` is no property", 0),
        (r"\q", "u", "`\\q` has no meaning", 0),
        ("(?<a>x)(?<a>y)", "", "the group `a` stands twice", 7),
        ("a", "gg", "the flag `g` stands twice", 1),
        ("a", "v", "the flag `v` is not supported", 0),
        ("a", "x", "`x` is no flag", 0),
        ("(?i:a)", "", "a group begins with", 0),
        (r"\ud800", "", "half of a surrogate pair", 0),
        ("((a{99}){99}){99}", "", "the repetitions make the pattern too large", 0),
    ] {
        let error = RegExp::new(source, flags).unwrap_err();
        assert!(error.message.starts_with(message), "{source}: {error}");
        assert_eq!(error.at, at, "{source}");
    }
    assert!(RegExp::new(&"a".repeat(MAX_SIZE + 1), "").is_err());
    assert!(RegExp::new(&"(".repeat(60), "").is_err());
    assert!(RegExp::new("(?:){99999999}", "").is_ok());
}

#[test]
fn steps_grow_with_the_length_and_not_faster() {
    for source in ["(a+)+b", "(a|a)*b", "(a?){30}a{30}b", "(.*)*x"] {
        let (short, long) = (steps(source, &"a".repeat(100)), steps(source, &"a".repeat(1_000)));
        assert!(long < 11 * short, "{source}: {short} {long}");
    }
}

#[test]
fn an_error_of_spending_ends_the_search() {
    let (regexp, _) = RegExp::new("a*", "").unwrap();
    let found = regexp.search(&mut Scratch::default(), "aaaa", 0, false, |_| Err(Halt::OutOfGas));
    assert_eq!(found, Err(Halt::OutOfGas));
}
