use super::*;
use crate::vm::halt::Halt;

fn whole(pattern: &str, text: &str) -> bool {
    let pattern = compile(pattern).unwrap();
    let found = pattern.search(&mut Scratch::default(), text, 0, Mode::Whole, |_| Ok(()));
    found.unwrap().is_some()
}

fn first(pattern: &str, text: &str) -> Option<(usize, usize)> {
    let pattern = compile(pattern).unwrap();
    pattern
        .search(&mut Scratch::default(), text, 0, Mode::First, |_| Ok(()))
        .unwrap()
}

fn steps(pattern: &str, text: &str) -> u64 {
    let mut steps = 0;
    let pattern = compile(pattern).unwrap();
    let counted = |count| {
        steps += count;
        Ok(())
    };
    pattern
        .search(&mut Scratch::default(), text, 0, Mode::Whole, counted)
        .unwrap();
    steps
}

#[test]
fn the_whole_text_must_match() {
    assert!(whole("[A-Z]{2}[0-9]+", "AB12"));
    assert!(!whole("[A-Z]{2}[0-9]+", "AB12 "));
    assert!(!whole("b", "abc"));
    assert!(whole("a|ab", "ab"));
    assert!(whole("", ""));
    assert!(whole("(?i)straße", "STRAẞE"));
    assert!(whole("..", "é\u{1F600}"));
    assert!(whole(r"\p{Lu}\p{Ll}+", "Élan"));
    assert!(whole(r"[\w&&[^_]]+", "abc1"));
}

#[test]
fn classes_and_word_borders_are_of_ascii() {
    assert!(whole(r"\d\w\s", "7a\t"));
    assert!(!whole(r"\d", "\u{663}"));
    assert!(!whole(r"\w", "é"));
    assert!(whole(r"\W", "é"));
    assert!(whole(r"[^\d]", "é"));
    assert_eq!(first(r"\bb", "éb"), Some((2, 3)));
}

#[test]
fn the_first_match_is_as_long_as_the_pattern_prefers() {
    assert_eq!(first("a+", "baaac"), Some((1, 4)));
    assert_eq!(first("a+?", "baaac"), Some((1, 2)));
    assert_eq!(first("a|ab", "ab"), Some((0, 1)));
    assert_eq!(first("x*", "aé"), Some((0, 0)));
    assert_eq!(first("x", "aé"), None);
    assert_eq!(first("$", "aé"), Some((3, 3)));
}

#[test]
fn what_would_need_backtracking_is_refused_by_name() {
    for (pattern, message, at) in [
        (r"(a)\1", "a reference to a group", 3),
        ("a(?=b)", "looking around", 1),
        ("(?<!a)b", "looking around", 0),
        ("a++b", "a repetition of a repetition", 2),
        ("(?>a)b", "an unknown flag", 2),
        ("(?u)a", "flags are", 2),
        ("(a", "unclosed group", 0),
        (r"\b{start}a", "only `\\b`", 0),
    ] {
        let error = compile(pattern).unwrap_err();
        assert!(error.message.starts_with(message), "{pattern}: {error}");
        assert_eq!(error.at, at, "{pattern}");
    }
}

#[test]
fn size_is_bounded() {
    assert!(compile("((a{99}){99}){99}").unwrap_err().message.contains("too large"));
    assert!(compile(&"a".repeat(MAX_SIZE)).is_ok());
    assert!(compile(&"a".repeat(MAX_SIZE + 1)).is_err());
    assert!(compile(&"(".repeat(200)).is_err());
    assert!(compile(&format!("{}a{}", "(".repeat(45), ")".repeat(45))).is_err());
}

#[test]
fn steps_grow_with_the_length_and_not_faster() {
    for pattern in ["(a+)+b", "(a|a)*b", "(a?){30}a{30}", "(.*)*x"] {
        let (short, long) = (steps(pattern, &"a".repeat(100)), steps(pattern, &"a".repeat(1_000)));
        assert!(long < 11 * short, "{pattern}: {short} {long}");
    }
    assert!(steps("[A-Z]{2}[0-9]{6}", "AB123456") < 40);
}

#[test]
fn an_error_of_spending_ends_the_search() {
    let pattern = compile("a*").unwrap();
    let found = pattern.search(&mut Scratch::default(), "aaaa", 0, Mode::Whole, |_| Err(Halt::OutOfGas));
    assert_eq!(found, Err(Halt::OutOfGas));
}
