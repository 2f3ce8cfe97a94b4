use std::fs;
use std::path::Path;

pub(crate) struct Block {
    pub(crate) language: String,
    /// Marked `by-hand`: needs another machine, a paste or another operating system.
    pub(crate) is_by_hand: bool,
    /// Marked `asked`: a command that prompts on a terminal.
    pub(crate) is_interactive: bool,
    pub(crate) text: String,
    /// Page and line.
    pub(crate) location: String,
}

/// Returns the blocks of the page at `path`, relative to the workspace root.
pub(crate) fn blocks(path: &str) -> Vec<Block> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join(path)).unwrap();
    let (mut blocks, mut open) = (Vec::new(), None);
    for (number, line) in (1..).zip(page.lines()) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some(start_block(info, format!("{path}:{number}"))),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(block)) => {
                let text = block.text + line + "\n";
                open = Some(Block { text, ..block });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{path} has an unclosed block");
    blocks
}

fn start_block(info: &str, location: String) -> Block {
    let mut words = info.split(' ');
    let language = words.next().unwrap_or_default().to_owned();
    assert!(!language.is_empty(), "{location}: no language");
    let word = words.next();
    Block {
        language,
        is_by_hand: word == Some("by-hand"),
        is_interactive: word == Some("asked"),
        text: String::new(),
        location,
    }
}
