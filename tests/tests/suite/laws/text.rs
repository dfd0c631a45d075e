//! Just enough of Rust's lexical structure to tell code from comments and strings. What is cut becomes blanks, so that
//! every remaining character keeps its line.

/// The code without comments, and without what stands in string and character literals.
pub(super) fn code(text: &str) -> String {
    cut(text, true)
}

/// The code without comments.
pub(super) fn code_and_strings(text: &str) -> String {
    cut(text, false)
}

/// `text` without the modules under `#[cfg(test)]`, which are found in its `code`.
pub(super) fn without_test_modules(text: &str) -> String {
    let code: Vec<char> = code(text).chars().collect();
    let mut out: Vec<char> = text.chars().collect();
    let marker: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut at = 0;
    while let Some(found) = code[at..].windows(marker.len()).position(|w| w == marker) {
        let start = at + found;
        let end = end_of_item(&code, start);
        blank(&mut out[start..end]);
        at = end;
    }
    out.into_iter().collect()
}

/// `code` without what `shipped`, a part of it with blanks in the place of the rest, has.
pub(super) fn without(code: &str, shipped: &str) -> String {
    let shipped = shipped.chars().map(Some).chain(std::iter::repeat(None));
    let keep = |(c, other): (char, Option<char>)| if c != '\n' && other == Some(c) { ' ' } else { c };
    code.chars().zip(shipped).map(keep).collect()
}

/// Past the first `;` or closed `{ … }`.
fn end_of_item(code: &[char], start: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code.iter().enumerate().skip(start) {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn cut(text: &str, strings_too: bool) -> String {
    let source: Vec<char> = text.chars().collect();
    let mut out = source.clone();
    let mut at = 0;
    while at < source.len() {
        let rest = &source[at..];
        let comment = comment(rest);
        let literal = if at > 0 && is_word(source[at - 1]) { 0 } else { raw_string(rest) }.max(quoted(rest));
        if comment > 0 || (strings_too && literal > 0) {
            blank(&mut out[at..at + comment.max(literal)]);
        }
        at += comment.max(literal).max(1);
    }
    out.into_iter().collect()
}

/// How many characters the comment at the front has; 0 when there is none.
fn comment(rest: &[char]) -> usize {
    match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => {
            let mut depth = 0;
            let mut at = 0;
            while at < rest.len() {
                match rest[at..] {
                    ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
                    ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
                if depth == 0 {
                    return at;
                }
            }
            rest.len()
        }
        _ => 0,
    }
}

/// `r"…"`, `r#"…"#`, with `b` or `c` before.
fn raw_string(rest: &[char]) -> usize {
    let prefix = match rest {
        ['r', ..] => 1,
        ['b' | 'c', 'r', ..] => 2,
        _ => return 0,
    };
    let hashes = rest[prefix..].iter().take_while(|c| **c == '#').count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&'"') {
        return 0;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let end = rest[open + 1..].windows(close.len()).position(|w| w == close);
    end.map_or(rest.len(), |end| open + 1 + end + close.len())
}

/// `"…"` and `'c'`; a lifetime is neither.
fn quoted(rest: &[char]) -> usize {
    match rest {
        ['"', ..] => end_of_quoted(rest, '"'),
        ['\'', '\\', ..] => end_of_quoted(rest, '\''),
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn end_of_quoted(rest: &[char], quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if *c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn blank(cut: &mut [char]) {
    for c in cut.iter_mut().filter(|c| **c != '\n') {
        *c = ' ';
    }
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every word with its line, from 1.
pub(super) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = code.lines().enumerate();
    lines.flat_map(|(n, line)| line.split(|c| !is_word(c)).filter(|w| !w.is_empty()).map(move |w| (n + 1, w)))
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let cases = [
        ("a // b\nc", "a     \nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e", "a                   e"),
        (r#"a("b // c", d)"#, r"a(        , d)", r#"a("b // c", d)"#),
        (r#"a("\"", b)"#, r"a(    , b)", r#"a("\"", b)"#),
        (r##"a(r#"b " c"#, br"d") e"##, "a(          ,      ) e", r##"a(r#"b " c"#, br"d") e"##),
        (r"f::<'a>('\'', '/', 'b')", "f::<'a>(    ,    ,    )", r"f::<'a>('\'', '/', 'b')"),
        ("\"x\ny\" z", "  \n   z", "\"x\ny\" z"),
        ("for\"x\"", "for   ", "for\"x\""),
    ];
    for (text, bare, with_strings) in cases {
        assert_eq!(code(text), bare, "{text}");
        assert_eq!(code_and_strings(text), with_strings, "{text}");
    }
}

#[test]
fn what_is_shipped_is_cut_from_the_rest() {
    assert_eq!(without("a b\nc", "a  \n "), "  b\nc");
    assert_eq!(without("a b\nc", ""), "a b\nc");
}

#[test]
fn test_modules_are_cut_whole() {
    let cases = [
        ("a\n#[cfg(test)]\nmod tests { fn f() { \"}\" } }\nb", "a\n\n\nb"),
        ("#[cfg(test)]\nmod tests;\nb", "\n\nb"),
        ("a", "a"),
    ];
    for (text, kept) in cases {
        let got: Vec<_> = without_test_modules(text).lines().map(|l| l.trim_end().to_owned()).collect();
        assert_eq!(got.join("\n"), kept, "{text}");
    }
}
